"""Every figure and table that a notebook shows.

Arrays come in, a matplotlib figure goes out. Pictures are uint8, or floats in [0, 1], of shape
(height, width), (height, width, 1) or (height, width, 3); many of them are one array or a list.
Shares such as accuracy and IoU are floats in [0, 1] and are shown in percent.

The figures stand outside pyplot: none stays open, and a notebook shows each exactly once, as the
value of a cell or through `display`. Colours are those of Okabe and Ito ("Color Universal Design",
2008), which colour-blind people can tell apart.
"""

import base64
import html
import io
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from matplotlib import patheffects
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, PercentFormatter
from PIL import Image

BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILION, PURPLE = (
    *("#000000", "#E69F00", "#56B4E9", "#009E73"),
    *("#F0E442", "#0072B2", "#D55E00", "#CC79A7"),
)
CURVES = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK)
DPI = 90
HALO = [patheffects.Stroke(linewidth=3.2, foreground="white"), patheffects.Normal()]

# MediaPipe's 21 points: the wrist, then four of each finger from the palm out.
FINGERS = {
    "thumb": ((0, 1, 2, 3, 4), VERMILION),
    "index finger": ((0, 5, 6, 7, 8), ORANGE),
    "middle finger": ((9, 10, 11, 12), GREEN),
    "ring finger": ((13, 14, 15, 16), SKY),
    "little finger": ((0, 17, 18, 19, 20), BLUE),
    "palm": ((5, 9, 13, 17), BLACK),
}


# --- pictures -----------------------------------------------------------------------------------------


def show_samples(images, titles: Sequence[str] | None = None, columns: int = 8, title: str = "") -> Figure:
    """A grid of photos or masks, row by row, each under its own title if `titles` are given."""
    images = _pictures(images, "images")
    if titles is not None:
        _same_length(images=images, titles=titles)
    if columns < 1:
        raise ValueError(f"columns is {columns}; use 1 or more")
    figure, axes = _grid(len(images), columns, title, captions=1 if titles is not None else 0)
    for i, image in enumerate(images):
        _draw(axes[i], image, "" if titles is None else str(titles[i]))
    return figure


def show_augmented(originals, augmented_versions, rotations=None, title: str = "") -> Figure:
    """One row for each original: the original, then its augmented versions.

    Args:
        originals: n pictures.
        augmented_versions: k batches of n pictures each, as k passes of a generator without
            shuffling give them; `augmented_versions[j][i]` is made from `originals[i]`.
        rotations: (1 + k, n) degrees, counter-clockwise from image-up: row 0 for the originals, row
            1 + j for batch j. Each becomes an arrow from wrist to middle knuckle; NaN draws none.
    """
    originals = _pictures(originals, "originals")
    batches = [originals, *(_pictures(batch, "augmented_versions") for batch in augmented_versions)]
    _same_length(originals=originals, **{f"augmented_versions[{j}]": b for j, b in enumerate(batches[1:])})
    if rotations is not None:
        rotations = np.asarray(rotations, float)
        if rotations.shape != (len(batches), len(originals)):
            raise ValueError(
                f"rotations has shape {rotations.shape}; {len(originals)} originals with"
                f" {len(batches) - 1} versions each need {(len(batches), len(originals))}"
            )
    title = title or "Originals (left) and what augmentation makes of them"
    if rotations is not None:
        title += "\narrow: wrist to middle knuckle, degrees counter-clockwise from image-up"
    captions = 1 if rotations is not None else 0
    figure, axes = _grid(len(originals) * len(batches), len(batches), title, captions)
    for i in range(len(originals)):
        for j, batch in enumerate(batches):
            axis = axes[i * len(batches) + j]
            _draw(axis, batch[i])
            if rotations is not None and np.isfinite(rotations[j, i]):
                _arrow(axis, batch[i].shape, rotations[j, i])
                axis.set_title(_degrees(rotations[j, i]), fontsize=8)
    return figure


