"""predict and the command, on a model of known weights and on files made here."""

import csv
import json
import logging
import math
import shutil
import subprocess
import sys

import cv2
import keras
import numpy as np
import pytest
from PIL import Image

from handvision import inference
from handvision.__main__ import main
from handvision.inference import OverlayWriter, overlay, predict, read_picture, stream
from handvision.layers import BoundingBoxCropLayer, ClassProbabilities

HEIGHT, WIDTH = 48, 64
RED, YELLOW, WHITE, BLUE = (255, 0, 0), (255, 255, 0), (255, 255, 255), (0, 0, 255)


def weigh(layer, *weights):
    layer.set_weights([np.array(w, np.float32) for w in weights])


@pytest.fixture(scope="module")
def model():
    """A combined model for which what is red enough is hand: red is "0" at 0 degrees, yellow "1" at
    -90 degrees, white "2" at -90 degrees."""
    photo = keras.Input((HEIGHT, WIDTH, 3), name="photo")
    segment = keras.layers.Conv2D(1, 1, activation="sigmoid", name="mask")
    strongest = keras.layers.GlobalMaxPooling2D()(photo)
    read, turn = ClassProbabilities(["0", "1", "2"], name="gesture"), keras.layers.Dense(2, name="rotation")
    found = BoundingBoxCropLayer(16, 16, name="crop")
    mask = segment(photo)
    outputs = {"mask": mask, "gesture": read(strongest), "rotation": turn(strongest), **found(mask)}
    model = keras.Model(photo, outputs, name="fake")
    weigh(segment, np.reshape([60, 0, 0], (1, 1, 3, 1)), [-30])
    weigh(read, [[0, 0, 0], [0, 20, 0], [0, 0, 40]], [5, 0, 0])
    weigh(turn, [[0, 1], [-1, -1], [0, 0]], [0, 0])
    return model


