"""The generator: its ranges, what it draws from them, and what it makes of pictures, masks and directions."""

import functools
from numbers import Integral
from pathlib import Path

import numpy as np

from handvision.augment.checks import (
    check_range,
    check_shift,
    checked_count,
    checked_masks,
    checked_pictures,
    checked_rotations,
    checked_seed,
    is_number,
)
from handvision.augment.flows import ArrayFlow, FileFlow
from handvision.augment.legacy import keras_image
from handvision.augment.warps import (
    as_arrays,
    keras_warp,
    opencv_warp,
    output_to_input,
    quarter_turns,
    turned,
)

FILL_MODES = ("constant", "nearest", "reflect", "wrap")


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
        if not (is_number(self.cval) and np.isfinite(self.cval)):
            raise ValueError(f"cval is {self.cval!r}; use a finite number")
        if self.preprocessing_function is not None and not callable(self.preprocessing_function):
            raise ValueError(f"preprocessing_function is {self.preprocessing_function!r}, not a function")
        if not (self.rescale is None or (is_number(self.rescale) and np.isfinite(self.rescale))):
            raise ValueError(f"rescale is {self.rescale!r}; use a finite number such as 1 / 255, or None")
        check_range("rotation_range", self.rotation_range)
        check_range("shear_range", self.shear_range, below=90)
        check_range("channel_shift_range", self.channel_shift_range)
        check_shift("width_shift_range", self.width_shift_range)
        check_shift("height_shift_range", self.height_shift_range)
        if not all(0 < bound < np.inf for bound in self.zoom_range):
            raise ValueError(
                f"zoom_range gives factors from {self.zoom_range[0]} to {self.zoom_range[1]}; "
                "use a number below 1, or (low, high) with both above 0"
            )
        if self.brightness_range is not None:
            for bound in self.brightness_range:
                check_range("brightness_range", bound)

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
            "x": checked_pictures(x),
            "y": None if y is None else np.asarray(y),
            "sample_weight": None if sample_weight is None else np.asarray(sample_weight),
            "masks": None if masks is None else checked_masks(masks, "masks"),
            "rotations": None if rotations is None else checked_rotations(rotations),
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
            columns["x"] = checked_masks(columns["x"], "x (with binary=True)")
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
        x = checked_pictures(x).astype(self.dtype)
        if augment:
            rng = np.random.default_rng(checked_seed(seed))
            # Keras transforms the rescaled pictures, and its fit rescales what it is given.
            scale = self.rescale or 1
            x = np.concatenate(
                [
                    self._transform(x * scale, self._draw(len(x), x.shape[1:], rng)) / scale
                    for _ in range(checked_count("rounds", rounds))
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
        drawn = self._draw(1, img_shape, np.random.default_rng(checked_seed(seed)))
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
        transforms = as_arrays(transform_parameters)
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
        mask = checked_masks(np.asarray(mask)[None], "mask")
        return self._warped_masks(mask, as_arrays(transform_parameters))[0]

    def transform_rotation(self, rotation_degrees, transform_parameters):
        """The direction of a hand after `apply_transform`: degrees in (-180, 180].

        Args:
            rotation_degrees: the direction before, counter-clockwise from image-up; NaN stays NaN.
        """
        rotation = checked_rotations([rotation_degrees])
        ((sine, cosine),), (known,) = turned(rotation, as_arrays(transform_parameters))
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
        maps = output_to_input(transforms, height, width)
        if (maps == np.eye(2, 3)).all():
            for i, picture in enumerate(pictures):
                out[i] = picture
            return out
        by_keras = np.full(len(pictures), self.fill_mode == "wrap" or order != 1 or channels > 4)
        if not by_keras.any():
            opencv_warp(pictures, maps, self.fill_mode, float(cval), out)
            if self.fill_mode == "constant":
                by_keras = quarter_turns(transforms["theta"])
        for i in np.flatnonzero(by_keras):
            one = {key: None if value is None else value[i] for key, value in transforms.items()}
            out[i] = keras_warp(pictures[i], one, self.fill_mode, cval, order)
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