def show_masks(photos, masks, predicted=None, scores=None, columns: int = 6, title: str = "") -> Figure:
    """Photos with the outline of the true mask and, if given, of the predicted one.

    Args:
        photos, masks, predicted: n pictures each; masks are uint8 0 to 255 or floats in [0, 1], cut
            at the half.
        scores: (n,) IoU in [0, 1] for the titles; measured here if there are predictions.
    """
    photos, masks, predicted, scores = _photos_with_masks(photos, masks, predicted, scores)
    title = title or ("True and predicted hand masks" if predicted is not None else "Photos and hand masks")
    captions = 1 if scores is not None else 0
    figure, axes = _grid(len(photos), columns, title, captions, size=1.5, below=0.3)
    for i, photo in enumerate(photos):
        _draw(axes[i], photo, "" if scores is None else f"IoU {scores[i]:.2f}")
        _outline(axes[i], masks[i], BLUE, "solid")
        if predicted is not None:
            _outline(axes[i], predicted[i], VERMILION, (0, (4, 2)))
    lines = [Line2D([], [], color=BLUE, label="true outline")]
    if predicted is not None:
        lines.append(Line2D([], [], color=VERMILION, linestyle=(0, (4, 2)), label="predicted outline"))
    figure.legend(handles=lines, loc="outside lower center", ncols=2, fontsize=8, frameon=False)
    return figure


def show_worst(photos, masks, predicted, scores=None, count: int = 6, title: str = "") -> Figure:
    """`show_masks` of the `count` pictures with the lowest scores, worst first."""
    photos, masks, predicted, scores = _photos_with_masks(photos, masks, predicted, scores)
    if scores is None:
        raise ValueError("predicted is None; the worst cases need predictions or scores")
    worst = np.argsort(scores, kind="stable")[:count]
    title = title or f"The {len(worst)} worst of {len(photos)} predicted masks"
    predicted = None if predicted is None else [predicted[i] for i in worst]
    return show_masks(
        [photos[i] for i in worst], [masks[i] for i in worst], predicted, scores[worst], title=title
    )


def show_attention(crops, maps, titles: Sequence[str] | None = None, columns: int = 8, title="") -> Figure:
    """What the attention block looks at: a heat-map, scaled to its own maximum, and the crop's outline.

    Args:
        crops: n pictures, as BoundingBoxCropLayer gives them.
        maps: (n, h, w) or (n, h, w, 1) floats >= 0, of any resolution.
    """
    crops = _pictures(crops, "crops")
    maps = [np.asarray(m, np.float32) for m in maps]
    _same_length(crops=crops, maps=maps)
    if titles is not None:
        _same_length(crops=crops, titles=titles)
    title = title or "Where the attention block looks (blue: outline of the crop)"
    figure, axes = _grid(
        len(crops), columns, title, captions=1 if titles is not None else 0, below=0.45, least=4.4
    )
    heat = None
    for i, (crop, weights) in enumerate(zip(crops, maps, strict=True)):
        weights = weights[..., 0] if weights.ndim == 3 and weights.shape[-1] == 1 else weights
        if weights.ndim != 2 or not np.isfinite(weights).all() or weights.min() < 0:
            raise ValueError(
                f"maps[{i}] has shape {weights.shape} and values from {np.min(weights):.3g} to"
                f" {np.max(weights):.3g}; a map is (height, width) of finite numbers >= 0"
            )
        height, width = crop.shape[:2]
        if titles is not None:
            axes[i].set_title(str(titles[i]), fontsize=8, pad=3)
        weights = cv2.resize(weights / max(float(weights.max()), 1e-12), (width, height))
        heat = axes[i].imshow(weights, cmap="inferno", norm=Normalize(0, 1))
        _outline(axes[i], crop if crop.ndim == 2 else crop.max(axis=-1), SKY, "solid")
    bar = figure.colorbar(heat, ax=axes, location="bottom", shrink=0.5, aspect=30, pad=0.02)
    bar.set_label("attention, share of the picture's maximum", fontsize=8)
    bar.ax.tick_params(labelsize=7)
    return figure


