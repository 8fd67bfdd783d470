"""Folders are read as Keras reads them."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from handvision.augment.keras_compat import ImageDataGenerator
from handvision.media.pictures import read_picture
from tests.helpers.noise import RANGES, both


@pytest.mark.parametrize("class_mode", ["categorical", "binary", "sparse", "input", None])
def test_a_folder_is_read_as_keras_reads_it(folder, class_mode):
    options = {"target_size": (16, 18), "class_mode": class_mode, "batch_size": 4, "shuffle": False}
    ours, theirs = (g.flow_from_directory(folder, **options) for g in both(rescale=1 / 255))
    for name in ("class_indices", "filenames", "filepaths", "samples", "num_classes", "image_shape"):
        assert getattr(ours, name) == getattr(theirs, name)
    assert ours.class_indices == {"fist": 0, "open": 1}
    assert np.array_equal(ours.classes, theirs.classes)
    assert type(ours[2]) is type(theirs[2])
    for a, b in zip(ours[2], theirs[2], strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_a_folder_is_split_and_transformed(folder):
    options = {"target_size": (16, 16), "color_mode": "grayscale", "classes": ["open", "fist"], "seed": 1}
    ours, theirs = both(**RANGES, validation_split=0.4)
    for subset, count in (("training", 6), ("validation", 4)):
        flow = ours.flow_from_directory(folder, **options, subset=subset)
        assert flow.filenames == theirs.flow_from_directory(folder, **options, subset=subset).filenames
        x, y = flow[0]
        assert x.shape == (count, 16, 16, 1)
        assert y.sum(axis=0).tolist() == [count / 2, count / 2]
        with ThreadPoolExecutor(3) as pool:
            assert all(np.array_equal(x, again[0]) for again in pool.map(flow.__getitem__, [0] * 4))


def pictures_in(folder, names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8)).save(folder / name, "png")
    return folder


def test_what_systems_leave_in_folders_is_neither_class_nor_picture(tmp_path):
    litter = [".ipynb_checkpoints/a.png", "__MACOSX/a.png", "0/._a.png", "0/.ipynb_checkpoints/a.png"]
    pictures_in(tmp_path, ["0/a.png", "1/a.png", "1/deep/b.png", *litter])
    (tmp_path / "0/Thumbs.db").write_bytes(b"?")
    flow = ImageDataGenerator().flow_from_directory(tmp_path)
    assert flow.class_indices == {"0": 0, "1": 1}
    assert flow.filenames == ["0/a.png", "1/a.png", "1/deep/b.png"] and flow.classes.tolist() == [0, 1, 1]


def test_folders_that_are_numbers_are_labelled_by_them(tmp_path):
    pictures_in(tmp_path, [f"{number}/a.png" for number in range(12)])
    generator = ImageDataGenerator()
    flow = generator.flow_from_directory(tmp_path, class_mode="sparse", shuffle=False)
    assert flow.class_indices == {str(number): number for number in range(12)}
    assert flow.classes.tolist() == list(range(12))
    keras_order = generator.flow_from_directory(tmp_path, class_order="alphabet").class_indices
    assert list(keras_order)[:4] == ["0", "1", "10", "11"]


def test_pictures_are_seen_as_predict_sees_them(tmp_path):
    (tmp_path / "0").mkdir()
    bar = np.zeros((32, 32, 3), np.uint8)
    bar[:8] = 255
    exif = Image.Exif()
    exif[274] = 6
    Image.fromarray(bar).transpose(Image.Transpose.ROTATE_90).save(tmp_path / "0/a.png", exif=exif)
    Image.fromarray(np.full((32, 32), 80 * 257, np.uint16)).save(tmp_path / "0/b.png")
    clear = np.dstack([np.full((32, 32, 3), 200, np.uint8), np.zeros((32, 32), np.uint8)])
    Image.fromarray(clear).save(tmp_path / "0/c.png")
    Image.fromarray(bar).convert("CMYK").save(tmp_path / "0/d.jpg")
    options = {"target_size": (32, 32), "class_mode": None, "shuffle": False}
    (batch,) = [ImageDataGenerator().flow_from_directory(tmp_path, **options)[0]]
    for picture, name in zip(batch, ["a.png", "b.png", "c.png", "d.jpg"], strict=True):
        np.testing.assert_array_equal(picture, read_picture(tmp_path / "0" / name))
    (gray,) = [ImageDataGenerator().flow_from_directory(tmp_path, **options, color_mode="grayscale")[0]]
    assert gray.shape == (4, 32, 32, 1) and (gray[1] == 80).all() and (gray[2] == 0).all()


@pytest.mark.parametrize("name", ["a.ppm", "b.bmp"])
def test_a_broken_picture_is_named_whatever_pillow_raises(tmp_path, name):
    content = {
        "a.ppm": b"P6 6j 64 255\n" + b"\0" * 99,
        "b.bmp": bytes.fromhex("424d36000000000000003600000028000000ffff0f00ffff000001001800") + b"\0" * 24,
    }
    (tmp_path / "0").mkdir()
    (tmp_path / "0" / name).write_bytes(content[name])
    with pytest.raises(ValueError, match=name):
        ImageDataGenerator().flow_from_directory(tmp_path, class_mode=None)[0]


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "lanczos"])
def test_pictures_are_resized_as_keras_resizes_them(folder, interpolation):
    options = {"target_size": (14, 9), "interpolation": interpolation, "class_mode": None, "shuffle": False}
    ours, theirs = (g.flow_from_directory(folder, **options, keep_aspect_ratio=True) for g in both())
    np.testing.assert_array_equal(ours[0], theirs[0])
