"""Houses dataset: photos of rooms and houses without people."""

from functools import partial

import numpy as np

from handvision.core.examples import Examples
from handvision.datasets import decoding
from handvision.datasets.readers import Files, reader


@reader("houses")
def read(files: Files) -> Examples:
    """Photos (a list, longest side 320); groups name the place ("house 12")."""
    keys, paths = zip(*files["photos"].items(), strict=True)
    return Examples(
        name="houses",
        photos=list(decoding.in_threads(partial(decoding.photo, longest=320), paths)),
        groups=np.array([f"house {number}" for number, _ in keys]),
        source="rooms and houses",
    )
