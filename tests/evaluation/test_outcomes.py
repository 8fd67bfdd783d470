"""What became of the hands that are there."""

import numpy as np

from handvision.core.examples import Examples
from handvision.core.hand import Hand, Reading
from handvision.core.hands import NO_HAND, Hands
from handvision.evaluation.detection import point_boxes
from handvision.evaluation.outcomes import MISREAD, NOT_FOUND, RIGHT, Outcome, outcomes

PHOTO = np.zeros((200, 300, 3), np.uint8)


def hands(*of):
    """Hands in squares: (left, top, side, label)."""
    grid = np.stack(np.meshgrid(np.linspace(0, 1, 7), np.linspace(0, 1, 3)), axis=-1).reshape(21, 2)
    points = np.array([grid * side + (left, top) for left, top, side, _ in of], np.float32).reshape(-1, 21, 2)
    return Hands(keypoints=points, labels=np.array([label for *_, label in of], np.int64))


def test_a_hand_is_right_misread_or_not_found_and_one_without_a_number_is_not_judged():
    true = [hands((10, 10, 80, 4), (200, 20, 30, 2)), hands((10, 10, 15, 3), (200, 20, 30, NO_HAND)), hands()]
    photos = Examples("made", photos=[PHOTO] * 3, hands=true)
    boxes = point_boxes(true[0], PHOTO)
    readings = [
        Reading(hands=(Hand(label="4", box=boxes[0]), Hand(label="5", box=boxes[1]))),
        Reading(hands=(Hand(label="3", box=boxes[0]),)),  # somewhere else
        Reading(hands=(Hand(label="3", box=boxes[0]),)),
    ]
    assert outcomes(photos, readings) == [
        Outcome(0, RIGHT, "large hand"),
        Outcome(0, MISREAD, "medium hand"),
        Outcome(1, NOT_FOUND, "small hand"),
    ]
