"""Keras's `ImageDataGenerator`, several times faster: its arguments, its pictures, its folders.

Keras's own generator still works in Keras 3, but resamples each channel with SciPy and re-seeds NumPy's
global generator at every batch, so that parallel workers repeat each other. This one gives the same picture
for the same `apply_transform` dictionary, with one OpenCV warp, and its batch `i` is a pure function of
(seed, epoch, i). It keeps what Keras does to pictures that are not square, too: it rotates them about a point
beside their middle. The suite's trainings use `Augmentation` instead.
"""

import inspect
import os
import random
import secrets
import threading
from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import keras
import numpy as np

# Keras's private path, imported here alone: the public one needs TensorFlow, this one does not.
from keras.src.legacy.preprocessing import image as keras_image
from numpy.typing import ArrayLike, NDArray
from PIL.Image import Resampling

from handvision.augment.folders import Listing, list_classes
from handvision.augment.sequences import EpochSequence
from handvision.augment.transforms import transform
from handvision.core.checks import checked_batch, whole_number
from handvision.core.geometry import BORDERS, Affine
from handvision.media.pictures import PICTURES, on_black, open_picture

NEUTRAL = {
    "theta": 0.0,
    "tx": 0.0,
    "ty": 0.0,
    "shear": 0.0,
    "zx": 1.0,
    "zy": 1.0,
    "flip_horizontal": False,
    "flip_vertical": False,
    "channel_shift_intensity": None,
    "brightness": None,
}
FILL_MODES = (*BORDERS, "wrap")
COLOR_MODES = {"rgb": 3, "rgba": 4, "grayscale": 1}  # and their channels
CLASS_MODES = ("categorical", "binary", "sparse", "input", None)
INTERPOLATIONS = {each.name.lower(): each for each in Resampling}
Drawn = Mapping[str, Any]  # one transform, with the keys of NEUTRAL


