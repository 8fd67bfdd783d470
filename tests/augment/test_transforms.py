"""Random transforms carry a picture and all that belongs to it, about the picture's middle."""

import json
from dataclasses import asdict

import cv2
import numpy as np
import pytest

from handvision.augment import Augmentation
from handvision.core.examples import UNKNOWN, Hands, resize
from handvision.synthesis import rendered

ALL = Augmentation(
    rotation_degrees=180,
    shift=0.1,
    shear_degrees=10,
    shrink=(0.9, 1.2),
    flip_horizontal=True,
    flip_vertical=True,
)
ONE_BY_ONE = {
    "rotation": Augmentation(rotation_degrees=180),
    "shift": Augmentation(shift=0.2),
    "shear": Augmentation(shear_degrees=30),
    "shrink": Augmentation(shrink=(0.9, 1.15)),  # unequal sides bend what the test measures
    "left to right": Augmentation(flip_horizontal=True),
    "top to bottom": Augmentation(flip_vertical=True),
    "all": ALL,
}


def drawn(augmentation, count=24, height=128, width=128, seed=2):
    return augmentation.draw(count, height, width, np.random.default_rng(seed))


def arrow(rotation_degrees, size=128):
    """(size, size, 1) uint8 mask of a thin wedge that widens towards the direction it points to."""
    angle = np.deg2rad(rotation_degrees)
    along, across = np.array([-np.sin(angle), -np.cos(angle)]), np.array([np.cos(angle), -np.sin(angle)])
    tip = size / 2 + 28 * along
    corners = np.array([size / 2 - 28 * along, tip + 5 * across, tip - 5 * across])
    mask = np.zeros((size, size), np.uint8)
    cv2.fillPoly(mask, [np.round(corners * 16).astype(np.int32)], 255, shift=4)
    return mask[..., None]


def measured_rotation(mask):
    """Degrees: the long axis of the pixels, towards the side where they crowd."""
    points = np.argwhere(mask[..., 0] > 0.5)[:, ::-1].astype(float)
    points -= points.mean(axis=0)
    axis = np.linalg.svd(points, full_matrices=False)[2][0]
    if ((points @ axis) ** 3).mean() > 0:
        axis = -axis
    return np.degrees(np.arctan2(-axis[0], -axis[1]))


def angle_between(a, b):
    return abs((a - b + 180) % 360 - 180)


@pytest.mark.parametrize("name", ONE_BY_ONE)
def test_directions_move_as_the_pixels_show(name):
    augmentation = ONE_BY_ONE[name]
    rotations = np.linspace(-179, 180, 24)
    affines = drawn(augmentation)
    masks = augmentation.masks(np.stack([arrow(rotation) for rotation in rotations]), affines)
    for mask, affine, rotation in zip(masks, affines, rotations, strict=True):
        assert angle_between(measured_rotation(mask), affine.directions(rotation)) < 2