def show_readings(photos, outputs: Mapping, class_names: Sequence[str], truth=None, title="") -> Figure:
    """What the combined model makes of each photo: photo, mask with box, crop, answer.

    Each photo is a column. The answer is the gesture with its probability over the photo with the
    rotation as an arrow; with `truth` its colour and a word say whether it is right.

    Args:
        photos: n pictures in the model's size.
        outputs: the model's dict of arrays: mask (n, h, w, 1), box (n, 4) in pixels of the mask,
            crop (n, h, w, 1), has_hand (n, 1), gesture (n, k), rotation (n, 2) as (sin, cos).
        class_names: the k names of the gestures.
        truth: (n,) true class numbers; -1 says that there is no hand.
    """
    photos = _pictures(photos, "photos")
    outputs = _outputs(outputs, len(photos), class_names)
    masks, crops = _pictures(outputs["mask"], "mask"), _pictures(outputs["crop"], "crop")
    if truth is not None:
        _same_length(photos=photos, truth=truth)
    title = title or "From photo to gesture"
    title += "\narrow: wrist to middle knuckle, degrees counter-clockwise from image-up"
    figure, axes = _grid(4 * len(photos), len(photos), title, captions=0, size=1.25, extra=0.55, left=0.9)
    rows = axes.reshape(4, len(photos))
    for axis, name in zip(rows[:, 0], ("photo", "mask and box", "crop", "answer"), strict=True):
        axis.set_ylabel(name, fontsize=9)
    for i, photo in enumerate(photos):
        found = bool(np.ravel(outputs["has_hand"][i])[0] > 0.5)
        best = int(np.argmax(outputs["gesture"][i]))
        degrees = float(np.degrees(np.arctan2(*outputs["rotation"][i])))
        probability = float(outputs["gesture"][i][best])
        x0, y0, x1, y1 = box = np.asarray(outputs["box"][i], float)
        _draw(rows[0, i], photo)
        _draw(rows[1, i], masks[i])
        _draw(rows[2, i], crops[i])
        _draw(rows[3, i], photo)
        answer = "no hand"
        if found:
            rows[1, i].plot([x0, x1, x1, x0, x0], np.array([y0, y0, y1, y1, y0]) - 0.5, color=ORANGE, lw=1.5)
            scale = photo.shape[0] / masks[i].shape[0]
            centre = (box[:2] + box[2:]) / 2 * scale
            _arrow(rows[3, i], photo.shape, degrees, centre)
            answer = f"{_wrap(class_names[best])}\n{probability:.0%}, {_degrees(degrees)}"
        colour = BLACK
        if truth is not None:
            wanted = int(truth[i])
            right = (best == wanted) if found else (wanted < 0)
            colour = BLUE if right else VERMILION
            answer += (
                "\nright" if right else f"\nis {_wrap(class_names[wanted]) if wanted >= 0 else 'no hand'}"
            )
        rows[3, i].set_xlabel(answer, fontsize=8, color=colour)
    return figure


def plot_keypoints(photos, keypoints, columns: int = 6, title: str = "") -> Figure:
    """Photos with the 21 key points of the hand and the lines between them, a colour a finger.

    Args:
        photos: one picture, or n of them.
        keypoints: (21, 2) or (n, 21, 2), x and y in pixels, in MediaPipe's order.
    """
    points = np.asarray(keypoints, float)
    if points.ndim == 2:
        photos, points = [photos], points[None]
    photos = _pictures(photos, "photos")
    if points.shape != (len(photos), 21, 2):
        raise ValueError(
            f"keypoints has shape {points.shape}; {len(photos)} photos need {(len(photos), 21, 2)}"
        )
    title = title or "Key points in MediaPipe's order"
    figure, axes = _grid(len(photos), columns, title, captions=0, size=1.6, below=0.45, least=4.4)
    for axis, photo, hand in zip(axes, photos, points, strict=False):
        _draw(axis, photo)
        # Pixel centres are whole numbers in matplotlib, as in our key points.
        for chain, colour in FINGERS.values():
            x, y = hand[list(chain)].T
            axis.plot(x, y, color=colour, lw=1.6, marker="o", ms=2.5, path_effects=HALO)
        axis.set_xlim(-0.5, photo.shape[1] - 0.5)
        axis.set_ylim(photo.shape[0] - 0.5, -0.5)
    lines = [Line2D([], [], color=colour, label=name) for name, (_, colour) in FINGERS.items()]
    figure.legend(handles=lines, loc="outside lower center", ncols=3, fontsize=8, frameon=False)
    return figure


