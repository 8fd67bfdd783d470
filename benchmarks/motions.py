"""Motions taught by a few clips (`OwnMotions`), on rendered clips of people with two hands.

Three motions are taught by clips of other people, one or three, drawn many times; others are to be refused.
It also prints the radius that refuses nine of ten: on `--split validation`, `reject_radius` was chosen by it.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from handvision.core.hand import Reading
from handvision.evaluation.own_gestures import Answers, answers, draws, nearest
from handvision.inference.backends import open_backend
from handvision.inference.own_motions import distances, path_of, reject_radius
from handvision.inference.session import Session
from handvision.media.sources import Picture
from handvision.synthesis.clips import render_clip
from handvision.synthesis.gesture_motions import GESTURE_MOTIONS, gesture_motion

TAUGHT = ("swipe right", "wave", "circle")
EXAMPLES = (1, 3)
RATE = 15.0  # frames a second, for a second


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="?", help="a .onnx, .tflite or .keras file (the released one)")
    parser.add_argument("--people", type=int, default=10, help="each makes every motion once (10)")
    parser.add_argument("--split", default="test", help="train, validation or test: whose hands")
    parser.add_argument("--out", type=Path, help="write the figures as JSON")
    options = parser.parse_args()
    names: list[str] = []
    paths: list[NDArray[np.float64] | None] = []
    for name in GESTURE_MOTIONS:
        for person in range(options.people):
            names.append(name)
            paths.append(path_of(clip_of(name, person, options.split, options.model)))
            print(f"{name:<12} {person:>3} {'lost' if paths[-1] is None else 'followed'}", flush=True)
    figures = measured(np.array(names), paths)
    print(json.dumps(figures, indent=1))
    if options.out:
        options.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def clip_of(name: str, person: int, split: str, model: str | None) -> list[Reading]:
    """What a model reads of a clip, followed from frame to frame."""
    session = Session(open_backend(model), 2, "numbers", True)
    motion = gesture_motion(name, np.random.default_rng([person, list(GESTURE_MOTIONS).index(name)]))
    readings = []
    for frame, shown in enumerate(render_clip(motion, round(RATE), 256, person, split, RATE)):
        picture = Picture(shown.picture.photo, name, frame, time_seconds=shown.time_seconds)
        ((_, reading),) = session.answer([picture])
        readings.append(reading)
    return readings


def measured(names: NDArray[np.str_], paths: Sequence[NDArray[np.float64] | None]) -> dict[str, float]:
    """Shares over 200 draws: motions named rightly, others refused. A clip whose hand is lost is wrong."""
    found = np.array([path is not None for path in paths])
    between = np.full((len(paths), len(paths)), np.nan)
    known = np.stack([path for path in paths if path is not None])
    between[np.ix_(found, found)] = [distances(path, known) for path in known]
    figures: dict[str, float] = {"clips": len(paths), "followed": float(found.mean())}
    everything = np.ones(len(names), bool)
    for examples in EXAMPLES:
        drawn = draws(names, np.isin(names, TAUGHT), TAUGHT, examples)
        told: Answers = answers(nearest(between), drawn, names, everything, found)
        figures |= {
            f"named rightly, {examples} taught": float(np.nanmean(told.accuracy(reject_radius(examples)))),
            f"others refused, {examples} taught": float(np.nanmean(told.refused(reject_radius(examples)))),
            f"radius that refuses 90 %, {examples} taught": told.radius_that_refuses(0.9),
        }
    return figures


if __name__ == "__main__":
    main()
