"""The teacher looks at training and validation photos; its answers become one small table, and a report.

    handvision data teach-labels --python MEDIAPIPE/bin/python

Answers are kept in the cache, photo by photo: a run that was stopped goes on where it was.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handvision.core.examples import Examples
from handvision.core.files import replacing
from handvision.core.hashing import hash_json
from handvision.core.workspace import workspace
from handvision.datasets.teacher import labelled, table
from handvision.datasets.teacher.ask import Teacher
from handvision.datasets.teacher.matching import Find, Found, match
from handvision.datasets.teacher.views import View, views
from handvision.plotting import Table
from handvision.plotting import table as as_table
from handvision.protocol import partitions
from handvision.studies.cards import between_markers
from handvision.studies.tables import DASH

# What the teacher looks at, as `datasets.load.load` names it; with numbers of fingers where there are any.
LABELLED = (
    "hands_dataset",
    "hagrid_numbers",
    "hand_gesture_yolov8",
    "rock_paper_scissors",
    "people_photos",
    "ten_people",
    "eduart_numbers",
    "finger_counting",
    "sign_language_digits",
)
# Of a test picture a teacher's answer would become part of its truth.
PARTS = ("train", "validation")
LICENCE = "MediaPipe's models: Apache-2.0. The points in this table: MIT, as this repository."
BEGIN = "<!-- teacher: written by `handvision data teach-labels` -->"
END = "<!-- end of teacher -->"


def label(python: Path, names: Sequence[str] = LABELLED, path: Path = table.TABLE) -> None:
    """Asks the teacher about all photos that it has not seen yet, and writes the table anew.

    Args:
        python: the interpreter of an environment that has MediaPipe 0.10.21.
        names: pictures to label; what the table has of other sets is kept.
        path: of the table.

    Raises:
        TeacherUnavailable: the interpreter has no MediaPipe.
        DataUnavailable: a set is not at hand.
        ValueError: the teacher is another version, or there is no set of this name.
    """
    for name in names:
        if name not in LABELLED:
            raise ValueError(f"the teacher labels no pictures {name!r}; it labels {', '.join(LABELLED)}")
    hands = dict(table.read(path).hands) if path.is_file() else {}
    with Teacher(python) as teacher:
        if teacher.card["teacher"] != table.TEACHER:
            raise ValueError(
                f"{python} has {teacher.card['teacher']}; labels are made with {table.TEACHER}: "
                "pip install mediapipe==0.10.21"
            )
        for name in names:
            found: dict[str, list[Found]] = {}
            for examples in _parts(name):
                found |= _labels(teacher, name, examples)
            hands[_dataset(name)] = found
            print(
                f"{name}: {sum(len(hands_of) for hands_of in found.values())} hands in {len(found)} photos",
                flush=True,
            )
        card = {**teacher.card, "licence": LICENCE, "date": datetime.now(UTC).date().isoformat()}
    table.write(hands, {**card, "parts": list(PARTS)}, path)


def agreement_table(names: Sequence[str] = LABELLED) -> Table:
    """For every set that was labelled: photos, known boxes, hands found and believed, labels contradicted.

    Raises:
        DataUnavailable: a set is not at hand.
    """
    rows: list[tuple[object, ...]] = []
    for name in names:
        reports = [labelled.report(name, examples) for examples in _parts(name)]
        sums = {key: sum(report[key] for report in reports) for key in reports[0]}
        wrong = f"{sums['disagree']} of {sums['counted']}" if sums["counted"] else DASH
        boxes = sums["boxes"] or DASH
        rows.append((name, sums["photos"], boxes, sums["found"], sums["believed"], wrong))
    columns = ("set", "photos", "boxes", "hands found", "believed", "counts that disagree")
    return as_table(rows, columns, f"Labels by {table.TEACHER}, training and validation photos")


def write_report(readme: Path) -> None:
    """Puts `agreement_table` between its markers in `data/README.md`."""
    text = between_markers(readme.read_text("utf-8"), agreement_table().markdown(), BEGIN, END)
    with replacing(readme) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _parts(name: str) -> Iterator[Examples]:
    """The parts of a set that a teacher may see. Sets that only validate have no training part."""
    rows = partitions.ids(name)
    for which in PARTS:
        if which in rows:
            yield partitions.part(name, which)


def _dataset(name: str) -> str:
    return labelled.find_reader(name).dataset


def _labels(teacher: Teacher, name: str, examples: Examples) -> dict[str, list[Found]]:
    """id -> hands, points as shares of width and height; new answers are added to the cache."""
    photos, ids = examples.require("photos"), examples.require("ids").tolist()
    close_up = _dataset(name) in labelled.CLOSE_UPS
    boxes: Sequence[NDArray[np.float32] | None] = examples.boxes or [None] * len(examples)
    wanted = [views(p.shape[:2], b, close_up) for p, b in zip(photos, boxes, strict=True)]
    answers = workspace().cache / "teacher" / hash_json(teacher.card) / f"{_dataset(name)}.jsonl"
    known = _read(answers)
    new = [i for i in range(len(ids)) if known.get(ids[i], {}).get("views") != [list(v) for v in wanted[i]]]
    answers.parent.mkdir(parents=True, exist_ok=True)
    with answers.open("a") as file:
        for i, hands in zip(new, teacher.hands((photos[i], wanted[i]) for i in new), strict=True):
            known[ids[i]] = {"id": ids[i], "views": [list(view) for view in wanted[i]], "hands": hands}
            print(json.dumps(known[ids[i]]), file=file)
    return {
        one: _matched(known[one]["hands"], seen, photo.shape)
        for one, seen, photo in zip(ids, wanted, photos, strict=True)
    }


def _read(answers: Path) -> dict[str, dict[str, Any]]:
    """The answers of earlier runs. A last line that was cut off is cut away, so that others can follow."""
    if not answers.is_file():
        return {}
    whole, _, rest = answers.read_text("utf-8").rpartition("\n")
    if rest:
        answers.write_text(f"{whole}\n" if whole else "", "utf-8")
    return {answer["id"]: answer for answer in map(json.loads, whole.splitlines())}


def _matched(answers: list[dict[str, Any]], seen: list[View], shape: tuple[int, ...]) -> list[Found]:
    size = np.array([shape[1], shape[0]])
    finds = [
        Find(np.array(a["points"]) * size, a["side"], a["score"], a["view"], seen[a["view"]][4])
        for a in answers
    ]
    return [_in_shares(hand, size) for hand in match(finds)]


def _in_shares(hand: Found, size: np.ndarray) -> Found:
    return Found(hand.points / size, hand.side, hand.score, hand.turns, hand.views, hand.spread)
