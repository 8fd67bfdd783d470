"""Real photos of which the number of raised fingers is known."""

from dataclasses import replace

import numpy as np

from handvision.core.examples import NO_HAND, Examples
from handvision.core.vocabularies import NUMBERS
from handvision.protocol.partitions import part

# The divided sets that photos with numbers are taken from.
NUMBERED_PARTITIONS = ("sign_language_digits", "finger_counting", "hands_dataset")
# Raised fingers of those of Massey's signs that have a clear number of them -> the signs.
_SIGNS_OF_NUMBER = {0: "aemnost0", 1: "1diz", 2: "2hluvy", 3: "36789fw", 4: "4b", 5: "5"}


def numbered_photos(which: str) -> tuple[Examples, Examples, Examples]:
    """Real photos with numbers: Sign Language Digits, Finger Counting, HandsDataset with one hand in view.

    Args:
        which: the part: "train", "validation" or "test".
    """
    webcam = part("hands_dataset", which)
    return (
        part("sign_language_digits", which),
        part("finger_counting", which),
        webcam.take(webcam.require("labels") != NO_HAND),
    )


def numbered_cutouts(which: str) -> Examples:
    """Massey's hands, cut out on black, whose sign shows a number: fists, and fingers that lie side by side.

    Args:
        which: the part: "train" (three people) or "validation" (two).
    """
    massey = part("massey", which)
    number_of = {sign: number for number, shown in _SIGNS_OF_NUMBER.items() for sign in shown}
    signs = [massey.class_names[label] for label in massey.require("labels")]
    numbers = np.array([number_of.get(sign, NO_HAND) for sign in signs])
    massey = replace(massey, labels=numbers, class_names=NUMBERS)
    return massey.take(numbers != NO_HAND, f"{massey.name} that show a number")
