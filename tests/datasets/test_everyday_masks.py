"""Weak masks of everyday photos: a segmenter's, where close-ups, points and box agree."""

import cv2
import numpy as np
import pytest

from handvision.core.examples import UNKNOWN, Examples, Hands
from handvision.core.hands import NO_HAND
from handvision.datasets.everyday_masks import add_masks, close_ups, mask_of
from tests.helpers.teacher import hand_points

SIZE = (96, 128)
WALL, SKIN, SLEEVE = (90, 110, 120), (200, 140, 110), (60, 60, 160)
POINTS = hand_points(centre=(160, 100), length=60)
FINGERS = [[0, *range(4 * finger + 1, 4 * finger + 5)] for finger in range(5)]


def skin(pictures):
    """In place of a segmenter: what is as red as skin, or as blue as the sleeve."""
    red = (pictures[..., 0] > 0.6) | (pictures[..., 2] > 0.55)
    return red[..., None].astype(np.float32)


def nothing(pictures):
    return np.zeros((*pictures.shape[:3], 1), np.float32)


def scene(arm=SKIN, more=()):
    """A photo (240, 320, 3) of a hand with a forearm, and a face in the corner; and the hand's own mask.

    Args:
        arm: the forearm's colour.
        more: (from, to) of bars of skin.
    """
    photo = np.full((240, 320, 3), WALL, np.uint8)
    cv2.circle(photo, (40, 40), 25, SKIN, -1)
    cv2.line(photo, (160, 125), (160, 239), arm, 20)
    hand = np.zeros((240, 320), np.uint8)
    for finger in FINGERS:
        cv2.polylines(hand, [np.int32(POINTS[finger])], False, 1, 7)
    cv2.fillConvexPoly(hand, cv2.convexHull(np.int32(POINTS[[0, 1, 2, 5, 9, 13, 17]])), 1)
    photo[hand > 0] = SKIN
    for start, end in more:
        cv2.line(photo, start, end, SKIN, 5)
    return photo, hand > 0


def hand(points=POINTS, margin=4.0, with_points=True, others=0):
    low, high = points.min(axis=0) - margin, points.max(axis=0) + margin
    boxes = np.vstack([np.hstack([low, high])[None], np.full((others, 4), np.nan)])
    keypoints = np.full((1 + others, 21, 2), np.nan)
    if with_points:
        keypoints[0] = points
    rotations = np.float32([0 if with_points else np.nan] + [np.nan] * others)
    return Hands(boxes=boxes, keypoints=keypoints, rotations=rotations)


@pytest.mark.parametrize("with_points", [True, False])
def test_a_hand_is_hand_a_far_face_is_background_and_a_forearm_is_not(with_points):
    photo, true = scene()
    mask, accepted = mask_of(photo, hand(with_points=with_points), skin, SIZE)
    assert accepted == [True] and mask.shape == (240, 320, 1) and mask.dtype == np.uint8
    inner = cv2.erode(true.astype(np.uint8), np.ones((5, 5))) > 0
    assert (mask[inner] == 255).mean() > 0.95
    assert not mask[10:70, 10:70].any(), "a face beside all boxes is no hand"
    assert (mask[185:230, 155:165] == UNKNOWN).all(), "how far a forearm belongs to it is not said"
    assert not mask[60:100, 240:].any()


def test_a_sleeve_that_the_segmenter_takes_for_a_hand_is_unknown():
    photo, _ = scene(arm=SLEEVE)
    mask, accepted = mask_of(photo, hand(), skin, SIZE)
    assert accepted == [True]
    assert (mask[132:142, 155:165] == UNKNOWN).all()


def test_where_other_hands_may_be_nothing_is_said_beside_the_box():
    photo, _ = scene()
    mask, accepted = mask_of(photo, hand(others=1), skin, SIZE)
    assert accepted == [True]
    assert (mask[10:70, 10:70] == UNKNOWN).all() and (mask == 255).any()
    assert (mask[60:66, 122:130] == 0).all(), "beside the hand, within its box, is background"


@pytest.mark.parametrize(
    ("made", "hands", "segment"),
    [
        (scene(), hand(), nothing),  # the segmenter sees no hand
        (scene(), hand(POINTS + (15, 0)), skin),  # points beside it
        (scene(more=[((110, 90), (250, 90))]), hand(), skin),  # a bar through the hand, beyond its box
        (scene(), hand(margin=40.0, with_points=False), skin),  # a hand that does not fill its box
        (scene(more=[((150, 80), (150, 0))]), hand(with_points=False), skin),  # leaves its box at two ends
    ],
)
def test_where_they_do_not_agree_nothing_is_said_near_the_hand(made, hands, segment):
    photo, _ = made
    mask, accepted = mask_of(photo, hands, segment, SIZE)
    assert accepted == [False]
    x0, y0, x1, y1 = hands.boxes[0].astype(int)
    assert (mask[y0:y1, x0:x1] == UNKNOWN).all()
    assert not mask[:40, 305:].any() and not (mask == 255).any()


def test_a_photo_without_hands_is_background():
    photo, _ = scene()
    mask, accepted = mask_of(photo, Hands(), skin, SIZE)
    assert accepted == [] and not mask.any()


@pytest.mark.parametrize("degrees", [0, 90, -150])
def test_close_ups_show_the_hand_upright_and_large(degrees):
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    points = (POINTS - (160, 100)) @ np.array([[cos, -sin], [sin, cos]]) + (160, 100)
    hands = hand(points)
    hands = Hands(hands.boxes, hands.keypoints, rotations=np.float32([degrees]))
    (close_up,) = close_ups(hands, SIZE)
    for affine, share in zip(close_up.affines, (0.75, 0.5), strict=True):
        moved = affine.points(points)
        assert moved[0, 1] > moved[9, 1], "the wrist is below"
        extent = np.ptp(moved, axis=0)
        assert extent.max() == pytest.approx(share * SIZE[0], abs=0.1)
        np.testing.assert_allclose((moved.min(axis=0) + moved.max(axis=0)) / 2, (64, 48), atol=0.1)


def test_masks_are_made_once_for_each_segmenter(tmp_path, monkeypatch):
    monkeypatch.setenv("HANDVISION_CACHE_FOLDER", str(tmp_path))
    asked = []

    def segment(pictures):
        asked.append(len(pictures))
        return skin(pictures)

    photo, _ = scene()
    photos = Examples(
        "some",
        photos=np.stack([photo, photo]),
        labels=np.full(2, NO_HAND),
        hands=[hand(), Hands()],
        source="a",
    )
    first = add_masks(photos, segment, SIZE, "one")
    again = add_masks(photos, segment, SIZE, "one")
    assert asked == [2], "the second photo has no hand, and nothing is asked twice"
    np.testing.assert_array_equal(first.masks, again.masks)
    assert first.masks.shape == (2, 240, 320, 1)
    assert first.source == "a; masks of 1 of 1 hands by a segmenter on close-ups"
    add_masks(photos, segment, SIZE, "another")
    assert asked == [2, 2]


def test_photos_without_hands_known_are_refused():
    photo, _ = scene()
    with pytest.raises(ValueError, match="bare has no hands"):
        add_masks(Examples("bare", photos=photo[None]), skin, SIZE, "one")
