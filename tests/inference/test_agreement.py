"""Two answers agree but for the odd photo."""

import numpy as np
import pytest

from handvision.core.hand import Hand, Reading
from handvision.inference.agreement import agreement

PHOTOS = 80


def readings(label="2", left=10.0):
    """Of one hand; none for the label ""."""
    box = np.array([left, 10, 50, 50], np.float32)
    hand = Hand(label=label, probability=1.0, presence=1.0, rotation_degrees=0.0, box=box, size=(64, 64))
    return [Reading(size=(64, 64), hands=(hand,) if label else ())]


@pytest.mark.parametrize(
    ("others", "agrees"),
    [
        ([], True),
        ([*readings("3"), *readings("")], True),  # one photo in forty
        ([*readings("3"), *readings(left=13.0)], True),
        ([*readings("3"), *readings(""), *readings(left=13.0)], False),
    ],
)
def test_one_photo_in_forty_may_differ(others, agrees):
    first = readings() * PHOTOS
    second = others + readings() * (PHOTOS - len(others))
    assert agreement(first, second, np.full(PHOTOS, 2.0)).agrees == agrees


def test_boxes_are_compared_in_pixels_of_the_models_input():
    found = agreement(readings(), readings(left=13.0), np.array([4.0]))
    assert found.largest_box_pixels == pytest.approx(0.75) and not found.other_boxes and found.agrees
    assert agreement(readings(), readings(left=15.0), np.array([4.0])).other_boxes == (0,)
