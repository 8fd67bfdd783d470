"""The teacher's labels join those that a reader gives."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from handvision.core.examples import Examples
from handvision.core.geometry import degrees_from_sin_cos, wrap_degrees
from handvision.core.hands import HAND_FIELDS, KEYPOINTS, NO_HAND, Hands
from handvision.core.keypoints import MIDDLE_KNUCKLE, WRIST
from handvision.core.vocabularies import NUMBERS
from handvision.datasets.readers import find_reader
from handvision.datasets.teacher import table
from handvision.datasets.teacher.agreement import Judged, judge
from handvision.datasets.teacher.matching import Found, box_around, hand_length

# Pictures of one hand each, which fills most of them; in the others there may be hands that nobody labelled.
CLOSE_UPS = ("finger_counting", "sign_language_digits")
# From wrist to middle knuckle, as a share of the hand's length: a hand that points at the camera is shorter
# in the picture, and its direction is not to be seen.
MIN_PALM = 0.2


def add_hands(name: str, examples: Examples) -> Examples:
    """The same pictures, and what is believed of the teacher's labels: points, handedness, rotation.

    Of a hand with a box they are joined to it; a hand without one gets the box around its points, and the
    picture's label if no other hand was found. Where a picture may show more hands than were found, its last
    hand is one of which nothing is known. A point's score is the share of quarter turns that show its hand.

    Args:
        name: the pictures' name in `datasets.load.load`.
        examples: training or validation photos with ids.

    Raises:
        ValueError: the set was not labelled, or a picture is not in the table: test pictures never are.
    """
    close_up = find_reader(name).dataset in CLOSE_UPS
    hands = [
        _joined(judged, known, label, size, close_up)
        for judged, known, label, size in _judged(name, examples)
    ]
    return replace(examples, hands=hands, source=f"{examples.source}; hands by teacher {table.TEACHER}")


def report(name: str, examples: Examples) -> dict[str, int]:
    """How many hands were found and are believed, and how many labels the points contradict.

    Returns:
        "photos"; "boxes", known ones; "found", hands that the teacher found; "in a box", those of them that
        overlap a known box most; "believed"; "counted", hands whose number of fingers is known and that turns
        and box agree on; "disagree", those of them whose points show another number.

    Raises:
        ValueError: as `add_hands`.
    """
    sums: Counter[str] = Counter()
    for judged, known, _, _ in _judged(name, examples):
        sums["photos"] += 1
        sums["boxes"] += int(np.isfinite(known.boxes).all(axis=1).sum())
        sums["found"] += len(judged)
        for each in judged:
            counted = each.turns and each.box is not False and each.count is not None
            sums["in a box"] += each.row is not None
            sums["believed"] += each.believed
            sums["counted"] += counted
            sums["disagree"] += counted and not each.count
    names = ("photos", "boxes", "found", "in a box", "believed", "counted", "disagree")
    return {key: sums[key] for key in names}


def _judged(name: str, examples: Examples) -> list[tuple[list[Judged], Hands, int, tuple[int, int]]]:
    """Of every picture: what was found in it, what its reader knows, its label, its size."""
    known = examples.hands or [Hands.unknown()] * len(examples)
    labels = np.full(len(examples), NO_HAND) if examples.labels is None else examples.labels
    counts = examples.class_names == NUMBERS
    judged = []
    for photo, found, hands, label in zip(
        examples.require("photos"), _found(name, examples), known, labels.tolist(), strict=True
    ):
        size = photo.shape[:2]
        pixels = [replace(hand, points=hand.points * (size[1], size[0])) for hand in found]
        judged.append((judge(pixels, hands, label, size, counts), hands, label, size))
    return judged


def _found(name: str, examples: Examples) -> list[list[Found]]:
    photos = _photos(find_reader(name).dataset)
    ids = examples.require("ids").tolist()
    missing = [one for one in ids if one not in photos]
    if missing:
        raise ValueError(
            f"{examples.name}: the teacher has not seen {missing[0]!r} and {len(missing) - 1} more. It "
            "labels training and validation photos only: take part(..., 'train') or part(..., 'validation')"
        )
    return [photos[one] for one in ids]


def _photos(dataset: str) -> Mapping[str, list[Found]]:
    hands = table.read().hands
    if dataset not in hands:
        raise ValueError(f"the teacher has labelled no set {dataset!r}; it has {', '.join(hands)}")
    return hands[dataset]


def _joined(judged: list[Judged], known: Hands, label: int, size: tuple[int, int], close_up: bool) -> Hands:
    """Hands with boxes first, then those that the teacher alone knows, then those that nobody knows."""
    points, sides, rotations = known.keypoints.copy(), known.handedness.copy(), known.rotations.copy()
    new = []
    for each in judged:
        if not each.believed:
            continue
        if each.row is None:
            new.append(_of_teacher(each.found, label if len(judged) == 1 else NO_HAND, size))
            continue
        points[each.row], sides[each.row] = _scored(each.found), each.found.side
        if np.isnan(rotations[each.row]):
            rotations[each.row] = _rotation(each.found.points)
    filled = replace(known, keypoints=points, handedness=sides, rotations=rotations)
    boxed = np.asarray(np.isfinite(known.boxes).all(axis=1))
    others = np.zeros(len(known), bool) if close_up and new else np.logical_not(boxed)
    return _together([filled.take(boxed), *new, filled.take(others)])


def _of_teacher(found: Found, label: int, size: tuple[int, int]) -> Hands:
    """One hand that has no box but the one around its points."""
    box = box_around(found.points).reshape(2, 2).clip(0, (size[1], size[0]))
    return Hands(
        boxes=box.reshape(1, 4),
        keypoints=_scored(found)[None],
        handedness=np.array([found.side]),
        labels=np.array([label]),
        rotations=np.array([_rotation(found.points)]),
    )


def _scored(found: Found) -> NDArray[np.float32]:
    """(21, 3) float32 x, y, score."""
    return np.hstack([found.points, np.full((KEYPOINTS, 1), found.turns / 4)]).astype(np.float32)


def _rotation(points: NDArray[np.floating]) -> float:
    across, down = points[MIDDLE_KNUCKLE] - points[WRIST]
    if np.hypot(across, down) < MIN_PALM * hand_length(points):
        return np.nan
    return float(wrap_degrees(degrees_from_sin_cos((-across, -down)).astype(np.float32)))


def _together(parts: list[Hands]) -> Hands:
    columns = {name: [getattr(part, name) for part in parts] for name in HAND_FIELDS}
    return Hands(**{name: np.concatenate(values) for name, values in columns.items()})