# --- curves and figures -------------------------------------------------------------------------------


def plot_history(history: Mapping[str, Sequence[float]], title: str = "Training") -> Figure:
    """Loss and, if there are any, accuracies or IoU by epoch, training dashed and validation solid.

    Args:
        history: what Keras calls history: lists of equal length by name, "loss", "val_loss",
            "accuracy", "gesture_accuracy", "mask_iou" and the like. Other names are left out.
    """
    if not history or not len(history.get("loss", ())):
        raise ValueError(f'history has {sorted(history)}; it needs "loss" with one number an epoch')
    names = [name for name in history if not name.startswith("val_")]
    scores = [name for name in names if _is_score(name)]
    figure = _figure(8.4 if scores else 4.4, 3.2, title)
    panels = np.atleast_1d(figure.subplots(1, 2 if scores else 1))
    _curves(panels[0], history, ["loss"], percent=False)
    panels[0].set_ylabel("loss")
    panels[0].set_ylim(bottom=min(0, panels[0].get_ylim()[0]))
    if scores:
        _curves(panels[1], history, scores, percent=True)
        panels[1].set_ylabel("share in percent")
        panels[1].set_ylim(top=1.02)
        panels[1].yaxis.set_major_formatter(PercentFormatter(1))
    return figure


def plot_confusion(matrix, class_names: Sequence[str], title: str = "Confusion matrix") -> Figure:
    """Share of each true class (row) that was read as each class (column).

    Args:
        matrix: (k, k) counts, row = true class, column = what was read. With up to ten classes the
            counts stand under the percentages.
    """
    matrix = np.asarray(matrix)
    count = len(class_names)
    if matrix.shape != (count, count):
        raise ValueError(f"matrix has shape {matrix.shape}; {count} class names need {(count, count)}")
    if not np.isfinite(matrix).all() or (matrix < 0).any():
        raise ValueError("matrix holds negative or missing numbers; give counts, row = true class")
    totals = matrix.sum(axis=1, keepdims=True)
    shares = matrix / np.maximum(totals, 1e-12)
    small = count <= 10
    side = max(3.6, 0.62 * count) if small else max(5.0, 0.36 * count)
    longest = max(map(len, map(str, class_names)))
    figure = _figure(side + 1.4 + 0.06 * longest, side + 0.6 + 0.05 * longest, title)
    axis = figure.subplots()
    picture = axis.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row in range(count):
        for column in range(count):
            share, number = shares[row, column], matrix[row, column]
            text = f"{100 * share:.0f}" if number and (small or share >= 0.005) else ""
            if small and number and np.issubdtype(matrix.dtype, np.integer):
                text += f"%\n({number})"
            shade = "white" if share > 0.55 else "black"
            axis.text(column, row, text, ha="center", va="center", color=shade, fontsize=7 if small else 6)
    turn = 0 if longest <= 3 else 90
    axis.set_xticks(range(count), class_names, rotation=turn, fontsize=8)
    axis.set_yticks(range(count), class_names, fontsize=8)
    axis.set_xlabel("read as")
    axis.set_ylabel("true class")
    bar = figure.colorbar(picture, ax=axis, shrink=0.8, format=PercentFormatter(1))
    bar.set_label("share of the true class")
    return figure


