"""Massey University 2D static hand gestures: five people's hands, cut out on black."""

from functools import partial

import numpy as np

from handvision.core.examples import Examples
from handvision.datasets import decoding, labelling
from handvision.datasets.readers import Files, reader

SIGNS = tuple("0123456789abcdefghijklmnopqrstuvwxyz")


@reader("massey")
def read(files: Files) -> Examples:
    """Photos (longest side 200) and masks of what is not black; 36 signs, groups are people."""
    keys, paths = zip(*files["photos"].items(), strict=True)
    photos = decoding.in_threads(partial(decoding.photo, longest=200), paths)
    return Examples(
        name="Massey hand gestures",
        photos=photos,
        masks=decoding.in_threads(labelling.cut_out_on_black, photos),
        labels=np.array([SIGNS.index(sign.lower()) for _, sign, _, _ in keys]),
        groups=np.array([int(person) for person, _, _, _ in keys]),
        class_names=SIGNS,
        source="masks of what is not black",
    )
