"""predict, on a model of known weights and on files made here."""

import math
from functools import partial

import keras
import numpy as np
import pytest

from handvision import models
from handvision.inference.agreement import agreement
from handvision.inference.backends import open_backend
from handvision.inference.predict import predict, stream
from handvision.models import export_litert, export_onnx, find_model
from handvision.models.layers import BoundingBoxCropLayer
from handvision.synthesis import rendered
from tests.helpers.photos import BLUE, HEIGHT, RED, WHITE, WIDTH, YELLOW, hand

PHOTO = hand(20, 20, (5, 5, 15, 15))


# --- what a reading says ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("colour", "label", "degrees"), [(RED, "0", 0), (YELLOW, "1", -90), (WHITE, "2", -90)]
)
def test_label_probability_and_rotation(model, colour, label, degrees):
    (reading,) = predict(hand(HEIGHT, WIDTH, (10, 12, 30, 40), colour), model)
    assert reading.has_hand and reading.label == label
    assert 0.9 < reading.probability <= 1
    assert reading.rotation_degrees == pytest.approx(degrees, abs=0.01)


def test_picture_in_the_models_size_is_read_to_the_pixel(model):
    photo = hand(HEIGHT, WIDTH, (10, 12, 30, 40))
    (reading,) = predict(photo, model)
    assert reading.box.tolist() == [10, 12, 30, 40] and reading.box.dtype == np.float32
    assert reading.mask.shape == (HEIGHT, WIDTH, 1) and reading.mask.dtype == np.uint8
    np.testing.assert_array_equal(reading.mask[..., 0], photo[..., 0])


@pytest.mark.parametrize(
    ("height", "width", "box"),
    [
        (480, 640, (100, 120, 300, 400)),  # the model's aspect, shrunk
        (240, 960, (600, 30, 900, 210)),  # wide: black above and below
        (960, 240, (30, 600, 210, 900)),  # tall: black at the sides
        (961, 237, (31, 601, 211, 901)),  # nothing divides
        (24, 20, (4, 6, 16, 20)),  # enlarged
        (400, 300, (0, 0, 300, 400)),  # the hand fills the picture
    ],
)
def test_box_and_mask_come_back_in_pixels_of_the_original(model, height, width, box):
    photo = hand(height, width, box)
    (reading,) = predict(photo, model)
    pixel = max(height / HEIGHT, width / WIDTH)  # one pixel of the network, in the original's
    assert np.abs(reading.box - box).max() <= pixel
    assert reading.mask.shape == (height, width, 1)
    true, found = photo[..., 0] > 0, reading.mask[..., 0] > 0
    assert (true & found).sum() / (true | found).sum() > 0.85
    assert reading.box[0] >= 0 and reading.box[2] <= width and reading.box[3] <= height


def test_no_hand_says_nothing(model):
    (reading,) = predict(hand(100, 100, (10, 10, 50, 50), BLUE), model)
    assert not reading.has_hand
    assert (reading.label, reading.probability, reading.error) == ("", 0, "")
    assert math.isnan(reading.rotation_degrees)
    assert not reading.box.any() and not reading.mask.any() and reading.mask.shape == (100, 100, 1)


def test_a_hand_in_the_padding_alone_is_no_hand(model):
    mask = 1 - model.output["mask"]
    outputs = {**model.output, "mask": mask, **BoundingBoxCropLayer(16, 16, name="crop_2")(mask)}
    seeing_black = keras.Model(model.input, outputs)
    # A tall picture, all red: what this model calls hand is the padding at its sides.
    (reading,) = predict(hand(200, 100, (0, 0, 100, 200)), seeing_black)
    assert not reading.has_hand and reading.label == ""
    # With black inside the picture, the box goes no further than the picture does.
    (reading,) = predict(hand(200, 100, (0, 0, 50, 200)), seeing_black)
    assert reading.has_hand and reading.box.tolist() == [0, 0, 100, 200]


def test_answers_are_those_of_the_model(model):
    photos = np.random.default_rng(0).integers(0, 256, (5, HEIGHT, WIDTH, 3), dtype=np.uint8)
    outputs = model(photos.astype(np.float32) / 255)
    for i, reading in enumerate(predict(photos, model, batch_size=2)):
        np.testing.assert_allclose(reading.box, outputs["box"][i], atol=1e-4)
        assert reading.probability == pytest.approx(float(np.max(outputs["gesture"][i])), abs=1e-5)
        np.testing.assert_array_equal(reading.mask > 0, np.asarray(outputs["mask"][i]) > 0.5)


def test_readings_of_large_photos_stay_small(model):
    (reading,) = predict(hand(2000, 3000, (100, 100, 900, 900)), model)
    assert reading.hands[0].soft_mask.size <= HEIGHT * WIDTH
    assert reading.mask.shape == (2000, 3000, 1)


def test_a_hand_says_what_the_model_knows_and_that_it_knows_no_more(model):
    (reading,) = predict(hand(HEIGHT, WIDTH, (10, 12, 30, 40)), model)
    (found,) = reading.hands
    assert (found.label, found.presence, found.handedness, found.track) == ("0", 1.0, "", None)
    assert np.isnan(found.keypoints).all() and found.embedding.size == 0
    assert found.model == models.model_info(model).fingerprint and len(found.model) == 16
    np.testing.assert_array_equal(found.mask, reading.mask)


