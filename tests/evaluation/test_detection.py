"""Hands that were found are matched with those that are there."""

import numpy as np
import pytest

from handvision.core.hand import Hand, Reading
from handvision.evaluation.detection import match_boxes, recall_and_precision

A, B = [0, 0, 10, 10], [20, 0, 30, 10]
NEAR_A, NEARER_A, FAR = [0, 0, 10, 14], [0, 0, 10, 11], [50, 50, 60, 60]


@pytest.mark.parametrize(
    ("true", "found", "matches"),
    [
        ([A, B], [B, A], [1, 0]),
        ([A], [FAR], [-1]),
        ([A], [NEAR_A, NEARER_A], [0, -1]),  # the surer one takes it, a second one is false
        ([A], [[5, 0, 15, 10]], [-1]),  # a third overlaps
        ([], [A], [-1]),
        ([A], [], []),
        ([A, [1, 0, 11, 10]], [[1, 0, 11, 10], A], [1, 0]),
    ],
)
def test_each_true_box_is_matched_once(true, found, matches):
    true, found = (np.array(boxes, np.float32).reshape(-1, 4) for boxes in (true, found))
    assert match_boxes(true, found).tolist() == matches


def test_recall_counts_hands_that_are_there_and_precision_those_that_were_found():
    def reading(*boxes):
        return Reading(hands=tuple(Hand(label="1", probability=0.9, box=np.float32(box)) for box in boxes))

    true = [np.float32([A, B]), np.float32([A]), np.empty((0, 4), np.float32)]
    figures = recall_and_precision(true, [reading(A), reading(), reading(FAR)])
    assert (figures["recall"].value, figures["recall"].n) == (pytest.approx(1 / 3), 3)
    assert (figures["precision"].value, figures["precision"].n) == (0.5, 2)