@pytest.fixture(scope="module")
def model_file(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "combined.keras"
    model.save(path)
    return path


def hand(height, width, box, colour=RED):
    """A photo, black but for a rectangle x0, y0, x1, y1."""
    photo = np.zeros((height, width, 3), np.uint8)
    x0, y0, x1, y1 = box
    photo[y0:y1, x0:x1] = colour
    return photo


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


# --- arrays -------------------------------------------------------------------------------------------


def test_arrays_of_every_kind_give_the_same_reading(model):
    photo = hand(96, 128, (20, 24, 60, 80), WHITE)
    kinds = {
        "uint8": photo,
        "float32": photo.astype(np.float32) / 255,
        "float64": photo / 255,
        "float16": (photo / 255).astype(np.float16),
        "grey": photo[..., 0],
        "grey with a channel": photo[..., :1],
        "batch": photo[None],
        "batch of grey": photo[None, ..., :1],
        "list": [photo],
        "iterator": iter([photo]),
        "pillow": Image.fromarray(photo),
        "not contiguous": np.asfortranarray(photo),
        "a view": hand(96, 256, (40, 24, 120, 80), WHITE)[:, ::2],
    }
    for kind, images in kinds.items():
        (reading,) = predict(images, model)
        assert (reading.label, reading.box.tolist()) == ("2", [20, 24, 60, 80]), kind


def test_no_pictures_give_no_readings(model):
    assert predict([], model) == []
    assert predict(np.zeros((0, 10, 10, 3), np.uint8), model) == []


PHOTO = hand(20, 20, (5, 5, 15, 15))


@pytest.mark.parametrize(
    ("image", "error", "message"),
    [
        (PHOTO.astype(np.float32), ValueError, "up to 255.*divide by 255"),
        (PHOTO / 127.5 - 1, ValueError, r"down to -1.*\[0, 1\]"),
        (PHOTO / 255 / 255, ValueError, "divided by 255 twice"),
        (PHOTO // 255, ValueError, "largest value is 1"),
        (np.full((20, 20, 3), np.nan), ValueError, "NaN"),
        (np.full((20, 20, 3), np.inf), ValueError, "infinite"),
        (PHOTO.astype(np.int32), TypeError, "int32; give uint8"),
        (PHOTO.astype(np.uint16), TypeError, "uint16; give uint8"),
        (PHOTO > 0, TypeError, "bool; give uint8"),
        (PHOTO.astype(complex), TypeError, "complex128"),
        (np.zeros((20, 20, 4), np.float32), ValueError, r"\(20, 20, 4\); drop the fourth channel"),
        (np.zeros((2, 20, 20, 4), np.uint8), ValueError, "image 0.*drop the fourth channel"),
        (np.zeros((20, 20, 2), np.uint8), ValueError, r"shape \(20, 20, 2\)"),
        (np.zeros((3, 20, 20), np.uint8), ValueError, "channels come last"),
        (np.zeros((7, 20, 20), np.uint8), ValueError, "many grey pictures are a list"),
        (np.zeros((0, 20, 3), np.uint8), ValueError, "no pixels"),
        (np.zeros(20, np.uint8), ValueError, r"shape \(20,\)"),
        (np.zeros((1, 1, 20, 20, 3), np.uint8), ValueError, "shape"),
        ([PHOTO, PHOTO.astype(np.int64)], TypeError, "image 1 is int64"),
        ([[1, 2], [3, 4]], TypeError, "image 0 is a list"),
        ([None], TypeError, "image 0 is a NoneType"),
        (None, TypeError, "images is a NoneType"),
        (3, TypeError, "images is a int"),
        ({"a": PHOTO}, TypeError, "images is a dict"),
    ],
)
def test_what_is_no_picture_is_an_error_that_says_so(model, image, error, message):
    with pytest.raises(error, match=message):
        predict(image, model)


@pytest.mark.parametrize("size", [0, -1, 2.0, "8", True])
def test_batch_size_must_be_a_positive_whole_number(model, size):
    with pytest.raises(ValueError, match="batch_size is"):
        predict(PHOTO, model, batch_size=size)


# --- files --------------------------------------------------------------------------------------------


SCENE = hand(60, 80, (20, 10, 60, 50), (220, 130, 40))


def scene16():
    grey = np.zeros((60, 80), np.uint16)
    grey[10:50, 20:60] = 200 * 257
    return grey


def palette(picture):
    return picture.quantize(16)


WAYS = {
    "rgb.png": lambda p: Image.fromarray(SCENE).save(p),
    "rgb.jpg": lambda p: Image.fromarray(SCENE).save(p, quality=95),
    "rgb.webp": lambda p: Image.fromarray(SCENE).save(p, lossless=True),
    "rgb.bmp": lambda p: Image.fromarray(SCENE).save(p),
    "rgb.tiff": lambda p: Image.fromarray(SCENE).save(p),
    "UPPER.PNG": lambda p: Image.fromarray(SCENE).save(p),
    "rgba.png": lambda p: Image.fromarray(SCENE).convert("RGBA").save(p),
    "cmyk.jpg": lambda p: Image.fromarray(SCENE).convert("CMYK").save(p, quality=95),
    "cmyk.tif": lambda p: Image.fromarray(SCENE).convert("CMYK").save(p),
    "palette.png": lambda p: palette(Image.fromarray(SCENE)).save(p),
    "palette.gif": lambda p: palette(Image.fromarray(SCENE)).save(p),
    "rgb16.png": lambda p: cv2.imwrite(str(p), SCENE[..., ::-1].astype(np.uint16) * 257),
    "rgb16.tif": lambda p: cv2.imwrite(str(p), SCENE[..., ::-1].astype(np.uint16) * 257),
    "rgba16.png": lambda p: cv2.imwrite(
        str(p), np.dstack([SCENE[..., ::-1], np.full((60, 80), 255, np.uint8)]).astype(np.uint16) * 257
    ),
}


@pytest.mark.parametrize("name", WAYS)
def test_files_of_every_kind_give_their_colours(tmp_path, name):
    WAYS[name](tmp_path / name)
    photo = read_picture(tmp_path / name)
    assert photo.shape == SCENE.shape and photo.dtype == np.uint8
    assert np.abs(photo.astype(int) - SCENE).mean() < 3
    assert np.abs(photo[30, 40].astype(int) - SCENE[30, 40]).max() <= 6


@pytest.mark.parametrize(
    ("name", "picture"),
    [
        ("grey.png", lambda: Image.fromarray(scene16().astype(np.float32) / 65535 * 255).convert("L")),
        ("grey.jpg", lambda: Image.fromarray((scene16() // 257).astype(np.uint8))),
        ("grey16.png", lambda: Image.fromarray(scene16())),
        ("grey16.tif", lambda: Image.fromarray(scene16())),
        ("grey with alpha.png", lambda: Image.fromarray((scene16() // 257).astype(np.uint8)).convert("LA")),
        ("float.tif", lambda: Image.fromarray((scene16() / 65535).astype(np.float32))),
    ],
)
def test_grey_files_become_three_equal_channels(tmp_path, name, picture):
    picture().save(tmp_path / name)
    photo = read_picture(tmp_path / name)
    assert photo.shape == (60, 80, 3)
    assert np.abs(photo[30, 40].astype(int) - 200).max() <= 1 and photo[2, 2].max() <= 1


def test_one_bit_pictures_are_black_and_white(tmp_path):
    Image.fromarray(SCENE[..., 0] > 0).save(tmp_path / "bits.png")
    np.testing.assert_array_equal(np.unique(read_picture(tmp_path / "bits.png")), [0, 255])


def test_what_is_transparent_becomes_black(tmp_path):
    alpha = np.where(SCENE[..., :1] > 0, 255, 0).astype(np.uint8)
    hidden = np.where(alpha > 0, SCENE, 255).astype(np.uint8)  # white behind the transparent part
    Image.fromarray(np.dstack([hidden, alpha])).save(tmp_path / "cut.png")
    np.testing.assert_array_equal(read_picture(tmp_path / "cut.png"), SCENE)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_exif_orientation_is_obeyed(tmp_path, orientation, suffix, model):
    upright = Image.fromarray(hand(60, 80, (8, 4, 40, 20)))
    # How a camera that is held that way stores the upright scene: the inverse of what a viewer does.
    names = {2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE"}
    names |= {6: "ROTATE_90", 7: "TRANSVERSE", 8: "ROTATE_270"}
    stored = {number: Image.Transpose[name] for number, name in names.items()}
    picture = upright.transpose(stored[orientation]) if orientation in stored else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture.save(tmp_path / f"a{suffix}", exif=exif, **({"quality": 95} if suffix == ".jpg" else {}))
    assert np.abs(read_picture(tmp_path / f"a{suffix}").astype(int) - np.asarray(upright)).mean() < 3
    (reading,) = predict(tmp_path / f"a{suffix}", model)
    assert reading.size == (60, 80) and np.abs(reading.box - [8, 4, 40, 20]).max() <= 2.5


def broken_files(folder):
    """Files that look like pictures and are none, by name."""
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (200, 200, 3), dtype=np.uint8)).save(
        folder / "whole.jpg"
    )
    whole = (folder / "whole.jpg").read_bytes()
    (folder / "whole.jpg").unlink()
    (folder / "truncated.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "header.jpg").write_bytes(whole[:20])
    (folder / "zero.jpg").write_bytes(b"")
    (folder / "text.jpg").write_text("not a picture")
    (folder / "noise.png").write_bytes(np.random.default_rng(1).bytes(1000))
    return ["header.jpg", "noise.png", "text.jpg", "truncated.jpg", "zero.jpg"]


def test_broken_files_are_named_and_the_rest_goes_on_in_order(tmp_path, model, caplog):
    bad = broken_files(tmp_path)
    for name, colour in (("a.png", RED), ("n.png", YELLOW), ("z.png", WHITE)):
        Image.fromarray(hand(60, 80, (8, 4, 40, 20), colour)).save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("passed over")
    (tmp_path / ".hidden.png").write_bytes(b"passed over")
    (tmp_path / "folder.png").mkdir()
    with caplog.at_level(logging.WARNING):
        readings = predict(tmp_path, model, batch_size=2)
    names = sorted([*bad, "a.png", "n.png", "z.png"])
    assert [r.source for r in readings] == [str(tmp_path / name) for name in names]
    for name, reading in zip(names, readings, strict=True):
        assert bool(reading.error) == (name in bad) and reading.has_hand == (name not in bad)
        if name in bad:
            assert name in reading.error and name in caplog.text
            assert reading.mask.shape == (0, 0, 1) and reading.label == ""
    assert [r.label for r in readings if not r.error] == ["0", "1", "2"]
    assert "0 bytes" in readings[names.index("zero.jpg")].error


def test_a_list_mixes_paths_folders_and_arrays(tmp_path, model):
    (tmp_path / "folder").mkdir()
    for name, colour in (("folder/2.png", YELLOW), ("folder/1.png", RED), ("alone.png", WHITE)):
        Image.fromarray(hand(60, 80, (8, 4, 40, 20), colour)).save(tmp_path / name)
    mixed = [
        tmp_path / "alone.png",
        hand(9, 9, (2, 2, 7, 7)),
        str(tmp_path / "folder"),
        tmp_path / "none.png",
    ]
    for images in (mixed, tuple(mixed), iter(mixed)):
        readings = predict(images, model)
        assert [r.label for r in readings] == ["2", "0", "0", "1", ""]
        assert "no such file" in readings[-1].error
    paths = np.array([str(tmp_path / "alone.png")])
    assert [r.label for r in predict(paths, model)] == ["2"]


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("missing.png", FileNotFoundError, "missing.png: there is no such file"),
        ("missing.mp4", FileNotFoundError, "missing.mp4: there is no such file"),
        ("empty", FileNotFoundError, "empty: no pictures here"),
        ("text.jpg", ValueError, "text.jpg: no picture that can be read"),
        ("truncated.jpg", ValueError, "truncated.jpg: no picture that can be read"),
        ("zero.jpg", ValueError, "zero.jpg: the file is empty"),
        ("fake.mp4", ValueError, "fake.mp4: no video"),
    ],
)
def test_a_single_path_that_cannot_be_read_is_an_error(tmp_path, model, name, error, message):
    broken_files(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "fake.mp4").write_text("no video")
    with pytest.raises(error, match=message):
        predict(tmp_path / name, model)


# --- videos and outputs -------------------------------------------------------------------------------


@pytest.fixture
def video(tmp_path):
    """Nine frames: the red rectangle moves to the right by 8 pixels a frame; the last has none."""
    path = tmp_path / "clip.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 12, (160, 120))
    assert writer.isOpened()
    for i in range(9):
        frame = hand(120, 160, (8 * i, 40, 8 * i + 40, 100)) if i < 8 else np.zeros((120, 160, 3), np.uint8)
        writer.write(frame[..., ::-1].copy())
    writer.release()
    return path


def test_a_video_gives_a_reading_for_each_frame(video, model):
    readings = predict(video, model, batch_size=4)
    assert [r.frame for r in readings] == list(range(9))
    assert [r.has_hand for r in readings] == [True] * 8 + [False]
    for i, reading in enumerate(readings[:8]):
        assert np.abs(reading.box - [8 * i, 40, 8 * i + 40, 100]).max() <= 5
        assert reading.source == str(video) and reading.label == "0"


def test_overlays_of_pictures_and_videos(tmp_path, video, model):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        Image.fromarray(hand(120, 160, (40, 20, 100, 100))).save(tmp_path / folder / "same.png")
    (tmp_path / "bad.png").write_text("bad")
    images = [tmp_path / "a", video, tmp_path / "bad.png", tmp_path / "b/same.png"]
    with OverlayWriter(tmp_path / "out") as writer:
        for photo, reading in stream(images, model, batch_size=4):
            writer.write(photo, reading)
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["clip_overlay.mp4", "same_overlay.jpg", "same_overlay_2.jpg"]
    drawn = cv2.VideoCapture(str(tmp_path / "out/clip_overlay.mp4"))
    assert (drawn.get(cv2.CAP_PROP_FRAME_COUNT), drawn.get(cv2.CAP_PROP_FPS)) == (9, 12)
    drawn.release()
    assert read_picture(tmp_path / "out/same_overlay.jpg").shape == (120, 160, 3)


def test_an_interrupted_overlay_leaves_no_half_video(tmp_path, video, model):
    def interrupted():
        with OverlayWriter(tmp_path / "out") as writer:
            for photo, reading in stream(video, model, batch_size=2):
                if reading.frame == 3:
                    raise KeyboardInterrupt
                writer.write(photo, reading)

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list((tmp_path / "out").iterdir()) == []


def test_overlay_draws_the_arrow_towards_the_rotation(model):
    photo = hand(240, 320, (100, 80, 220, 200), YELLOW)  # -90 degrees: to image-right
    (reading,) = predict(photo, model)
    before = photo.copy()
    picture = overlay(photo, reading)
    np.testing.assert_array_equal(photo, before)
    assert picture.shape == photo.shape and picture.dtype == np.uint8
    ink = (picture == inference.INK).all(axis=-1)
    # The row through the centre is ink; its head, the widest part, lies right of the centre.
    assert ink[140, 130:190].mean() > 0.9
    assert ink[130:150, 160:210].sum() > 1.2 * ink[130:150, 110:160].sum()
    with pytest.raises(ValueError, match="photo is"):
        overlay(photo[:100], reading)


def test_csv_and_json_hold_every_reading(tmp_path, model):
    (tmp_path / "ü, bad.png").write_text("bad")
    Image.fromarray(hand(48, 64, (10, 12, 30, 40))).save(tmp_path / "good.png")
    readings = predict([tmp_path / "good.png", tmp_path / "ü, bad.png", np.zeros((5, 5, 3), np.uint8)], model)
    inference.write_csv(readings, tmp_path / "deep/out.csv")
    inference.write_json(readings, tmp_path / "out.json")
    with open(tmp_path / "deep/out.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    parsed = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert len(rows) == len(parsed) == 3
    assert (rows[0]["label"], rows[0]["has_hand"], rows[0]["error"]) == ("0", "True", "")
    assert [float(rows[0][edge]) for edge in ("x0", "y0", "x1", "y1")] == [10, 12, 30, 40]
    assert parsed[0]["box"] == [10, 12, 30, 40] and parsed[0]["rotation_degrees"] == pytest.approx(
        0, abs=1e-4
    )
    assert "ü, bad.png" in rows[1]["error"] and "ü, bad.png" in parsed[1]["source"]
    assert rows[2]["rotation_degrees"] == "" and parsed[2]["rotation_degrees"] is None


def test_a_failed_write_keeps_the_old_file(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("old")

    def readings():
        yield inference.Reading()
        raise RuntimeError("cut")

    with pytest.raises(RuntimeError):
        inference.write_csv(readings(), path)
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


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


def test_the_command_runs_as_a_module(tmp_path, model_file):
    (tmp_path / "text.jpg").write_text("no picture")
    Image.fromarray(hand(48, 64, (10, 12, 30, 40))).save(tmp_path / "good.png")
    command = [sys.executable, "-m", "handvision", "predict", "text.jpg", "good.png", "--model", model_file]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 1, done.stderr
    assert "text.jpg: no picture that can be read" in done.stderr
    assert "good.png" in done.stdout and "10 12 30 40" in done.stdout
