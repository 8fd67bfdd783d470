"""How like each other hands are: a map of them, and distances with the radius beyond which none is named."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from handvision.core.checks import check_lengths
from handvision.plotting.figures import BLACK, CURVES, new_figure

_MARKERS = "osD^vPX"


def plot_map(vectors: ArrayLike, names: Sequence[str], title: str = "Hands by likeness") -> Figure:
    """Vectors in the plane in which they differ most (principal components), a colour and mark a name.

    Args:
        vectors: (n, d), n at least 3.
        names: (n,) of each.
    """
    points = np.asarray(vectors, np.float64)
    if points.ndim != 2 or len(points) < 3 or points.shape[1] < 2:
        raise ValueError(f"vectors are {points.shape}; give (n, d), at least 3 of at least 2 numbers")
    check_lengths(vectors=points, names=names)
    centred = points - points.mean(axis=0)
    _, spread, axes = np.linalg.svd(centred, full_matrices=False)
    places = centred @ axes[:2].T
    shares = spread[:2] ** 2 / max(float((spread**2).sum()), 1e-12)
    figure = new_figure(5.4, 4.9, title)
    axis = figure.add_subplot()
    for i, name in enumerate(dict.fromkeys(names)):
        rows = [row for row, of_row in enumerate(names) if of_row == name]
        colour, marker = CURVES[i % len(CURVES)], _MARKERS[i % len(_MARKERS)]
        x, y = places[rows].T
        axis.scatter(x, y, s=34, c=colour, marker=marker, edgecolors="white", linewidths=0.6, label=name)
    axis.set_aspect("equal", "datalim")
    axis.set_xlabel(f"first component, {shares[0]:.0%} of the variance", fontsize=9)
    axis.set_ylabel(f"second component, {shares[1]:.0%}", fontsize=9)
    axis.tick_params(labelsize=8)
    figure.legend(loc="outside lower center", ncols=3, fontsize=8, frameon=False)
    return figure


def plot_distances(
    distances: Mapping[str, ArrayLike], radius: float, title: str = "Distance to the nearest example"
) -> Figure:
    """Histograms of distances, one a name, and the radius beyond which a hand is refused.

    Args:
        distances: name -> (n,) distances.
        radius: in the same unit.
    """
    values = {name: np.asarray(each, np.float64).ravel() for name, each in distances.items()}
    if not values or not all(len(each) and np.isfinite(each).all() for each in values.values()):
        raise ValueError("distances are empty or not finite; give {name: distances}")
    edges = np.linspace(0, max(1.05 * max(each.max() for each in values.values()), 1.5 * radius), 31)
    figure = new_figure(6.0, 3.0, title)
    axis = figure.add_subplot()
    for i, (name, each) in enumerate(values.items()):
        colour, hatch = CURVES[i % len(CURVES)], ("", "//", "..")[i % 3]
        axis.hist(each, edges.tolist(), alpha=0.55, color=colour, hatch=hatch, label=f"{name} ({len(each)})")
    axis.axvline(radius, color=BLACK, linestyle="--", label=f"reject radius, {radius:.2f}")
    axis.set_xlabel("distance: 0 the same shape, about 1 another gesture", fontsize=9)
    axis.set_ylabel("hands", fontsize=9)
    axis.tick_params(labelsize=8)
    figure.legend(loc="outside lower center", ncols=3, fontsize=8, frameon=False)
    return figure
