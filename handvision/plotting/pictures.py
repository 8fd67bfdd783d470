"""Pictures with what is known of them: outlines, directions, attention, readings, key points."""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from handvision.core.checks import as_pictures, check_lengths, checked_share
from handvision.core.geometry import mask_iou
from handvision.plotting.figures import (
    BLACK,
    BLUE,
    GREEN,
    HALO,
    ORANGE,
    SKY,
    VERMILION,
    draw,
    extent,
    grid,
    heat_bar,
    whole_degrees,
    wrapped,
)

# MediaPipe's 21 points: the wrist, then four of each finger from the palm out.
FINGERS = {
    "thumb": ((0, 1, 2, 3, 4), VERMILION),
    "index finger": ((0, 5, 6, 7, 8), ORANGE),
    "middle finger": ((9, 10, 11, 12), GREEN),
    "ring finger": ((13, 14, 15, 16), SKY),
    "little finger": ((0, 17, 18, 19, 20), BLUE),
    "palm": ((5, 9, 13, 17), BLACK),
}

# (n, height, width, 1 or 3), or a list of pictures of any sizes; uint8, or floats in [0, 1].
Pictures = Sequence[np.ndarray] | np.ndarray


def show_samples(
    images: Pictures,
    titles: Sequence[str] | None = None,
    columns: int = 8,
    title: str = "",
    size: float = 1.15,
) -> Figure:
    """A grid of photos or masks, row by row, each under its own title if `titles` are given.

    Args:
        images: n pictures.
        titles: n of them.
        columns: pictures in a row.
        title: of the figure.
        size: inches that a picture is wide, or high, whichever is more.
    """
    images = as_pictures(images, "images")
    if titles is not None:
        check_lengths(images=images, titles=titles)
    if columns < 1 or size <= 0:
        raise ValueError(f"columns is {columns} and size {size}; use 1 or more columns, and inches above 0")
    captions = [""] * len(images) if titles is None else [wrapped(each) for each in titles]
    lines = max(len(caption.splitlines()) for caption in captions)
    # Pictures that are all wider than high leave no gaps between the rows.
    flat = size * (min(1, max(image.shape[0] / image.shape[1] for image in images)) - 1)
    rows = -(-len(images) // min(columns, len(images)))
    figure, axes = grid(len(images), columns, title, captions=lines, size=size, extra=rows * flat)
    for axis, image, caption in zip(axes, images, captions, strict=True):
        draw(axis, image, caption)
    return figure


def show_augmented(
    originals: Pictures,
    augmented_versions: Sequence[Pictures],
    rotations: ArrayLike | None = None,
    title: str = "",
) -> Figure:
    """One row for each original: the original, then its augmented versions.

    Args:
        originals: n pictures.
        augmented_versions: k batches of n pictures each, as k passes of a generator without
            shuffling give them; `augmented_versions[j][i]` is made from `originals[i]`.
        rotations: (1 + k, n) degrees, counter-clockwise from image-up: row 0 for the originals, row
            1 + j for batch j. Each becomes an arrow from wrist to middle knuckle; NaN draws none.
    """
    originals = as_pictures(originals, "originals")
    batches = [originals, *(as_pictures(batch, "augmented_versions") for batch in augmented_versions)]
    check_lengths(originals=originals, **{f"augmented_versions[{j}]": b for j, b in enumerate(batches[1:])})
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
    figure, axes = grid(len(originals) * len(batches), len(batches), title, captions)
    for i in range(len(originals)):
        for j, batch in enumerate(batches):
            axis = axes[i * len(batches) + j]
            draw(axis, batch[i])
            if rotations is not None and np.isfinite(rotations[j, i]):
                _arrow(axis, batch[i].shape, rotations[j, i])
                axis.set_title(whole_degrees(rotations[j, i]), fontsize=8)
    return figure


def show_masks(
    photos: Pictures,
    masks: Pictures,
    predicted: Pictures | None = None,
    scores: Sequence[float] | np.ndarray | None = None,
    columns: int = 6,
    title: str = "",
) -> Figure:
    """Photos with the outline of the true mask and, if given, of the predicted one.

    Args:
        photos, masks, predicted: n pictures each; masks are uint8 0 to 255 or floats in [0, 1], cut
            at the half.
        scores: (n,) IoU in [0, 1] for the titles; measured here if there are predictions.
    """
    photos, masks, predicted, scores = _photos_with_masks(photos, masks, predicted, scores)
    title = title or ("True and predicted hand masks" if predicted is not None else "Photos and hand masks")
    captions = 1 if scores is not None else 0
    figure, axes = grid(len(photos), columns, title, captions, size=1.5, below=0.3)
    for i, photo in enumerate(photos):
        draw(axes[i], photo, "" if scores is None else f"IoU {scores[i]:.2f}")
        _outline(axes[i], masks[i], BLUE, "solid")
        if predicted is not None:
            _outline(axes[i], predicted[i], VERMILION, (0, (4, 2)))
    lines = [Line2D([], [], color=BLUE, label="true outline")]
    if predicted is not None:
        lines.append(Line2D([], [], color=VERMILION, linestyle=(0, (4, 2)), label="predicted outline"))
    figure.legend(handles=lines, loc="outside lower center", ncols=2, fontsize=8, frameon=False)
    return figure


def show_worst(
    photos: Pictures,
    masks: Pictures,
    predicted: Pictures,
    scores: Sequence[float] | np.ndarray | None = None,
    count: int = 6,
    title: str = "",
) -> Figure:
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


def show_attention(
    crops: Pictures,
    maps: Sequence[np.ndarray],
    titles: Sequence[str] | None = None,
    columns: int = 8,
    title: str = "",
) -> Figure:
    """What the attention block looks at: a heat-map, scaled to its own maximum, and the crop's outline.

    Args:
        crops: n pictures, as BoundingBoxCropLayer gives them.
        maps: (n, h, w) or (n, h, w, 1) floats >= 0, of any resolution.
    """
    crops = as_pictures(crops, "crops")
    maps = [np.asarray(m, np.float32) for m in maps]
    check_lengths(crops=crops, maps=maps)
    if titles is not None:
        check_lengths(crops=crops, titles=titles)
    title = title or "Where the attention block looks (blue: outline of the crop)"
    figure, axes = grid(
        len(crops), columns, title, captions=1 if titles is not None else 0, below=0.45, least=4.4
    )
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
        strongest = max(float(weights.max()), 1e-12)
        weights = cv2.resize(np.asarray(weights / strongest, np.float32), (width, height))
        axes[i].imshow(weights, cmap="inferno", norm=Normalize(0, 1), extent=extent(weights))
        _outline(axes[i], crop if crop.ndim == 2 else crop.max(axis=-1), SKY, "solid")
    heat_bar(figure, list(axes), "attention, share of the picture's maximum")
    return figure


def show_readings(
    photos: Pictures,
    outputs: Mapping,
    class_names: Sequence[str],
    truth: Sequence[int] | None = None,
    title: str = "",
) -> Figure:
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
    photos = as_pictures(photos, "photos")
    outputs = _outputs(outputs, len(photos), class_names)
    masks, crops = as_pictures(outputs["mask"], "mask"), as_pictures(outputs["crop"], "crop")
    if truth is not None:
        check_lengths(photos=photos, truth=truth)
    title = title or "From photo to gesture"
    title += "\narrow: wrist to middle knuckle, degrees counter-clockwise from image-up"
    figure, axes = grid(4 * len(photos), len(photos), title, captions=0, size=1.25, extra=0.55, left=0.9)
    rows = axes.reshape(4, len(photos))
    for axis, name in zip(rows[:, 0], ("photo", "mask and box", "crop", "answer"), strict=True):
        axis.set_ylabel(name, fontsize=9)
    for i, photo in enumerate(photos):
        found = bool(np.ravel(outputs["has_hand"][i])[0] > 0.5)
        best = int(np.argmax(outputs["gesture"][i]))
        degrees = float(np.degrees(np.arctan2(*outputs["rotation"][i])))
        probability = float(outputs["gesture"][i][best])
        x0, y0, x1, y1 = box = np.asarray(outputs["box"][i], float)
        draw(rows[0, i], photo)
        draw(rows[1, i], masks[i])
        draw(rows[2, i], crops[i])
        draw(rows[3, i], photo)
        answer = "no hand"
        if found:
            rows[1, i].plot([x0, x1, x1, x0, x0], [y0, y0, y1, y1, y0], color=ORANGE, lw=1.5)
            scale = photo.shape[0] / masks[i].shape[0]
            centre = (box[:2] + box[2:]) / 2 * scale
            _arrow(rows[3, i], photo.shape, degrees, centre)
            answer = f"{wrapped(class_names[best])}\n{probability:.0%}, {whole_degrees(degrees)}"
        colour = BLACK
        if truth is not None:
            wanted = int(truth[i])
            right = (best == wanted) if found else (wanted < 0)
            colour = BLUE if right else VERMILION
            answer += (
                "\nright" if right else f"\nis {wrapped(class_names[wanted]) if wanted >= 0 else 'no hand'}"
            )
        rows[3, i].set_xlabel(answer, fontsize=8, color=colour)
    return figure


def plot_keypoints(photos: Pictures, keypoints: ArrayLike, columns: int = 6, title: str = "") -> Figure:
    """Photos with the 21 key points of the hand and the lines between them, a colour a finger.

    Args:
        photos: one picture, or n of them.
        keypoints: (21, 2) or (n, 21, 2), x and y in pixels from the picture's corner, in MediaPipe's order;
            or with a third column, the score, which is not shown.
    """
    points = np.asarray(keypoints, float)
    if points.ndim == 2:
        photos, points = [photos], points[None]
    photos = as_pictures(photos, "photos")
    if points.shape == (len(photos), 21, 3):
        points = points[..., :2]
    if points.shape != (len(photos), 21, 2):
        raise ValueError(
            f"keypoints has shape {points.shape}; {len(photos)} photos need {(len(photos), 21, 2)}"
        )
    title = title or "Key points in MediaPipe's order"
    figure, axes = grid(len(photos), columns, title, captions=0, size=1.6, below=0.45, least=4.4)
    for axis, photo, hand in zip(axes, photos, points, strict=False):
        draw(axis, photo)
        for chain, colour in FINGERS.values():
            x, y = hand[list(chain)].T
            axis.plot(x, y, color=colour, lw=1.6, marker="o", ms=2.5, path_effects=HALO)
        left, right, bottom, top = extent(photo)
        axis.set(xlim=(left, right), ylim=(bottom, top))
    lines = [Line2D([], [], color=colour, label=name) for name, (_, colour) in FINGERS.items()]
    figure.legend(handles=lines, loc="outside lower center", ncols=3, fontsize=8, frameon=False)
    return figure


def _arrow(
    axis: Axes, shape: tuple[int, ...], degrees: float, centre: Sequence[float] | np.ndarray | None = None
) -> None:
    """An arrow through `centre` (x, y; default the picture's) that points `degrees` from image-up."""
    height, width = shape[:2]
    x, y = (width / 2, height / 2) if centre is None else centre
    reach = 0.32 * min(height, width)
    dx, dy = -reach * np.sin(np.radians(degrees)), -reach * np.cos(np.radians(degrees))
    note = axis.annotate(
        "",
        xy=(x + dx, y + dy),
        xytext=(x - dx, y - dy),
        arrowprops={"arrowstyle": "-|>", "color": VERMILION, "lw": 1.6, "shrinkA": 0, "shrinkB": 0},
    )
    assert note.arrow_patch is not None  # arrowprops were given
    note.arrow_patch.set_path_effects(HALO)


def _outline(axis: Axes, mask: np.ndarray, colour: str, style: str | tuple) -> None:
    # A margin of background closes outlines of hands that leave the picture.
    inside = np.pad((mask if mask.ndim == 2 else mask[..., 0]) > 127, 1)
    if not inside.any():
        return
    height, width = inside.shape
    x, y = np.arange(width) - 0.5, np.arange(height) - 0.5  # centres of pixels; the margin's is at -0.5
    lines = axis.contour(x, y, inside.astype(float), [0.5], colors=colour, linewidths=1.4, linestyles=[style])
    lines.set_path_effects(HALO)
    axis.set_xlim(-0.5, width - 1.5)
    axis.set_ylim(height - 1.5, -0.5)


def _photos_with_masks(
    photos: Pictures, masks: Pictures, predicted: Pictures | None, scores: Sequence[float] | np.ndarray | None
) -> tuple[list[np.ndarray], list[np.ndarray], list[np.ndarray] | None, np.ndarray | None]:
    photos, masks = as_pictures(photos, "photos"), as_pictures(masks, "masks")
    check_lengths(photos=photos, masks=masks)
    pairs = [("masks", masks)]
    if predicted is not None:
        predicted = as_pictures(predicted, "predicted")
        check_lengths(photos=photos, predicted=predicted)
        pairs.append(("predicted", predicted))
    for name, pictures in pairs:
        for i, (photo, mask) in enumerate(zip(photos, pictures, strict=True)):
            if mask.ndim != 2 or mask.shape != photo.shape[:2]:
                raise ValueError(f"{name}[{i}] has shape {mask.shape}; its photo needs {photo.shape[:2]}")
    if scores is not None:
        check_lengths(photos=photos, scores=scores)
        scores = np.array([checked_share(s, f"scores[{i}]") for i, s in enumerate(scores)])
    elif predicted is not None:
        scores = np.array([mask_iou(m > 127, p > 127) for m, p in zip(masks, predicted, strict=True)])
    return photos, masks, predicted, scores


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
