"""MediaPipe as a reader of one photo after the other, for engines that run many: see `benchmarks/bulk.py`.

`MediaPipeReader` is what a worker makes; it starts this file in MediaPipe's own environment, and sends it a
path a line. The answer is a line with the photo's size and the points of its hands.
"""

import json
import subprocess
import sys
from pathlib import Path


class MediaPipeReader:
    """As `handvision.inference.bulk.rows.RowReader`: a path in, a row out; hands have points and a box alone.

    Args:
        python: of the environment that has MediaPipe.
    """

    def __init__(self, python: Path):
        self._process = subprocess.Popen(
            [python, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def __call__(self, path: str) -> list[dict]:
        assert self._process.stdin and self._process.stdout
        print(path, file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{path}: MediaPipe has ended")
        height, width, hands = json.loads(answer)
        row = {"picture": path, "frame": None, "height": height, "width": width, "error": None}
        return [{**row, "hands": list(map(_hand, hands))}]


def _hand(points: list[list[float]]) -> dict:
    xs, ys = zip(*points, strict=True)
    return {
        "presence": 1.0,
        "box": {"x0": min(xs), "y0": min(ys), "x1": max(xs), "y1": max(ys)},
        "keypoints": [{"x": x, "y": y, "score": 1.0} for x, y in points],
    }


def main() -> None:
    import mediapipe
    import numpy as np
    from PIL import Image

    with mediapipe.solutions.hands.Hands(static_image_mode=True, max_num_hands=2) as hands:
        for line in sys.stdin:
            photo = np.asarray(Image.open(line.rstrip("\n")).convert("RGB"))
            height, width = photo.shape[:2]
            found = hands.process(photo).multi_hand_landmarks or []
            points = [[(p.x * width, p.y * height) for p in hand.landmark] for hand in found]
            print(json.dumps([height, width, points]), flush=True)


if __name__ == "__main__":
    main()
