"""HGR1: photos with hand-made masks of skin."""

from functools import partial

import cv2
import numpy as np

from handvision.core.examples import Examples
from handvision.datasets import decoding
from handvision.datasets.errors import DataUnavailable
from handvision.datasets.readers import Files, reader


@reader("hgr1")
def read(files: Files) -> Examples:
    """Photos (a list, longest side 400) and masks of skin, forearm included; groups are people.

    The authors' masks are 1-bit BMP files in which 0 is skin; copies in which 255 is skin are told from
    them by their borders, which are mostly background.

    Raises:
        DataUnavailable: a photo has no mask.
    """
    keys, paths = zip(*files["photos"].items(), strict=True)
    missing = [key for key in keys if key not in files["masks"]]
    if missing:
        raise DataUnavailable(f"HGR1: no mask for photo {'_'.join(missing[0])} and {len(missing) - 1} more")
    photos = list(decoding.in_threads(partial(decoding.photo, longest=400), paths))
    mask_paths = [files["masks"][key] for key in keys]
    masks = list(decoding.in_threads(partial(decoding.mask, longest=400), mask_paths))
    borders = [np.concatenate([m[0], m[-1], m[:, 0], m[:, -1]]).mean() for m in masks]
    inverted = np.median(borders) > 127
    if inverted:
        masks = [255 - mask for mask in masks]
    names = tuple(sorted({gesture for gesture, _, _ in keys}))
    kind = mask_paths[0].suffix.lstrip(".").upper()
    return Examples(
        name="HGR1",
        photos=photos,
        masks=[_fitted(mask, photo.shape[:2]) for mask, photo in zip(masks, photos, strict=True)],
        # No rotations: elbows are in view, and upper arms bend away from forearms.
        labels=np.array([names.index(gesture) for gesture, _, _ in keys]),
        groups=np.array([int(person) for _, person, _ in keys]),
        class_names=names,
        source=f"{kind} masks, {'0' if inverted else '255'} = skin",
    )


def _fitted(mask: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    if mask.shape[:2] == size:
        return mask
    return cv2.resize(mask, size[::-1], interpolation=cv2.INTER_NEAREST)[..., None]
