"""Bad arguments are refused, by name."""

import numpy as np
import pytest

from handvision.augment.keras_compat import ImageDataGenerator

PICTURES = np.zeros((4, 8, 8, 1), np.uint8)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"data_format": "channels_first"}, "only 'channels_last'"),
        ({"data_format": "rows_first"}, "rows_first"),
        ({"fill_mode": "mirror"}, "fill_mode is 'mirror'"),
        ({"interpolation_order": 6}, "interpolation_order is 6"),
        ({"rotation_range": -10}, "rotation_range is -10"),
        ({"rotation_range": "10"}, "rotation_range is '10'"),
        ({"rotation_range": float("nan")}, "rotation_range is nan"),
        ({"shear_range": 90}, "shear_range is 90.*below 90"),
        ({"width_shift_range": -0.1}, "width_shift_range is -0.1"),
        ({"height_shift_range": [[1, 2]]}, "height_shift_range"),
        ({"height_shift_range": []}, "height_shift_range"),
        ({"zoom_range": 1.5}, "zoom_range gives factors from -0.5"),
        ({"zoom_range": (0.5, 1, 2)}, "zoom_range"),
        ({"brightness_range": 0.5}, "brightness_range"),
        ({"brightness_range": (-1, 1)}, "brightness_range is -1"),
        ({"channel_shift_range": -5}, "channel_shift_range is -5"),
        ({"cval": float("inf")}, "cval is inf"),
        ({"rescale": "1/255"}, "rescale is '1/255'"),
        ({"preprocessing_function": 3}, "preprocessing_function is 3"),
        ({"dtype": "uint8"}, "dtype is 'uint8'"),
        ({"validation_split": 1.5}, "validation_split"),
    ],
)
def test_bad_generators_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        ImageDataGenerator(**arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"x": PICTURES[0]}, r"x has shape \(8, 8, 1\).*add the channel"),
        ({"x": PICTURES[:0]}, "no picture in it"),
        ({"x": list(PICTURES)}, "np.stack"),
        ({"x": PICTURES.astype(object)}, "dtype object"),
        ({"x": np.full((2, 4, 4, 1), np.nan)}, "NaN"),
        ({"x": np.full((2, 4, 4, 1), np.inf)}, "infinite"),
        ({"y": np.zeros(3)}, r"y has shape \(3,\), but x has 4 pictures"),
        ({"y": 1}, r"y has shape \(\)"),
        ({"sample_weight": np.ones(5)}, r"sample_weight has shape \(5,\)"),
        ({"x": (PICTURES, np.zeros(4))}, "x is a tuple of 2"),
        ({"batch_size": 0}, "batch_size is 0"),
        ({"batch_size": 2.5}, "batch_size is 2.5"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": 0.5}, "seed is 0.5"),
        ({"workers": -1}, "workers is -1"),
        ({"save_to_dir": "no/such/folder"}, "save_to_dir is 'no/such/folder'"),
        ({"subset": "test"}, "subset is 'test'"),
        ({"subset": "validation"}, "needs a generator with a validation_split"),
    ],
)
def test_bad_flows_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        ImageDataGenerator().flow(**({"x": PICTURES} | arguments))


def test_bad_splits_are_refused():
    generator = ImageDataGenerator(validation_split=0.1)
    with pytest.raises(ValueError, match="leaves one part empty"):
        generator.flow(PICTURES, subset="validation")
    generator = ImageDataGenerator(validation_split=0.5)
    with pytest.raises(ValueError, match="different classes"):
        generator.flow(PICTURES, [0, 0, 1, 1], subset="training")
    assert len(generator.flow(PICTURES, [0, 0, 1, 1], subset="training", ignore_class_split=True)) == 1


def test_bad_calls_are_refused():
    generator = ImageDataGenerator()
    with pytest.raises(ValueError, match=r"x has shape \(8, 8\)"):
        generator.apply_transform(np.zeros((8, 8)), {})
    with pytest.raises(ValueError, match=r"unknown transform parameters.*'angle'"):
        generator.apply_transform(PICTURES[0], {"angle": 3})
    with pytest.raises(ValueError, match="theta is nan"):
        generator.apply_transform(PICTURES[0], {"theta": np.nan})
    flow = generator.flow(PICTURES)
    with pytest.raises(IndexError, match="batch 1 of 1"):
        flow[1]
    with pytest.raises(ValueError, match="epoch is -1"):
        flow.epoch = -1
    halving = ImageDataGenerator(preprocessing_function=lambda picture: picture[::2])
    with pytest.raises(ValueError, match="must keep a picture's shape"):
        halving.flow(PICTURES)[0]


def test_bad_folders_are_refused(folder, tmp_path_factory):
    generator = ImageDataGenerator()
    with pytest.raises(ValueError, match="is not a folder"):
        generator.flow_from_directory(folder / "none")
    with pytest.raises(ValueError, match="no pictures found"):
        generator.flow_from_directory(tmp_path_factory.mktemp("empty"))
    with pytest.raises(ValueError, match=r"no folder for the classes \['thumb'\]"):
        generator.flow_from_directory(folder, classes=["fist", "thumb"])
    with pytest.raises(ValueError, match="class_mode"):
        generator.flow_from_directory(folder, class_mode="colour")
    with pytest.raises(ValueError, match="color_mode is 'cmyk'; use one of rgb, rgba, grayscale"):
        generator.flow_from_directory(folder, color_mode="cmyk")
    with pytest.raises(ValueError, match="needs a generator with a validation_split"):
        generator.flow_from_directory(folder, subset="training")
    (folder / "open" / "0.png").write_bytes(b"\x89PNG broken")
    with pytest.raises(ValueError, match=r"0\.png: no picture that can be read"):
        generator.flow_from_directory(folder)[0]
    with pytest.raises(ValueError, match="class_order is 'size'; use one of numbers, alphabet"):
        generator.flow_from_directory(folder, class_order="size")
    with pytest.raises(ValueError, match="interpolation is 'sinc'; use one of nearest"):
        generator.flow_from_directory(folder, interpolation="sinc")
    with pytest.raises(ValueError, match="class_mode is 'binary', but the classes are"):
        generator.flow_from_directory(folder, class_mode="binary", classes=["fist"])


@pytest.mark.parametrize(
    "arguments", [{"brightness_range": (0.5, 1.5)}, {"channel_shift_range": 20}, {"rescale": 1 / 255}]
)
def test_options_of_gray_levels_are_refused_for_pictures_in_0_to_1(arguments):
    (name,) = arguments
    generator, pictures = ImageDataGenerator(**arguments), np.full((2, 8, 8, 3), 200, np.float32)
    with pytest.raises(ValueError, match=f"{name} is .*meant for pictures in 0..255, .*up to 0.78"):
        generator.flow(pictures / 255)
    assert len(generator.flow(pictures)) == 1
