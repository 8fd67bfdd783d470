"""Real photos of which the number of raised fingers is known."""

from dataclasses import replace

import numpy as np

from handvision.core.examples import NO_HAND, Examples
from handvision.datasets import load
from handvision.protocol import splits
from handvision.protocol.task import SPLIT_SEED, massey_hands

# What Massey's signs show that show a number; of the others it is a matter of taste.
_RAISED_FINGERS = {0: "aemnost0", 1: "1diz", 2: "2hluvy", 3: "36789fw", 4: "4b", 5: "5"}


def photos_with_numbers(part: str) -> tuple[Examples, Examples, Examples]:
    """Real photos with numbers: Sign Language Digits, Finger Counting, HandsDataset with one hand in view.

    No person, no session and (Finger Counting, one person) no block of frames is in two parts.

    Args:
        part: "train", "validation" or "test".
    """
    people = splits.group_split(load.load("sign_language_digits"), seed=SPLIT_SEED)[part]
    raw = splits.block_split(load.load_finger_counting_raw(), test=0.2, validation=0.1, gap=0)[part]
    webcam = splits.group_split(load.load("hands_dataset"), seed=SPLIT_SEED)[part]
    return people, raw, webcam.take(webcam.labels != NO_HAND)


def cutouts_with_numbers(part: str) -> Examples:
    """Massey's hands, cut out on black, whose sign shows a number: fists, and fingers that lie side by side.

    Args:
        part: "train" (four hands) or "validation" (the fifth).
    """
    massey = massey_hands()[part]
    number_of = {sign: number for number, signs in _RAISED_FINGERS.items() for sign in signs}
    numbers = np.array([number_of.get(massey.class_names[label], NO_HAND) for label in massey.labels])
    massey = replace(massey, labels=numbers, class_names=tuple(map(str, _RAISED_FINGERS)))
    return massey.take(numbers != NO_HAND, f"{massey.name} that show a number")