@pytest.mark.parametrize("name", ONE_BY_ONE)
@pytest.mark.parametrize("size", [(128, 128), (96, 128), (120, 64)])
def test_points_and_boxes_move_with_their_pixels_in_pictures_of_any_shape(name, size):
    height, width = size
    augmentation = ONE_BY_ONE[name]
    photo = np.zeros((height, width, 1), np.uint8)
    photo[height // 2 - 12 : height // 2 - 4, width // 2 + 3 : width // 2 + 11] = 255
    centre = (width // 2 + 7, height // 2 - 8)
    hands = Hands(boxes=[[centre[0] - 4, centre[1] - 4, centre[0] + 4, centre[1] + 4]])
    affines = drawn(augmentation, 8, height, width)
    for moved, affine in zip(augmentation.pictures([photo] * 8, affines), affines, strict=True):
        y, x = np.mgrid[:height, :width] + 0.5
        weights = moved[..., 0] / moved.sum()
        assert affine.points(centre) == pytest.approx(((weights * x).sum(), (weights * y).sum()), abs=0.1)
        box = hands.moved(affine).boxes[0]
        lit = np.argwhere(moved[..., 0] > 127)[:, ::-1] + 0.5
        assert (lit > box[:2] - 0.1).all() and (lit < box[2:] + 0.1).all()
        assert np.abs(lit.max(axis=0) - lit.min(axis=0) + 1 - (box[2:] - box[:2])).max() < 4


@pytest.mark.parametrize("size", [(96, 128), (128, 96), (101, 64)])
def test_the_middle_of_a_picture_that_is_not_square_stays(size):
    height, width = size
    for affine in drawn(Augmentation(rotation_degrees=180, shear_degrees=20, shrink=(0.5, 2)), 20, *size):
        assert affine.points([width / 2, height / 2]) == pytest.approx([width / 2, height / 2])


def test_key_points_of_a_rendered_hand_stay_on_its_mask():
    hands = resize(rendered.render(12, size=128, seed=3, rotation_range=(-20, 20)), 128, 160)
    affines = drawn(ALL, 12, 128, 160)
    masks = ALL.masks(hands.masks, affines)
    for mask, each, affine in zip(masks, hands.hands, affines, strict=True):
        moved = each.moved(affine)
        points = moved.keypoints[0, 5:, :2]
        inside = ((points > 1) & (points < (159, 127))).all(axis=1)
        x, y = points[inside].astype(int).T
        assert mask[y, x, 0].mean() > 0.95


def test_the_ranges_are_used_to_their_ends():
    linear = np.stack([a.linear for a in drawn(Augmentation(rotation_degrees=40), 400)])
    turns = np.degrees(np.arctan2(linear[:, 0, 1], linear[:, 0, 0]))
    assert -40 <= turns.min() < -38 and 38 < turns.max() <= 40
    shifts = np.stack([a.matrix[:, 2] for a in drawn(Augmentation(shift=0.25), 400, 80, 40)])
    assert np.abs(shifts).max(axis=0) == pytest.approx((10, 20), rel=0.02)
    scales = np.stack([np.diag(a.linear) for a in drawn(Augmentation(shrink=(0.5, 2)), 400)])
    assert scales.min() == pytest.approx(0.5, rel=0.02) and scales.max() == pytest.approx(2, rel=0.02)
    flips = [a.mirrors for a in drawn(Augmentation(flip_horizontal=True), 400)]
    assert 0.4 < np.mean(flips) < 0.6


def test_changing_one_range_leaves_what_the_others_draw():
    plain = drawn(Augmentation(rotation_degrees=30))
    flipped = drawn(Augmentation(rotation_degrees=30, flip_horizontal=True))
    assert any(b.mirrors for b in flipped)
    for a, b in zip(plain, flipped, strict=True):
        assert b.mirrors or np.array_equal(a.matrix, b.matrix)


def test_what_comes_in_from_outside():
    photos, masks = np.full((4, 32, 32, 3), 100, np.uint8), np.full((4, 32, 32, 1), 255, np.uint8)
    small = {"rotation_degrees": 180, "shrink": (1.5, 2)}
    constant = Augmentation(**small, fill_value=200)
    affines = drawn(constant, 4, 32, 32)
    moved, moved_masks = constant.pictures(photos, affines), constant.masks(masks, affines)
    assert set(np.unique(moved)) == {100, 200}
    assert np.array_equal(moved_masks, moved[..., :1] < 150), "what a constant paints is no hand"
    for fill in ("nearest", "reflect"):
        assert (Augmentation(**small, fill=fill).masks(masks, affines) == 1).all()


def test_masks_are_interpolated_and_what_is_unknown_becomes_nan():
    rough = np.random.default_rng(0).normal(size=(6, 40, 52)).astype(np.float32)
    hand = np.stack([cv2.GaussianBlur(r, (0, 0), 5) > 0 for r in rough])[..., None]
    masks = hand * np.uint8(255)
    affines = drawn(ALL, 6, 40, 52)
    binary = ALL.masks(masks, affines)
    assert binary.dtype == np.float32 and set(np.unique(binary)) == {0, 1}
    assert np.array_equal(binary, ALL.pictures(masks, affines) > 127.5)
    masks[:, :20] = UNKNOWN
    weak = ALL.masks(masks, affines)
    known = np.isfinite(weak)
    assert 0.1 < known.mean() < 0.9
    nothing, everything = masks.copy(), masks.copy()
    nothing[:, :20], everything[:, :20] = 0, 255
    assert np.array_equal(known, ALL.masks(nothing, affines) == ALL.masks(everything, affines))
    assert np.array_equal(weak[known], binary[known])


def test_an_augmentation_travels_as_json():
    assert Augmentation(**json.loads(json.dumps(asdict(ALL)))) == ALL


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"rotation_degrees": -10}, "rotation_degrees is -10"),
        ({"rotation_degrees": float("nan")}, "rotation_degrees is nan"),
        ({"shift": 1.5}, "shift is 1.5"),
        ({"shear_degrees": 90}, "shear_degrees is 90"),
        ({"shrink": (1.2, 1)}, r"shrink is \(1.2, 1\)"),
        ({"shrink": (0, 1)}, "shrink"),
        ({"fill": "wrap"}, "fill is 'wrap'; use one of constant, nearest, reflect"),
        ({"fill_value": float("inf")}, "fill_value is inf"),
    ],
)
def test_bad_ranges_are_named(fields, message):
    with pytest.raises(ValueError, match=message):
        Augmentation(**fields)


def test_bad_pictures_and_masks_are_named():
    with pytest.raises(ValueError, match=r"masks hold \[7\]"):
        ALL.masks(np.full((1, 8, 8, 1), 7, np.uint8), drawn(ALL, 1, 8, 8))
    with pytest.raises(ValueError, match="5 channels"):
        ALL.pictures(np.zeros((1, 8, 8, 5), np.uint8), drawn(ALL, 1, 8, 8))
