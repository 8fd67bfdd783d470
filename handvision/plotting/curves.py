"""Curves, bars, confusion and graphs: figures of figures."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.projections.polar import PolarAxes
from matplotlib.ticker import MaxNLocator, PercentFormatter
from numpy.typing import ArrayLike

from handvision.core.checks import checked_share
from handvision.plotting.figures import BLUE, CURVES, new_figure


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
    figure = new_figure(8.4 if scores else 4.4, 3.2, title)
    panels = figure.subplots(1, 2 if scores else 1, squeeze=False)[0]
    _curves(panels[0], history, ["loss"], percent=False)
    panels[0].set_ylabel("loss")
    panels[0].set_ylim(bottom=min(0, panels[0].get_ylim()[0]))
    if scores:
        _curves(panels[1], history, scores, percent=True)
        panels[1].set_ylabel("share in percent")
        panels[1].set_ylim(top=1.02)
        panels[1].yaxis.set_major_formatter(PercentFormatter(1))
    return figure


def plot_confusion(matrix: ArrayLike, class_names: Sequence[str], title: str = "Confusion matrix") -> Figure:
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
    figure = new_figure(side + 1.4 + 0.06 * longest, side + 0.6 + 0.05 * longest, title)
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
    figure = new_figure(4.6, 4.3 + 0.17 * len(by_angle), title)
    axis = figure.add_subplot(projection="polar")
    assert isinstance(axis, PolarAxes)
    axis.set_theta_zero_location("N")
    axis.set_theta_direction(1)
    for i, (name, curve) in enumerate(by_angle.items()):
        turned = {
            float(angle) % 360: checked_share(value, f"{name}, {angle}°") for angle, value in curve.items()
        }
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
    figure = new_figure(max(4.0, 2.2 * widest), 0.5 + 0.15 * sum(tall) + 0.4 * len(lines), title)
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
        values = [
            v if np.isnan(v) else checked_share(v, name) for name, v in zip(figures, values, strict=True)
        ]
    figure = new_figure(7.0, 1.2 + 0.34 * len(values), title)
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


def _curves(axis: Axes, history: Mapping, names: Sequence[str], percent: bool) -> None:
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


def _open(axis: Axes) -> None:
    axis.spines["top"].set_visible(False)
    axis.spines["right"].set_visible(False)


def _is_score(name: str) -> bool:
    return any(word in name.lower() for word in ("accuracy", "iou", "io_u", "dice")) or name == "acc"


def _line(index: int) -> str | tuple[int, tuple[int, ...]]:
    """Curves differ in their dashes too, for prints in grey."""
    return ("solid", (0, (5, 2)), (0, (1, 1)), (0, (5, 1, 1, 1)))[index % 4]