class ImageDataGenerator(keras_image.ImageDataGenerator):
    """Draws random transforms of pictures, as Keras's `ImageDataGenerator` does.

    It takes Keras's own arguments, with Keras's defaults. The ones that matter for hands:

    Args:
        rotation_range: degrees, drawn from (-range, range).
        width_shift_range, height_shift_range: a float below 1 is a fraction of the size, a float from
            1 up is pixels; a whole number n draws from 0..n-1 pixels, a list draws one of its values.
        shear_range: degrees, below 90.
        zoom_range: z for (1 - z, 1 + z), or (low, high); above 1 the picture shrinks.
        brightness_range: (low, high); wants pictures in 0..255, because it passes through a uint8 image.
        channel_shift_range: gray levels.
        fill_mode: "nearest" (Keras's default: smears the wrist over the border), "constant" (`cval`),
            "reflect" or "wrap".
        horizontal_flip, vertical_flip: whether half of the pictures are mirrored.
        rescale, preprocessing_function, samplewise_*, featurewise_*, zca_*: as in Keras, after the warp.
        interpolation_order: 1 is the fast path; other orders, like the fill mode "wrap" and pictures of
            more than four channels, go through Keras's own code.
        validation_split: the fraction that `subset="validation"` takes, from the front.

    Only `channels_last` is supported. A flow yields float32 (`dtype`) whatever came in.

    Example:
        >>> generator = ImageDataGenerator(rotation_range=80, horizontal_flip=True, rescale=1 / 255)
        >>> train = generator.flow(photos, labels, seed=1, workers=2)
        >>> x, y = train[0]

    Raises:
        ValueError: an argument makes no sense; the message names it and its value.
    """

    # What `help` and editors show.
    __signature__ = inspect.signature(keras_image.ImageDataGenerator)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.data_format != "channels_last":
            raise ValueError(
                f"data_format is {self.data_format!r}: only 'channels_last' is supported; "
                "move the channels with np.moveaxis(x, 1, -1) and pass data_format='channels_last'"
            )
        if self.fill_mode not in FILL_MODES:
            raise ValueError(f"fill_mode is {self.fill_mode!r}; use one of {', '.join(FILL_MODES)}")
        if self.interpolation_order not in range(6):
            raise ValueError(f"interpolation_order is {self.interpolation_order!r}; use 0 to 5")
        if not np.issubdtype(np.dtype(self.dtype), np.floating):
            raise ValueError(f"dtype is {self.dtype!r}; pictures are yielded as floats, use 'float32'")
        if not (_is_number(self.cval) and np.isfinite(self.cval)):
            raise ValueError(f"cval is {self.cval!r}; use a finite number")
        if self.preprocessing_function is not None and not callable(self.preprocessing_function):
            raise ValueError(f"preprocessing_function is {self.preprocessing_function!r}, not a function")
        if not (self.rescale is None or (_is_number(self.rescale) and np.isfinite(self.rescale))):
            raise ValueError(f"rescale is {self.rescale!r}; use a finite number such as 1 / 255, or None")
        _check_range("rotation_range", self.rotation_range)
        _check_range("shear_range", self.shear_range, below=90)
        _check_range("channel_shift_range", self.channel_shift_range)
        _check_shift("width_shift_range", self.width_shift_range)
        _check_shift("height_shift_range", self.height_shift_range)
        if not all(0 < bound < np.inf for bound in self.zoom_range):
            raise ValueError(
                f"zoom_range gives factors from {self.zoom_range[0]} to {self.zoom_range[1]}; "
                "use a number below 1, or (low, high) with both above 0"
            )
        for bound in self.brightness_range or ():
            _check_range("brightness_range", bound)

    def flow(
        self,
        x: ArrayLike,
        y: ArrayLike | None = None,
        batch_size: int = 32,
        shuffle: bool = True,
        sample_weight: ArrayLike | None = None,
        seed: int | None = None,
        save_to_dir: str | Path | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        ignore_class_split: bool = False,
        subset: str | None = None,
        *,
        workers: int = 1,
        use_multiprocessing: bool = False,
        max_queue_size: int = 10,
    ) -> "ArrayFlow":
        """Batches of transformed pictures.

        Args:
            x: (n, height, width, channels) uint8 or float pictures.
            y: n labels of any shape, or None.
            batch_size, shuffle, sample_weight, save_to_dir, save_prefix, save_format,
                ignore_class_split: as in Keras.
            subset: "training" or "validation" of `validation_split`. As in Keras, validation pictures are
                augmented, too: for figures of the pictures as they are, take the subset from a second
                generator that has the same `validation_split` and no ranges.
            seed: int >= 0. None takes one from Python's `random`, so `keras.utils.set_random_seed` fixes it.
            workers, use_multiprocessing, max_queue_size: how `fit` runs the flow, see keras.utils.PyDataset.
                None of them changes a single value.

        Returns:
            Batches `x`, `(x, y)` or `(x, y, sample_weight)`.

        Raises:
            ValueError: an array has the wrong shape, length or values.
        """
        if isinstance(x, (tuple, list)):
            raise ValueError(
                f"x is a {type(x).__name__} of {len(x)}; give one array (n, height, width, channels), which "
                "np.stack makes of a list of pictures"
            )
        columns = {"x": checked_batch(x, "x")}
        self._check_gray_levels(columns["x"])
        columns |= {
            name: np.asarray(column)
            for name, column in (("y", y), ("sample_weight", sample_weight))
            if column is not None
        }
        for name, column in columns.items():
            if column.ndim == 0 or len(column) != len(columns["x"]):
                raise ValueError(f"{name} has shape {column.shape}, but x has {len(columns['x'])} pictures")
        columns = self._subset(columns, subset, ignore_class_split)
        return ArrayFlow(
            self,
            columns,
            batch_size=batch_size,
            shuffle=shuffle,
            seed=seed,
            save_to=(save_to_dir, save_prefix, save_format),
            workers=workers,
            use_multiprocessing=use_multiprocessing,
            max_queue_size=max_queue_size,
        )

    def flow_from_directory(
        self,
        directory: str | Path,
        target_size: tuple[int, int] = (256, 256),
        color_mode: str = "rgb",
        classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        save_to_dir: str | Path | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        follow_links: bool = False,
        subset: str | None = None,
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
        *,
        class_order: str = "numbers",
        workers: int = 1,
        use_multiprocessing: bool = False,
        max_queue_size: int = 10,
    ) -> "FileFlow":
        """Batches of pictures read from `directory`, one folder a class, as in Keras.

        Pictures are read as `predict` reads them: upright, 16 bits as 8, transparency as black. What systems
        leave in folders (`.ipynb_checkpoints`, `__MACOSX`, `._*`) is no class and no picture.

        Args:
            subset: "training" or "validation", as in Keras. Both are augmented: see `flow`.
            class_order: "numbers" sorts folders that are all numbers as numbers (0, 1, 2, 10), so that
                labels mean what the folders say; "alphabet" is Keras's order (0, 1, 10, 2).

        Returns:
            A `FileFlow`, with Keras's attributes `filenames`, `filepaths`, `classes`, `class_indices`,
            `samples`, `num_classes` and `image_shape`. Labels are numbers: `training.check_classes` compares
            the folders with the names that a model carries.

        Raises:
            ValueError: the folder is missing or holds no picture, an argument is not one of its choices,
                or, when a batch is drawn, a file is no picture.
        """
        if not Path(directory).is_dir():
            raise ValueError(f"{str(directory)!r} is not a folder")
        missing = [name for name in classes or () if not (Path(directory) / name).is_dir()]
        if missing:
            raise ValueError(f"{str(directory)!r} has no folder for the classes {missing}")
        self._check_subset(subset)
        _check_reading(color_mode, class_mode, interpolation)
        split = self._validation_split
        parts = {None: (0.0, 1.0), "validation": (0.0, split), "training": (split, 1.0)}
        listing = list_classes(
            directory, classes, class_order=class_order, part=parts[subset], follow_links=follow_links
        )
        if not listing.filenames:
            where = f" in the {subset} part" if subset else ""
            raise ValueError(
                f"no pictures found{where} under {str(directory)!r}; it should hold one folder a class, "
                f"with {' '.join(PICTURES)} files in it"
            )
        if class_mode == "binary" and len(listing.class_indices) != 2:
            raise ValueError(f"class_mode is 'binary', but the classes are {list(listing.class_indices)}")
        print(f"Found {len(listing.filenames)} images belonging to {len(listing.class_indices)} classes.")
        return FileFlow(
            self,
            directory,
            listing,
            class_mode=class_mode,
            reading=(color_mode, target_size, interpolation, keep_aspect_ratio),
            batch_size=batch_size,
            shuffle=shuffle,
            seed=seed,
            save_to=(save_to_dir, save_prefix, save_format),
            workers=workers,
            use_multiprocessing=use_multiprocessing,
            max_queue_size=max_queue_size,
        )

    def get_random_transform(self, img_shape: Sequence[int], seed: int | None = None) -> dict[str, Any]:
        """A dictionary for `apply_transform`, drawn from the ranges, with Keras's keys.

        Args:
            img_shape: (height, width, channels) of the picture.
            seed: int >= 0. None takes one from Python's `random`; NumPy's global generator is neither
                used nor seeded.
        """
        return self._draw(1, img_shape, np.random.default_rng(_seed(seed)))[0]

    def apply_transform(self, x: ArrayLike, transform_parameters: Drawn) -> NDArray:
        """The picture that Keras's `apply_transform` gives for the same dictionary.

        Args:
            x: (height, width, channels).
            transform_parameters: any of `theta` (degrees, positive turns the picture counter-clockwise),
                `tx`, `ty` (pixels), `shear` (degrees), `zx`, `zy`, `flip_horizontal`, `flip_vertical`,
                `channel_shift_intensity` and `brightness`.

        Returns:
            The same shape and dtype; integers are rounded, float only where colours change.
        """
        x = np.asarray(x)
        if x.ndim != 3:
            raise ValueError(f"x has shape {x.shape}; a picture is (height, width, channels)")
        drawn = _complete(transform_parameters)
        moved = self._warped(x, drawn)
        if np.issubdtype(x.dtype, np.integer):
            limits = np.iinfo(x.dtype)
            moved = np.floor(np.clip(moved, limits.min, limits.max) + 0.5)
        if drawn["channel_shift_intensity"] is None and drawn["brightness"] is None:
            return moved.astype(x.dtype, copy=False)
        return _recoloured(moved, drawn)

    def standardize(self, x: ArrayLike) -> NDArray:
        """Keras's `standardize`: in place for floats; other pictures are copied to float first."""
        x = np.asarray(x)
        return super().standardize(x if np.issubdtype(x.dtype, np.floating) else x.astype(self.dtype))

    def _draw(self, count: int, shape: Sequence[int], rng: np.random.Generator) -> list[dict[str, Any]]:
        """`count` random transforms as dictionaries of `apply_transform`."""
        # All numbers are drawn whatever the ranges, so that changing one range leaves the others' draws.
        unit = rng.random((12, count))
        low, high = self.zoom_range
        columns = {
            "theta": self.rotation_range * (2 * unit[0] - 1),
            "tx": _shifts(self.height_shift_range, unit[1], unit[2], shape[0]),
            "ty": _shifts(self.width_shift_range, unit[3], unit[4], shape[1]),
            "shear": self.shear_range * (2 * unit[5] - 1),
            "zx": low + (high - low) * unit[6],
            "zy": low + (high - low) * unit[7],
            "flip_horizontal": (unit[8] < 0.5) & bool(self.horizontal_flip),
            "flip_vertical": (unit[9] < 0.5) & bool(self.vertical_flip),
        }
        if self.channel_shift_range:
            columns["channel_shift_intensity"] = self.channel_shift_range * (2 * unit[10] - 1)
        if self.brightness_range is not None:
            dark, bright = self.brightness_range
            columns["brightness"] = dark + (bright - dark) * unit[11]
        return [NEUTRAL | {key: column[i].item() for key, column in columns.items()} for i in range(count)]

    def _augmented(self, pictures: Sequence[NDArray], drawn: Sequence[Drawn]) -> NDArray:
        """b pictures -> (b, height, width, channels) of `dtype`, warped, recoloured and standardised."""
        moved = [_recoloured(self._warped(*pair), pair[1]) for pair in zip(pictures, drawn, strict=True)]
        batch = np.stack(moved).astype(self.dtype, copy=False)
        if not (self.preprocessing_function or self.samplewise_center or self.samplewise_std_normalization):
            return self.standardize(batch).astype(self.dtype, copy=False)
        for i, picture in enumerate(batch):
            standardized = self.standardize(picture)
            if np.shape(standardized) != picture.shape:
                raise ValueError(
                    f"preprocessing_function turned {picture.shape} into {np.shape(standardized)}; "
                    "it must keep a picture's shape"
                )
            batch[i] = standardized
        return batch

    def _warped(self, picture: NDArray, drawn: Drawn) -> NDArray[np.float32]:
        picture = np.array(picture, np.float32)
        height, width, channels = picture.shape
        slow = self.fill_mode == "wrap" or self.interpolation_order != 1 or channels > 4
        # Quarter turns put border pixels on the border, where the last bit says in or out: only SciPy
        # rounds as SciPy does. They are never drawn at random, so they may take their time.
        theta = np.deg2rad(drawn["theta"])
        quarter = theta != 0 and abs(np.sin(2 * theta)) < 1e-12 and self.fill_mode == "constant"
        if slow or quarter:
            return _warped_by_keras(picture, drawn, self.fill_mode, self.cval, self.interpolation_order)
        if np.array_equal((affine := as_affine(drawn, height, width)).matrix, np.eye(2, 3)):
            return picture
        options = {"border": self.fill_mode, "fill": float(self.cval), "sharp_border": True}
        return affine.warp(picture, height, width, **options)

    def _check_gray_levels(self, pictures: NDArray) -> None:
        """Refuses options that count in gray levels 0 to 255 for pictures in [0, 1]."""
        if not 0 < pictures.max() <= 1:
            return
        options = {
            "brightness_range": self.brightness_range is not None,
            "channel_shift_range": self.channel_shift_range > 1,
            "rescale": self.rescale is not None and abs(self.rescale) < 0.02,
        }
        for name in (name for name, counts_in_gray_levels in options.items() if counts_in_gray_levels):
            raise ValueError(
                f"{name} is {getattr(self, name)}, which is meant for pictures in 0..255, but x has values up"
                f" to {pictures.max():.3g}: give pictures in 0..255, or leave {name} out"
            )

    def _check_subset(self, subset: str | None) -> None:
        if subset not in (None, "training", "validation"):
            raise ValueError(f"subset is {subset!r}; use 'training', 'validation' or None")
        if subset is not None and not self._validation_split:
            raise ValueError(
                f"subset={subset!r} needs a generator with a validation_split, "
                "such as ImageDataGenerator(validation_split=0.2)"
            )

    def _subset(
        self, columns: dict[str, NDArray], subset: str | None, ignore_class_split: bool
    ) -> dict[str, NDArray]:
        """The columns of one part. As in Keras, the first fraction is for validation."""
        self._check_subset(subset)
        if subset is None:
            return columns
        n = len(columns["x"])
        split = int(n * self._validation_split)
        if not 0 < split < n:
            raise ValueError(
                f"validation_split={self._validation_split} of {n} pictures leaves one part empty"
            )
        y = columns.get("y")
        if y is not None and not ignore_class_split:
            first, last = np.unique(y[:split]), np.unique(y[split:])
            if not np.array_equal(first, last):
                raise ValueError(
                    "the two parts hold different classes: shuffle x and y together before the split, "
                    "or pass ignore_class_split=True"
                )
        part = slice(None, split) if subset == "validation" else slice(split, None)
        return {name: column[part] for name, column in columns.items()}


