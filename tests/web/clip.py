"""A webcam's clip with a known truth: drawn hands that change their number and turn, as Chromium plays it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from handvision.core.geometry import Affine, wrap_degrees
from tests.web.golden import SAMPLES

HEIGHT, WIDTH = 480, 640
# 3 seconds: Chromium plays 30 frames a second, and a busy machine needs time for several readings.
FRAMES_A_STATE = 90
BITS, BLOCK = 6, 24


@dataclass(frozen=True)
class State:
    """What the clip shows for a while: the number, where the hand points, which hand of a person it is."""

    number: int
    label: str
    rotation_degrees: float
    handedness: str


# Sample -> label, rotation and handedness that it was rendered with.
TRUTH = {
    "two": ("2", 21.0, "left"),
    "one": ("1", -8.0, "right"),
    "five": ("5", 72.0, "left"),
    "three": ("3", -5.0, "left"),
}
TURNS = (-30.0, 45.0)


def states() -> list[State]:
    found = []
    for number, (name, turn) in enumerate(_order()):
        label, rotation, handedness = TRUTH[name]
        found.append(State(number, label, float(wrap_degrees(rotation + turn)), handedness))
    return found


def frame(number: int) -> NDArray[np.uint8]:
    """(480, 640, 3) BGR: the hand in state `number`, which stands as black and white blocks in the corner."""
    name, turn = _order()[number]
    sample = cv2.imread(str(SAMPLES / f"{name}.jpg"))
    assert sample is not None
    height, width = sample.shape[:2]
    scale = HEIGHT / max(height, width)
    place = Affine.rotation(turn, (width / 2, height / 2)).then(Affine.scale(scale))
    place = place.then(Affine.shift((WIDTH - width * scale) / 2, (HEIGHT - height * scale) / 2))
    drawn = place.warp(sample, HEIGHT, WIDTH, border="nearest")
    for bit in range(BITS):
        drawn[-BLOCK:, bit * BLOCK : (bit + 1) * BLOCK] = 255 * (number >> bit & 1)
    return drawn


def write(folder: Path) -> tuple[Path, Path]:
    """The clip as Motion JPEG, and its truth as JSON."""
    clip, truth = folder / "clip.mjpeg", folder / "clip.json"
    with clip.open("wb") as file:
        for state in states():
            ok, jpeg = cv2.imencode(".jpg", frame(state.number), [cv2.IMWRITE_JPEG_QUALITY, 85])
            assert ok
            file.write(jpeg.tobytes() * FRAMES_A_STATE)
    truth.write_text(json.dumps({"bits": BITS, "block": BLOCK, "states": [asdict(s) for s in states()]}))
    return clip, truth


def _order() -> list[tuple[str, float]]:
    return [(name, turn) for turn in TURNS for name in TRUTH]


if __name__ == "__main__":
    folder = Path("runs")
    folder.mkdir(exist_ok=True)
    print(*write(folder))
