"""The teacher: MediaPipe Hands on views of photos, in an environment of its own, which wants numpy < 2.

    python mediapipe_hands.py CONFIDENCE

`ask.py` starts it, so it imports nothing of handvision. The first line of its output says what it is. Then,
for every photo, it reads a line of JSON,

    {"size": [height, width], "views": [[x0, y0, x1, y1, turns], ...]}

and the photo's bytes, uint8 RGB; and writes a line of JSON: the list of hands found in these views, each

    {"view": i, "side": "left" or "right", "score": s, "points": [[x, y], ...]}

A view is a rectangle of the photo in pixels, turned counter-clockwise by a number of quarter turns. Points
are shares of the whole photo's width and height, x to the right and y down from its corner. Sides are the
person's: MediaPipe takes every picture for a mirror image, so its answer is swapped.
"""

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

MAX_HANDS = 4
# MediaPipe says which side the hand would be of in a mirror.
SIDES = {"Left": "right", "Right": "left"}
MODELS = ("palm_detection/palm_detection_full.tflite", "hand_landmark/hand_landmark_full.tflite")


def main(confidence: str) -> None:
    # MediaPipe and what it loads print to the standard output: only answers may go where answers are read.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    import mediapipe

    modules = Path(mediapipe.__file__).parent / "modules"
    card = {
        "teacher": f"MediaPipe Hands {mediapipe.__version__}",
        "confidence": float(confidence),
        "models": {name: hashlib.sha256((modules / name).read_bytes()).hexdigest() for name in MODELS},
    }
    print(json.dumps(card), file=answers)
    with mediapipe.solutions.hands.Hands(
        static_image_mode=True, max_num_hands=MAX_HANDS, min_detection_confidence=float(confidence)
    ) as detector:
        while line := sys.stdin.buffer.readline():
            request = json.loads(line)
            photo = read_photo(sys.stdin.buffer, *request["size"])
            found = [
                {"view": i, **hand}
                for i, view in enumerate(request["views"])
                for hand in hands_in_view(detector, photo, view)
            ]
            print(json.dumps(found), file=answers)


def read_photo(stream: BinaryIO, height: int, width: int) -> np.ndarray:
    """(height, width, 3) uint8 RGB."""
    return np.frombuffer(stream.read(height * width * 3), np.uint8).reshape(height, width, 3)


def hands_in_view(detector: Any, photo: np.ndarray, view: list[int]) -> list[dict[str, Any]]:
    """The hands that the detector finds in one view; points are shares of the photo."""
    x0, y0, x1, y1, turns = view
    found = detector.process(np.ascontiguousarray(np.rot90(photo[y0:y1, x0:x1], turns)))
    hands = []
    for landmarks, sides in zip(found.multi_hand_landmarks or [], found.multi_handedness or [], strict=True):
        points = turned_back(np.array([(point.x, point.y) for point in landmarks.landmark]), turns)
        points = (points * (x1 - x0, y1 - y0) + (x0, y0)) / (photo.shape[1], photo.shape[0])
        side = sides.classification[0]
        hands.append(
            {"side": SIDES[side.label], "score": round(side.score, 4), "points": points.round(5).tolist()}
        )
    return hands


def turned_back(points: np.ndarray, turns: int) -> np.ndarray:
    """Points of a picture that `np.rot90(picture, turns)` shows, as points of the picture itself.

    Args:
        points: (..., 2) x and y as shares of the turned picture's width and height.

    Returns:
        (..., 2) shares of the picture's own width and height.
    """
    x, y = points[..., 0], points[..., 1]
    return np.stack([(x, y), (1 - y, x), (1 - x, 1 - y), (y, 1 - x)][turns % 4], axis=-1)


if __name__ == "__main__":
    main(*sys.argv[1:])
