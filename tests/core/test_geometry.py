"""Pixels, transforms, letterboxes, angles and overlap, against values worked out by hand."""

import re

import cv2
import numpy as np
import pytest

from handvision.core.geometry import (
    Affine,
    box_iou,
    degrees_from_sin_cos,
    letterbox,
    mask_iou,
    sin_cos_from_degrees,
    wrap_degrees,
)

NAN = float("nan")
# A picture 40 wide and 20 high: a point a quarter from its left and top, and where it goes.
MOVES = {
    "identity": (Affine.identity(), (10, 5)),
    "a shift": (Affine.shift(3, -2), (13, 3)),
    "a quarter turn about the middle": (Affine.rotation(90, (20, 10)), (15, 20)),
    "a half turn about the middle": (Affine.rotation(180, (20, 10)), (30, 15)),
    "twice as large": (Affine.scale(2), (20, 10)),
    "half as wide about the middle": (Affine.scale(0.5, 1, (20, 10)), (15, 5)),
    "a shear about the middle": (Affine.shear(30, (20, 10)), (7.5, 10 - 5 * np.sqrt(0.75))),
    "left to right": (Affine.mirror(width=40), (30, 5)),
    "top to bottom": (Affine.mirror(height=20), (10, 15)),
}


@pytest.mark.parametrize("name", MOVES)
def test_a_transform_takes_a_point_where_it_belongs_and_back(name):
    affine, wanted = MOVES[name]
    assert affine.points([[10, 5]]) == pytest.approx(np.array([wanted]))
    assert affine.inverse().points(affine.points([[10, 5]])) == pytest.approx(np.array([[10, 5]]))


def test_transforms_apply_in_the_order_in_which_they_are_joined():
    turn_then_shift = Affine.rotation(90).then(Affine.shift(10, 0))
    assert turn_then_shift.points((1, 0)) == pytest.approx(np.array((10, -1)))
    shift_then_turn = Affine.shift(10, 0).then(Affine.rotation(90))
    assert shift_then_turn.points((1, 0)) == pytest.approx(np.array((0, -11)))


def test_a_score_is_carried_along_and_what_is_unknown_stays_unknown():
    points = np.array([[[1, 2, 0.5], [NAN, NAN, 0]]], np.float32)
    moved = Affine.shift(10, 20).points(points)
    assert moved.dtype == np.float32
    np.testing.assert_array_equal(moved, [[[11, 22, 0.5], [NAN, NAN, 0]]])


def test_a_box_stays_upright_around_its_moved_corners():
    boxes = np.array([[10, 5, 30, 15]], np.float32)
    around = Affine.rotation(45, (20, 10)).boxes(boxes)
    half = 15 / np.sqrt(2)
    assert around == pytest.approx(np.array([[20 - half, 10 - half, 20 + half, 10 + half]]), abs=1e-5)
    assert around.dtype == np.float32
    assert Affine.mirror(width=40).boxes([0, 0, 10, 20]).tolist() == [30, 0, 40, 20]
    assert Affine.identity().boxes(np.zeros((0, 4), np.float32)).shape == (0, 4)


@pytest.mark.parametrize(
    "affine, before, after",
    [
        (Affine.rotation(30), 0, 30),
        (Affine.rotation(30), 170, -160),
        (Affine.mirror(width=10), 30, -30),
        (Affine.mirror(height=10), 0, 180),
        (Affine.mirror(width=10, height=10), 30, -150),
        (Affine.scale(3).then(Affine.shift(5, 7)), -90, -90),
        (Affine.scale(2, 1), 45, np.degrees(np.arctan(2))),
        (Affine.shear(20), 0, 20),
        (Affine.rotation(30), NAN, NAN),
    ],
)
def test_a_direction_moves_with_its_picture(affine, before, after):
    assert affine.directions(before) == pytest.approx(after, nan_ok=True)
    # The same as that of two points on the line.
    ends = affine.points([[0, 0], [-np.sin(np.radians(before)), -np.cos(np.radians(before))]])
    (x, y) = ends[1] - ends[0]
    assert degrees_from_sin_cos([-x, -y]) == pytest.approx(after, nan_ok=True)