def plot_rotation_accuracy(
    by_angle: Mapping[str, Mapping[float, float]], title: str = "Accuracy by rotation of the hand"
) -> Figure:
    """Accuracy over the full turn as closed curves, image-up at the top, counter-clockwise.

    Args:
        by_angle: for each curve's name, accuracy in [0, 1] by degrees.
    """
    if not by_angle or not all(by_angle.values()):
        raise ValueError("by_angle is empty; give {name: {degrees: accuracy}}")
    figure = _figure(4.6, 4.3 + 0.17 * len(by_angle), title)
    axis = figure.add_subplot(projection="polar")
    axis.set_theta_zero_location("N")
    axis.set_theta_direction(1)
    for i, (name, curve) in enumerate(by_angle.items()):
        turned = {float(angle) % 360: _share(value, f"{name}, {angle}°") for angle, value in curve.items()}
        angles = sorted(turned)
        values = [turned[a] for a in angles]
        # The last point joins the first, the short way round.
        axis.plot(
            np.radians([*angles, angles[0] + 360]),
            [*values, values[0]],
            color=CURVES[i % len(CURVES)],
            linestyle=_line(i),
            marker="o",
            ms=2.5,
            label=f"{name}, mean {np.mean(values):.1%}",
        )
    axis.set_ylim(0, 1)
    axis.set_yticks([0.25, 0.5, 0.75, 1.0])
    axis.yaxis.set_major_formatter(PercentFormatter(1))
    axis.set_rlabel_position(22.5)
    axis.tick_params(labelsize=8)
    axis.set_xlabel("degrees counter-clockwise from image-up", fontsize=9)
    figure.legend(loc="outside lower center", fontsize=8, frameon=False)
    return figure


def plot_graph(nodes: Mapping[str, str], edges: Sequence[tuple[str, str]], title: str = "Model") -> Figure:
    """A model's graph from top to bottom: boxes in the order of the data, arrows between them.

    Args:
        nodes: a box's name -> what stands under it, such as its shape.
        edges: pairs of names, from and to; without a circle.
    """
    if not nodes:
        raise ValueError("nodes is empty; give {name: text}")
    unknown = sorted({name for edge in edges for name in edge} - set(nodes))
    if unknown:
        raise ValueError(f"edges name {unknown}, which are no nodes; there are {sorted(nodes)}")
    depth = dict.fromkeys(nodes, 0)
    # A box stands one line below the lowest of those that lead to it; more rounds than boxes: a circle.
    for _ in nodes:
        for start, end in edges:
            depth[end] = max(depth[end], depth[start] + 1)
    if any(depth[end] <= depth[start] for start, end in edges):
        raise ValueError("edges run in a circle; a model's graph has none")
    lines = [[name for name in nodes if depth[name] == line] for line in range(max(depth.values()) + 1)]
    widest = max(map(len, lines))
    tall = [max(nodes[name].count("\n") + 2 for name in line) for line in lines]  # lines of text
    figure = _figure(max(4.0, 2.2 * widest), 0.5 + 0.15 * sum(tall) + 0.4 * len(lines), title)
    axis = figure.subplots()
    axis.set_axis_off()
    axis.set_xlim(-widest / 2, widest / 2)
    # In lines of text: a row of boxes starts below the row before it, and an arrow's length.
    middles = [sum(tall[:i]) + 3 * i + tall[i] / 2 for i in range(len(lines))]
    axis.set_ylim(middles[-1] + tall[-1] / 2 + 1, -1)
    places = {
        name: (place - (len(line) - 1) / 2, row)
        for row, line in enumerate(lines)
        for place, name in enumerate(line)
    }
    for start, end in edges:
        (x0, row0), (x1, row1) = places[start], places[end]
        tail, head = middles[row0] + tall[row0] / 2 + 0.4, middles[row1] - tall[row1] / 2 - 0.4
        arrow = {"arrowstyle": "-|>", "color": "0.35", "lw": 1.2, "shrinkA": 0, "shrinkB": 0}
        axis.annotate("", xy=(x1, head), xytext=(x0, tail), arrowprops=arrow)
    for name, (x, row) in places.items():
        box = {"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": BLUE}
        axis.text(x, middles[row], f"{name}\n{nodes[name]}", ha="center", va="center", fontsize=8, bbox=box)
    return figure