class Flow(EpochSequence):
    """Batches for `fit`, for indexing and for `next`, which goes on from epoch to epoch without end."""

    def __init__(
        self,
        generator: ImageDataGenerator,
        n: int,
        *,
        seed: int | None,
        save_to: tuple[str | Path | None, str, str],
        **options: Any,
    ):
        self.batch_index = 0
        super().__init__(n, seed=_seed(seed), **options)
        self.image_data_generator = generator
        self.save_to_dir, self.save_prefix, self.save_format = save_to
        # Flows that share a folder and prefix do not overwrite each other's pictures.
        self._mark = secrets.token_hex(4)
        if self.save_to_dir is not None and not Path(self.save_to_dir).is_dir():
            raise ValueError(f"save_to_dir is {str(self.save_to_dir)!r}, which is not a folder: create it")
        self.lock = threading.Lock()

    @property
    def epoch(self) -> int:
        """Counts from 0. Setting it lets `next` start that epoch."""
        return self._epoch

    @epoch.setter
    def epoch(self, epoch: int) -> None:
        self._epoch = whole_number(epoch, 0, "epoch")
        self.batch_index = 0

    def __iter__(self) -> "Flow":
        return self

    def __next__(self) -> Any:
        # Only the count is under the lock: threads transform their batches side by side.
        with self.lock:
            if self.batch_index == len(self):
                self.epoch += 1
            epoch, index = self.epoch, self.batch_index
            self.batch_index += 1
        return self.batch(epoch, index)

    def reset(self) -> None:
        """Lets `next` start the epoch again."""
        self.batch_index = 0

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.lock = threading.Lock()

    def _save(self, batch: NDArray, indices: NDArray, epoch: int) -> None:
        if self.save_to_dir is None:
            return
        for picture, index in zip(batch, indices, strict=True):
            name = f"{self.save_prefix}_{index}_{epoch}_{self._mark}.{self.save_format}"
            keras.utils.array_to_img(picture, data_format="channels_last").save(Path(self.save_to_dir, name))


