"""Heads without a network: what they learn from, what they read, draw and write."""

import subprocess
import sys

import numpy as np
import pytest

from handvision.core.examples import NO_HAND, Examples
from handvision.core.geometry import Affine
from handvision.core.hand import Hand
from handvision.core.hands import Hands
from handvision.heads import (
    GestureHead,
    HandednessHead,
    HeadTargets,
    KeypointsHead,
    PresenceHead,
    RotationHead,
    heads_of,
    register,
    registered,
    tight_box,
)

IDENTITY = Affine.identity()
GESTURE, ROTATION = GestureHead(("fist", "palm")), RotationHead()


def hand(**known):
    return Hand(box=np.array([20, 20, 80, 80], np.float32), **known)


def examples():
    return Examples(
        "three",
        masks=np.zeros((3, 8, 8, 1), np.uint8),
        labels=np.array([1, 0, NO_HAND]),
        rotations=np.array([90, 0, np.nan], np.float32),
        class_names=("fist", "palm"),
    )


def test_targets_follow_the_pictures_and_what_is_unknown_weighs_nothing():
    turns = [Affine.rotation(90), Affine.mirror(width=8), Affine.identity()]
    targets, weights = HeadTargets((GESTURE, ROTATION), examples())(np.array([0, 0, 2]), turns)
    assert targets["gesture"].tolist() == [[0, 1], [0, 1], [0.5, 0.5]]
    # 90 degrees, turned by 90 more, then mirrored; where it is not known, the target is image-up.
    np.testing.assert_allclose(targets["rotation"], [[0, -1], [-1, 0], [0, 1]], atol=1e-6)
    assert weights["gesture"].tolist() == [1, 1, 1]
    assert weights["rotation"].tolist() == [1, 1, 0]


def test_directions_move_as_geometry_says():
    shear = Affine.shear(20).then(Affine.scale(1.3, 0.8)).then(Affine.mirror(height=50))
    degrees = np.linspace(-170, 180, 15)
    pairs, _ = ROTATION.moved(degrees, [shear] * 15)
    np.testing.assert_allclose(np.degrees(np.arctan2(*pairs.T)), shear.directions(degrees), atol=1e-4)


@pytest.mark.parametrize(
    ("head", "output", "fields"),
    [
        (GESTURE, [0.25, 0.75], {"label": "palm", "probability": 0.75}),
        (ROTATION, [1, 0], {"rotation_degrees": 90}),
        (ROTATION, [-1, 0], {"rotation_degrees": -90}),
        (ROTATION, [-0.0, -1], {"rotation_degrees": 180}),  # the range is (-180, 180]
        (PresenceHead(), [0.25], {"presence": 0.25}),
        (HandednessHead(), [0.75], {"handedness": "right", "handedness_probability": 0.75}),
        (HandednessHead(), [0.25], {"handedness": "left", "handedness_probability": 0.75}),
    ],
)
def test_outputs_are_read(head, output, fields):
    assert head.decode(np.array(output, np.float32), IDENTITY) == pytest.approx(fields)


def test_a_hand_is_captioned_and_its_row_is_written():
    seen = hand(label="palm", probability=0.981, rotation_degrees=-20.4)
    captions = {name: head.caption(seen) for name, head in registered().items()}
    assert {name: text for name, text in captions.items() if text} == {
        "gesture": "palm  98%",
        "rotation": "-20 deg",
    }
    assert HandednessHead.caption(hand(handedness="left")) == "left"
    row = {name: cell for head in registered().values() for name, cell in head.row(seen).items()}
    assert row == {"label": "palm", "probability": 0.981, "handedness": None, "rotation_degrees": -20.4}
    assert list(row) == [column for head in registered().values() for column in head.columns]
    assert not any(head.caption(hand()) for head in registered().values())
    assert RotationHead.row(hand()) == {"rotation_degrees": None}