def plot_bars(figures: Mapping[str, float], title: str, unit: str = "%") -> Figure:
    """Horizontal bars with their values, first on top; None and NaN say "not measured".

    Args:
        unit: "%" takes shares in [0, 1]; any other unit ("ms a photo", "images/s", "degrees") takes
            the numbers as they are.
    """
    if not figures:
        raise ValueError("figures is empty; give {name: number}")
    percent = unit == "%"
    values = [np.nan if v is None else float(v) for v in figures.values()]
    if percent:
        values = [v if np.isnan(v) else _share(v, name) for name, v in zip(figures, values, strict=True)]
    figure = _figure(7.0, 1.2 + 0.34 * len(values), title)
    axis = figure.subplots()
    bars = axis.barh(range(len(values)), np.nan_to_num(values), color=BLUE, height=0.66)
    texts = ["not measured" if np.isnan(v) else f"{v:.1%}" if percent else f"{v:.4g}" for v in values]
    axis.bar_label(bars, texts, padding=3, fontsize=8)
    axis.set_yticks(range(len(values)), figures.keys(), fontsize=9)
    axis.invert_yaxis()
    axis.margins(x=0.15)
    axis.set_xlabel("percent" if percent else unit)
    if percent:
        axis.set_xlim(0, 1.12)
        axis.set_xticks(np.linspace(0, 1, 6))
        axis.xaxis.set_major_formatter(PercentFormatter(1))
    _open(axis)
    return figure


# --- tables -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """Text cells under column names: a HTML table in Jupyter, aligned text when printed."""

    title: str
    columns: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        lines = [self.columns, *self.cells]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.columns))]
        text = ["  ".join(_pad(line[i], widths[i], i) for i in range(len(line))).rstrip() for line in lines]
        text.insert(1, "  ".join("-" * width for width in widths))
        return "\n".join([self.title, *text] if self.title else text)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = "".join(_cell("th", name, i) for i, name in enumerate(self.columns))
        body = "".join(
            f"<tr>{''.join(_cell('td', text, i) for i, text in enumerate(row))}</tr>" for row in self.cells
        )
        caption = f"<caption><b>{html.escape(self.title)}</b></caption>" if self.title else ""
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def table(rows: Sequence[Sequence], columns: Sequence[str], title: str = "") -> Table:
    """A table to end a notebook with: what, this run, released model, published claim, floor.

    Args:
        rows: one sequence a row, as long as `columns`. Floats are shares and become percent (0.9712
            is shown as 97.1 %); None and NaN become a dash; whole numbers and texts stay as they
            are, so that a figure in another unit comes as text ("12.3°").
    """
    columns = tuple(map(str, columns))
    for i, row in enumerate(rows):
        if isinstance(row, str) or len(row) != len(columns):
            raise ValueError(f"rows[{i}] is {row!r}; it needs {len(columns)} cells for {', '.join(columns)}")
    return Table(title, columns, tuple(tuple(percent(cell) for cell in row) for row in rows))


def percent(value) -> str:
    """A float in [0, 1] as percent with one decimal, None and NaN as a dash, all else as its text."""
    if value is None or (isinstance(value, float | np.floating) and np.isnan(value)):
        return "–"  # noqa: RUF001
    return f"{100 * value:.1f} %" if isinstance(value, float | np.floating) else str(value)


# --- helpers ------------------------------------------------------------------------------------------


class _Picture(Figure):
    """A figure that any notebook shows, whatever backend runs, as a PNG of at most 256 colours.

    The palette keeps an executed notebook with many photos small: a third of a full-colour PNG.
    """

    def _ipython_display_(self) -> None:
        # Comes before the full-colour PNG that IPython makes of figures once pyplot is imported.
        from IPython.display import publish_display_data

        publish_display_data(self._repr_mimebundle_())

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        full, small = io.BytesIO(), io.BytesIO()
        self.savefig(full, format="png")
        with Image.open(full) as picture:
            picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(small, "png", optimize=True)
        png = base64.b64encode(small.getvalue()).decode("ascii")
        return {"image/png": png, "text/plain": f"<Figure: {self.get_suptitle() or 'untitled'}>"}


def _figure(width: float, height: float, title: str) -> Figure:
    figure = _Picture(figsize=(width, height), dpi=DPI, layout="constrained", facecolor="white")
    if title:
        figure.suptitle(title, fontsize=11)
    return figure


