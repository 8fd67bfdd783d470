"""Arrays, files, folders and videos of every kind, made here, as `predict` and `read_picture` read them."""

import logging

import cv2
import numpy as np
import pytest
from PIL import Image

from handvision.inference.predict import predict
from handvision.media.pictures import read_picture
from tests.helpers.photos import RED, WHITE, YELLOW, hand

PHOTO = hand(20, 20, (5, 5, 15, 15))
SCENE = hand(60, 80, (20, 10, 60, 50), (220, 130, 40))


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
        (3.5, TypeError, "images is a float"),
        (True, TypeError, "images is a bool"),
        ({"a": PHOTO}, TypeError, "images is a dict"),
    ],
)
def test_what_is_no_picture_is_an_error_that_says_so(model, image, error, message):
    with pytest.raises(error, match=message):
        predict(image, model)


# --- files --------------------------------------------------------------------------------------------


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
        ("none*.png", FileNotFoundError, r"none\*.png: there is no such file"),
    ],
)
def test_a_single_path_that_cannot_be_read_is_an_error(tmp_path, model, name, error, message):
    broken_files(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "fake.mp4").write_text("no video")
    with pytest.raises(error, match=message):
        predict(tmp_path / name, model)


def test_a_video_gives_a_reading_for_each_frame(video, model):
    readings = predict(video, model, batch_size=4)
    assert [r.frame for r in readings] == list(range(9))
    assert [r.has_hand for r in readings] == [True] * 8 + [False]
    for i, reading in enumerate(readings[:8]):
        assert np.abs(reading.box - [8 * i, 40, 8 * i + 40, 100]).max() <= 5
        assert reading.source == str(video) and reading.label == "0"
