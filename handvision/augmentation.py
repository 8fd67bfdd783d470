"""A fast `ImageDataGenerator`: Keras's arguments and pictures, one OpenCV warp an image.

Keras's own generator still works in Keras 3, but resamples each channel with SciPy and re-seeds
NumPy's global generator at every batch, so that parallel workers repeat each other. This one gives
the same picture for the same `apply_transform` dictionary, and draws from generators of its own:
batch `i` is a pure function of (seed, epoch, i). It can turn a photo and its mask through one
transform, and carries a hand's direction through the same transform as its picture.
"""

import functools
import operator
import random
import threading
from numbers import Integral, Real
from pathlib import Path

import cv2
import keras
import numpy as np

# The one place that imports Keras's private path: the public one needs TensorFlow, this one does not.
from keras.src.legacy.preprocessing import image as keras_image

FILL_MODES = ("constant", "nearest", "reflect", "wrap")
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


class ImageDataGenerator(keras_image.ImageDataGenerator):
    """Draws random transforms of pictures, as Keras's `ImageDataGenerator` does, several times faster.

    It takes Keras's own arguments, with Keras's defaults. The ones that matter for hands:

    Args:
        rotation_range: degrees, the turn is drawn from (-range, range).
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

    Turns are about the centre of square pictures. In others Keras takes the centre's x from the height and
    its y from the width, and so do we: pad them to squares where the place matters.

    Only `channels_last` is supported. A flow yields float32 (`dtype`) whatever came in.

    Example:
        >>> generator = ImageDataGenerator(rotation_range=180, horizontal_flip=True, fill_mode="constant")
        >>> train = generator.flow(masks, labels, rotations=rotations, seed=1, workers=2)
        >>> x, targets, weights = train[0]

    Raises:
        ValueError: an argument makes no sense; the message names it and its value.
    """

    @functools.wraps(keras_image.ImageDataGenerator.__init__)
    def __init__(self, *args, **kwargs):
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
        if self.brightness_range is not None:
            for bound in self.brightness_range:
                _check_range("brightness_range", bound)

    def flow(
        self,
        x,
        y=None,
        batch_size=32,
        shuffle=True,
        sample_weight=None,
        seed=None,
        save_to_dir=None,
        save_prefix="",
        save_format="png",
        ignore_class_split=False,
        subset=None,
        *,
        masks=None,
        rotations=None,
        binary=False,
        workers=1,
        use_multiprocessing=False,
        max_queue_size=10,
    ):
        """Batches of transformed pictures, with labels, rotation targets or masks.

        Args:
            x: (n, height, width, channels) uint8 or float pictures; or, as in Keras, a pair of them and
                an array (or list of arrays) of n more inputs that pass through unchanged.
            y: n labels of any shape, or None.
            batch_size, shuffle, sample_weight, save_to_dir, save_prefix, save_format,
                ignore_class_split, subset: as in Keras.
            seed: int >= 0. None takes one from Python's `random`, so `keras.utils.set_random_seed` fixes it.
            masks: (n, height, width, 1) of 0 and 1 or of 0 and 255, one for each photo. Each goes through
                its photo's transform, is interpolated linearly and thresholded at half, so it stays
                binary. What the photo's fill mode brings in from outside comes from the mask in the same
                way; where "constant" paints the photo with `cval`, the mask is 0.
            rotations: (n,) degrees counter-clockwise from image-up, NaN where not known.
            binary: True if `x` holds masks (two values, 0 and 1 or 0 and 255) that are to stay so: they are
                thresholded like `masks`, keep their values, and are then standardised (`rescale`), but not
                recoloured. Not needed before BoundingBoxCropLayer, which thresholds.
            workers, use_multiprocessing, max_queue_size: how `fit` runs the flow, see keras.utils.PyDataset.
                None of them changes a single value.

        Returns:
            An `ArrayFlow`. Its batches are `x`, `(x, y)` or `(x, y, sample_weight)`, with b pictures each;
            with rotations `(x, {"gesture": y, "rotation": (b, 2) float32 of (sin, cos)}, {"gesture": (b,),
            "rotation": (b,)})`, where the last are weights, 0 for rotations that are not known;
            with masks `(photos, masks)` or `(photos, masks, sample_weight)`, masks float32 of 0 and 1.

        Raises:
            ValueError: an array has the wrong shape, length or values.
        """
        x, extras = _split_extras(x)
        columns = {
            "x": _checked_pictures(x),
            "y": None if y is None else np.asarray(y),
            "sample_weight": None if sample_weight is None else np.asarray(sample_weight),
            "masks": None if masks is None else _checked_masks(masks, "masks"),
            "rotations": None if rotations is None else _checked_rotations(rotations),
        } | {f"x[1][{k}]": np.asarray(extra) for k, extra in enumerate(extras)}
        columns = {name: column for name, column in columns.items() if column is not None}
        for name, column in columns.items():
            if len(np.atleast_1d(column)) != len(columns["x"]) or column.ndim == 0:
                raise ValueError(f"{name} has shape {column.shape}, but x has {len(columns['x'])} pictures")
        if masks is not None and columns["masks"].shape[1:3] != columns["x"].shape[1:3]:
            raise ValueError(
                f"masks are {columns['masks'].shape[1:3]} (height, width), "
                f"but the photos are {columns['x'].shape[1:3]}; resize them first"
            )
        if masks is not None and (y is not None or rotations is not None or binary):
            raise ValueError("masks are the targets: give either masks, or y, rotations and binary")
        foreground = None
        if binary:
            foreground = float(columns["x"].max())
            columns["x"] = _checked_masks(columns["x"], "x (with binary=True)")
        columns = self._subset(columns, subset, ignore_class_split)
        return ArrayFlow(
            self,
            columns,
            foreground,
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
        directory,
        target_size=(256, 256),
        color_mode="rgb",
        classes=None,
        class_mode="categorical",
        batch_size=32,
        shuffle=True,
        seed=None,
        save_to_dir=None,
        save_prefix="",
        save_format="png",
        follow_links=False,
        subset=None,
        interpolation="nearest",
        keep_aspect_ratio=False,
        *,
        workers=1,
        use_multiprocessing=False,
        max_queue_size=10,
    ):
        """Batches of pictures read from `directory`, one folder a class, as in Keras.

        Returns:
            A `FileFlow`, with Keras's attributes `filenames`, `filepaths`, `classes`, `class_indices`,
            `samples`, `num_classes` and `image_shape`.

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
        listing = keras_image.DirectoryIterator(
            str(directory),
            self,
            target_size=target_size,
            color_mode=color_mode,
            classes=classes,
            class_mode=class_mode,
            data_format=self.data_format,
            follow_links=follow_links,
            subset=subset,
            interpolation=interpolation,
            keep_aspect_ratio=keep_aspect_ratio,
            dtype=self.dtype,
        )
        if not listing.samples:
            where = f" in the {subset} part" if subset else ""
            raise ValueError(
                f"no pictures found{where} under {str(directory)!r}; it should hold one folder a class, "
                f"with {', '.join(listing.white_list_formats)} files in it"
            )
        return FileFlow(
            self,
            listing,
            batch_size=batch_size,
            shuffle=shuffle,
            seed=seed,
            save_to=(save_to_dir, save_prefix, save_format),
            workers=workers,
            use_multiprocessing=use_multiprocessing,
            max_queue_size=max_queue_size,
        )

    def flow_from_dataframe(self, *args, **kwargs):
        """Not supported: it needs pandas, which the suite does not use."""
        raise NotImplementedError("flow_from_dataframe is not supported; use flow or flow_from_directory")

    def fit(self, x, augment=False, rounds=1, seed=None):
        """Measures what featurewise centring, featurewise scaling and ZCA whitening need, as in Keras.

        Args:
            x: (n, height, width, channels) pictures, as they are given to `flow`.
            augment: measure on `rounds` random transforms of each picture.
            seed: of those transforms.
        """
        x = _checked_pictures(x).astype(self.dtype)
        if augment:
            rng = np.random.default_rng(_checked_seed(seed))
            # Keras transforms the rescaled pictures, and its fit rescales what it is given.
            scale = self.rescale or 1
            x = np.concatenate(
                [
                    self._transform(x * scale, self._draw(len(x), x.shape[1:], rng)) / scale
                    for _ in range(_checked_count("rounds", rounds))
                ]
            )
        super().fit(x)

    def get_random_transform(self, img_shape, seed=None):
        """A dictionary for `apply_transform`, drawn from the ranges, with Keras's keys.

        Args:
            img_shape: (height, width, channels) of the picture.
            seed: int >= 0. None takes one from Python's `random`; NumPy's global generator is neither
                used nor seeded.
        """
        drawn = self._draw(1, img_shape, np.random.default_rng(_checked_seed(seed)))
        return {key: None if value is None else value[0].item() for key, value in drawn.items()}

    def apply_transform(self, x, transform_parameters):
        """The picture that Keras's `apply_transform` gives for the same dictionary.

        Args:
            x: (height, width, channels).
            transform_parameters: any of `theta` (degrees, positive turns the picture counter-clockwise),
                `tx` (columns, positive moves it left), `ty` (rows, positive moves it up), `shear`
                (degrees), `zx` and `zy` (above 1 shrinks), `flip_horizontal`, `flip_vertical`,
                `channel_shift_intensity` and `brightness`.

        Returns:
            (height, width, channels) of the same dtype; float32 after a change of channels or brightness.
        """
        x = np.asarray(x)
        if x.ndim != 3:
            raise ValueError(f"x has shape {x.shape}; one picture is (height, width, channels)")
        transforms = _as_arrays(transform_parameters)
        moved = self._warp([x], transforms)
        if np.issubdtype(x.dtype, np.integer):
            limits = np.iinfo(x.dtype)
            moved = np.floor(np.clip(moved, limits.min, limits.max) + 0.5)
        if transforms["channel_shift_intensity"] is None and transforms["brightness"] is None:
            return moved[0].astype(x.dtype, copy=False)
        return self._recoloured(moved, transforms)[0]

    def transform_mask(self, mask, transform_parameters):
        """A binary mask through the geometric part of `apply_transform`: (height, width, 1) of 0 and 1.

        Args:
            mask: (height, width, 1) of 0 and 1 or of 0 and 255.
        """
        mask = _checked_masks(np.asarray(mask)[None], "mask")
        return self._warped_masks(mask, _as_arrays(transform_parameters))[0]

    def transform_rotation(self, rotation_degrees, transform_parameters):
        """The direction of a hand after `apply_transform`: degrees in (-180, 180].

        Args:
            rotation_degrees: the direction before, counter-clockwise from image-up; NaN stays NaN.
        """
        rotation = _checked_rotations([rotation_degrees])
        ((sine, cosine),), (known,) = _turned(rotation, _as_arrays(transform_parameters))
        if not known:
            return float("nan")
        degrees = float(np.degrees(np.arctan2(sine, cosine)))
        return 180.0 if degrees == -180.0 else degrees

    def standardize(self, x):
        """Keras's `standardize`: in place for floats; other pictures are copied to float first."""
        x = np.asarray(x)
        return super().standardize(x if np.issubdtype(x.dtype, np.floating) else x.astype(self.dtype))

    def _draw(self, count, shape, rng):
        """`count` random transforms: the dictionary of `apply_transform`, with an array for each key."""
        # All numbers are drawn whatever the ranges, so that changing one range leaves the others' draws.
        unit = rng.random((12, count))
        low, high = self.zoom_range
        colours = {"channel_shift_intensity": None, "brightness": None}
        if self.channel_shift_range:
            colours["channel_shift_intensity"] = self.channel_shift_range * (2 * unit[10] - 1)
        if self.brightness_range is not None:
            dark, bright = self.brightness_range
            colours["brightness"] = dark + (bright - dark) * unit[11]
        return {
            "theta": self.rotation_range * (2 * unit[0] - 1),
            "tx": _shifts(self.height_shift_range, unit[1], unit[2], shape[0]),
            "ty": _shifts(self.width_shift_range, unit[3], unit[4], shape[1]),
            "shear": self.shear_range * (2 * unit[5] - 1),
            "zx": low + (high - low) * unit[6],
            "zy": low + (high - low) * unit[7],
            "flip_horizontal": (unit[8] < 0.5) & bool(self.horizontal_flip),
            "flip_vertical": (unit[9] < 0.5) & bool(self.vertical_flip),
        } | colours

    def _augmented(self, pictures, transforms):
        """b pictures -> (b, height, width, channels) of `dtype`, warped, recoloured and standardised."""
        return self._standardized(self._transform(pictures, transforms))

    def _standardized(self, batch):
        batch = batch.astype(self.dtype, copy=False)
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

    def _transform(self, pictures, transforms):
        return self._recoloured(self._warp(pictures, transforms), transforms)

    def _warped_masks(self, masks, transforms):
        """Masks of 0 and 1 through the photos' transforms: (b, height, width, 1) float32 of 0 and 1."""
        return (self._warp(masks, transforms, cval=0.0, order=1) > 0.5).astype(np.float32)

    def _warp(self, pictures, transforms, cval=None, order=None):
        """The geometric part: b pictures -> (b, height, width, channels) float32."""
        cval = self.cval if cval is None else cval
        order = self.interpolation_order if order is None else order
        height, width, channels = pictures[0].shape
        out = np.empty((len(pictures), height, width, channels), np.float32)
        maps = _output_to_input(transforms, height, width)
        if (maps == np.eye(2, 3)).all():
            for i, picture in enumerate(pictures):
                out[i] = picture
            return out
        by_keras = np.full(len(pictures), self.fill_mode == "wrap" or order != 1 or channels > 4)
        if not by_keras.any():
            _opencv_warp(pictures, maps, self.fill_mode, float(cval), out)
            if self.fill_mode == "constant":
                by_keras = _quarter_turns(transforms["theta"])
        for i in np.flatnonzero(by_keras):
            one = {key: None if value is None else value[i] for key, value in transforms.items()}
            out[i] = _keras_warp(pictures[i], one, self.fill_mode, cval, order)
        return out

    def _recoloured(self, batch, transforms):
        """Channel shift and brightness, as in Keras."""
        for i, picture in enumerate(batch):
            if transforms["channel_shift_intensity"] is not None:
                shifted = picture + np.float32(transforms["channel_shift_intensity"][i])
                np.clip(shifted, picture.min(), picture.max(), out=picture)
            if transforms["brightness"] is not None:
                picture[:] = keras_image.apply_brightness_shift(picture, transforms["brightness"][i], False)
        return batch

    def _check_subset(self, subset):
        if subset not in (None, "training", "validation"):
            raise ValueError(f"subset is {subset!r}; use 'training', 'validation' or None")
        if subset is not None and not self._validation_split:
            raise ValueError(
                f"subset={subset!r} needs a generator with a validation_split, "
                "such as ImageDataGenerator(validation_split=0.2)"
            )

    def _subset(self, columns, subset, ignore_class_split):
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