def _grid(count, columns, title, captions, size=1.15, below=0.0, extra=0.0, left=0.0, least=3.6):
    """A figure with `count` bare axes of `size` inches, `columns` in a row, as a flat array."""
    columns = min(columns, count)
    lines = -(-count // columns)
    above = 0.2 + 0.2 * (title.count("\n") + 1 if title else 0)
    height = lines * (size + 0.06 + 0.22 * captions) + above + below + extra
    figure = _figure(max(least, columns * (size + 0.06) + left), height, title)
    axes = np.ravel(figure.subplots(lines, columns, squeeze=False))
    for axis in axes:
        axis.set_xticks([])
        axis.set_yticks([])
        for side in axis.spines.values():
            side.set_visible(False)
    for axis in axes[count:]:
        figure.delaxes(axis)
    return figure, axes[:count]


def _draw(axis, image: np.ndarray, title: str = "") -> None:
    axis.imshow(image, cmap="gray", vmin=0, vmax=255, rasterized=True)
    if title:
        axis.set_title(title, fontsize=8, pad=3)


def _arrow(axis, shape, degrees: float, centre=None) -> None:
    """An arrow through `centre` (x, y; default the picture's) that points `degrees` from image-up."""
    height, width = shape[:2]
    x, y = ((width - 1) / 2, (height - 1) / 2) if centre is None else centre
    reach = 0.32 * min(height, width)
    dx, dy = -reach * np.sin(np.radians(degrees)), -reach * np.cos(np.radians(degrees))
    arrow = axis.annotate(
        "",
        xy=(x + dx, y + dy),
        xytext=(x - dx, y - dy),
        arrowprops={"arrowstyle": "-|>", "color": VERMILION, "lw": 1.6, "shrinkA": 0, "shrinkB": 0},
    )
    arrow.arrow_patch.set_path_effects(HALO)


def _outline(axis, mask: np.ndarray, colour: str, style) -> None:
    # A margin of background closes outlines of hands that leave the picture.
    inside = np.pad((mask if mask.ndim == 2 else mask[..., 0]) > 127, 1)
    if not inside.any():
        return
    height, width = inside.shape
    x, y = np.arange(width) - 1, np.arange(height) - 1
    lines = axis.contour(x, y, inside.astype(float), [0.5], colors=colour, linewidths=1.4, linestyles=[style])
    lines.set_path_effects(HALO)
    axis.set_xlim(-1, width - 2)
    axis.set_ylim(height - 2, -1)


def _curves(axis, history: Mapping, names: Sequence[str], percent: bool) -> None:
    for i, name in enumerate(names):
        colour = CURVES[i % len(CURVES)]
        label = name.replace("_", " ")
        for key, style, part in ((name, (0, (4, 2)), "training"), (f"val_{name}", "solid", "validation")):
            values = np.asarray(history.get(key, ()), float)
            if not len(values):
                continue
            epochs = np.arange(1, len(values) + 1)
            text = f"{label}, {part}"
            if part == "validation" and np.isfinite(values).any():
                best = int(np.nanargmax(values) if percent else np.nanargmin(values))
                value = f"{values[best]:.1%}" if percent else f"{values[best]:.3f}"
                text += f", best {value} in epoch {best + 1}"
                axis.plot(epochs[best], values[best], "o", color=colour, ms=5)
            # One epoch is a point: a line would not be seen.
            axis.plot(epochs, values, color=colour, linestyle=style, marker="." if len(values) < 3 else None)
            axis.lines[-1].set_label(text)
    axis.set_xlabel("epoch")
    axis.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axis.legend(fontsize=7.5, frameon=False)
    axis.grid(alpha=0.25)
    _open(axis)


def _open(axis) -> None:
    axis.spines["top"].set_visible(False)
    axis.spines["right"].set_visible(False)


def _is_score(name: str) -> bool:
    return any(word in name.lower() for word in ("accuracy", "iou", "io_u", "dice")) or name == "acc"


def _line(index: int):
    """Curves differ in their dashes too, for prints in grey."""
    return ("solid", (0, (5, 2)), (0, (1, 1)), (0, (5, 1, 1, 1)))[index % 4]


def _degrees(value: float) -> str:
    rounded = round(float(value))
    return f"{180 if rounded == -180 else rounded}°"


def _wrap(name) -> str:
    return textwrap.fill(str(name), 17)


def _share(value, name: str) -> float:
    value = float(value)
    if not 0 <= value <= 1:
        raise ValueError(f"{name} is {value}; give a share in [0, 1], not percent")
    return value


def _pad(text: str, width: int, column: int) -> str:
    return text.ljust(width) if column == 0 else text.rjust(width)


def _cell(tag: str, text: str, column: int) -> str:
    return f'<{tag} style="text-align:{"left" if column == 0 else "right"}">{html.escape(text)}</{tag}>'


def _pictures(images, name: str) -> list[np.ndarray]:
    """Each picture as uint8, (height, width) or (height, width, 3)."""
    if isinstance(images, np.ndarray) and images.ndim not in (3, 4):
        raise ValueError(f"{name} has shape {images.shape}; give (n, height, width, 1 or 3) or a list")
    pictures = [_picture(image, f"{name}[{i}]") for i, image in enumerate(images)]
    if not pictures:
        raise ValueError(f"{name} is empty; there is nothing to show")
    return pictures


def _picture(image, name: str) -> np.ndarray:
    image = np.asarray(image)
    if image.ndim == 3 and image.shape[-1] == 1:
        image = image[..., 0]
    if not (image.ndim == 2 or (image.ndim == 3 and image.shape[-1] == 3)) or not image.size:
        raise ValueError(
            f"{name} has shape {image.shape}; a picture is (height, width), with 1 or 3 channels"
        )
    if image.dtype == np.uint8:
        return image
    if image.dtype == bool:
        return image.astype(np.uint8) * 255
    if not np.issubdtype(image.dtype, np.floating):
        raise TypeError(f"{name} is {image.dtype}; give uint8, or floats in [0, 1]")
    image = image.astype(np.float32)
    # The margin takes what interpolation overshoots.
    if not np.isfinite(image).all() or image.min() < -0.05 or image.max() > 1.05:
        raise ValueError(
            f"{name} has values from {image.min():.3g} to {image.max():.3g}; floats are read as [0, 1]:"
            " divide by 255, or give uint8"
        )
    return np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)


