"""predict and the command, on a model of known weights and on files made here."""

import json
import math
import shutil
import subprocess
import sys

import keras
import numpy as np
import pytest
from PIL import Image

from handvision.cli import main
from handvision.inference.predict import predict
from handvision.models.layers import BoundingBoxCropLayer
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
    assert reading.soft_mask.size <= HEIGHT * WIDTH
    assert reading.mask.shape == (2000, 3000, 1)


def test_no_pictures_give_no_readings(model):
    assert predict([], model) == []
    assert predict(np.zeros((0, 10, 10, 3), np.uint8), model) == []


@pytest.mark.parametrize("size", [0, -1, 2.0, "8", True])
def test_batch_size_must_be_a_positive_whole_number(model, size):
    with pytest.raises(ValueError, match="batch_size is"):
        predict(PHOTO, model, batch_size=size)


# --- the model ----------------------------------------------------------------------------------------


def test_the_default_model_is_the_released_one_or_that_of_the_run(tmp_path, model_file, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HANDVISION_MODELS_FOLDER", str(model_file.parent))
    monkeypatch.setenv("HANDVISION_RUNS_FOLDER", str(tmp_path / "runs"))
    assert predict(PHOTO)[0].label == "0"
    monkeypatch.setenv("HANDVISION_MODELS_FOLDER", str(tmp_path / "models"))
    with pytest.raises(FileNotFoundError, match=r"no combined\.keras.*CombinedModels.ipynb"):
        predict(PHOTO)
    (tmp_path / "runs/combined").mkdir(parents=True)
    shutil.copy(model_file, tmp_path / "runs/combined/combined.keras")
    assert predict(PHOTO)[0].label == "0"


def test_a_model_may_be_a_path(model_file, tmp_path):
    assert predict(PHOTO, model_file)[0].label == predict(PHOTO, str(model_file))[0].label == "0"
    with pytest.raises(FileNotFoundError, match=r"gone\.keras"):
        predict(PHOTO, tmp_path / "gone.keras")


def test_a_model_that_is_no_combined_model_is_an_error(model):
    classifier = keras.Sequential([keras.Input((16, 16, 1)), keras.layers.Flatten()])
    with pytest.raises(ValueError, match=r"takes \(None, 16, 16, 1\)"):
        predict(PHOTO, classifier)
    segmenter = keras.Model(model.input, model.output["mask"])
    with pytest.raises(ValueError, match="lacks the outputs box, crop, gesture, has_hand"):
        predict(PHOTO, segmenter)
    with pytest.raises(TypeError, match="model is a int"):
        predict(PHOTO, 3)


# --- the command --------------------------------------------------------------------------------------


def test_the_command_reads_a_folder(tmp_path, model_file, capsys, video):
    (tmp_path / "in").mkdir()
    Image.fromarray(hand(48, 64, (10, 12, 30, 40), YELLOW)).save(tmp_path / "in/b.png")
    Image.fromarray(np.zeros((48, 64, 3), np.uint8)).save(tmp_path / "in/a.png")
    outputs = ["--csv", f"{tmp_path}/r.csv", "--json", f"{tmp_path}/r.json", "--overlay", f"{tmp_path}/o"]
    status = main(["predict", f"{tmp_path}/in", str(video), "--model", str(model_file), *outputs])
    printed = capsys.readouterr()
    assert status == 0
    lines = printed.out.splitlines()
    assert lines[0].split()[:2] == ["picture", "label"]
    assert "a.png" in lines[1] and "no hand" in lines[1]
    assert "b.png" in lines[2] and "-90°" in lines[2] and "10 12 30 40" in lines[2]
    assert "frame 0" in lines[3] and len(lines) == 12
    assert len(json.loads((tmp_path / "r.json").read_text())) == 11
    assert len((tmp_path / "r.csv").read_text().splitlines()) == 12
    assert {p.name for p in (tmp_path / "o").iterdir()} == {
        *("a_overlay.jpg", "b_overlay.jpg", "clip_overlay.mp4")
    }


@pytest.mark.parametrize("bad", ["missing.png", "text.jpg", "empty"])
def test_the_command_says_by_status_and_name_what_failed(tmp_path, model_file, capsys, bad, caplog):
    (tmp_path / "text.jpg").write_text("no picture")
    (tmp_path / "empty").mkdir()
    Image.fromarray(hand(48, 64, (10, 12, 30, 40))).save(tmp_path / "good.png")
    status = main(["predict", f"{tmp_path}/{bad}", f"{tmp_path}/good.png", "--model", str(model_file)])
    printed = capsys.readouterr()
    assert status == 1
    assert "could not be read" in printed.out and "1 read, 1 could not be read" in printed.err
    assert bad in caplog.text
    assert "10 12 30 40" in printed.out


def test_the_command_without_its_model_says_so(tmp_path, capsys):
    Image.fromarray(PHOTO).save(tmp_path / "good.png")
    assert main(["predict", f"{tmp_path}/good.png", "--model", f"{tmp_path}/gone.keras"]) == 2
    assert "gone.keras" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main(["predict"])


@pytest.mark.slow
def test_the_command_runs_as_a_module(tmp_path, model_file):
    (tmp_path / "text.jpg").write_text("no picture")
    Image.fromarray(hand(48, 64, (10, 12, 30, 40))).save(tmp_path / "good.png")
    command = [sys.executable, "-m", "handvision", "predict", "text.jpg", "good.png", "--model", model_file]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 1, done.stderr
    assert "text.jpg: no picture that can be read" in done.stderr
    assert "good.png" in done.stdout and "10 12 30 40" in done.stdout
