"""Masks of no hand come from what has skin's colour, and from nowhere near a hand."""

import cv2
import numpy as np
import pytest

from handvision.core.examples import NO_HAND, Examples, Hands
from handvision.imaging.skin_colour import skin_mask
from handvision.synthesis.negatives import beside_boxes, skin_masks

SKIN, WALL = (200, 140, 110), (90, 110, 160)


def photo(height=90, width=120):
    """A wall with a skin-coloured square in its middle, and specks of that colour beside it."""
    picture = np.full((height, width, 3), WALL, np.uint8)
    picture[30:60, 40:80] = SKIN
    picture[::15, ::15] = SKIN
    return picture


def test_skin_is_told_from_a_blue_wall():
    mask = skin_mask(photo())
    assert mask.shape == (90, 120, 1)
    assert (mask[30:60, 40:80] == 255).all()
    assert mask[5, 5] == 0


def test_a_stricter_threshold_takes_less():
    ramp = np.zeros((1, 128, 3), np.uint8) + np.array(SKIN, np.uint8)
    ramp[0, :, 0] = np.arange(120, 248)
    shares = [(skin_mask(ramp, stricter) > 0).mean() for stricter in (-10, 0, 10)]
    assert shares[0] > shares[1] > shares[2] > 0


def test_masks_of_no_hand_have_no_label_and_no_direction():
    masks = skin_masks([photo(), photo(120, 90)], 6, 64, seed=1)
    assert masks.masks.shape == (6, 64, 64, 1)
    assert np.isin(masks.masks, (0, 255)).all()
    assert (masks.labels == NO_HAND).all()
    assert np.isnan(masks.rotations).all()
    assert masks.masks.any(axis=(1, 2, 3)).all(), "an empty mask is no question"


def test_every_second_mask_is_one_smooth_region():
    regions = [cv2.connectedComponents(m)[0] - 1 for m in skin_masks([photo()], 8, 96, seed=2).masks]
    assert set(regions[1::2]) == {1}
    assert max(regions[::2]) > 1


def test_the_same_seed_gives_the_same_masks():
    first, again, other = (skin_masks([photo()], 4, 64, seed=seed).masks for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_photos_without_skin_are_an_error_that_says_so():
    with pytest.raises(ValueError, match="0 of 4 masks"):
        skin_masks([np.full((60, 60, 3), WALL, np.uint8)], 4, 64, seed=1)


def test_what_is_kept_of_a_photo_lies_beside_all_boxes():
    pictures = np.zeros((3, 90, 120, 3), np.uint8)
    pictures[0, 20:80, 70:110] = 255  # both boxes
    hands = [
        Hands(boxes=[[70, 20, 90, 60], [80, 30, 110, 80]]),
        Hands.unknown(),
        Hands(boxes=[[10, 10, 115, 85]]),  # hardly anything is left
    ]
    kept = beside_boxes(Examples("frames", photos=pictures, hands=hands, groups=np.array(["a", "b", "c"])))
    assert [piece.shape for piece in kept.photos] == [(90, 70, 3)]
    assert not kept.photos[0].any()
    assert kept.groups.tolist() == ["a"]
