"""How well hands are followed through a clip of which everything is known: NumPy alone."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from handvision.core.hand import Reading
from handvision.core.hands import Hands
from handvision.evaluation.detection import found_boxes, match_boxes

_LEAST_OVERLAP = 0.3  # of boxes, from which on an answer is about a hand


@dataclass(frozen=True)
class Followed:
    """What was made of a clip.

    Attributes:
        found: share of the hands that are there, over all frames, which were found.
        switches: how often a hand's number changed.
        jitter: mean distance in pixels that points (or boxes' middles, where there are no points) go from
            frame to frame, less what the true ones go; NaN where no hand was found in two frames running.
        frames_to_find: for each time that a hand came into the picture, frames until it was found; to the
            end of its stay, where it never was.
    """

    found: float
    switches: int
    jitter: float
    frames_to_find: tuple[int, ...]


def followed(
    hands: Sequence[Hands], numbers: Sequence[Sequence[int]], readings: Sequence[Reading]
) -> Followed:
    """Sets readings of a clip's frames beside the truth.

    Args:
        hands: of each frame, with boxes and key points.
        numbers: of each frame, which hand each of them is.
        readings: of each frame. A hand without a `track` has its place among the frame's hands for a number:
            what one has who does not follow hands.
    """
    if not len(hands) == len(numbers) == len(readings):
        raise ValueError(f"{len(hands)} frames of hands, {len(numbers)} of numbers, {len(readings)} readings")
    answers = [
        _answers(each, which, reading) for each, which, reading in zip(hands, numbers, readings, strict=True)
    ]
    total = sum(map(len, numbers))
    everyone = sorted({number for which in numbers for number in which})
    jitter = [step for number in everyone for step in _steps(number, answers, hands, numbers)]
    return Followed(
        found=sum(map(len, answers)) / total if total else 1.0,
        switches=sum(_switches(number, answers) for number in everyone),
        jitter=float(np.mean(jitter)) if jitter else float("nan"),
        frames_to_find=tuple(
            frames for number in everyone for frames in _frames_to_find(number, answers, numbers)
        ),
    )


_Answer = tuple[int, np.ndarray]  # the number that was given, and where points are


def _answers(hands: Hands, numbers: Sequence[int], reading: Reading) -> dict[int, _Answer]:
    """Number of a true hand -> what was said of it; the surest hands first, nothing twice."""
    rows = match_boxes(hands.boxes, found_boxes(reading), _LEAST_OVERLAP).tolist()
    return {
        numbers[row]: (place if hand.track is None else hand.track, _places(hand.keypoints, hand.box))
        for place, (hand, row) in enumerate(zip(reading.hands, rows, strict=True))
        if row >= 0
    }


def _places(keypoints: np.ndarray, box: np.ndarray) -> np.ndarray:
    """(n, 2) points of a hand, or its box's middle."""
    if np.isfinite(keypoints[:, :2]).all():
        return keypoints[:, :2]
    return (box[None, :2] + box[None, 2:]) / 2


def _switches(number: int, answers: Sequence[dict[int, _Answer]]) -> int:
    given = [found[number][0] for found in answers if number in found]
    return sum(one != other for one, other in itertools.pairwise(given))


def _steps(
    number: int,
    answers: Sequence[dict[int, _Answer]],
    hands: Sequence[Hands],
    numbers: Sequence[Sequence[int]],
) -> list[float]:
    """How far the answers' points go beyond the true ones', for every two frames running."""
    steps = []
    for frame in range(1, len(answers)):
        pair = [answers[f].get(number) for f in (frame - 1, frame)]
        if pair[0] is None or pair[1] is None or pair[0][1].shape != pair[1][1].shape:
            continue
        true = [
            hands[f].keypoints[list(numbers[f]).index(number)]
            if len(pair[0][1]) > 1
            else hands[f].boxes[list(numbers[f]).index(number)].reshape(2, 2).mean(axis=0)[None]
            for f in (frame - 1, frame)
        ]
        extra = (pair[1][1] - pair[0][1]) - (true[1] - true[0])[:, :2]
        steps.append(float(np.linalg.norm(extra, axis=1).mean()))
    return steps


def _frames_to_find(
    number: int, answers: Sequence[dict[int, _Answer]], numbers: Sequence[Sequence[int]]
) -> list[int]:
    waits: list[int] = []
    waiting = False
    for frame, which in enumerate(numbers):
        came = number in which and (frame == 0 or number not in numbers[frame - 1])
        if came:
            waits.append(0)
            waiting = True
        if number not in which or number in answers[frame]:
            waiting = False
        if waiting:
            waits[-1] += 1
    return waits
