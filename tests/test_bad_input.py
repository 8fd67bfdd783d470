"""Bad input of every kind, in one table: each is refused with an error that says what was wrong."""

import json
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

import handvision
from handvision import evaluation, models, plotting, protocol, training
from handvision.augment.keras_compat import ImageDataGenerator
from handvision.augment.transforms import Augmentation
from handvision.cli import main
from handvision.core.examples import Examples, concatenate, resize
from handvision.core.geometry import letterbox
from handvision.core.hands import Hands
from handvision.core.model_info import ModelInfo
from handvision.core.workspace import Settings
from handvision.datasets import catalog
from handvision.datasets.errors import DataUnavailable
from handvision.datasets.load import load
from handvision.imaging import camera
from handvision.models.layers import AttentionBlock, BoundingBoxCropLayer, ClassProbabilities
from handvision.protocol import splits
from handvision.synthesis import compositing, rendered

MASKS = np.zeros((4, 32, 32, 1), np.uint8)
MASKS[:, 8:24, 8:24] = 255
PHOTOS = np.repeat(MASKS, 3, axis=3)
HANDS = Examples(
    "hands", photos=PHOTOS, masks=MASKS, labels=np.arange(4), groups=np.arange(4), class_names=tuple("abcd")
)
ONE_CLASS = Examples("fists", masks=MASKS, labels=np.zeros(4, int), groups=np.arange(4))


