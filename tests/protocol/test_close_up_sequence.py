"""What the reader learns: close-ups upright by their points, and what each head is to say of them."""

import cv2
import numpy as np
import pytest

from handvision.core.close_ups import SIDE, CloseUps
from handvision.core.hands import Hands
from handvision.protocol.close_up_places import CloseUpAugmentation
from handvision.protocol.close_up_sequence import CloseUpSequence
from handvision.training.close_reader_draws import heads_of_close_reader
from tests.helpers.close_ups import label_columns

HEADS = heads_of_close_reader(96)


def close_ups(turn: float = 0.0) -> CloseUps:
    """A bright bar as a hand, its wrist below its middle knuckle, turned; and a picture of nothing."""
    picture = np.zeros((SIDE, SIDE, 3), np.uint8)
    angle = np.deg2rad(turn)
    up = np.array([-np.sin(angle), -np.cos(angle)])
    middle = np.array([SIDE / 2, SIDE / 2])
    wrist, tip = middle - 45 * up, middle + 45 * up
    cv2.line(picture, tuple(map(int, wrist)), tuple(map(int, tip)), (200, 150, 100), 12)
    points = wrist + np.linspace(0, 1, 21)[:, None] * (tip - wrist)
    mask = (picture[..., 0] > 0).astype(np.uint8) * 255
    box = np.concatenate([points.min(axis=0) - 9, points.max(axis=0) + 9])
    keypoints = np.stack([points, np.full((21, 2), np.nan)])
    return CloseUps(
        [cv2.imencode(".jpg", each)[1].tobytes() for each in (picture, np.zeros_like(picture))],
        [cv2.imencode(".png", mask)[1].tobytes(), b""],
        Hands(boxes=[box, box], keypoints=keypoints, handedness=["right", ""]),
        np.array([True, False]),
        label_columns([3, -1], hagrid=[6, -1]),
        np.array([True, False]),
        np.array([200, 200], np.float32),
        np.array(["drawn", "none"]),
    )


def shown(heading: float, **augmentation: float):
    still = dict.fromkeys(
        ("turn", "any_turn", "scale", "shift", "mirror", "coarse", "light", "covered", "veiled", "unusual"),
        0.0,
    )
    how = CloseUpAugmentation(**(still | augmentation))
    return CloseUpSequence(close_ups(heading), HEADS, size=96, batch_size=2, augmentation=how)[0]


@pytest.mark.parametrize("turn", [0.0, 90.0, -135.0, 180.0])
def test_a_close_up_is_upright_whatever_way_its_hand_points(turn):
    crops, targets, weights = shown(turn)
    assert crops.shape == (2, 96, 96, 3)
    points = targets["keypoints"][0]
    np.testing.assert_allclose(points[:, 0], 0.5, atol=0.01)  # a vertical line
    assert points[0, 1] > points[9, 1] > points[20, 1]
    np.testing.assert_allclose(targets["rotation"][0], (0, 1), atol=1e-5)
    lit = crops[0].sum(axis=-1) > 0.8
    assert abs(np.argwhere(lit)[:, 1].mean() / 96 - 0.5) < 0.02
    mask = targets["hand_mask"][0, ..., 0] > 0
    small = cv2.resize(lit.astype(np.float32), (24, 24), interpolation=cv2.INTER_AREA) > 0.5
    assert (mask & small).sum() > 0.6 * (mask | small).sum()
    assert weights["hand_mask"][0] == 1


def test_what_is_not_known_has_the_weight_0():
    _, targets, weights = shown(0.0)
    assert targets["presence"][:, 0].tolist() == [1, 0]
    assert weights["presence"].tolist() == [1, 1]
    for name in ("gesture", "rotation", "keypoints", "handedness", "embedding"):
        assert weights[name].tolist() == [1, 0], name
        assert np.isfinite(targets[name]).all()
    assert targets["gesture"][0].tolist() == [0, 0, 0, 1, 0, 0]
    assert not targets["hand_mask"][1].any()  # where there is no hand, its mask is known to be empty
    assert weights["hand_mask"][1] == 1


def test_a_mirror_image_shows_the_other_hand_of_the_same_shape():
    _, plain, _ = shown(30.0)
    _, mirrored, _ = shown(30.0, mirror=1.0)
    assert plain["handedness"][0, 0] == 1
    assert mirrored["handedness"][0, 0] == 0
    np.testing.assert_allclose(mirrored["keypoints"][0, :, 0], 1 - plain["keypoints"][0, :, 0], atol=1e-5)
    np.testing.assert_allclose(mirrored["embedding"][0], plain["embedding"][0], atol=1e-5)


def test_a_wrong_direction_is_what_the_rotation_says():
    _, targets, _ = shown(0.0, turn=20.0)
    degrees = np.rad2deg(np.arctan2(*targets["rotation"][0]))
    across, down = targets["keypoints"][0, 9] - targets["keypoints"][0, 0]
    np.testing.assert_allclose(degrees, np.rad2deg(np.arctan2(-across, -down)), atol=1e-3)
    assert abs(degrees) > 0.1


def test_an_unusual_look_changes_neither_place_nor_mask():
    (plain, where, _), (looks, same, _) = shown(0.0), shown(0.0, unusual=1.0)
    assert not np.array_equal(plain[0], looks[0])
    for name in ("keypoints", "rotation", "hand_mask"):
        np.testing.assert_array_equal(where[name], same[name])


def test_batches_depend_on_seed_epoch_and_index_alone():
    def draw(seed=1, epoch=0):
        sequence = CloseUpSequence(
            close_ups(),
            HEADS,
            size=96,
            weights={"drawn": 0.7, "none": 0.3},
            steps=2,
            batch_size=4,
            seed=seed,
            augmentation=CloseUpAugmentation(),
        )
        sequence.epoch = epoch
        return sequence[1]

    np.testing.assert_array_equal(draw()[0], draw()[0])
    assert not np.array_equal(draw()[0], draw(seed=2)[0])
    assert not np.array_equal(draw()[0], draw(epoch=1)[0])


def test_a_source_without_a_weight_is_named():
    with pytest.raises(ValueError, match="no weight is given for none"):
        CloseUpSequence(close_ups(), HEADS, weights={"drawn": 1.0}, steps=1)