def test_frames_of_a_video_know_their_time(model, video):
    readings = predict(video, model)
    assert [reading.frame for reading in readings] == list(range(9))
    assert [reading.time_seconds for reading in readings] == pytest.approx(np.arange(9) / 12, abs=0.001)
    assert predict(PHOTO, model)[0].time_seconds is None


def test_an_endless_source_is_answered_picture_by_picture(model):
    taken = []

    def camera():
        while True:
            taken.append(1)
            yield PHOTO

    answers = stream(camera(), model)
    for count in (1, 2):
        next(answers)
        assert len(taken) == count
    next(stream(camera(), model, batch_size=4))
    assert len(taken) == 2 + 4


def test_pictures_of_many_pixels_go_through_the_network_by_few(model, monkeypatch):
    monkeypatch.setattr("handvision.inference.predict.BATCH_PIXELS", 500)
    taken = []
    answers = stream((taken.append(1) or photo for photo in [PHOTO] * 3), model, batch_size=8)
    next(answers)
    assert len(taken) == 2  # of 400 pixels each
    assert len(list(answers)) == 2


def test_blue_hands_in_arrays_are_warned_of(model, caplog):
    bgr, rgb = hand(96, 128, (9, 9, 60, 60), (140, 170, 220)), hand(96, 128, (9, 9, 60, 60), (220, 170, 140))
    predict([rgb, bgr], model)
    assert not caplog.text
    predict([bgr, bgr], model)
    assert caplog.text.count("the hands in these arrays are blue") == 1 and "[..., ::-1]" in caplog.text


def test_no_pictures_give_no_readings(model):
    assert predict([], model) == []
    assert predict(np.zeros((0, 10, 10, 3), np.uint8), model) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [*(("batch_size", value) for value in (0, -1, 2.0, "8", True)), ("max_hands", 0), ("max_hands", 5)],
)
def test_counts_out_of_range_are_named(model, name, value):
    with pytest.raises(ValueError, match=f"{name} is {value!r}; use a whole number from 1"):
        predict(PHOTO, model, **{name: value})


# --- the model ----------------------------------------------------------------------------------------


def test_the_callers_model_keeps_its_settings(model):
    own = keras.Model(model.input, model.output)
    own.jit_compile = True
    assert predict(PHOTO, own)[0].label == "0"
    assert own.jit_compile is True


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".keras", ".onnx", ".tflite"])
def test_a_model_may_be_the_path_of_any_format(model, ending, tmp_path):
    path = tmp_path / f"model{ending}"
    write = {
        ".keras": model.save,
        ".onnx": partial(export_onnx, model),
        ".tflite": partial(export_litert, model),
    }
    write[ending](path)
    photos = [hand(300, 400, (100, 120, 300, 280), colour) for colour in (RED, YELLOW, BLUE)]
    expected, found = predict(photos, model), predict(photos, str(path))
    assert agreement(expected, found, np.full(3, 400 / WIDTH)).agrees
    assert [reading.label for reading in found] == ["0", "1", ""]
    assert found[0].hands[0].model == expected[0].hands[0].model


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("gone.keras", None, FileNotFoundError, r"gone\.keras: there is no such model"),
        ("model.h5", b"?", ValueError, r"model\.h5: a model's file ends in"),
        ("text.onnx", b"no model", ValueError, r"text\.onnx: no model that ONNX Runtime can read"),
        ("text.tflite", b"no model", ValueError, r"text\.tflite: the file does not say how"),
        ("text.keras", b"no model", ValueError, r"text\.keras"),
    ],
)
def test_a_file_that_is_no_model_is_named(tmp_path, name, content, error, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(error, match=message):
        predict(PHOTO, tmp_path / name)


def test_a_model_that_is_no_combined_model_is_an_error(model):
    classifier = keras.Sequential([keras.Input((16, 16, 1)), keras.layers.Flatten()])
    with pytest.raises(ValueError, match=r"takes \(None, 16, 16, 1\)"):
        predict(PHOTO, classifier)
    segmenter = keras.Model(model.input, {"mask": model.output["mask"]})
    with pytest.raises(ValueError, match="lacks the outputs box, has_hand"):
        predict(PHOTO, segmenter)
    with pytest.raises(TypeError, match="model is a int"):
        predict(PHOTO, 3)


@pytest.mark.slow
@pytest.mark.parametrize("count", [20, pytest.param(200, marks=pytest.mark.soak)])
def test_the_released_model_reads_rendered_hands_as_its_keras_file_does(count):
    # Of the mesh, which the reader learned from, others of it; each fills its picture.
    hands = rendered.render(count, seed=5, split="test", workers=2, mesh=1.0)
    backend = open_backend()
    scales = np.full(count, max(128 / backend.height, 128 / backend.width))
    released, expected = predict(hands.photos), predict(hands.photos, find_model("combined"))
    found = agreement(released, expected, scales)
    assert found.agrees and found.hands > 0.75 * count, found
    # The exported file is of the very weights that models/ holds.
    assert {hand.model for reading in (*released, *expected) for hand in reading.hands} == {
        models.model_info(models.load_model(find_model("combined"))).fingerprint
    }
    labels = np.array([reading.label for reading in released])
    assert (
        np.mean(labels == hands.labels.astype(str)) > 0.5
    )  # it never saw these skins and backgrounds; one in six is chance
