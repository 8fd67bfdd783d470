"""A hand's 21 points with chosen fingers raised, and a stand-in for the teacher's environment."""

import sys
from pathlib import Path

import numpy as np

# A program that answers as `mediapipe_hands.py` does: one hand a view, in the photo's middle.
_STAND_IN = """#!{python}
import json, sys
print(json.dumps({{"teacher": {teacher!r}, "confidence": float(sys.argv[2]), "models": {{}}}}), flush=True)
points = {points!r}
while line := sys.stdin.buffer.readline():
    request = json.loads(line)
    height, width = request["size"]
    sys.stdin.buffer.read(height * width * 3)
    with open({log!r}, "a") as log:
        print(height, width, len(request["views"]), file=log)
    hands = [
        {{"view": i, "side": "left", "score": 0.9, "points": points}} for i in range(len(request["views"]))
    ]
    print(json.dumps(hands), flush=True)
"""


def hand_points(
    raised: str = "TIMRL", centre: tuple[float, float] = (50, 50), length: float = 40
) -> np.ndarray:
    """(21, 2) x, y of an upright hand whose wrist is below; letters name the raised fingers from the thumb.

    Args:
        centre: of its wrist and middle knuckle.
        length: from the wrist to the tip of a raised middle finger.
    """
    points = np.zeros((21, 2))
    for finger, letter in enumerate("TIMRL"):
        x = -0.35 + 0.15 * finger
        if letter == "T":
            joints = [(-0.1, -0.05), (-0.2, -0.15), (-0.35, -0.25), (-0.5, -0.35)]
            folded = [(-0.1, -0.05), (-0.2, -0.15), (-0.1, -0.25), (0.0, -0.3)]
        else:
            joints = [(x, -0.5), (x, -0.7), (x, -0.85), (x, -1.0)]
            folded = [(x, -0.5), (x, -0.65), (x, -0.55), (x, -0.45)]
        points[1 + 4 * finger : 5 + 4 * finger] = joints if letter in raised else folded
    return points * length + np.array(centre) + (0, length / 4)


def stand_in(folder: Path, points: np.ndarray, teacher: str = "MediaPipe Hands 0.10.21") -> tuple[Path, Path]:
    """A program in place of the teacher's Python, and the file in which it writes what it was asked.

    Args:
        points: (21, 2), the hand that it finds in every view, as shares of the photo.
    """
    program, log = folder / "python", folder / "asked"
    program.write_text(
        _STAND_IN.format(python=sys.executable, teacher=teacher, points=points.tolist(), log=str(log))
    )
    program.chmod(0o755)
    return program, log
