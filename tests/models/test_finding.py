"""From a centre map to upright close-ups: where peaks are, what is cut, and that it exports."""

import cv2
import keras
import numpy as np
import pytest

from handvision.core.geometry import Affine
from handvision.models.layers import CloseUpLayer, PeaksLayer
from tests.helpers.exported import exported


def maps(height=6, width=8):
    made = {
        "centre": np.full((1, height, width, 1), 0.01, "float32"),
        "extent": np.ones((1, height, width, 2), "float32"),
        "offset": np.full((1, height, width, 2), 0.5, "float32"),
        "direction": np.tile(np.array([0, 1], "float32"), (1, height, width, 1)),
    }
    for (row, column), score in {(1, 2): 0.9, (1, 3): 0.8, (4, 6): 0.7}.items():
        made["centre"][0, row, column] = score
    made["extent"][0, 1, 2] = (4, 2)
    made["offset"][0, 1, 2] = (0.25, 0.75)
    made["direction"][0, 4, 6] = (1, 0)
    return made


def test_the_highest_peaks_are_taken_and_neighbours_are_not():
    found = {name: np.asarray(value)[0] for name, value in PeaksLayer(hands=2)(maps()).items()}
    np.testing.assert_allclose(found["score"], [0.9, 0.7])
    # Cell (1, 2), a quarter and three quarters inside: the middle is at (18, 14).
    np.testing.assert_allclose(found["box"], [[18 - 16, 14 - 8, 18 + 16, 14 + 8], [48, 32, 56, 40]])
    np.testing.assert_allclose(found["direction"], [[0, 1], [1, 0]])


def test_fewer_peaks_than_hands_leave_rows_with_the_score_0():
    flat = maps() | {"centre": np.zeros((1, 6, 8, 1), "float32")}
    flat["centre"][0, 2, 2] = 0.5
    np.testing.assert_allclose(PeaksLayer(hands=3)(flat)["score"], [[0.5, 0, 0]])


def test_peaks_that_are_faint_beside_the_highest_are_none():
    for share, scores in ((0.7, [0.9, 0.7]), (0.8, [0.9, 0.0])):
        np.testing.assert_allclose(PeaksLayer(hands=2, least_share=share)(maps())["score"][0], scores)


@pytest.mark.parametrize("degrees", [0.0, 90.0, -90.0, 33.0, 180.0])
def test_a_close_up_is_what_opencv_cuts_out_of_the_larger_photo(degrees):
    rng = np.random.default_rng(0)
    photo = cv2.GaussianBlur(rng.random((96, 128, 3)).astype("float32"), (0, 0), 2)
    box = np.array([[[20, 14, 40, 30]]], "float32")  # in a frame of half the photo's size
    angle = np.deg2rad(degrees)
    direction = np.array([[[np.sin(angle), np.cos(angle)]]], "float32")
    cut = np.asarray(CloseUpLayer(40, frame=(48, 64), margin=0.25)(photo[None], box, direction))[0, 0]
    # The photo's middle of the box is (60, 44); the square's side is 1.5 * 40.
    to_crop = (
        Affine.rotation(-degrees, centre=(60, 44))
        .then(Affine.shift(-60 + 30, -44 + 30))
        .then(Affine.scale(40 / 60))
    )
    expected = to_crop.warp(photo, 40, 40)
    np.testing.assert_allclose(cut, expected, atol=2e-3)


def test_what_lies_outside_of_the_photo_is_black():
    cut = np.asarray(
        CloseUpLayer(16, frame=(32, 32), margin=0.0)(
            np.ones((1, 32, 32, 1), "float32"),
            np.array([[[-8, 0, 8, 16]]], "float32"),
            np.array([[[0, 1]]], "float32"),
        )
    )[0, 0, :, :, 0]
    np.testing.assert_allclose(cut[:, :8], 0)
    np.testing.assert_allclose(cut[:, 8:], 1)


def finder():
    photo = keras.Input((48, 64, 3), name="photo")
    centre = keras.layers.Conv2D(1, 8, strides=8, activation="sigmoid")(photo)
    two = keras.layers.Conv2D(2, 8, strides=8, activation="sigmoid")(photo)
    found = PeaksLayer(2)({"centre": centre, "extent": two + 1.0, "offset": two, "direction": two})
    crops = CloseUpLayer(24, (48, 64))(photo, found["box"], found["direction"])
    return keras.Model(photo, {**found, "crops": crops})


@pytest.mark.slow
def test_both_layers_travel_in_a_file(tmp_path):
    model, photos = finder(), np.random.default_rng(0).random((2, 48, 64, 3), "float32")
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    for name, value in model(photos).items():
        np.testing.assert_array_equal(loaded(photos)[name], value)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["onnx", "litert"])
def test_both_layers_export(kind, tmp_path):
    model = finder()
    expected, answers = exported(
        model, kind, tmp_path, np.random.default_rng(0).random((2, 48, 64, 3), "float32")
    )
    for name, value in expected.items():
        np.testing.assert_allclose(answers[name], value, atol=1e-4, err_msg=name)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: PeaksLayer(hands=0), "hands is 0"),
        (lambda: PeaksLayer(least_share=1.5), "least_share is 1.5; use a share"),
        (lambda: PeaksLayer(hands=60)(maps()), "6x8 cells have no 60 peaks"),
        (lambda: CloseUpLayer(0, (32, 32)), "size is 0"),
        (lambda: CloseUpLayer(8, (32, 32), margin=-1), "margin is -1"),
        (lambda: CloseUpLayer(8, (32, 32), least_score=1.5), "least_score is 1.5; use a probability"),
        (lambda: CloseUpLayer(8, (32, 32), presence_weights=(0, 1)), "use three finite numbers"),
        (
            lambda: CloseUpLayer(8, (32, 32))(
                np.zeros((1, 32, 64, 3)), np.zeros((1, 1, 4)), np.zeros((1, 1, 2))
            ),
            "not in the proportions",
        ),
    ],
)
def test_wrong_arguments_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()
