"""MediaPipe Hands 0.10.21 as a reader: photos in, readings out. It runs in an environment of its own.

python -m venv MEDIAPIPE && MEDIAPIPE/bin/pip install mediapipe==0.10.21 "numpy<2"
"""

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from handvision.core.geometry import degrees_from_sin_cos, wrap_degrees
from handvision.core.hand import Hand, Reading
from handvision.heads import tight_box

PEER = "mediapipe==0.10.21"  # the last one with its networks in the wheel
FOLDER = Path(__file__).parents[2] / ".venv-mediapipe"
SCRIPT = Path(__file__).with_name("mediapipe_hands.py")
CONFIDENCE = 0.5  # MediaPipe's own default
BATCH = 200
# MediaPipe's points.
WRIST, THUMB_IP, THUMB_TIP, MIDDLE_KNUCKLE, PINKY_KNUCKLE = 0, 3, 4, 9, 17
MIDDLE_JOINTS, TIPS = (6, 10, 14, 18), (8, 12, 16, 20)

# From points (k, 21, 3) and whether each is a right hand (k,) to numbers (k,).
Count = Callable[[NDArray[np.float32], NDArray[np.bool_]], NDArray[np.int64]]


@dataclass(frozen=True, eq=False)
class Found:
    """What MediaPipe finds in n photos; see `mediapipe_hands.py`.

    Attributes:
        points: (n, most, 21, 3) float32, x, y and depth in pixels; NaN where fewer hands are found.
        right: (n, most) booleans.
        milliseconds: (n,) float64.
    """

    points: NDArray[np.float32]
    right: NDArray[np.bool_]
    milliseconds: NDArray[np.float64]


def peer_python() -> Path:
    """The interpreter of `.venv-mediapipe/` in the clone, an environment that is made where it is missing."""
    python = FOLDER / "bin" / "python"
    # pip installs what a package needs before the package itself: where this is, all is.
    if not list(FOLDER.glob(f"lib/*/site-packages/{PEER.replace('==', '-')}.dist-info")):
        print(f"installing {PEER} into {FOLDER}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", FOLDER], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", PEER], check=True)
    return python


class MediaPipe:
    """MediaPipe, asked once about the same photos, however often its points are counted.

    Args:
        python: of the environment that has it; by default `peer_python()`.
    """

    def __init__(self, python: Path | None = None) -> None:
        self._python = python
        self._known: dict[str, Found] = {}

    def reader(self, count: Count) -> Callable[[Sequence[NDArray[np.uint8]]], list[Reading]]:
        """A function from photos to readings of up to four hands, whose numbers are `count`'s."""

        def read(photos: Sequence[NDArray[np.uint8]]) -> list[Reading]:
            key = _hash(photos)
            if key not in self._known:
                self._known[key] = find_hands(photos, python=self._python)
            return readings_of(photos, self._known[key], count)

        return read


def find_hands(
    photos: Sequence[NDArray[np.uint8]],
    most: int = 4,
    confidence: float = CONFIDENCE,
    python: Path | None = None,
) -> Found:
    """Asks MediaPipe for the hands in photos.

    Args:
        photos: (height, width, 3) uint8 RGB, of any sizes; at least one.
        most: hands of a photo.
        confidence: of its palm detector.
        python: of the environment that has it; by default `peer_python()`.

    Raises:
        RuntimeError: it fails; the message is its own.
    """
    python = python or peer_python()
    parts = [_find(python, part, most, confidence) for part in _batches(photos)]
    return Found(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def readings_of(photos: Sequence[NDArray[np.uint8]], found: Found, count: Count) -> list[Reading]:
    """The readings of photos, with `count`'s numbers.

    MediaPipe says how sure it is of left and right, not of a hand or a number: all probabilities are 1, and
    its own order is kept.
    """
    readings = []
    for photo, points, right in zip(photos, found.points, found.right, strict=True):
        shown = np.isfinite(points).all(axis=(1, 2))
        size = (int(photo.shape[0]), int(photo.shape[1]))
        numbers = count(points[shown], right[shown]) if shown.any() else []
        hands = [
            _hand(*hand, size) for hand in zip(points[shown], right[shown], np.asarray(numbers), strict=True)
        ]
        readings.append(Reading(size=size, hands=tuple(hands)))
    return readings


def raised_fingers(points: NDArray, right: NDArray | None = None) -> NDArray[np.int64]:
    """(k,) numbers by the usual rule: fingers whose tip is farther from the wrist than their middle joint.

    Of the thumb, farther from the little finger's knuckle than its last joint. Left and right do not matter.

    Args:
        points: (k, 21, 2 or more).
    """

    def distance(joints: int | Sequence[int], other: int | Sequence[int]) -> NDArray:
        return np.asarray(np.linalg.norm(points[:, joints, :2] - points[:, other, :2], axis=-1))

    fingers = distance(TIPS, [WRIST]) > distance(MIDDLE_JOINTS, [WRIST])
    thumb = distance(THUMB_TIP, PINKY_KNUCKLE) > distance(THUMB_IP, PINKY_KNUCKLE)
    return np.asarray(fingers.sum(axis=1) + thumb)


def _hash(photos: Sequence[NDArray[np.uint8]]) -> str:
    digest = hashlib.sha256()
    for photo in photos:
        digest.update(repr(photo.shape).encode() + photo.tobytes())
    return digest.hexdigest()


def _batches(photos: Sequence[NDArray[np.uint8]]) -> Iterator[Sequence[NDArray[np.uint8]]]:
    for start in range(0, len(photos), BATCH):
        yield photos[start : start + BATCH]


def _find(
    python: Path, photos: Sequence[NDArray[np.uint8]], most: int, confidence: float
) -> tuple[NDArray, NDArray, NDArray]:
    with tempfile.TemporaryDirectory() as folder:
        given, written = Path(folder) / "photos.npz", Path(folder) / "hands.npz"
        np.savez(given, *photos)
        command = [python, SCRIPT, given, written, str(confidence), str(most)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"MediaPipe failed:\n{done.stderr}")
        with np.load(written) as stored:
            return stored["points"], stored["right"], stored["milliseconds"]


def _hand(points: NDArray[np.float32], right: bool, number: int, size: tuple[int, int]) -> Hand:
    height, width = size
    across, down = (points[MIDDLE_KNUCKLE] - points[WRIST])[:2]
    keypoints = points.copy()
    keypoints[:, 2] = 1
    return Hand(
        label=str(number),
        probability=1.0,
        rotation_degrees=float(wrap_degrees(degrees_from_sin_cos((-across, -down)).astype(np.float32))),
        box=tight_box(points).clip(0, (width, height, width, height)).astype(np.float32),
        keypoints=keypoints,
        handedness="right" if right else "left",
        handedness_probability=1.0,
        size=size,
    )