class ArrayFlow(Flow):
    """Batches from arrays: what `ImageDataGenerator.flow` returns."""

    def __init__(self, generator: ImageDataGenerator, columns: dict[str, NDArray], **options: Any):
        self.columns = columns
        super().__init__(generator, len(columns["x"]), **options)

    def _batch(self, indices: NDArray, rng: np.random.Generator, epoch: int) -> Any:
        x = self.columns["x"]
        drawn = self.image_data_generator._draw(len(indices), x.shape[1:], rng)
        batch = self.image_data_generator._augmented([x[i] for i in indices], drawn)
        self._save(batch, indices, epoch)
        others = [self.columns[name][indices] for name in ("y", "sample_weight") if name in self.columns]
        return (batch, *others) if others else batch


class FileFlow(Flow):
    """Batches from picture files: what `ImageDataGenerator.flow_from_directory` returns."""

    def __init__(
        self,
        generator: ImageDataGenerator,
        directory: str | Path,
        listing: Listing,
        *,
        class_mode: str | None,
        reading: tuple[str, Sequence[int], str, bool],
        **options: Any,
    ):
        self.filenames = listing.filenames
        self.filepaths = [os.path.join(str(directory), name) for name in listing.filenames]
        self.classes = listing.classes
        self.class_indices = listing.class_indices
        self.class_mode = class_mode
        self.samples = len(listing.filenames)
        self.num_classes = len(listing.class_indices)
        self._reading = reading
        color_mode, (height, width), *_ = reading
        self.image_shape = (height, width, COLOR_MODES[color_mode])
        super().__init__(generator, self.samples, **options)

    @property
    def labels(self) -> NDArray:
        return self.classes

    def _batch(self, indices: NDArray, rng: np.random.Generator, epoch: int) -> Any:
        generator = self.image_data_generator
        drawn = generator._draw(len(indices), self.image_shape, rng)
        batch = generator._augmented([self._read(self.filepaths[i]) for i in indices], drawn)
        self._save(batch, indices, epoch)
        if self.class_mode is None:
            return batch
        if self.class_mode == "input":
            return batch, batch.copy()
        classes = self.classes[indices]
        if self.class_mode == "categorical":
            return batch, np.eye(self.num_classes, dtype=generator.dtype)[classes]
        return batch, classes.astype(generator.dtype)

    def _read(self, path: str) -> NDArray[np.float32]:
        color_mode, (height, width), interpolation, keep_aspect_ratio = self._reading
        picture = open_picture(path)
        if color_mode == "rgba":
            picture = picture.convert("RGBA")
        else:
            picture = on_black(picture)
            picture = picture.convert("L") if color_mode == "grayscale" else picture
        if picture.size != (width, height):
            box = _middle(picture.size, (width, height)) if keep_aspect_ratio else None
            picture = picture.resize((width, height), INTERPOLATIONS[interpolation], box=box)
        array = np.asarray(picture, np.float32)
        return array[..., None] if array.ndim == 2 else array


