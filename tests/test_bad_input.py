"""Bad input of every kind, in one table: each is refused with an error that says what was wrong."""

import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

import handvision
from handvision import evaluation, models, plotting, protocol, training
from handvision.augment import ImageDataGenerator
from handvision.core.examples import Examples, concatenate, resize
from handvision.core.workspace import Settings
from handvision.datasets import catalog, download, load
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
    "no such file": (lambda f: f / "missing.png", "missing.png"),
    "empty file": (lambda f: write(f / "empty.png", b""), "empty.png"),
    "text named as picture": (lambda f: write(f / "text.jpg", b"no picture"), "text.jpg"),
    "cut picture": (lambda f: write(f / "cut.png", b"\x89PNG\r\n\x1a\n\x00\x00"), "cut.png"),
    "unknown ending": (lambda f: write(f / "hand.xyz", b"?"), "hand.xyz"),
    "folder without pictures": (lambda f: f / "archives", "archives"),
    "whole numbers of another kind": (lambda f: picture((8, 8, 3), np.int32), "int32"),
    "floats above one": (lambda f: picture((8, 8, 3), np.float32, 200), "255"),
    "floats below zero": (lambda f: picture((8, 8, 3), np.float32, -1), "-1"),
    "not a number": (lambda f: picture((8, 8, 3), np.float32, np.nan), "(?i)nan|finite"),
    "two channels": (lambda f: picture((8, 8, 2)), "channel|shape"),
    "five axes": (lambda f: picture((1, 1, 8, 8, 3)), "shape"),
    "no pixels": (lambda f: picture((0, 8, 3)), "shape|empty"),
    "no picture at all": (lambda f: None, "(?i)none"),
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
}


@pytest.mark.parametrize("what", ARCHIVES)
def test_bad_archive(what, folder):
    make, message = ARCHIVES[what]
    make(folder / "archives")
    with pytest.raises(download.DataUnavailable, match=message):
        load.load("finger_digits")
    assert not list((folder / "data").glob("**/*.png")), "something half-written was left"


# Parameters: what is wrong -> (call, what the error says).
PARAMETERS = {
    "unknown profile": (lambda: Settings.resolve(profile="fast"), "fast"),
    "unknown data choice": (lambda: protocol.choose_data("fake", ()), "fake"),
    "negative seed": (lambda: Settings.resolve(seed=-1), "-1"),
    "unknown data set": (lambda: catalog.row("hands of martians"), "hands of martians"),
    "fields of unequal length": (lambda: Examples("odd", masks=MASKS, labels=np.arange(3)), "unequal length"),
    "selection of another length": (lambda: HANDS.take(np.ones(3, bool)), "3"),
    "parts of unequal sizes": (lambda: concatenate([HANDS, resize(HANDS, 16, 16)], "both"), "unequal shapes"),
    "nothing to join": (lambda: concatenate([], "none"), "nothing"),
    "size of zero": (lambda: resize(HANDS, 0, 16), "0x16"),
    "no hands to draw": (lambda: rendered.render(0), "count"),
    "unknown task to draw": (lambda: rendered.render(1, task="toes"), "toes"),
    "unknown split to draw": (lambda: rendered.render(1, split="exam"), "exam"),
    "turns from high to low": (lambda: rendered.render(1, rotation_range=(90, -90)), "rotation_range"),
    "shares above one": (
        lambda: splits.random_split(HANDS, {"train": 0.9, "test": 0.9}),
        "together they are 1",
    ),
    "blocks longer than the sequence": (lambda: splits.block_split(ONE_CLASS, test=0.5, gap=50), "too few"),
    "unknown fill mode": (lambda: ImageDataGenerator(fill_mode="mirror"), "mirror"),
    "pictures without batch axis": (lambda: ImageDataGenerator().flow(MASKS[0]), "shape|rank"),
    "labels of another length": (lambda: ImageDataGenerator().flow(MASKS, np.arange(3)), "3"),
    "masks of another size": (lambda: ImageDataGenerator().flow(PHOTOS, masks=MASKS[:, :16]), "16"),
    "no backgrounds": (lambda: compositing.CompositeSequence(HANDS), "backgrounds"),
    "unknown corruption": (lambda: compositing.corrupt(PHOTOS[0], "fog"), "fog"),
    "crop of zero pixels": (lambda: BoundingBoxCropLayer(0, 96), "height is 0"),
    "negative margin": (lambda: BoundingBoxCropLayer(96, 96, margin=-0.1), "margin"),
    "threshold of one": (lambda: BoundingBoxCropLayer(96, 96, threshold=1), "threshold"),
    "mask with three channels": (lambda: BoundingBoxCropLayer(8, 8)(np.zeros((1, 8, 8, 3), "float32")), "1"),
    "mask of whole numbers": (lambda: BoundingBoxCropLayer(8, 8)(MASKS), "uint8"),
    "attention without heads": (lambda: AttentionBlock(num_heads=0), "num_heads"),
    "two classes of one name": (lambda: ClassProbabilities(["fist", "fist"]), "distinct"),
    "photo for a classifier": (lambda: models.build_classifier((96, 96, 3)), "input_shape"),
    "names that don't fit the classes": (lambda: models.build_classifier(class_names=["a"]), "class_names"),
    "photo without colours": (lambda: models.build_unet((128, 128, 1)), "128, 128, 1"),
    "unknown backbone": (lambda: models.build_deeplab_v3_plus((64, 64, 3), backbone="vgg"), "vgg"),
    "parts that don't fit": (
        lambda: models.combine(models.build_classifier(), models.build_classifier()),
        "segmenter",
    ),
    "unknown model": (lambda: models.find_model("yolo"), "yolo"),
    "learning rate of zero": (
        lambda: training.compile_segmenter(models.build_unet((32, 32, 3)), 0),
        "learning_rate",
    ),
    "model without compilation": (
        lambda: training.fit(models.build_unet((32, 32, 3)), None, epochs=1, folder="runs", seed=0),
        "not compiled",
    ),
    "file that is no model": (lambda: models.save_model(keras.Sequential(), "model.h5"), "keras"),
    "masks of unequal sizes": (lambda: evaluation.iou(MASKS, MASKS[:, :16]), "shapes"),
    "masks of 0 and 1": (lambda: evaluation.iou(MASKS // 255, MASKS), "0 and 255"),
    "masks of floats": (lambda: evaluation.iou(MASKS, MASKS / 255), "dtype"),
    "directions of another length": (lambda: evaluation.rotation_error(np.zeros(3), np.zeros(2)), "shapes"),
    "confusion of other classes": (lambda: plotting.plot_confusion(np.eye(3), "ab"), "2 class names"),
    "percent instead of shares": (lambda: plotting.plot_bars({"a": 97.0}, "accuracy"), "share"),
}


@pytest.mark.parametrize("what", PARAMETERS)
def test_bad_parameter(what):
    call, message = PARAMETERS[what]
    with pytest.raises((ValueError, TypeError), match=message):
        call()