def _photos_with_masks(photos, masks, predicted, scores):
    photos, masks = _pictures(photos, "photos"), _pictures(masks, "masks")
    _same_length(photos=photos, masks=masks)
    pairs = [("masks", masks)]
    if predicted is not None:
        predicted = _pictures(predicted, "predicted")
        _same_length(photos=photos, predicted=predicted)
        pairs.append(("predicted", predicted))
    for name, pictures in pairs:
        for i, (photo, mask) in enumerate(zip(photos, pictures, strict=True)):
            if mask.ndim != 2 or mask.shape != photo.shape[:2]:
                raise ValueError(f"{name}[{i}] has shape {mask.shape}; its photo needs {photo.shape[:2]}")
    if scores is not None:
        _same_length(photos=photos, scores=scores)
        scores = np.array([_share(s, f"scores[{i}]") for i, s in enumerate(scores)])
    elif predicted is not None:
        scores = np.array([_iou(m > 127, p > 127) for m, p in zip(masks, predicted, strict=True)])
    return photos, masks, predicted, scores


def _iou(true: np.ndarray, predicted: np.ndarray) -> float:
    union = np.count_nonzero(true | predicted)
    return np.count_nonzero(true & predicted) / union if union else 1.0


def _outputs(outputs: Mapping, count: int, class_names: Sequence[str]) -> dict[str, np.ndarray]:
    wanted = ("mask", "box", "crop", "has_hand", "gesture", "rotation")
    missing = [name for name in wanted if name not in outputs]
    if missing:
        raise ValueError(f"outputs lacks {', '.join(missing)}; give the combined model's dict")
    arrays = {name: np.asarray(outputs[name]) for name in wanted}
    tails = {"box": (4,), "rotation": (2,), "gesture": (len(class_names),)}
    for name, array in arrays.items():
        if len(array) != count or (name in tails and array.shape[1:] != tails[name]):
            need = f"({count}, {', '.join(map(str, tails.get(name, ('...',))))})"
            raise ValueError(f"outputs[{name!r}] has shape {array.shape}; {count} photos need {need}")
    return arrays


def _same_length(**lists) -> None:
    lengths = {name: len(value) for name, value in lists.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"lengths differ: {', '.join(f'{name} {n}' for name, n in lengths.items())}")
