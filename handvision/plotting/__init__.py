"""Every figure and table that a notebook shows.

Arrays come in, a matplotlib figure goes out. Pictures are uint8, or floats in [0, 1], of shape
(height, width), (height, width, 1) or (height, width, 3); many of them are one array or a list.
Shares such as accuracy and IoU are floats in [0, 1] and are shown in percent.

The figures stand outside pyplot: none stays open, and a notebook shows each exactly once, as the
value of a cell or through `display`. Colours are those of Okabe and Ito ("Color Universal Design",
2008), which colour-blind people can tell apart.
"""

from handvision.plotting.curves import (
    plot_bars,
    plot_confusion,
    plot_graph,
    plot_history,
    plot_rotation_accuracy,
)
from handvision.plotting.looks import show_centres
from handvision.plotting.pictures import (
    plot_keypoints,
    show_attention,
    show_augmented,
    show_masks,
    show_readings,
    show_samples,
    show_worst,
)
from handvision.plotting.shapes import plot_distances, plot_map
from handvision.plotting.tables import Table, percent, table

__all__ = [
    "Table",
    "percent",
    "plot_bars",
    "plot_confusion",
    "plot_distances",
    "plot_graph",
    "plot_history",
    "plot_keypoints",
    "plot_map",
    "plot_rotation_accuracy",
    "show_attention",
    "show_augmented",
    "show_centres",
    "show_masks",
    "show_readings",
    "show_samples",
    "show_worst",
    "table",
]
