"""Everyday photos: all figures of any reader of hands, each with its count and 95 % interval.

A reader is a function from photos to readings; what stands behind it, a model of ours or another library,
does not matter. Fields that it leaves empty (key points, handedness) give no figure.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from handvision.core.examples import Examples
from handvision.evaluation.calibration import calibration_error
from handvision.evaluation.estimates import Estimate, proportion
from handvision.evaluation.everyday_kinds import FOUND, JUDGES, NUMBER_RIGHT, Answer, Read
from handvision.evaluation.fairness import HAND_SIZES, SKIN_TONES

TOGETHER = "all everyday photos"


@dataclass(frozen=True)
class Figure:
    """One number of the table.

    Attributes:
        test: id of the test set, or `TOGETHER`.
        name: what was judged, such as "number right".
        estimate: the number with its count and interval.
    """

    test: str
    name: str
    estimate: Estimate


def evaluate_everyday(
    read: Read,
    sets: Mapping[str, Mapping[str, Examples]],
    done: Callable[[str], None] = lambda test: None,
) -> list[Figure]:
    """All figures of a reader on one part of the everyday photos.

    Args:
        read: photos (height, width, 3) uint8 RGB of any sizes -> one reading each, of up to four hands.
        sets: kind of truth (a key of `JUDGES`) -> id -> photos; see `handvision.protocol.everyday`.
        done: called with the id of each set that was judged.

    Returns:
        The figures of each set, then those of all of them together (`TOGETHER`): the number right, also by
        skin tone and by size of the hand; how often a hand is found where none is; and the expected
        calibration error with ten bins of equal mass. Its confidence is presence times probability of the
        surest hand, over all photos in which one is found: in a photo without a hand it is wrong.

    Raises:
        ValueError: a kind that is not in `JUDGES`.
    """
    figures: list[Figure] = []
    answers: list[Answer] = []
    for kind, of_kind in sets.items():
        if kind not in JUDGES:
            raise ValueError(f"photos of kind {kind!r} have no figures; there are {', '.join(JUDGES)}")
        for test, photos in of_kind.items():
            estimates, of_photos = JUDGES[kind](read, photos)
            figures += [Figure(test, name, estimate) for name, estimate in estimates.items()]
            answers += of_photos
            done(test)
    return figures + [Figure(TOGETHER, name, estimate) for name, estimate in _together(answers).items()]


def to_json(figures: Sequence[Figure]) -> str:
    """A list of {"test", "name", "value", "low", "high", "n", "unit"}; null where nothing was judged."""
    rows = []
    for figure in figures:
        numbers = asdict(figure.estimate)
        row = {"test": figure.test, "name": figure.name, **numbers}
        rows.append({k: None if isinstance(v, float) and math.isnan(v) else v for k, v in row.items()})
    return json.dumps(rows, indent=1, ensure_ascii=False) + "\n"


def from_json(text: str) -> list[Figure]:
    """What `to_json` wrote."""
    figures = []
    for row in json.loads(text):
        low, value, high = (math.nan if row[key] is None else row[key] for key in ("low", "value", "high"))
        figures.append(Figure(row["test"], row["name"], Estimate(value, low, high, row["n"], row["unit"])))
    return figures


def _together(answers: Sequence[Answer]) -> dict[str, Estimate]:
    estimates: dict[str, Estimate] = {}
    counted = [answer for answer in answers if answer.shows_hand]
    if counted:
        estimates[NUMBER_RIGHT] = proportion([answer.right for answer in counted])
        for group in (*SKIN_TONES, *HAND_SIZES):
            of_group = [answer.right for answer in counted if group in (answer.skin_tone, answer.hand_size)]
            estimates[f"{NUMBER_RIGHT}, {group}"] = proportion(of_group)
    if len(counted) < len(answers):
        estimates[f"{FOUND} where none is"] = proportion([a.found for a in answers if not a.shows_hand])
    found = [answer for answer in answers if answer.found]
    if found:
        error = calibration_error([a.confidence for a in found], [a.right for a in found])
        estimates["calibration error"] = Estimate(error, math.nan, math.nan, len(found))
    return estimates
