"""Confidence against accuracy."""

import numpy as np
import pytest

from handvision.evaluation.calibration import calibration_error
from handvision.evaluation.fairness import hand_size, skin_tone, typology_angle


@pytest.mark.parametrize(
    ("confidence", "right", "bins", "error"),
    [
        ([1.0] * 4, [True] * 4, 10, 0.0),
        ([1.0] * 4, [False] * 4, 10, 1.0),
        ([0.75] * 4, [True, True, True, False], 1, 0.0),
        # Too sure in one half, not sure enough in the other: one bin would not see it.
        ([0.6, 0.6, 0.8, 0.8], [True, True, True, False], 1, 0.05),
        ([0.6, 0.6, 0.8, 0.8], [True, True, True, False], 2, 0.35),
    ],
)
def test_the_error_is_the_mean_gap(confidence, right, bins, error):
    assert calibration_error(confidence, right, bins) == pytest.approx(error)


@pytest.mark.parametrize(
    ("confidence", "right", "bins", "message"),
    [
        ([], [], 10, r"n > 0"),
        ([0.5], [True, False], 10, r"right \(2,\)"),
        ([1.5], [True], 10, "goes from 1.5 to 1.5"),
        ([0.5], [True], 0, "bins is 0"),
    ],
)
def test_bad_input_is_refused(confidence, right, bins, message):
    with pytest.raises(ValueError, match=message):
        calibration_error(confidence, right, bins)


# Mean sRGB colours of tones I, III and VI as they are commonly drawn.
@pytest.mark.parametrize(
    ("colour", "tone"),
    [((244, 208, 177), "light skin"), ((187, 119, 80), "intermediate skin"), ((110, 66, 44), "dark skin")],
)
def test_skin_tone_is_measured_where_the_hand_is(colour, tone):
    photo = np.full((60, 60, 3), 255, np.uint8)
    photo[20:40, 20:40] = colour
    assert skin_tone(typology_angle(photo, np.float32([15, 15, 45, 45]))) == tone
    assert skin_tone(typology_angle(photo)) == tone
    assert skin_tone(typology_angle(photo, np.float32([0, 0, 15, 15]))) == ""


@pytest.mark.parametrize(
    ("box", "size"),
    [
        ([0, 0, 5, 9], "small hand"),
        ([0, 0, 10, 5], "medium hand"),
        ([0, 0, 40, 60], "large hand"),
        (None, ""),
    ],
)
def test_size_is_a_share_of_the_height(box, size):
    assert hand_size(None if box is None else np.float32(box), 100) == size
