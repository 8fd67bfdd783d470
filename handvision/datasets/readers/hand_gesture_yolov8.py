"""Hand Gesture Recognition (Lebanese University): one hand in its box, one to five fingers, many places."""

import csv
import re
from functools import partial
from pathlib import Path

import numpy as np

from handvision.core.examples import NO_HAND, Examples, Hands
from handvision.core.vocabularies import NUMBERS
from handvision.datasets import decoding, yolo
from handvision.datasets.errors import DataUnavailable
from handvision.datasets.readers import Files, picture_ids, reader

# The authors' classes are five, four, one, three, two. Fists and thumbs are among their "five".
_AUTHORS = (5, 4, 1, 3, 2)
_CATCH_ALL = 5
# Seen on contact sheets of all labelled photos: file name up to its kind -> raised fingers.
_CORRECTIONS = {
    "IMG-20230312-WA0196": 4,  # said 5: the thumb is folded over the palm
    "IMG-20230312-WA0671": 5,  # said 1: all fingers are spread
    "IMG-20230313-WA0075": 5,  # said 4: the thumb is out, too
    "IMG_20230314_194345": NO_HAND,  # said 5: a fist, edge-on
    "Screenshot-2023-03-14-211322": NO_HAND,  # said 5: a ring of thumb and index finger
    "Screenshot-2023-03-14-211447": NO_HAND,  # said 5: the same
    "Screenshot-2023-03-14-211536": NO_HAND,  # said 5: half-closed fingers
    "Screenshot-2023-03-14-211844": NO_HAND,  # said 2: a fist from the side
    "Screenshot-2023-03-14-212104": NO_HAND,  # said 5: bent fingers, edge-on
    "Screenshot-2023-03-14-213428": NO_HAND,  # said 5: closed fingers, edge-on
}
# Photos that were sent one after the other have neighbouring numbers: a larger step starts a new series.
_STEP = 8
# Seen on a contact sheet: series of the same place. First number of a series of 12 March 2023 -> place.
_SAME_PLACE = {
    "64": "carved sofa and desk",
    "169": "carved sofa and desk",
    "440": "carved sofa and desk",
    "camera": "carved sofa and desk",
    "112": "purple wall",
    "582": "purple wall",
}
_SAME_DAY = "20230312"


@reader("hand_gesture_yolov8")
def read(files: Files) -> Examples:
    """224x224 photos (stretched by their authors) with one box each; groups are series of photos.

    Labels are raised fingers, NO_HAND where the authors' class "five" is not sure to be five.

    Raises:
        DataUnavailable: a label is none of 1 to 5, or a box lies outside its photo.
    """
    keys, paths = zip(*files["photos"].items(), strict=True)
    photos = decoding.in_threads(partial(decoding.photo, longest=224), paths)
    known: dict[str, tuple[Path, list[tuple[int, list[float]]]]] = {}
    for path in files["labels"].values():
        known |= _table(path) if path.suffix == ".csv" else {path.stem: (path, _authors_lines(path))}
    hands = []
    for (name,), photo in zip(keys, photos, strict=True):
        if name not in known:
            hands.append(Hands.unknown())
            continue
        path, lines = known[name]
        taken_as = re.split(r"_(?:jpe?g|png)", name)[0]
        labels = [_CORRECTIONS.get(taken_as, label) for label, _ in lines]
        boxes = yolo.corners([box for _, box in lines], photo.shape[:2], path)
        hands.append(Hands(boxes=boxes, labels=np.array(labels, np.int64)))
    return Examples(
        name="Hand Gesture Recognition v6",
        photos=photos,
        labels=np.array([each.labels[0] if len(each) == 1 else NO_HAND for each in hands]),
        groups=_places([name for (name,) in keys]),
        hands=hands,
        ids=picture_ids(keys),
        class_names=NUMBERS,
        source="boxes and number of fingers from the authors; five where it is sure",
    )


def _table(path: Path) -> dict[str, tuple[Path, list[tuple[int, list[float]]]]]:
    """The reduced copy's table: file name -> its hands. `use` says whether the label is sure."""
    known: dict[str, tuple[Path, list[tuple[int, list[float]]]]] = {}
    with open(path, newline="") as stream:
        for line in csv.DictReader(stream):
            label = line["repo_label"]
            if label not in NUMBERS[1:]:
                raise DataUnavailable(
                    f"{path}: {line['file']} has the label {label!r}; labels are 1 to 5. Fetch the set anew."
                )
            box = [float(line[column]) for column in ("x_center", "y_center", "width", "height")]
            hands = known.setdefault(Path(line["file"]).stem, (path, []))[1]
            hands.append((int(label) if line["use"] == "yes" else NO_HAND, box))
    return known


def _authors_lines(path: Path) -> list[tuple[int, list[float]]]:
    classes, boxes = yolo.read_lines(path, len(_AUTHORS))
    fingers = [_AUTHORS[number] for number in classes]
    return [
        (NO_HAND if label == _CATCH_ALL else label, box.tolist())
        for label, box in zip(fingers, boxes, strict=True)
    ]


def _places(names: list[str]) -> np.ndarray:
    """The series that each photo belongs to, by its file name; series of one place under one name."""
    places: dict[str, str] = {}
    sent: dict[str, list[tuple[int, str]]] = {}
    for name in names:
        if match := re.match(r"IMG-(\d+)-WA(\d+)", name):
            sent.setdefault(match[1], []).append((int(match[2]), name))
        elif match := re.match(r"IMG_(\d+)_", name):
            places[name] = _place(match[1], "camera")
        else:  # pictures from the web
            places[name] = "screenshots"
    for day, photos in sent.items():
        first = last = None
        for number, name in sorted(photos):
            if first is None or last is None or number - last > _STEP:
                first = number
            places[name], last = _place(day, str(first)), number
    return np.array([places[name] for name in names])


def _place(day: str, series: str) -> str:
    return _SAME_PLACE.get(series, f"{day} {series}") if day == _SAME_DAY else f"{day} {series}"
