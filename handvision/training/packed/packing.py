"""Packs the reader's training into one small file: fewer close-ups, smaller pictures, first weights."""

import io
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from handvision.core.checks import checked_weights
from handvision.core.close_ups import REACH, CloseUps
from handvision.models.close_reader import build_close_reader
from handvision.training.close_reader_draws import heads_of_close_reader
from handvision.training.close_readers import close_ups_of
from handvision.training.fitting import set_seed
from handvision.training.packed.file import Pack, write
from handvision.training.recipe import CloseReaderRecipe

BUDGET = 48_000_000  # bytes of a whole pack
PICTURE, MASK = 160, 112  # their sides in pixels
QUALITY = 75
# There are many of these, and they are smooth anyway, or no hands.
LOW_QUALITY = 55
_OF_LOW_QUALITY = ("mesh", "persons", "without_hands")
_BESIDE = 140  # bytes of a close-up beside its files: points, box, labels


def pack_close_reader(recipe: CloseReaderRecipe, path: str | Path, budget: int = BUDGET) -> Pack:
    """Writes a file that `packed.run` trains from elsewhere.

    Args:
        recipe: of the training; its close-ups are cut here if they are not kept yet.
        path: of the file.
        budget: its bytes at most. Close-ups are left out evenly until it is kept: of each source as many
            stay as it is drawn often, all where it has fewer.

    Raises:
        ValueError: not even the weights fit into the budget.
        DataUnavailable, FileNotFoundError: as `close_readers.close_ups_of`.
    """
    set_seed(recipe.seed)
    model = build_close_reader(
        heads_of_close_reader(recipe.crop),
        recipe.crop,
        weights="mediapipe",
        frozen=True,
        **recipe.network,
        name=recipe.product,
    )
    layers = [layer for layer in model.layers if layer.weights]
    left = budget - 2 * model.count_params() - 100_000  # half precision, and the file's own names
    if left <= 0:
        raise ValueError(f"budget is {budget:,} bytes, the weights alone fill it; use {BUDGET:,}")
    train = thinned(close_ups_of(recipe, "train"), recipe.sources, round(0.9 * left))
    validation = close_ups_of(recipe, "validation")
    counts = {name: float((validation.sources == name).sum()) for name in set(validation.sources.tolist())}
    pack = Pack(
        recipe=recipe,
        side=PICTURE,
        mask_side=MASK,
        weights={layer.name: layer.get_weights() for layer in layers},
        pretrained=tuple(layer.name for layer in layers if not layer.trainable),
        train=train,
        validation=thinned(validation, counts, round(0.1 * left)),
    )
    write(pack, path)
    return pack


def thinned(close_ups: CloseUps, weights: Mapping[str, float], most: int) -> CloseUps:
    """As many of the close-ups as fill `most` bytes, with smaller files.

    Args:
        weights: source -> how often it is drawn beside the others.
    """
    packed: dict[int, tuple[bytes, bytes]] = {}

    def size(rows: NDArray[np.integer]) -> int:
        for row in rows.tolist():
            if row not in packed:
                packed[row] = _smaller(close_ups, row)
        return sum(
            len(picture) + len(mask) + _BESIDE for picture, mask in map(packed.__getitem__, rows.tolist())
        )

    rows = spread(close_ups.sources, weights, 300)
    rows = spread(close_ups.sources, weights, most * len(rows) // max(1, size(rows)))
    while len(rows) and (needed := size(rows)) > most:
        rows = spread(close_ups.sources, weights, int(0.995 * len(rows) * most / needed))
    fewer = close_ups.take(rows)
    return replace(
        fewer,
        pictures=[packed[row][0] for row in rows.tolist()],
        masks=[packed[row][1] for row in rows.tolist()],
        pixels=np.minimum(fewer.pixels, np.float32(PICTURE / REACH)),  # what is left of the hand
    )


def spread(sources: NDArray[np.str_], weights: Mapping[str, float], total: int) -> NDArray[np.integer]:
    """Rows of about `total` close-ups: of each source in proportion to its weight, evenly over its rows.

    What a source lacks is given to the others.
    """
    left = {name: np.flatnonzero(sources == name) for name in sorted(set(sources.tolist()))}
    shares = dict(zip(left, checked_weights([weights[name] for name in left]), strict=True))
    left = {name: rows for name, rows in left.items() if shares[name] > 0}
    chosen = []
    while left:
        each = max(0, total) / sum(shares[name] for name in left)
        few = [name for name, rows in left.items() if len(rows) <= each * shares[name]]
        for name in few or list(left):
            rows = left.pop(name)
            count = len(rows) if few else int(each * shares[name])
            chosen.append(rows[np.arange(count) * len(rows) // max(1, count)])
            total -= count if few else 0
    return np.sort(np.concatenate(chosen)) if chosen else np.zeros(0, int)


def _smaller(close_ups: CloseUps, row: int) -> tuple[bytes, bytes]:
    """Picture and mask of a close-up as small WebP files; "" where no mask is known."""
    low = close_ups.sources[row] in _OF_LOW_QUALITY
    photo = partial(_webp, side=PICTURE, how=Image.Resampling.LANCZOS)
    picture = photo(close_ups.pictures[row], quality=LOW_QUALITY if low else QUALITY)
    mask = close_ups.masks[row]
    # Nearest: its values are names.
    return picture, mask and _webp(mask, side=MASK, how=Image.Resampling.NEAREST, lossless=True)


def _webp(file: bytes, side: int, how: Image.Resampling, **options: int | bool) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(file)) as picture:
        picture.convert("RGB").resize((side, side), how).save(out, "WEBP", **options)
    return out.getvalue()
