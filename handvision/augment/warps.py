"""What a transform does to pixels and to directions: one OpenCV warp, or Keras's own code."""

import cv2
import numpy as np

from handvision.augment.legacy import keras_image

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


def as_arrays(transform_parameters):
    """A dictionary of `apply_transform` as `_draw` gives it: every key, arrays of length 1."""
    unknown = set(transform_parameters) - set(NEUTRAL)
    if unknown:
        raise ValueError(f"unknown transform parameters {sorted(unknown)}; known are {', '.join(NEUTRAL)}")
    for key, value in transform_parameters.items():
        if value is not None and not np.isfinite(value):
            raise ValueError(f"transform parameter {key} is {value}")
    merged = NEUTRAL | dict(transform_parameters)
    return {key: None if value is None else np.array([value]) for key, value in merged.items()}


def output_to_input(transforms, height, width):
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


def opencv_warp(pictures, maps, fill_mode, cval, out):
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


def quarter_turns(theta):
    """Which turns put border pixels on the border of the input, where the last bit says in or out.

    Nobody but SciPy rounds as SciPy does; these are never drawn at random, so they may take their time.
    """
    return (theta != 0) & (np.abs(np.sin(2 * np.deg2rad(theta))) < 1e-12)


def keras_warp(picture, transform, fill_mode, cval, order):
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


def turned(rotations, transforms):
    """Directions after the transforms: (b, 2) float32 of (sin, cos), and (b,) float32, 1 where known.

    A direction that is not known becomes image-up, with the weight 0: a NaN would spoil the loss even then.
    """
    known = np.isfinite(rotations)
    angles = np.deg2rad(np.where(known, rotations, 0.0))
    # Counter-clockwise from up, y pointing down: x = -sin, y = -cos.
    before = -np.stack([np.sin(angles), np.cos(angles)], axis=-1)[..., None]
    after = np.linalg.solve(output_to_input(transforms, 1, 1)[:, :, :2], before)[..., 0]
    targets = -after / np.linalg.norm(after, axis=-1, keepdims=True)
    targets[~known] = (0.0, 1.0)
    return targets.astype(np.float32), known.astype(np.float32)
