"""Gestures by their names: how often the surest hand is named as its photo is, in each further vocabulary."""

from collections.abc import Callable, Mapping

from handvision.core.examples import Examples
from handvision.evaluation.estimates import proportion
from handvision.evaluation.everyday import Figure
from handvision.evaluation.everyday_kinds import Read

GESTURE_RIGHT = "gesture right"


def evaluate_names(
    read_in: Callable[[str], Read], sets: Mapping[str, Mapping[str, Examples]]
) -> list[Figure]:
    """`gesture right` of every set: a photo in which no hand is found is wrong.

    Args:
        read_in: a vocabulary of `handvision.predict` -> a reader whose labels are of it.
        sets: vocabulary -> id -> photos with the labels of its names; see `protocol.everyday.named`.
    """
    figures = []
    for vocabulary, of_one in sets.items():
        read = read_in(vocabulary)
        for test, photos in of_one.items():
            names = [photos.class_names[label] for label in photos.require("labels").tolist()]
            right = [
                reading.label == name
                for reading, name in zip(read(photos.require("photos")), names, strict=True)
            ]
            figures.append(Figure(test, GESTURE_RIGHT, proportion(right)))
    return figures