@pytest.mark.parametrize("affine, mirrors", [(Affine.rotation(70), False), (Affine.mirror(width=9), True)])
def test_it_knows_whether_left_and_right_hands_change_places(affine, mirrors):
    assert affine.mirrors is mirrors
    assert affine.then(Affine.mirror(height=9)).mirrors is not mirrors


@pytest.mark.parametrize("name", MOVES)
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_a_blob_goes_where_its_centre_goes(name, dtype):
    affine, wanted = MOVES[name]
    picture = np.zeros((20, 40, 1), dtype)
    picture[3:7, 8:12] = 200  # its centre is at (10, 5)
    moved = affine.warp(picture, 60, 60)
    assert moved.shape == (60, 60, 1) and moved.dtype == dtype
    weights = moved[..., 0] / moved.sum()
    y, x = np.mgrid[:60, :60] + 0.5
    assert ((weights * x).sum(), (weights * y).sum()) == pytest.approx(wanted, abs=0.06)


def test_turning_a_picture_that_is_not_square_keeps_its_middle():
    picture = np.zeros((21, 41), np.uint8)
    picture[10, 20] = 255
    for degrees in (37, 90, 180, -120):
        assert Affine.rotation(degrees, (20.5, 10.5)).warp(picture, 21, 41)[10, 20] >= 254


def test_pictures_turn_as_numpy_turns_them():
    picture = np.random.default_rng(0).integers(0, 256, (12, 16, 3)).astype(np.uint8)
    quarter = Affine.rotation(90).then(Affine.shift(0, 16))
    np.testing.assert_array_equal(quarter.warp(picture, 16, 12, border="nearest"), np.rot90(picture))
    np.testing.assert_array_equal(Affine.mirror(width=16).warp(picture, 12, 16), picture[:, ::-1])
    np.testing.assert_array_equal(Affine.mirror(height=12).warp(picture, 12, 16), picture[::-1])


def test_what_lies_beyond_the_picture():
    picture = np.full((4, 4), 100, np.float32)
    half = Affine.shift(1.5, 0)
    assert half.warp(picture, 4, 4, fill=20)[0].tolist() == [20, 60, 100, 100]
    assert half.warp(picture, 4, 4, fill=20, sharp_border=True)[0].tolist() == [20, 20, 100, 100]
    assert half.warp(picture, 4, 4, border="nearest")[0].tolist() == [100] * 4
    ramp = np.tile(np.arange(4, dtype=np.float32), (4, 1))
    assert Affine.shift(2, 0).warp(ramp, 4, 4, border="reflect")[0].tolist() == [1, 0, 0, 1]
    assert Affine.shift(0.6, 0).warp(ramp, 4, 4, interpolation="nearest")[0].tolist() == [0, 0, 1, 2]


LETTERBOXES = {  # from, to, (top, left, height, width)
    "equal": ((96, 128), (96, 128), (0, 0, 96, 128)),
    "a wide photo in a square": ((300, 400), (128, 128), (16, 0, 96, 128)),
    "a tall photo in a wide frame": ((400, 300), (192, 256), (0, 56, 192, 144)),
    "enlarged": ((10, 20), (40, 60), (5, 0, 30, 60)),
    "an odd bar: the smaller half is above": ((10, 10), (10, 13), (0, 1, 10, 10)),
    "one row stays": ((1, 1000), (32, 32), (15, 0, 1, 32)),
}


@pytest.mark.parametrize("name", LETTERBOXES)
def test_a_letterbox_keeps_the_aspect_and_centres(name):
    from_size, to_size, place = LETTERBOXES[name]
    box = letterbox(from_size, to_size)
    assert (box.top, box.left, box.height, box.width) == place
    photo = np.full((*from_size, 3), 200, np.uint8)
    fitted = box.fit(photo)
    assert fitted.shape == (*to_size, 3) and fitted.dtype == np.uint8
    assert (fitted[box.inside] == 200).all() and fitted.sum() == 600 * box.height * box.width
    corners = box.affine.points([[0, 0], [from_size[1], from_size[0]]])
    top, left, height, width = place
    assert corners == pytest.approx(np.array([[left, top], [left + width, top + height]]))
    assert box.affine.inverse().points(corners[1]) == pytest.approx(np.array(from_size[::-1]))


