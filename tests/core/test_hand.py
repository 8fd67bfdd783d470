"""What a Hand and a Reading accept, and what a Reading says of its surest hand."""

import math

import numpy as np
import pytest

from handvision.core.hand import Hand, Reading

# Field -> (a value that is refused, what the error says of what it got and wanted).
BAD_HANDS = {
    "label": (3, r"Hand\.label is 3; it is to be a str"),
    "probability": (1.5, r"is 1\.5; .* number in \[0, 1\]"),
    "presence": (math.nan, r"is nan; .* number in \[0, 1\]"),
    "rotation_degrees": (-180.0, r"is -180\.0; .* degrees in \(-180, 180\]"),
    "box": (np.zeros(5, np.float32), r"is \(5,\) float32; it is to be \(4,\) float32"),
    "keypoints": (np.zeros((21, 2), np.float32), r"is \(21, 2\) float32; it is to be \(21, 3\) float32"),
    "handedness": ("Left", r"is 'Left'; it is to be 'left', 'right' or ''"),
    "handedness_probability": (-0.1, r"is -0\.1"),
    "embedding": (np.zeros(8), r"is \(8,\) float64; it is to be \(n,\) float32"),
    "track": (-1, r"is -1; .* whole number"),
    "model": (None, r"is None; it is to be a str"),
    "extra": ([], r"is a list; it is to be a dict"),
    "size": ([4, 4], r"is \[4, 4\]; .* \(height, width\)"),
    "soft_mask": (np.zeros((4, 4, 1), np.float32), r"is \(4, 4, 1\) float32; it is to be \(h, w\) float32"),
}
BAD_READINGS = {
    "source": (None, r"Reading\.source is None"),
    "frame": (1.5, r"is 1\.5; .* whole number"),
    "time_seconds": (math.inf, r"is inf; .* seconds"),
    "size": ((4,), r"is \(4,\)"),
    "error": (OSError("gone"), r"is OSError"),
    "hands": ([Hand()], r"tuple of Hand"),
}


@pytest.mark.parametrize("field", BAD_HANDS)
def test_a_bad_field_of_a_hand_is_named(field):
    value, message = BAD_HANDS[field]
    with pytest.raises(ValueError, match=message):
        Hand(**{field: value})


@pytest.mark.parametrize("field", BAD_READINGS)
def test_a_bad_field_of_a_reading_is_named(field):
    value, message = BAD_READINGS[field]
    with pytest.raises(ValueError, match=message):
        Reading(**{field: value})


def test_a_box_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="x0 <= x1"):
        Hand(box=np.array([10, 0, 5, 8], np.float32))


def half(side):
    """A soft mask of 2 by 2 pixels whose left or right half is hand."""
    return np.array([[1, 0], [1, 0]] if side == "left" else [[0, 1], [0, 1]], np.float32)


def test_the_surest_hand_speaks_for_the_reading_and_masks_are_joined():
    unsure = Hand("1", 0.9, presence=0.5, size=(8, 8), soft_mask=half("left"))
    sure = Hand("2", 0.8, presence=0.9, rotation_degrees=30.0, size=(8, 8), soft_mask=half("right"))
    reading = Reading(size=(8, 8), hands=(unsure, sure))
    assert reading.hands == (sure, unsure)
    assert (reading.label, reading.probability, reading.rotation_degrees) == ("2", 0.8, 30.0)
    assert reading.has_hand and reading.mask.shape == (8, 8, 1)
    np.testing.assert_array_equal(reading.mask, np.maximum(sure.mask, unsure.mask))
    assert sure.mask[:, 5:].all() and not sure.mask[:, :3].any()


def test_a_reading_without_hands_says_nothing():
    reading = Reading(size=(3, 5))
    assert not reading.has_hand and reading.label == "" and reading.probability == 0
    assert math.isnan(reading.rotation_degrees) and not reading.box.any()
    assert reading.mask.shape == (3, 5, 1) and not reading.mask.any()
