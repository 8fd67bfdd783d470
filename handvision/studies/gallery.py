"""A page with the worst masks of every test set, for the reader's own eyes: it may show real photos."""

import html
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from handvision.core.examples import Examples
from handvision.core.files import replacing
from handvision.evaluation import predict_masks
from handvision.plotting import show_worst

if TYPE_CHECKING:
    import keras


def worst_masks(
    folder: str | Path, model: "keras.Model", tests: Mapping[str, Examples], count: int = 24
) -> Path:
    """Writes the page and its pictures.

    Args:
        folder: where they go; not a place that is committed.
        model: a segmenter.
        tests: id -> Examples with photos and masks.
        count: pictures of each test set.

    Returns:
        The page.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    parts = ["<!DOCTYPE html><title>Worst masks</title><h1>Worst masks</h1>"]
    for name, test in tests.items():
        photos, masks = test.batch("photos"), test.batch("masks")
        predicted = predict_masks(model, photos)
        shown = np.flatnonzero(masks.any(axis=(1, 2, 3)))
        if not len(shown):  # without hands the worst are those with most of a mask
            shown = np.argsort(-predicted.mean(axis=(1, 2, 3)), kind="stable")[:count]
        figure = show_worst(photos[shown], masks[shown], predicted[shown], count=count)
        figure.savefig(folder / f"{name}.png", dpi=150)
        parts.append(f"<h2>{html.escape(test.name)}</h2><img src='{name}.png' style='max-width:100%'>")
    with replacing(folder / "index.html") as page:
        page.write_text("\n".join(parts), encoding="utf-8")
    return folder / "index.html"