def test_a_letterbox_averages_where_it_shrinks_and_interpolates_where_it_enlarges():
    photo = np.random.default_rng(0).integers(0, 256, (30, 40, 3)).astype(np.uint8)
    small = letterbox((30, 40), (15, 20)).fit(photo)
    np.testing.assert_array_equal(small, cv2.resize(photo, (20, 15), interpolation=cv2.INTER_AREA))
    large = letterbox((30, 40), (60, 80)).fit(photo)
    np.testing.assert_array_equal(large, cv2.resize(photo, (80, 60), interpolation=cv2.INTER_LINEAR))
    np.testing.assert_array_equal(letterbox((30, 40), (30, 50)).fit(photo)[:, 5:45], photo)


@pytest.mark.parametrize(
    "degrees, wrapped",
    [(0, 0), (180, 180), (-180, 180), (181, -179), (-181, 179), (540, 180), (360, 0), (-90, -90), (NAN, NAN)],
)
def test_angles_are_wrapped_into_one_turn(degrees, wrapped):
    assert wrap_degrees(degrees) == pytest.approx(wrapped, nan_ok=True)
    pairs = sin_cos_from_degrees([degrees])
    assert pairs.dtype == np.float32 and pairs.shape == (1, 2)
    assert abs(degrees_from_sin_cos(pairs)) == pytest.approx([abs(wrapped)], abs=1e-4, nan_ok=True)


def test_wrapping_leaves_what_is_in_range_to_the_bit():
    degrees = np.random.default_rng(0).uniform(-180, 180, 1000)
    np.testing.assert_array_equal(wrap_degrees(degrees), degrees)
    assert (np.float32(wrap_degrees(np.float32([-180.00001, 540.00006]))) > -180).all()


def test_pairs_of_any_length_are_directions():
    assert degrees_from_sin_cos([[0, 1], [1, 0], [0, -0.5], [-2, 2]]).tolist() == [0, 90, 180, -45]
    assert sin_cos_from_degrees([0, 90, -90]) == pytest.approx(np.array([[0, 1], [1, 0], [-1, 0]]), abs=1e-6)


def test_overlap_of_masks():
    left, right, none = np.zeros((3, 4, 4), bool)
    left[:, :2], right[:, 1:3] = True, True
    pairs = np.stack([left, left, left, none]), np.stack([left, right, none, none])
    assert mask_iou(*pairs) == pytest.approx([1, 4 / 12, 0, 1])


def test_overlap_of_boxes():
    boxes = [[0, 0, 2, 2], [1, 0, 3, 2], [5, 5, 5, 5]]
    assert box_iou(boxes, boxes) == pytest.approx(np.array([[1, 1 / 3, 0], [1 / 3, 1, 0], [0, 0, 0]]))
    assert box_iou(boxes, np.zeros((0, 4))).shape == (3, 0)


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda: Affine(np.eye(3)), "(2, 3)"),
        (lambda: Affine(np.full((2, 3), NAN)), "finite"),
        (lambda: Affine.scale(0).inverse(), "no inverse"),
        (lambda: Affine.identity().points(np.zeros((5, 4))), "points have shape (5, 4)"),
        (lambda: Affine.identity().boxes(np.zeros((5, 2))), "boxes have shape (5, 2)"),
        (lambda: Affine.identity().warp(np.zeros((4, 4)), 4, 4, border="wrap"), "border is 'wrap'"),
        (lambda: Affine.identity().warp(np.zeros((4, 4)), 4, 4, interpolation="cubic"), "'cubic'"),
        (lambda: letterbox((0, 5), (8, 8)), "0x5"),
        (lambda: letterbox((5, 5), (8, 0)), "8x0"),
        (lambda: letterbox((5, 5), (8, 8)).fit(np.zeros((5, 6), np.uint8)), "(5, 6)"),
        (lambda: degrees_from_sin_cos(np.zeros((2, 3))), "(2, 3)"),
        (lambda: mask_iou(np.zeros((2, 2)), np.zeros((2, 2), bool)), "booleans"),
        (lambda: mask_iou(np.zeros((2, 2), bool), np.zeros((2, 3), bool)), "(2, 3)"),
        (lambda: box_iou(np.zeros(4), np.zeros((1, 4))), "shape (4,)"),
    ],
)
def test_bad_input_is_named(wrong, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        wrong()