def _check_reading(color_mode: str, class_mode: str | None, interpolation: str) -> None:
    for name, value, choices in (
        ("color_mode", color_mode, COLOR_MODES),
        ("class_mode", class_mode, CLASS_MODES),
        ("interpolation", interpolation, INTERPOLATIONS),
    ):
        if value not in choices:
            raise ValueError(f"{name} is {value!r}; use one of {', '.join(map(str, choices))}")


def _middle(size: tuple[int, int], aspect: tuple[int, int]) -> tuple[int, int, int, int]:
    """The largest box of this aspect in the middle of a picture, as Keras rounds it."""
    width, height = size
    crop_width = min(width, height * aspect[0] // aspect[1])
    crop_height = min(height, width * aspect[1] // aspect[0])
    left, top = (width - crop_width) // 2, (height - crop_height) // 2
    return left, top, left + crop_width, top + crop_height


def as_affine(drawn: Drawn, height: int, width: int) -> Affine:
    """The geometric part of a dictionary of `apply_transform`.

    Keras takes the centre's x from the height and its y from the width, and so do we: it matters for pictures
    that are not square.
    """
    return transform(
        (height, width),
        centre=(height / 2, width / 2),
        rotation_degrees=drawn["theta"],
        shift=(-drawn["tx"], -drawn["ty"]),
        shear_degrees=-drawn["shear"],
        shrink=(drawn["zx"], drawn["zy"]),
        flip_horizontal=drawn["flip_horizontal"],
        flip_vertical=drawn["flip_vertical"],
    )


def _warped_by_keras(
    picture: NDArray[np.float32], drawn: Drawn, fill_mode: str, cval: float, order: int
) -> NDArray[np.float32]:
    warped = keras_image.apply_affine_transform(
        picture,
        **{key: drawn[key] for key in ("theta", "tx", "ty", "shear", "zx", "zy")},
        row_axis=0,
        col_axis=1,
        channel_axis=2,
        fill_mode=fill_mode,
        cval=cval,
        order=order,
    )
    warped = warped[:, ::-1] if drawn["flip_horizontal"] else warped
    return warped[::-1] if drawn["flip_vertical"] else warped


def _recoloured(picture: NDArray, drawn: Drawn) -> NDArray:
    """Channel shift and brightness, as in Keras."""
    if drawn["channel_shift_intensity"] is not None:
        shifted = picture + np.float32(drawn["channel_shift_intensity"])
        picture = np.clip(shifted, picture.min(), picture.max())
    if drawn["brightness"] is not None:
        picture = keras_image.apply_brightness_shift(picture, drawn["brightness"], False)
    return picture


def _complete(transform_parameters: Drawn) -> Drawn:
    unknown = set(transform_parameters) - set(NEUTRAL)
    if unknown:
        raise ValueError(f"unknown transform parameters {sorted(unknown)}; known are {', '.join(NEUTRAL)}")
    for key, value in transform_parameters.items():
        if value is not None and not np.isfinite(value):
            raise ValueError(f"transform parameter {key} is {value}")
    return NEUTRAL | dict(transform_parameters)


def _shifts(
    shift_range: float | int | Sequence[float], magnitude: NDArray, sign: NDArray, size: int
) -> NDArray:
    """Pixels to shift by, from uniform numbers in [0, 1), with Keras's reading of the range."""
    if np.ndim(shift_range) == 0 and not isinstance(shift_range, Integral):
        shifts = shift_range * (2 * magnitude - 1)
    elif np.ndim(shift_range) == 0:
        shifts = np.floor(magnitude * shift_range) * np.where(sign < 0.5, -1.0, 1.0)
    else:
        choices = np.asarray(shift_range, float)
        shifts = choices[(magnitude * len(choices)).astype(int)] * np.where(sign < 0.5, -1.0, 1.0)
    return shifts * size if np.max(shift_range) < 1 else shifts


def _seed(seed: int | None) -> int:
    return random.getrandbits(31) if seed is None else whole_number(seed, 0, "seed")


def _check_range(name: str, value: Any, below: float = np.inf) -> None:
    if not (_is_number(value) and 0 <= value < below):
        limit = f" and below {below}" if np.isfinite(below) else ""
        raise ValueError(f"{name} is {value!r}; use a number from 0 up{limit}")


def _check_shift(name: str, value: Any) -> None:
    if np.ndim(value) == 1 and len(value) and np.all(np.isfinite(np.asarray(value, float))):
        return
    if np.ndim(value) or not _is_number(value) or not 0 <= value < np.inf:
        raise ValueError(f"{name} is {value!r}; use a number from 0 up, or a list of shifts to choose from")


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)