@pytest.fixture(scope="module")
def combined():
    segmenter = models.build_unet((32, 32, 3), channels=(4, 8))
    return models.combine(segmenter, models.build_classifier((32, 32, 1)))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty data folder and an empty folder of archives."""
    for name in ("data", "archives"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("HANDVISION_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("HANDVISION_ARCHIVES", str(tmp_path / "archives"))
    return tmp_path


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def picture(shape, dtype=np.uint8, fill=0):
    return np.full(shape, fill, dtype)


# Pictures that are given to handvision.predict: what is wrong -> (maker of the input, what the error says).
PICTURES = {
    "no such file": (lambda f: f / "missing.png", "missing.png: there is no such file"),
    "empty file": (lambda f: write(f / "empty.png", b""), "empty.png: the file is empty"),
    "text named as picture": (
        lambda f: write(f / "text.jpg", b"no picture"),
        "text.jpg: no picture that can be read",
    ),
    "cut picture": (
        lambda f: write(f / "cut.png", b"\x89PNG\r\n\x1a\n\x00\x00"),
        "cut.png: no picture that can be read",
    ),
    "unknown ending": (lambda f: write(f / "hand.xyz", b"?"), "hand.xyz: no picture that can be read"),
    "folder without pictures": (lambda f: f / "archives", "archives: no pictures here"),
    "whole numbers of another kind": (lambda f: picture((8, 8, 3), np.int32), "image 0 is int32; give uint8"),
    "floats above one": (lambda f: picture((8, 8, 3), np.float32, 200), "floats up to 200; .* divide by 255"),
    "floats below zero": (lambda f: picture((8, 8, 3), np.float32, -1), "floats down to -1; bring them into"),
    "not a number": (lambda f: picture((8, 8, 3), np.float32, np.nan), "holds NaN or infinite values"),
    "two channels": (lambda f: picture((8, 8, 2)), r"image 0 has shape \(8, 8, 2\)"),
    "five axes": (lambda f: picture((1, 1, 8, 8, 3)), r"image 0 has shape \(1, 1, 8, 8, 3\)"),
    "no pixels": (lambda f: picture((0, 8, 3)), r"image 0 has shape \(0, 8, 3\): no pixels"),
    "video that is none": (
        lambda f: write(f / "clip.mp4", b"no video"),
        "clip.mp4: no video",
    ),
    "empty video": (lambda f: write(f / "clip.mts", b""), "clip.mts: no video that can be read"),
    "no such video": (lambda f: f / "gone.webm", "gone.webm: there is no such file"),
    "wildcard that nothing fits": (lambda f: f"{f}/*.jpeg", r"\*.jpeg: there is no such file"),
    "camera that is not there": (lambda f: 97, "camera 97 cannot be opened"),
    "negative camera": (lambda f: -5, "camera -5 cannot be opened"),
    "true": (lambda f: True, "images is a bool; give a path"),
    "bytes": (lambda f: b"jpg", "images is a bytes"),
    "dict": (lambda f: {"a": 1}, "images is a dict"),
    "number": (lambda f: 1.5, "images is a float"),
    "list of nothing": (lambda f: [None], "image 0 is a NoneType"),
    "header of a bitmap that is huge": (
        lambda f: write(
            f / "bomb.bmp",
            bytes.fromhex("424d36000000000000003600000028000000ffff0000ffff000001001800") + b"\0" * 24,
        ),
        "bomb.bmp.*65535 x 65535 pixels.*--max-megapixels",
    ),
    "wrong numbers in a portable pixmap": (
        lambda f: write(f / "a.ppm", b"P6 6j 64 255\n0"),
        "a.ppm: no picture",
    ),
    "cut GIF": (lambda f: write(f / "a.gif", b"GIF89a"), "a.gif: no picture"),
    "cut TIFF": (lambda f: write(f / "a.tif", b"II*\0"), "a.tif: no picture"),
    "cut WebP": (lambda f: write(f / "a.webp", b"RIFF\0\0\0\0WEBPVP8 "), "a.webp: no picture"),
    "web page named as picture": (
        lambda f: write(f / "a.png", b"<!DOCTYPE html>"),
        "b'<!DOCTYP'",
    ),
    "pointer of Git LFS": (
        lambda f: write(f / "a.png", b"version https://git-lfs"),
        "b'version '",
    ),
    "archive named as picture": (lambda f: write(f / "a.jpg", b"PK\3\4"), "a.jpg: no picture"),
    "program named as picture": (lambda f: write(f / "a.jpg", b"\x7fELF"), "a.jpg: no picture"),
    "boolean array": (lambda f: picture((8, 8, 3), bool), "image 0 is bool"),
    "16-bit array": (lambda f: picture((8, 8, 3), np.uint16, 9), "image 0 is uint16"),
    "complex array": (lambda f: picture((8, 8, 3), complex), "image 0 is complex128"),
    "infinite": (lambda f: picture((8, 8, 3), np.float32, np.inf), "NaN or infinite"),
    "channels first": (lambda f: picture((3, 8, 8)), "channels come last"),
    "four channels": (lambda f: picture((8, 8, 4)), "drop the fourth channel"),
    "mask of 0 and 1": (lambda f: picture((8, 8), np.uint8, 1), "largest value is 1"),
    "divided twice": (lambda f: picture((8, 8, 3), np.float32, 1 / 65025), "divided by 255 twice"),
    "one axis": (lambda f: picture((8,)), r"shape \(8,\)"),
    "no picture at all": (lambda f: None, "images is a NoneType; give a path"),
}


@pytest.mark.parametrize("what", PICTURES)
def test_bad_picture(what, folder, combined):
    make, message = PICTURES[what]
    with pytest.raises((ValueError, TypeError, OSError), match=message):
        handvision.predict(make(folder), model=combined)


# Archives: what lies in the folder of archives -> what the error says.
def archive(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return path


ARCHIVES = {
    "nothing there": (lambda f: None, "make data|download|fetch"),
    "no zip": (lambda f: write(f / "finger-digits-05.zip", b"no zip"), "finger-digits-05.zip"),
    "a path out of the folder": (
        lambda f: archive(f / "finger-digits-05.zip", {"../0_0.png": b"x", "0_1.png": b"x"}),
        r"\.\./0_0\.png",
    ),
    "an absolute path": (
        lambda f: archive(f / "finger-digits-05.zip", {"/tmp/0_0.png": b"x", "0_1.png": b"x"}),
        "/tmp/0_0.png",
    ),
    "too few files": (lambda f: archive(f / "finger-digits-05.zip", {"0_0.png": b"x"}), "12,?006"),
    "empty file": (lambda f: write(f / "finger-digits-05.zip", b""), "finger-digits-05.zip"),
    "pointer of Git LFS": (
        lambda f: write(f / "finger-digits-05.zip", b"version https://git-lfs"),
        "finger-digits-05.zip",
    ),
    "a drive of Windows": (
        lambda f: archive(f / "finger-digits-05.zip", {"C:\\0_0.png": b"x", "0_1.png": b"x"}),
        r"'C:.*leads outside its folder",
    ),
    "another set's files": (
        lambda f: archive(f / "finger-digits-05.zip", {"readme.txt": b"x", "cat.jpg": b"x"}),
        "another data set: no file in it has a name of this one",
    ),
}


@pytest.mark.parametrize("what", ARCHIVES)
def test_bad_archive(what, folder):
    make, message = ARCHIVES[what]
    make(folder / "archives")
    with pytest.raises(DataUnavailable, match=message):
        load("finger_digits")
    assert not list((folder / "data").glob("**/*.png")), "something half-written was left"


def test_a_folder_of_archives_that_is_not_there_is_named(folder, monkeypatch):
    monkeypatch.setenv("HANDVISION_ARCHIVES", str(folder / "gone"))
    with pytest.raises(DataUnavailable, match=r"HANDVISION_ARCHIVES is .*gone'.*Correct or unset"):
        load("finger_digits")


def test_an_archive_that_is_cut_is_named_whatever_it_is_called(folder, caplog):
    write(folder / "archives/archive (1).zip", b"PK cut")
    with pytest.raises(DataUnavailable, match="finger_digits"):
        load("finger_digits")
    assert "archive (1).zip: passed over, cut off or no zip archive" in caplog.text


# Parameters: what is wrong -> (call, what the error says).
PARAMETERS = {
    "unknown profile": (
        lambda: Settings.resolve(profile="fast"),
        "PROFILE is 'fast'; use one of smoke, quick, full",
    ),
    "unknown data choice": (lambda: protocol.choose_data("fake", ()), "data is 'fake'; use 'auto'"),
    "negative seed": (lambda: Settings.resolve(seed=-1), "SEED is -1; use a whole number from 0 up"),
    "unknown data set": (lambda: catalog.row("hands of martians"), "hands of martians"),
    "fields of unequal length": (lambda: Examples("odd", masks=MASKS, labels=np.arange(3)), "unequal length"),
    "selection of another length": (lambda: HANDS.take(np.ones(3, bool)), "a mask of 3 for 4 pictures"),
    "parts of unequal sizes": (lambda: concatenate([HANDS, resize(HANDS, 16, 16)], "both"), "unequal shapes"),
    "nothing to join": (lambda: concatenate([], "none"), "none: nothing to concatenate"),
    "size of zero": (lambda: resize(HANDS, 0, 16), "cannot resize to 0x16; sizes start at 1"),
    "no hands to draw": (lambda: rendered.render(0), "count is 0; use a whole number"),
    "unknown task to draw": (
        lambda: rendered.render(1, task="toes"),
        "task is 'toes'; use one of numbers, gestures",
    ),
    "unknown split to draw": (lambda: rendered.render(1, split="exam"), "split is 'exam'; use one of train"),
    "turns from high to low": (lambda: rendered.render(1, rotation_range=(90, -90)), "rotation_range"),
    "shares above one": (
        lambda: splits.random_split(HANDS, {"train": 0.9, "test": 0.9}),
        "together they are 1",
    ),
    "blocks longer than the sequence": (lambda: splits.block_split(ONE_CLASS, test=0.5, gap=50), "too few"),
    "unknown fill mode": (
        lambda: ImageDataGenerator(fill_mode="mirror"),
        "fill_mode is 'mirror'; use one of constant",
    ),
    "pictures without batch axis": (lambda: ImageDataGenerator().flow(MASKS[0]), "shape|rank"),
    "labels of another length": (
        lambda: ImageDataGenerator().flow(MASKS, np.arange(3)),
        r"y has shape \(3,\), but x has 4 pictures",
    ),
    "unknown fill of augmentation": (lambda: Augmentation(fill="wrap"), "use one of constant, nearest"),
    "no backgrounds": (lambda: compositing.CompositeSequence([compositing.Source(HANDS)]), "backgrounds"),
    "unknown corruption": (
        lambda: camera.corrupt(PHOTOS[0], "fog"),
        "corruption 'fog' is not known; use one of dark",
    ),
    "crop of zero pixels": (lambda: BoundingBoxCropLayer(0, 96), "height is 0"),
    "negative margin": (lambda: BoundingBoxCropLayer(96, 96, margin=-0.1), "margin is -0.1; use a share"),
    "threshold of one": (lambda: BoundingBoxCropLayer(96, 96, threshold=1), "threshold"),
    "mask with three channels": (
        lambda: BoundingBoxCropLayer(8, 8)(np.zeros((1, 8, 8, 3), "float32")),
        r"masks are \(batch, height, width, 1\); got \(1, 8, 8, 3\)",
    ),
    "mask of whole numbers": (lambda: BoundingBoxCropLayer(8, 8)(MASKS), "uint8.*Divide by 255"),
    "attention without heads": (lambda: AttentionBlock(num_heads=0), "num_heads"),
    "two classes of one name": (
        lambda: ClassProbabilities(["fist", "fist"]),
        "use at least two names, all distinct",
    ),
    "photo for a classifier": (lambda: models.build_classifier((96, 96, 3)), "input_shape"),
    "names that don't fit the classes": (lambda: models.build_classifier(class_names=["a"]), "class_names"),
    "photo without colours": (lambda: models.build_unet((128, 128, 1)), "128, 128, 1"),
    "unknown backbone": (
        lambda: models.build_deeplab_v3_plus((64, 64, 3), backbone="vgg"),
        "backbone is 'vgg'",
    ),
    "parts that don't fit": (
        lambda: models.combine(models.build_classifier(), models.build_classifier()),
        "segmenter",
    ),
    "unknown model": (lambda: models.find_model("yolo"), "no model is called 'yolo'; there are"),
    "learning rate of zero": (
        lambda: training.compile_segmenter(models.build_unet((32, 32, 3)), 0),
        "learning_rate",
    ),
    "model without compilation": (
        lambda: training.fit(models.build_unet((32, 32, 3)), None, epochs=1, folder="runs", seed=0),
        "not compiled",
    ),
    "file that is no model": (
        lambda: models.save_model(keras.Sequential(), "model.h5"),
        "model.h5: the file of a model ends in .keras",
    ),
    "masks of unequal sizes": (lambda: evaluation.iou(MASKS, MASKS[:, :16]), "masks have unequal shapes"),
    "masks of 0 and 1": (lambda: evaluation.iou(MASKS // 255, MASKS), "0 and 255"),
    "masks of floats": (
        lambda: evaluation.iou(MASKS, MASKS / 255),
        "predicted masks have dtype float64; use uint8",
    ),
    "directions of another length": (
        lambda: evaluation.rotation_error(np.zeros(3), np.zeros(2)),
        r"directions have shapes \(3,\) and \(2,\)",
    ),
    "confusion of other classes": (lambda: plotting.plot_confusion(np.eye(3), "ab"), "2 class names"),
    "percent instead of shares": (
        lambda: plotting.plot_bars({"a": 97.0}, "accuracy"),
        "a is 97.0; use a share from 0 to 1",
    ),
}


@pytest.mark.parametrize("what", PARAMETERS)
def test_bad_parameter(what):
    call, message = PARAMETERS[what]
    with pytest.raises((ValueError, TypeError), match=message):
        call()


# Files of models -> (maker, what the error says). Of .keras files, tests/models/test_model_file.py has more.
MODEL_FILES = {
    "no such model": (lambda f: f / "gone.onnx", "gone.onnx: there is no such model"),
    "a folder": (lambda f: f / "data", "data: there is no such model"),
    "weights of PyTorch": (lambda f: write(f / "a.pt", b"PK"), "a.pt: a model's file ends in .onnx"),
    "without an ending": (lambda f: write(f / "model", b"PK"), "a model's file ends in .onnx"),
    "text as ONNX": (
        lambda f: write(f / "a.onnx", b"no model"),
        "a.onnx: no model that ONNX Runtime can read",
    ),
    "empty ONNX": (lambda f: write(f / "a.onnx", b""), "a.onnx: no model that ONNX Runtime can read"),
    "text as LiteRT": (lambda f: write(f / "a.tflite", b"no model"), "a.tflite: the file does not say how"),
    "a web page as Keras": (lambda f: write(f / "a.keras", b"<html>"), "a.keras is no .keras file"),
    "a zip of pictures as Keras": (
        lambda f: archive(f / "a.keras", {"0_0.png": b"x"}),
        "a.keras is a zip archive, but no Keras model",
    ),
    "a number": (lambda f: 3, "model is a int; give a Keras model or the path"),
    "a segmenter alone": (
        lambda f: models.build_unet((32, 32, 3), channels=(4, 8)),
        "unet lacks the outputs mask, box, has_hand",
    ),
}


@pytest.mark.parametrize("what", MODEL_FILES)
def test_bad_model(what, folder):
    make, message = MODEL_FILES[what]
    with pytest.raises((ValueError, TypeError, OSError), match=message):
        handvision.predict(PHOTOS[0], model=make(folder))


RECIPE = {
    "kind": "classifier",
    "product": "finger_numbers",
    "vocabulary": "numbers",
    "train": 10,
    "test": 10,
    "epochs": 1,
    "crop": 32,
}
# What is changed in a recipe that is right -> what the error says.
RECIPES = {
    "unknown kind": (
        {"kind": "cook"},
        "kind is 'cook'; a recipe is an object whose kind is one of classifier",
    ),
    "unknown field": ({"epoch": 3}, "epoch: there is no such field; ClassifierRecipe has product"),
    "text for a number": ({"epochs": "3"}, "epochs is '3'; use a value of type int"),
    "true for a number": ({"epochs": True}, "epochs is True; use a value of type int"),
    "no pictures": ({"train": 0}, "train is 0; use a whole number from 1 up"),
    "negative seed": ({"seed": -2}, "seed is -2; use a whole number from 0 up"),
    "unknown words": ({"vocabulary": "toes"}, "vocabulary is 'toes'; use one of 'numbers', 'gestures'"),
    "crop too small": ({"crop": 8}, "crop is 8; use 32 pixels or more"),
    "all negatives": ({"negatives": 1.0}, "negatives is 1.0; use a share from 0 up, below 1"),
    "learning backwards": ({"learning_rate": -0.1}, "learning_rate is -0.1; use a number above 0"),
    "augmentation of a list": ({"augmentation": []}, r"augmentation is \[\]; use an object"),
    "weights of text": ({"loss_weights": {"gesture": "1"}}, "loss_weights.gesture is '1'"),
}


@pytest.mark.parametrize("what", RECIPES)
def test_bad_recipe(what, tmp_path):
    change, message = RECIPES[what]
    path = tmp_path / "recipe.json"
    path.write_text(json.dumps(RECIPE))
    assert training.read_recipe(path).epochs == 1
    path.write_text(json.dumps(RECIPE | change))
    with pytest.raises(ValueError, match=f"recipe.json: {message}"):
        training.read_recipe(path)


def test_a_recipe_nested_without_end(tmp_path):
    path = write(tmp_path / "recipe.json", b"[" * 100_000)
    with pytest.raises(ValueError, match=r"recipe\.json: maximum recursion depth"):
        training.read_recipe(path)


# Boxes, points and masks of hands, and what a model says of itself: what is wrong -> (call, message).
VALUES = {
    "box from right to left": (lambda: Hands(boxes=[[5, 5, 1, 9]]), "x0 <= x1"),
    "box of three numbers": (lambda: Hands(boxes=[[1, 2, 3]]), r"boxes have shape \(1, 3\)"),
    "twenty points": (lambda: Hands(keypoints=np.zeros((1, 20, 2))), r"keypoints have shape \(1, 20, 2\)"),
    "a middle hand": (lambda: Hands(handedness=["middle"]), r"handedness is \['middle'\]; use \"left\""),
    "labels of fractions": (lambda: Hands(labels=[0.5]), "labels are float64; use whole numbers"),
    "more than half a turn": (lambda: Hands(rotations=[270.0]), r"rotations are \[270.0\]; use degrees"),
    "boxes and labels of unequal length": (
        lambda: Hands(boxes=[[0, 0, 1, 1]], labels=[0, 1]),
        "unequal length",
    ),
    "a picture without rows": (lambda: letterbox((0, 3), (4, 4)), "cannot fit 0x3 pixels into 4x4"),
    "words of a model that are cut": (lambda: ModelInfo.from_json("{"), "'{' does not describe a model"),
    "words of a model without end": (
        lambda: ModelInfo.from_json("[" * 100_000),
        "does not describe a model: maximum recursion depth",
    ),
    "no data set's name": (lambda: catalog.row(""), "no data set ''; there are finger_digits"),
}


@pytest.mark.parametrize("what", VALUES)
def test_bad_value(what):
    call, message = VALUES[what]
    with pytest.raises(ValueError, match=message):
        call()


# Command lines -> (exit code, what is said). PHOTO is a picture, TEXT is none, HERE the folder of both.
COMMANDS = {
    "predict": (2, "PATH"),
    "predict PHOTO --max-hands 0": (2, "max_hands is 0; use a whole number from 1 to 4"),
    "predict PHOTO --max-hands two": (2, "invalid int value: 'two'"),
    "predict PHOTO --batch-size -1": (2, "batch_size is -1"),
    "predict PHOTO --max-megapixels 0": (2, "max_megapixels is 0"),
    "predict PHOTO --csv PHOTO": (2, "is one of the files to read"),
    "predict PHOTO --csv out.csv --json out.csv": (2, "are both out.csv: name two files"),
    "predict PHOTO --overlay HERE": (2, "is the folder that"),
    "predict PHOTO --model gone.onnx": (2, "gone.onnx: there is no such model"),
    "predict TEXT": (1, "no picture that can be read"),
    "predict gone.jpg": (1, "gone.jpg: there is no such file"),
    "predict --colour PHOTO": (2, "unrecognized arguments: --colour"),
    "dance": (2, "invalid choice: 'dance'"),
}


@pytest.mark.parametrize("line", COMMANDS)
def test_bad_command(line, tmp_path, monkeypatch, capsys, caplog):
    monkeypatch.chdir(tmp_path)
    Image.fromarray(PHOTOS[0]).save(tmp_path / "photo.png")
    before = write(tmp_path / "text.jpg", b"no picture").parent
    places = {"PHOTO": "photo.png", "TEXT": "text.jpg", "HERE": "."}
    code, message = COMMANDS[line]
    try:
        status = main([places.get(word, word) for word in line.split()])
    except SystemExit as stop:  # argparse's
        status = stop.code
    said = capsys.readouterr().err + caplog.text
    assert status == code and message in said and "Traceback" not in said
    assert sorted(path.name for path in before.iterdir()) == ["photo.png", "text.jpg"]
