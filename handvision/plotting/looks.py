"""What a first look sees: where in the photo a hand's middle may be, and the hands at the peaks."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from handvision.core.checks import as_pictures, check_lengths
from handvision.plotting.figures import HALO, ORANGE, SKY, draw, extent, grid, heat_bar
from handvision.plotting.pictures import Pictures


def show_centres(
    photos: Pictures,
    centres: ArrayLike,
    found: Mapping[str, NDArray] | None = None,
    least_score: float = 0.3,
    columns: int = 4,
    title: str = "",
) -> Figure:
    """Photos under their centre maps, with the hands at the peaks: box, direction, score.

    Args:
        photos: n pictures.
        centres: (n, h, w, 1) in [0, 1], of any resolution; NaN where nobody knows.
        found: what `PeaksLayer` gives of these maps: `score` (n, k), `box` (n, k, 4) in pixels of the photos,
            `direction` (n, k, 2) sine and cosine. None draws the maps alone.
        least_score: peaks below it are left out.
    """
    photos, maps = as_pictures(photos, "photos"), np.asarray(centres, np.float32)
    check_lengths(photos=photos, centres=maps)
    if maps.ndim != 4 or maps.shape[-1] != 1:
        raise ValueError(f"centres has shape {maps.shape}; centre maps are (n, height, width, 1)")
    title = title or "Centre maps: one peak a hand"
    if found is not None:
        title += "\nbox, and arrow from wrist to middle knuckle: what the other maps say at the peak"
    captions = 0 if found is None else 1
    figure, axes = grid(len(photos), columns, title, captions, size=1.9, below=0.5, least=4.4)
    for i, (axis, photo) in enumerate(zip(axes, photos, strict=True)):
        draw(axis, photo)
        heat = np.nan_to_num(maps[i, ..., 0])
        axis.imshow(heat, cmap="inferno", norm=Normalize(0, 1), alpha=0.85 * heat, extent=extent(photo))
        if found is not None:
            score, box, direction = (found[name][i] for name in ("score", "box", "direction"))
            rows = np.flatnonzero(score >= least_score)
            for row in rows:
                _draw_found(axis, box[row], direction[row])
            said = ", ".join(f"{score[row]:.2f}" for row in rows)
            axis.set_title(f"scores {said}" if said else "no peak", fontsize=8, pad=3)
    heat_bar(figure, list(axes), "a hand's middle, from 0 to 1")
    return figure


def _draw_found(axis: Axes, box: np.ndarray, direction: np.ndarray) -> None:
    x0, y0, x1, y1 = box
    axis.plot([x0, x1, x1, x0, x0], [y0, y0, y1, y1, y0], color=ORANGE, lw=1.5, path_effects=HALO)
    x, y, reach = (x0 + x1) / 2, (y0 + y1) / 2, 0.45 * max(x1 - x0, y1 - y0)
    sine, cosine = direction
    tip, tail = (x - reach * sine, y - reach * cosine), (x + reach * sine, y + reach * cosine)
    axis.annotate("", xy=tip, xytext=tail, arrowprops={"arrowstyle": "-|>", "color": SKY, "lw": 1.6})
