"""Exports a model and runs it as a phone does: python run_on_litert.py models/combined.keras desk.jpg

The export needs `pip install '.[export]'` in a clone. What runs below it is LiteRT and NumPy alone: the same
few steps in Kotlin, Swift or C++ are a phone's app.
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path, help="a .keras file of two looks, or a .tflite file")
    parser.add_argument("photo", help="a photo")
    options = parser.parse_args()
    file = options.model.with_suffix(".tflite")
    if not file.exists():
        from handvision.models import export_litert, load_model

        export_litert(load_model(options.model), file)

    from ai_edge_litert.interpreter import Interpreter

    runner = Interpreter(str(file)).get_signature_runner()
    ((name, expected),) = runner.get_input_details().items()
    height, width = expected["shape"][1:3]
    # Letterboxed, not stretched: black beside or above it.
    with Image.open(options.photo) as opened:
        photo = ImageOps.pad(opened.convert("RGB"), (width, height), color="black")
    answer = runner(**{name: np.asarray(photo, np.float32)[None] / 255})
    for presence, numbers, box in zip(
        answer["presence"][0], answer["gesture"][0], answer["box"][0], strict=True
    ):
        edges = " ".join(f"{edge:.0f}" for edge in box)
        print(f"a hand: {presence[0]:.0%}, {numbers.argmax()} fingers, box {edges} of {width} x {height}")


if __name__ == "__main__":
    main()