def test_the_arrow_points_where_the_hand_does():
    picture = np.zeros((100, 100, 3), np.uint8)
    RotationHead.draw(picture, hand(rotation_degrees=-90))  # to the right
    rows, columns = np.nonzero(picture.any(axis=-1))
    assert columns.min() < 32 and columns.max() > 68
    tip, tail = (np.ptp(rows[columns > 60]), np.ptp(rows[columns < 40]))
    assert tip > 2 * tail
    RotationHead.draw(blank := np.zeros((100, 100, 3), np.uint8), hand())
    assert not blank.any()


def test_a_head_is_made_again_from_its_configuration():
    configs = {head.name: head.config() for head in (GESTURE, ROTATION)}
    assert heads_of(["mask", "gesture", "box", "rotation"], configs) == (GESTURE, ROTATION)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: GestureHead(("a", "a")), "class_names is"),
        (lambda: GestureHead(("a", "b")).targets(examples()), "three shows fist, palm, but"),
        (lambda: ROTATION.targets(Examples("bare", masks=np.zeros((1, 8, 8, 1)))), "bare has no rotations"),
        (lambda: heads_of(["gesture"]), "head 'gesture' cannot be made of {}"),
        (lambda: register(RotationHead), "two heads are called 'rotation'"),
    ],
)
def test_what_does_not_fit_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_reading_and_drawing_need_no_keras():
    code = "import sys, handvision.heads; sys.exit('keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def known_hands():
    """A right hand with points, a hand of which nothing is known, and no hand."""
    points = np.stack([np.linspace(10, 50, 21), np.linspace(60, 20, 21)], axis=1)
    right = Hands(keypoints=points[None], handedness=["right"], labels=[0])
    return Examples(
        "three", photos=np.zeros((3, 80, 80, 3), np.uint8), hands=[right, Hands.unknown(), Hands()]
    )


def test_points_sides_and_presence_follow_the_pictures():
    heads = (PresenceHead(), HandednessHead(), KeypointsHead(80))
    moves = [Affine.mirror(width=80), Affine.identity(), Affine.identity()]
    targets, weights = HeadTargets(heads, known_hands())(np.arange(3), moves)
    assert targets["presence"].tolist() == [[1], [1], [0]] and weights["presence"].tolist() == [1, 1, 1]
    # The mirror image of a right hand is a left one.
    assert targets["handedness"].tolist() == [[0], [0.5], [0.5]]
    assert weights["handedness"].tolist() == weights["keypoints"].tolist() == [1, 0, 0]
    np.testing.assert_allclose(targets["keypoints"][0, [0, 20]], [[70 / 80, 60 / 80], [30 / 80, 20 / 80]])
    assert np.isfinite(targets["keypoints"]).all()


def test_points_are_read_in_the_photos_pixels_with_how_sure_they_are():
    head = KeypointsHead(100)
    output = np.full((21, 3), 0.5, np.float32)
    output[0], output[1, 2] = (0.1, 0.2, 1e-6), 10
    points = head.decode(output, Affine.scale(2).then(Affine.shift(30, 0)))["keypoints"]
    np.testing.assert_allclose(points[0], [50, 40, 1], atol=1e-4)
    np.testing.assert_allclose(points[2, :2], [130, 100])
    assert points[1, 2] < 0.01 < points[2, 2] < 1
    assert points.dtype == np.float32 and hand(keypoints=points).keypoints.shape == (21, 3)


def test_a_mirrored_crop_shows_the_other_hand():
    assert HandednessHead().decode(np.array([0.9], np.float32), Affine.mirror(width=9)) == pytest.approx(
        {"handedness": "left", "handedness_probability": 0.9}
    )


def test_points_are_drawn_where_they_are_and_boxes_are_tight():
    points = np.full((21, 3), 50, np.float32)
    points[8, :2] = (20, 30)
    picture = np.zeros((100, 100, 3), np.uint8)
    KeypointsHead.draw(picture, hand(keypoints=points))
    assert picture[30, 20].any() and picture[50, 50].any() and not picture[80:].any()
    KeypointsHead.draw(picture, hand())  # no points, nothing drawn
    np.testing.assert_allclose(tight_box(points), [20 - 3, 30 - 3, 50 + 3, 50 + 3])