class Flow(keras.utils.PyDataset):
    """Batches that are a pure function of (seed, epoch, i), for `fit`, for indexing and for `next`.

    - `flow[i]` is batch `i` of the epoch in `epoch`, however often, by whichever worker it is asked for.
    - `on_epoch_end()`, which Keras's `fit` calls, goes to the next epoch. `fit` also calls it once before
      its first epoch, so set `epoch` in a callback's `on_epoch_begin` to be sure of the number.
    - Pass `shuffle=False` to `fit`: the flow shuffles by itself, and `fit` would shuffle the order of its
      batches with Python's global generator, so that a training could not be resumed exactly.
    - `next(flow)` gives batch after batch and goes to the next epoch by itself, without end. So does a
      `for` loop, as with Keras's own iterators.

    Attributes:
        epoch: int, 0 at first. Setting it goes to the start of that epoch.
        n, batch_size, shuffle, seed: as given; `seed` is the one that was drawn where None was given.
    """

    def __init__(self, generator, n, batch_size, shuffle, seed, save_to, **workers):
        super().__init__(**workers)
        self.image_data_generator = generator
        self.n = n
        self.batch_size = _checked_count("batch_size", batch_size)
        self.shuffle = bool(shuffle)
        self.seed = _checked_seed(seed)
        self.save_to_dir, self.save_prefix, self.save_format = save_to
        if self.save_to_dir is not None and not Path(self.save_to_dir).is_dir():
            raise ValueError(f"save_to_dir is {str(self.save_to_dir)!r}, which is not a folder: create it")
        _checked_count("workers", self.workers, least=0)
        self._epoch = 0
        self._order = (None, None)
        self.batch_index = 0
        self.lock = threading.Lock()
        self._leave_threads_to_workers()

    @property
    def epoch(self):
        return self._epoch

    @epoch.setter
    def epoch(self, epoch):
        self._epoch = _checked_count("epoch", epoch, least=0)
        self.batch_index = 0

    def __len__(self):
        return -(-self.n // self.batch_size)

    def __getitem__(self, i):
        return self._batch_of(self._epoch, i)

    def __iter__(self):
        return self

    def __next__(self):
        # Only the count is under the lock: threads transform their batches side by side.
        with self.lock:
            if self.batch_index == len(self):
                self.epoch += 1
            epoch, i = self._epoch, self.batch_index
            self.batch_index += 1
        return self._batch_of(epoch, i)

    def on_epoch_end(self):
        self.epoch += 1

    def reset(self):
        """Lets `next` start the epoch again."""
        self.batch_index = 0

    def __getstate__(self):
        return {key: value for key, value in self.__dict__.items() if key != "lock"}

    def __setstate__(self, state):
        self.__dict__.update(state)
        self.lock = threading.Lock()
        self._leave_threads_to_workers()

    def _batch_of(self, epoch, i):
        index = operator.index(i)
        if not -len(self) <= index < len(self):
            raise IndexError(f"batch {i} of {len(self)}")
        index %= len(self)
        order = self._order_of(epoch)
        # 0 is for the order, so that no batch shares its numbers.
        rng = np.random.default_rng((self.seed, epoch, 1 + index))
        return self._batch(order[index * self.batch_size : (index + 1) * self.batch_size], rng, epoch)

    def _order_of(self, epoch):
        known, order = self._order
        if known != epoch:
            order = np.arange(self.n)
            if self.shuffle:
                np.random.default_rng((self.seed, epoch, 0)).shuffle(order)
            self._order = (epoch, order)
        return order

    def _batch(self, indices, rng, epoch):
        raise NotImplementedError

    def _save(self, batch, indices, epoch):
        if self.save_to_dir is None:
            return
        for picture, index in zip(batch, indices, strict=True):
            name = f"{self.save_prefix}_{index}_{epoch}.{self.save_format}"
            keras.utils.array_to_img(picture, data_format="channels_last").save(Path(self.save_to_dir, name))

    def _leave_threads_to_workers(self):
        # OpenCV's own threads would compete with the workers, and do not survive the fork of a process.
        if self.workers > 1 or self.use_multiprocessing:
            cv2.setNumThreads(0)


class ArrayFlow(Flow):
    """Batches from arrays: what `ImageDataGenerator.flow` returns."""

    def __init__(self, generator, columns, foreground, **options):
        self.columns = columns
        # What a mask in x says for "hand", 1 or 255; None if x holds photos.
        self.foreground = foreground
        super().__init__(generator, len(columns["x"]), **options)

    def _batch(self, indices, rng, epoch):
        generator = self.image_data_generator
        x = self.columns["x"]
        transforms = generator._draw(len(indices), x.shape[1:], rng)
        pictures = [x[j] for j in indices]
        if self.foreground is None:
            batch = generator._augmented(pictures, transforms)
        else:
            masks = generator._warped_masks(pictures, transforms)
            batch = generator._standardized(masks * np.float32(self.foreground))
        self._save(batch, indices, epoch)
        others = {name: column[indices] for name, column in self.columns.items() if name != "x"}
        extras = [column for name, column in others.items() if name.startswith("x[1]")]
        return self._with_targets([batch, *extras] if extras else batch, others, transforms)

    def _with_targets(self, inputs, others, transforms):
        y, weights = others.get("y"), others.get("sample_weight")
        if "rotations" in others:
            rotation, known = _turned(others["rotations"], transforms)
            weights = np.ones_like(known) if weights is None else weights.astype(np.float32)
            if y is None:
                return inputs, {"rotation": rotation}, {"rotation": weights * known}
            targets = {"gesture": y, "rotation": rotation}
            return inputs, targets, {"gesture": weights, "rotation": weights * known}
        if "masks" in others:
            y = self.image_data_generator._warped_masks(others["masks"], transforms)
        if y is None:
            return inputs
        return (inputs, y) if weights is None else (inputs, y, weights)


class FileFlow(Flow):
    """Batches from picture files: what `ImageDataGenerator.flow_from_directory` returns."""

    def __init__(self, generator, listing, **options):
        self.filenames = listing.filenames
        self.filepaths = listing.filepaths
        self.classes = listing.classes
        self.class_indices = listing.class_indices
        self.class_mode = listing.class_mode
        self.samples = listing.samples
        self.num_classes = listing.num_classes
        self.image_shape = listing.image_shape
        self._reading = {
            "color_mode": listing.color_mode,
            "target_size": listing.target_size,
            "interpolation": listing.interpolation,
            "keep_aspect_ratio": listing.keep_aspect_ratio,
        }
        super().__init__(generator, listing.samples, **options)

    @property
    def labels(self):
        return self.classes

    def _batch(self, indices, rng, epoch):
        generator = self.image_data_generator
        transforms = generator._draw(len(indices), self.image_shape, rng)
        batch = generator._augmented([self._read(self.filepaths[j]) for j in indices], transforms)
        self._save(batch, indices, epoch)
        if self.class_mode is None:
            return batch
        if self.class_mode == "input":
            return batch, batch.copy()
        classes = self.classes[indices]
        if self.class_mode == "categorical":
            return batch, np.eye(self.num_classes, dtype=generator.dtype)[classes]
        return batch, classes.astype(generator.dtype)

    def _read(self, path):
        try:
            with keras.utils.load_img(path, **self._reading) as picture:
                return keras.utils.img_to_array(picture, data_format="channels_last", dtype="float32")
        except OSError as error:
            raise ValueError(f"{path} is no picture that can be read: {error}") from error


def _output_to_input(transforms, height, width):
    """(b, 2, 3) float64: for each picture, output (x, y, 1) -> input (x, y), flips included.

    As in Keras: rotation @ shift @ shear @ zoom about a centre, then the flips of what comes out. Keras
    takes the centre's x from the height and its y from the width, and so do we: it matters for pictures
    that are not square.
    """
    theta, shear = np.deg2rad(transforms["theta"]), np.deg2rad(transforms["shear"])
    cos, sin = np.cos(theta), np.sin(theta)
    tx, ty, zx, zy = (transforms[key] for key in ("tx", "ty", "zx", "zy"))
    x_of_x, y_of_x = cos * zx, sin * zx
    x_of_y = (-cos * np.sin(shear) - sin * np.cos(shear)) * zy
    y_of_y = (-sin * np.sin(shear) + cos * np.cos(shear)) * zy
    x, y = height / 2 - 0.5, width / 2 - 0.5
    x_start = cos * tx - sin * ty + x - (x_of_x * x + x_of_y * y)
    y_start = sin * tx + cos * ty + y - (y_of_x * x + y_of_y * y)
    maps = np.stack([x_of_x, x_of_y, x_start, y_of_x, y_of_y, y_start], axis=-1).reshape(-1, 2, 3)
    for axis, key, last in ((0, "flip_horizontal", width - 1), (1, "flip_vertical", height - 1)):
        flipped = np.asarray(transforms[key], bool)
        maps[flipped, :, 2] += last * maps[flipped, :, axis]
        maps[flipped, :, axis] *= -1
    return maps


def _opencv_warp(pictures, maps, fill_mode, cval, out):
    """Fills `out` (b, height, width, channels) float32 with the pictures seen through `maps`."""
    height, width, channels = out.shape[1:]
    border = {
        "constant": cv2.BORDER_CONSTANT,
        "nearest": cv2.BORDER_REPLICATE,
        "reflect": cv2.BORDER_REFLECT,
    }[fill_mode]
    for picture, output_to_input, warped in zip(pictures, maps, out, strict=True):
        cv2.warpAffine(
            np.asarray(picture, np.float32),
            output_to_input,
            (width, height),
            dst=warped,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=border,
            borderValue=(cval,) * 4,
        )
    if fill_mode == "constant":
        # OpenCV fades into the fill value over one pixel, SciPy (and so Keras) stops at the last pixel.
        fill = np.full((height, width, channels), cval, np.float32)
        columns = np.arange(width, dtype=np.int16)
        for first, last, warped in zip(*_inside_runs(maps, height, width), out, strict=True):
            outside = (columns < first) | (columns > last)
            cv2.copyTo(fill, outside.view(np.uint8), warped)


def _inside_runs(maps, height, width):
    """First and last column, (b, height, 1) int16 each, of every output row that lie inside the input.

    Both coordinates change linearly along a row of the output, so what is inside is one run of columns;
    it is empty where the first comes after the last.
    """
    limit = np.array([[width - 1.0], [height - 1.0]])
    slope = maps[:, :, :1]
    start = maps[:, :, 1:2] * np.arange(height) + maps[:, :, 2:]
    with np.errstate(divide="ignore", invalid="ignore"):
        at_zero, at_limit = -start / slope, (limit - start) / slope
    level = slope == 0
    never = (start < 0) | (start > limit)
    enters = np.where(level, np.where(never, np.inf, -np.inf), np.minimum(at_zero, at_limit)).max(axis=1)
    leaves = np.where(level, np.inf, np.maximum(at_zero, at_limit)).min(axis=1)
    first = np.clip(np.ceil(enters), 0, width)
    last = np.clip(np.floor(leaves), -1, width)
    return first.astype(np.int16)[..., None], last.astype(np.int16)[..., None]


def _quarter_turns(theta):
    """Which turns put border pixels on the border of the input, where the last bit says in or out.

    Nobody but SciPy rounds as SciPy does; these are never drawn at random, so they may take their time.
    """
    return (theta != 0) & (np.abs(np.sin(2 * np.deg2rad(theta))) < 1e-12)


def _keras_warp(picture, transform, fill_mode, cval, order):
    warped = keras_image.apply_affine_transform(
        np.asarray(picture, np.float32),
        **{key: transform[key] for key in ("theta", "tx", "ty", "shear", "zx", "zy")},
        row_axis=0,
        col_axis=1,
        channel_axis=2,
        fill_mode=fill_mode,
        cval=cval,
        order=order,
    )
    warped = warped[:, ::-1] if transform["flip_horizontal"] else warped
    return warped[::-1] if transform["flip_vertical"] else warped


def _turned(rotations, transforms):
    """Directions after the transforms: (b, 2) float32 of (sin, cos), and (b,) float32, 1 where known.

    A direction that is not known becomes image-up, with the weight 0: a NaN would spoil the loss even then.
    """
    known = np.isfinite(rotations)
    angles = np.deg2rad(np.where(known, rotations, 0.0))
    # Counter-clockwise from up, y pointing down: x = -sin, y = -cos.
    before = -np.stack([np.sin(angles), np.cos(angles)], axis=-1)[..., None]
    after = np.linalg.solve(_output_to_input(transforms, 1, 1)[:, :, :2], before)[..., 0]
    targets = -after / np.linalg.norm(after, axis=-1, keepdims=True)
    targets[~known] = (0.0, 1.0)
    return targets.astype(np.float32), known.astype(np.float32)


def _as_arrays(transform_parameters):
    """A dictionary of `apply_transform` as `_draw` gives it: every key, arrays of length 1."""
    unknown = set(transform_parameters) - set(NEUTRAL)
    if unknown:
        raise ValueError(f"unknown transform parameters {sorted(unknown)}; known are {', '.join(NEUTRAL)}")
    for key, value in transform_parameters.items():
        if value is not None and not np.isfinite(value):
            raise ValueError(f"transform parameter {key} is {value}")
    merged = NEUTRAL | dict(transform_parameters)
    return {key: None if value is None else np.array([value]) for key, value in merged.items()}


def _shifts(shift_range, magnitude, sign, size):
    """Pixels to shift by, from uniform numbers in [0, 1), with Keras's reading of the range."""
    if np.ndim(shift_range) == 0 and not isinstance(shift_range, Integral):
        shifts = shift_range * (2 * magnitude - 1)
    elif np.ndim(shift_range) == 0:
        shifts = np.floor(magnitude * shift_range) * np.where(sign < 0.5, -1.0, 1.0)
    else:
        choices = np.asarray(shift_range, float)
        shifts = choices[(magnitude * len(choices)).astype(int)] * np.where(sign < 0.5, -1.0, 1.0)
    return shifts * size if np.max(shift_range) < 1 else shifts


def _split_extras(x):
    """Keras's form (pictures, one or more arrays that pass through unchanged), or just pictures."""
    if not isinstance(x, (tuple, list)):
        return x, []
    if len(x) != 2 or np.ndim(x[0]) != 4:
        raise ValueError(
            f"x is a {type(x).__name__} of {len(x)}; give one array (n, height, width, channels), "
            "which np.stack makes of a list of pictures, or a pair (pictures, other inputs)"
        )
    return x[0], x[1] if isinstance(x[1], list) else [x[1]]


def _checked_pictures(x):
    x = np.asarray(x)
    if x.ndim != 4:
        hint = "; add the channel: x[..., None]" if x.ndim == 3 else ""
        raise ValueError(f"x has shape {x.shape}; pictures are (n, height, width, channels){hint}")
    if 0 in x.shape:
        raise ValueError(f"x has shape {x.shape}: there is no picture in it")
    if not (np.issubdtype(x.dtype, np.number) or x.dtype == bool) or np.iscomplexobj(x):
        raise ValueError(f"x has dtype {x.dtype}; pictures are uint8 or float")
    # The extremes are NaN if anything is, and need no copy of x.
    if not (np.isfinite(x.min()) and np.isfinite(x.max())):
        raise ValueError("x holds NaN or infinite values; clean the pictures first")
    return x


def _checked_masks(masks, name):
    """(n, height, width, 1) uint8 of 0 and 1."""
    masks = np.asarray(masks)
    if masks.ndim != 4 or masks.shape[-1] != 1 or 0 in masks.shape:
        raise ValueError(f"{name} has shape {masks.shape}; masks are (n, height, width, 1)")
    foreground = 255 if masks.max() > 1 else 1
    hand = masks == foreground
    if not (hand | (masks == 0)).all():
        raise ValueError(
            f"{name} is not binary: it holds values from {masks.min()} to {masks.max()} other than 0 and "
            f"{foreground}; threshold it first, e.g. (masks > 127).astype('uint8')"
        )
    return hand.view(np.uint8)


def _checked_rotations(rotations):
    rotations = np.asarray(rotations)
    if rotations.ndim != 1 or not np.issubdtype(rotations.dtype, np.number):
        raise ValueError(
            f"rotations are {rotations.dtype} of shape {rotations.shape}; give (n,) degrees, NaN if unknown"
        )
    if np.isinf(rotations).any():
        raise ValueError("rotations hold infinite values; use NaN where a rotation is not known")
    return rotations.astype(float)


def _checked_count(name, value, least=1):
    if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name} is {value!r}; use a whole number from {least} up")
    return int(value)


def _checked_seed(seed):
    return random.getrandbits(31) if seed is None else _checked_count("seed", seed, least=0)


def _check_range(name, value, below=np.inf):
    if not (_is_number(value) and 0 <= value < below):
        limit = f" and below {below}" if np.isfinite(below) else ""
        raise ValueError(f"{name} is {value!r}; use a number from 0 up{limit}")


def _check_shift(name, value):
    if np.ndim(value) == 1 and len(value) and np.all(np.isfinite(np.asarray(value, float))):
        return
    if np.ndim(value) or not _is_number(value) or not 0 <= value < np.inf:
        raise ValueError(f"{name} is {value!r}; use a number from 0 up, or a list of shifts to choose from")


def _is_number(value):
    return isinstance(value, Real) and not isinstance(value, bool)
