"""The crop layers on hands of any shape: a hand that is moved, turned or mirrored has the same close-up."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handvision.core.geometry import Affine, sin_cos_from_degrees
from handvision.models.layers import BoundingBoxCropLayer, CloseUpLayer
from tests.helpers.exported import FORMATS

SIDE = 24
# No sample of these masks lies at this threshold: rounding cannot move one across it.
THRESHOLD = 0.4137
LAYER = BoundingBoxCropLayer(16, 16, threshold=THRESHOLD)
TIGHT = BoundingBoxCropLayer(16, 16, threshold=THRESHOLD, margin=0.0)


@st.composite
def shapes(draw) -> np.ndarray:
    """(SIDE, SIDE) bool: a few rectangles, away from the edge."""
    shape = np.zeros((SIDE, SIDE), bool)
    for _ in range(draw(st.integers(1, 4))):
        y, x = draw(st.integers(7, 14)), draw(st.integers(7, 14))
        shape[y : y + draw(st.integers(1, 4)), x : x + draw(st.integers(1, 4))] = True
    return shape


def cut(layer: BoundingBoxCropLayer, *shapes: np.ndarray) -> dict[str, np.ndarray]:
    found = layer(np.stack(shapes)[..., None].astype(np.float32))
    return {name: np.asarray(value) for name, value in found.items()}


@given(shape=shapes(), down=st.integers(-5, 5), right=st.integers(-5, 5))
def test_a_shifted_hand_has_the_shifted_box_and_the_same_crop(shape, down, right):
    found = cut(LAYER, shape, np.roll(shape, (down, right), (0, 1)))
    rows, columns = np.flatnonzero(shape.any(axis=1)), np.flatnonzero(shape.any(axis=0))
    expected = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1])
    np.testing.assert_array_equal(found["box"], [expected, expected + [right, down, right, down]])
    np.testing.assert_array_equal(found["crop"][0], found["crop"][1])
    assert found["has_hand"].all()


@given(shape=shapes())
def test_a_mirrored_hand_has_the_mirrored_crop(shape):
    found = cut(LAYER, shape, shape[:, ::-1])
    x0, y0, x1, y1 = found["box"][0]
    np.testing.assert_array_equal(found["box"][1], [SIDE - x1, y0, SIDE - x0, y1])
    np.testing.assert_array_equal(found["crop"][0], found["crop"][1][:, ::-1])


@given(shape=shapes(), quarters=st.integers(1, 3))
def test_a_hand_turned_by_quarters_has_the_turned_crop(shape, quarters):
    crop, turned = cut(LAYER, shape, np.rot90(shape, quarters))["crop"]
    np.testing.assert_array_equal(np.rot90(crop, quarters), turned)


@given(shape=shapes())
def test_the_crop_of_a_crop_fills_its_longer_side(shape):
    crop = cut(TIGHT, shape)["crop"][0, ..., 0] > 0
    x0, y0, x1, y1 = cut(TIGHT, crop)["box"][0]
    assert max(x1 - x0, y1 - y0) >= 15


VALUES = st.lists(st.floats(0, 1, width=32), min_size=16, max_size=16)


@given(values=VALUES)
def test_whatever_a_mask_holds_the_crop_is_0_or_1_and_the_box_is_inside(values):
    mask = np.array(values, np.float32).reshape(4, 4)
    found = cut(LAYER, mask)
    assert np.isin(found["crop"], (0, 1)).all()
    assert found["has_hand"].item() == bool((mask > THRESHOLD).any())
    assert (found["box"] >= 0).all() and (found["box"] <= 4).all()


@pytest.fixture(scope="module", params=("onnx", "litert"))
def both(request, tmp_path_factory):
    """A function from a mask to what Keras answers and what the exported file answers."""
    export, open_file, name = FORMATS[request.param]
    masks = keras.Input((SIDE, SIDE, 1), name="masks")
    path = export(keras.Model(masks, LAYER(masks)), tmp_path_factory.mktemp("export") / name)
    answer = open_file(path)
    return lambda mask: (LAYER(mask), answer(mask))


@given(shape=shapes(), light=st.floats(0.5, 1, width=32))
def test_an_exported_file_answers_as_keras_does(shape, light, both):
    keras_answers, file_answers = both(shape[None, ..., None].astype(np.float32) * light)
    for name, expected in keras_answers.items():
        np.testing.assert_array_equal(file_answers[name], np.asarray(expected), err_msg=name)


# Turned by any angle -------------------------------------------------------------------------------------

FRAME = 96
CLOSE = CloseUpLayer(24, frame=(FRAME, FRAME))


def soft_hand(spots: np.ndarray, place: Affine) -> np.ndarray:
    """A photo of soft spots, (n, 3): x, y, width; drawn where `place` moves it, so nothing is resampled."""
    y, x = np.mgrid[:FRAME, :FRAME] + 0.5
    at = place.inverse().points(np.stack([x, y], axis=-1).reshape(-1, 2)).reshape(FRAME, FRAME, 1, 2)
    squared = ((at - spots[:, :2]) ** 2).sum(axis=-1)
    return np.exp(-squared / (2 * spots[:, 2] ** 2)).max(axis=-1, keepdims=True).astype(np.float32)


NEAR = st.floats(36, 60)
SPOTS = st.lists(st.tuples(NEAR, NEAR, st.floats(5, 9)), min_size=1, max_size=4).map(np.array)


@given(spots=SPOTS, degrees=st.floats(-180, 180), turn=st.floats(-180, 180), mirror=st.booleans())
def test_a_hand_turned_by_any_angle_or_mirrored_has_the_same_close_up(spots, degrees, turn, mirror):
    place = Affine.rotation(turn, (FRAME / 2, FRAME / 2))
    if mirror:
        place = Affine.mirror(width=FRAME).then(place)
    middle, half = np.array([[48.0, 48.0]]), 16
    moved = place.points(middle)
    photos = np.stack([soft_hand(spots, Affine.identity()), soft_hand(spots, place)])
    boxes = np.stack([np.hstack([m - half, m + half]) for m in (middle, moved)]).astype(np.float32)
    directions = sin_cos_from_degrees([[degrees], place.directions([degrees])])
    before, after = np.asarray(CLOSE(photos, boxes, directions))[:, 0]
    np.testing.assert_allclose(after, before[:, ::-1] if mirror else before, atol=0.03)
