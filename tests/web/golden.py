"""What the page must answer as Python does: `python -m tests.web.golden` writes samples and answers anew.

Write them when a model is released, and look at the difference before you commit it. Samples are rendered.
Gestures of one's own are taught by hands whose points and embedding come from the skeleton, not from a model.
"""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

import handvision
from handvision.core.geometry import letterbox
from handvision.core.hand import Hand, Reading
from handvision.core.keypoints import KEYPOINT_NAMES, SKELETON
from handvision.inference.backends import RELEASED
from handvision.inference.own_gestures import OwnGestures
from handvision.media.sinks import rows
from handvision.synthesis.rendered import render
from tests.helpers.gesturing import MODEL, several, show

WEB = Path(__file__).resolve().parents[2] / "web"
SAMPLES = WEB / "src" / "samples"
ANSWERS = WEB / "tests" / "golden.json"
OWN_GESTURES = WEB / "tests" / "own_gestures.json"

# Rendered pictures of the test's people: index -> rows and columns that are kept of 480 x 480.
SEED = 11
CHOSEN: dict[str, tuple[int, slice, slice]] = {
    "two": (15, slice(0, 480), slice(0, 480)),
    "five": (11, slice(0, 360), slice(0, 480)),
    "one": (19, slice(0, 480), slice(0, 320)),
    "four": (17, slice(0, 480), slice(0, 480)),
    "three": (12, slice(0, 480), slice(0, 480)),
    "fist": (16, slice(0, 480), slice(0, 480)),
}
LETTERBOXES = (
    # from (height, width), to (height, width)
    ((9, 12), (6, 8)),  # shrinks by a fraction
    ((24, 32), (6, 8)),  # by a whole number
    ((3, 4), (6, 8)),  # grows
    ((13, 5), (6, 8)),  # bars left and right
    ((5, 23), (6, 8)),  # bars above and below, a half is rounded
    ((1, 1), (6, 8)),
    ((6, 8), (6, 8)),  # stays
)


def main() -> None:
    SAMPLES.mkdir(parents=True, exist_ok=True)
    last = max(index for index, _, _ in CHOSEN.values())
    photos = render(last + 1, size=480, seed=SEED, split="test", mesh=1.0).batch("photos")
    for name, (index, down, across) in CHOSEN.items():
        bgr = np.ascontiguousarray(photos[index][down, across, ::-1])
        cv2.imwrite(str(SAMPLES / f"{name}.jpg"), bgr, [cv2.IMWRITE_JPEG_QUALITY, 88])
    ANSWERS.write_text(json.dumps(answers()) + "\n", "utf-8")
    OWN_GESTURES.write_text(json.dumps(own_gestures()) + "\n", "utf-8")


def answers() -> dict[str, Any]:
    """What the page is compared with: readings of the samples, letterboxes of small noise, names."""
    samples = sorted(SAMPLES.glob("*.jpg"))
    return {
        "readings": {
            path.stem: _reading(reading)
            for path, reading in zip(samples, handvision.predict(samples, model=RELEASED), strict=True)
        },
        "letterboxes": [_letterboxed(*sizes) for sizes in LETTERBOXES],
        "keypoints": KEYPOINT_NAMES,
        "skeleton": SKELETON,
        "columns": list(rows(Reading())[0]),
    }


def own_gestures() -> list[dict[str, Any]]:
    """Lessons: hands that teach, what Python says to that, its file, what it reads of others."""
    left = several("L", range(2), left=True)
    unknown = replace(show("L", 9), handedness="")
    asked = [show("L", 50), show("L", 51, left=True), show("fist", 50), show("victory", 50), show("C", 50)]
    together = {
        "fist": several("fist", range(5)),
        "L": several("L", range(4)),
        "closed": several("fist", range(20, 25)),
    }
    apart = {"L": [*several("L", range(3)), unknown], "left L": left, "fist": [show("fist", 1)] * 5}
    return [_lesson("together", together, asked), _lesson("apart", apart, asked)]


def _lesson(sides: str, taught: Mapping[str, Sequence[Hand]], asked: Sequence[Hand]) -> dict[str, Any]:
    gestures = OwnGestures(sides)
    advice = {
        name: [str(each) for each in gestures.teach(name, list(hands))] for name, hands in taught.items()
    }
    with tempfile.TemporaryDirectory() as folder:
        gestures.save(Path(folder) / "gestures.json")
        file = json.loads((Path(folder) / "gestures.json").read_text("utf-8"))
    return {
        "model": MODEL,
        "sides": sides,
        "taught": {name: [_seen(hand) for hand in hands] for name, hands in taught.items()},
        "advice": advice,
        "file": file,
        "asked": [_seen(hand) for hand in asked],
        "read": [[name, round(probability, 5)] for name, probability in map(gestures.read, asked)],
    }


def _seen(hand: Hand) -> dict[str, Any]:
    """What gestures are compared by, with digits enough."""
    return {
        "keypoints": hand.keypoints.round(3).tolist(),
        "embedding": hand.embedding.round(5).tolist(),
        "handedness": hand.handedness,
    }


def _reading(reading: Reading) -> dict[str, Any]:
    return {"size": reading.size, "hands": [_hand(hand) for hand in reading.hands]}


def _hand(hand: Hand) -> dict[str, Any]:
    points = hand.keypoints if np.isfinite(hand.keypoints).all() else None
    return {
        "label": hand.label,
        "probability": round(float(hand.probability), 4),
        "presence": round(float(hand.presence), 4),
        "rotation_degrees": round(float(hand.rotation_degrees), 2),
        "box": [round(float(edge), 2) for edge in hand.box],
        "keypoints": None if points is None else points.round(3).tolist(),
        "handedness": hand.handedness,
        "area": round(float((hand.mask > 0).mean()), 4),
    }


def _letterboxed(from_size: tuple[int, int], to_size: tuple[int, int]) -> dict[str, Any]:
    picture = np.random.default_rng(0).integers(0, 256, (*from_size, 3), np.uint8)
    place = letterbox(from_size, to_size)
    return {
        "from": from_size,
        "to": to_size,
        "picture": picture.ravel().tolist(),
        "place": [place.top, place.left, place.height, place.width],
        "frame": place.fit(picture).ravel().tolist(),
    }


if __name__ == "__main__":
    main()
