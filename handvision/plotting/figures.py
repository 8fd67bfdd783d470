"""What all figures share: colours, size, and the small PNG that a notebook keeps."""

import base64
import io
import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from PIL import Image

from handvision.core.geometry import wrap_degrees

BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILION, PURPLE = (
    *("#000000", "#E69F00", "#56B4E9", "#009E73"),
    *("#F0E442", "#0072B2", "#D55E00", "#CC79A7"),
)
CURVES = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK)
DPI = 90
HALO = [patheffects.Stroke(linewidth=3.2, foreground="white"), patheffects.Normal()]


class _Picture(Figure):
    """A figure that any notebook shows, whatever backend runs, as a PNG of at most 256 colours.

    The palette keeps an executed notebook with many photos small: a third of a full-colour PNG.
    """

    def _ipython_display_(self) -> None:
        # Comes before the full-colour PNG that IPython makes of figures once pyplot is imported.
        from IPython.display import publish_display_data

        publish_display_data(self._repr_mimebundle_())

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict:
        full, small = io.BytesIO(), io.BytesIO()
        self.savefig(full, format="png")
        with Image.open(full) as picture:
            picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(small, "png", optimize=True)
        png = base64.b64encode(small.getvalue()).decode("ascii")
        return {"image/png": png, "text/plain": f"<Figure: {self.get_suptitle() or 'untitled'}>"}


def new_figure(width: float, height: float, title: str) -> Figure:
    figure = _Picture(figsize=(width, height), dpi=DPI, layout="constrained", facecolor="white")
    if title:
        figure.suptitle(title, fontsize=11)
    return figure


def grid(
    count: int,
    columns: int,
    title: str,
    captions: int,
    size: float = 1.15,
    below: float = 0.0,
    extra: float = 0.0,
    left: float = 0.0,
    least: float = 3.6,
) -> tuple[Figure, np.ndarray]:
    """A figure with `count` bare axes of `size` inches, `columns` in a row, as a flat array."""
    columns = min(columns, count)
    lines = -(-count // columns)
    above = 0.2 + 0.2 * (title.count("\n") + 1 if title else 0)
    height = lines * (size + 0.06 + 0.22 * captions) + above + below + extra
    figure = new_figure(max(least, columns * (size + 0.06) + left), height, title)
    axes = np.ravel(figure.subplots(lines, columns, squeeze=False))
    for axis in axes:
        axis.set_xticks([])
        axis.set_yticks([])
        for side in axis.spines.values():
            side.set_visible(False)
    for axis in axes[count:]:
        figure.delaxes(axis)
    return figure, axes[:count]


def draw(axis: Axes, image: np.ndarray, title: str = "") -> None:
    """A picture, so that the axis counts pixels from the picture's corner, as `core.geometry` does."""
    axis.imshow(image, cmap="gray", vmin=0, vmax=255, rasterized=True, extent=extent(image))
    if title:
        axis.set_title(title, fontsize=8, pad=3)


def extent(image: np.ndarray) -> tuple[float, float, float, float]:
    """Left, right, bottom, top: matplotlib's own count starts at the centre of the first pixel."""
    height, width = image.shape[:2]
    return 0, width, height, 0


def whole_degrees(value: float) -> str:
    return f"{round(float(wrap_degrees(round(float(value)))))}°"


def wrapped(name: object) -> str:
    return textwrap.fill(str(name), 17)


def heat_bar(figure: Figure, axes: Sequence[Axes], label: str) -> None:
    """A colour bar below, of heat from 0 to 1."""
    bar = figure.colorbar(
        ScalarMappable(Normalize(0, 1), "inferno"),
        ax=axes,
        location="bottom",
        shrink=0.5,
        aspect=30,
        pad=0.02,
    )
    bar.set_label(label, fontsize=8)
    bar.ax.tick_params(labelsize=7)
