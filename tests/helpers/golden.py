"""What each released model answers to ten rendered pictures: `python -m tests.helpers.golden` writes it anew.

Write it when a model is released, and look at the difference before you commit it.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

import handvision
from handvision.core.examples import Examples, resize
from handvision.models.layers import BoundingBoxCropLayer
from handvision.synthesis.rendered import render

REPOSITORY = Path(__file__).resolve().parents[2]

ANSWERS = Path(__file__).parents[1] / "golden" / "answers.json"
SEGMENTERS, READERS = ("unet", "deeplab_v3_plus"), ("finger_numbers", "gestures")
COUNT, SEED = 10, 2026


def released(name: str) -> Path:
    return REPOSITORY / "models" / f"{name}.keras"


def pictures(task: str = "numbers") -> Examples:
    """Rendered hands with photos and masks, square, of the test's people; some show no hand."""
    return render(COUNT, size=160, seed=SEED, task=task, split="test", empty=0.2)


def answer(name: str) -> list[dict[str, Any]]:
    """One dict a picture: `label`, `probability` and `rotation_degrees` of what a model reads, `area` (share
    of the picture) and `box` (x0, y0, x1, y1 in pixels) of what it finds."""
    if name in SEGMENTERS:
        return _masks(name)
    if name in READERS:
        return _readings_of_masks(name)
    return readings(released(name))


def readings(model: Any) -> list[dict[str, Any]]:
    """What `handvision.predict` answers, by a model of its `model` argument; None: by default."""
    return [
        {
            "label": reading.label,
            "probability": round(float(reading.probability), 4),
            "rotation_degrees": round(float(reading.rotation_degrees), 2) if reading.has_hand else None,
            "area": round(float((reading.mask > 127).mean()), 4),
            "box": [round(float(edge), 1) for edge in reading.box],
        }
        for reading in handvision.predict(list(pictures().photos), model=model)
    ]


def _masks(name: str) -> list[dict[str, Any]]:
    model = handvision.load_model(released(name))
    photos = resize(pictures(), *model.input_shape[1:3]).photos
    masks = model.predict(photos.astype(np.float32) / 255, verbose=0)[..., 0] > 0.5
    return [{"area": round(float(mask.mean()), 4), "box": _tight_box(mask)} for mask in masks]


def _readings_of_masks(name: str) -> list[dict[str, Any]]:
    model = handvision.load_model(released(name))
    hands = pictures("numbers" if name == "finger_numbers" else "gestures")
    crop = BoundingBoxCropLayer(*model.input_shape[1:3])
    outputs = model.predict(np.asarray(crop(hands.masks.astype(np.float32) / 255)["crop"]), verbose=0)
    return [
        {
            "label": hands.class_names[int(np.argmax(shares))],
            "probability": round(float(shares.max()), 4),
            "rotation_degrees": round(float(np.degrees(np.arctan2(*direction))), 2),
        }
        for shares, direction in zip(outputs["gesture"], outputs["rotation"], strict=True)
    ]


def _tight_box(mask: np.ndarray) -> list[int]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return [0, 0, 0, 0]
    return [int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1]


def main() -> None:
    names = (*SEGMENTERS, *READERS, "combined")
    lines = (f'"{name}": [\n' + ",\n".join(map(json.dumps, answer(name))) + "\n]" for name in names)
    ANSWERS.parent.mkdir(exist_ok=True)
    ANSWERS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
