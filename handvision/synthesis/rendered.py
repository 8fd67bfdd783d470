"""Hands drawn from a kinematic skeleton: the data that is always at hand."""

import hashlib
import inspect
import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from handvision.core.examples import NO_HAND, Examples, Hands
from handvision.core.files import replacing
from handvision.core.vocabularies import GESTURES, NUMBERS
from handvision.core.workspace import workspace
from handvision.synthesis.hand import photo, scene
from handvision.synthesis.strata import SPLITS

TASKS = {"numbers": NUMBERS, "gestures": GESTURES}


def render(
    count: int,
    size: int = 128,
    seed: int = 0,
    task: str = "numbers",
    split: str = "train",
    photos: bool = True,
    empty: float = 0.0,
    rotation_range: tuple[float, float] = (-180.0, 180.0),
    mirror: float | None = None,
    workers: int = 1,
) -> Examples:
    """Draws hands that show numbers or gestures, with all that is known of them.

    A picture depends on (seed, split, task, its index) and the parameters that shape it, never on `count`,
    `workers` or on `photos`: the first 100 of 1,000 are the 100 of 100, and a mask drawn alone is the mask
    of the photo. No two splits share a hand's shape, a skin tone, a sleeve's colour or a background's colour:
    each comes from the split's own stripes of its range (`strata.stratum`). All classes are equally frequent.

    Args:
        count: number of pictures, from 1.
        size: width and height in pixels, 32 to 1024.
        seed: a whole number from 0.
        task: "numbers" (6 classes: raised fingers) or "gestures" (the 20 of the hand_gestures archive).
        split: "train", "validation" or "test".
        photos: False leaves the photos out, which is several times as fast.
        empty: share of pictures without a hand, 0 to 1. Their label is -1, their rotation and key points are
            NaN, their mask is black.
        rotation_range: turn of the picture in degrees against the usual one, low to high, within -180 to 180.
            The usual one has the hand point to image-up, save for gestures that the archive shows lying.
        mirror: share of pictures with the other hand. Default 0.5 for numbers; 0 for gestures, which then
            have the side of their archive.
        workers: processes that share the work.

    Returns:
        Examples with photos (n, size, size, 3) uint8 RGB or None, masks (n, size, size, 1) uint8 0 or 255
        (skin of hand and bare forearm), labels (n,) int64, rotations (n,) float32 degrees counter-clockwise
        from image-up of the direction wrist to middle knuckle, groups (n,) int64 (every picture is another
        person), hands (one with its key points, or none), class_names.

    Raises:
        ValueError: a parameter is out of its range; the message names it.
    """
    order = _checked(count, size, seed, task, split, photos, empty, rotation_range, mirror, workers)
    return _examples(order, _draw(order, workers))


_SIGNATURE = inspect.signature(render)


def cached_render(*args: Any, folder: str | Path | None = None, **parameters: Any) -> Examples:
    """`render`, kept on disk: the same call later opens the file instead of drawing again.

    Args:
        folder: where the files lie; default `rendered` in the folder of runs. A file's name carries a hash of
            all parameters and of the drawing code, so a file that older code drew is never used.
        *args, **parameters: as `render` takes them. `workers` does not change the file.
    """
    call = _SIGNATURE.bind(*args, **parameters)
    call.apply_defaults()
    given = dict(call.arguments)
    workers = given.pop("workers")
    order = _checked(**given, workers=workers)
    folder = Path(folder) if folder is not None else workspace().runs / "rendered"
    key = hashlib.sha256((json.dumps(asdict(order)) + _code_version()).encode()).hexdigest()[:16]
    path = folder / f"{order.task}-{order.split}-{order.count}x{order.size}-{key}.npz"
    if not path.exists():
        columns = _draw(order, workers)
        with replacing(path) as temporary:
            np.savez(temporary, **columns)  # type: ignore[arg-type]  # NumPy's stub takes them for options
    with np.load(path, allow_pickle=False) as stored:
        columns = {name: stored[name] for name in stored.files}
    return _examples(order, columns)


@dataclass(frozen=True)
class _Order:
    """A checked request, of plain numbers and words."""

    count: int
    size: int
    seed: int
    task: str
    split: str
    photos: bool
    empty: float
    rotation_range: tuple[float, float]
    mirror: float


def _checked(
    count: int,
    size: int,
    seed: int,
    task: str,
    split: str,
    photos: bool,
    empty: float,
    rotation_range: tuple[float, float],
    mirror: float | None,
    workers: int,
) -> _Order:
    for name, value, low, high in (
        ("count", count, 1, 10_000_000),
        ("size", size, 32, 1024),
        ("seed", seed, 0, 2**63),
        ("workers", workers, 1, 256),
    ):
        whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
        if not whole or not low <= value <= high:
            raise ValueError(f"{name} is {value!r}; use a whole number from {low} to {high}")
    if task not in TASKS:
        raise ValueError(f"task is {task!r}; use one of {', '.join(TASKS)}")
    if split not in SPLITS:
        raise ValueError(f"split is {split!r}; use one of {', '.join(SPLITS)}")
    if mirror is None:
        mirror = 0.5 if task == "numbers" else 0.0
    for name, value in (("empty", empty), ("mirror", mirror)):
        if not isinstance(value, (int, float, np.number)) or not 0 <= value <= 1:
            raise ValueError(f"{name} is {value!r}; use a share from 0 to 1")
    try:
        low, high = (float(turn) for turn in rotation_range)
    except (TypeError, ValueError):
        raise ValueError(f"rotation_range is {rotation_range!r}; use two numbers of degrees") from None
    if not -180 <= low <= high <= 180:
        raise ValueError(f"rotation_range is {rotation_range!r}; use low <= high within -180 to 180")
    return _Order(
        int(count), int(size), int(seed), task, split, bool(photos), float(empty), (low, high), float(mirror)
    )


def _examples(order: _Order, columns: dict[str, np.ndarray]) -> Examples:
    return Examples(
        name=f"rendered {order.task}, {order.split}",
        class_names=TASKS[order.task],
        source=f"drawn by handvision.synthesis.rendered with seed {order.seed}",
        hands=[
            Hands() if np.isnan(points).all() else Hands(keypoints=points[None])
            for points in columns["keypoints"]
        ],
        **{name: column for name, column in columns.items() if name != "keypoints"},
    )


def _draw(order: _Order, workers: int) -> dict[str, np.ndarray]:
    """All pictures of an order, as columns."""
    if workers == 1:
        return _draw_range(order, 0, order.count)
    parts = _spread(order, workers)
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}


def _draw_range(order: _Order, start: int, stop: int) -> dict[str, np.ndarray]:
    """Pictures `start` to `stop` of an order, as columns."""
    n, size = stop - start, order.size
    columns: dict[str, np.ndarray] = {
        "masks": np.zeros((n, size, size, 1), np.uint8),
        "labels": np.full(n, NO_HAND, np.int64),
        "rotations": np.full(n, np.nan, np.float32),
        "groups": np.arange(start, stop, dtype=np.int64) * len(SPLITS) + SPLITS.index(order.split),
        "keypoints": np.full((n, 21, 2), np.nan, np.float32),
    }
    if order.photos:
        columns["photos"] = np.zeros((n, size, size, 3), np.uint8)
    for row, index in enumerate(range(start, stop)):
        hand_rng, photo_rng = _generators(order, index)
        drawn, coverage = None, np.zeros((size, size), np.uint8)
        if not hand_rng.random() < order.empty:
            label = _label(order, index)
            drawn = scene.draw_scene(
                size, hand_rng, order.split, order.task, label, order.rotation_range, order.mirror
            )
            coverage, columns["masks"][row, ..., 0] = scene.draw_mask(drawn, size)
            columns["labels"][row] = label
            columns["rotations"][row] = drawn.rotation
            columns["keypoints"][row] = drawn.hand.points[:21]
        if order.photos:
            columns["photos"][row] = photo.draw_photo(drawn, coverage, photo_rng, order.split)
    return columns


def _generators(order: _Order, index: int) -> list[np.random.Generator]:
    """One generator for the hand and its place, one for colours and background."""
    base = (SPLITS.index(order.split), list(TASKS).index(order.task), index)
    return [np.random.default_rng(np.random.SeedSequence(order.seed, spawn_key=(*base, i))) for i in (0, 1)]


def _label(order: _Order, index: int) -> int:
    """Every run of as many pictures as there are classes holds each class once, in random order."""
    classes = len(TASKS[order.task])
    return int(_permutation(order.seed, order.split, order.task, index // classes)[index % classes])


@lru_cache(maxsize=64)
def _permutation(seed: int, split: str, task: str, run: int) -> np.ndarray:
    base = (SPLITS.index(split), list(TASKS).index(task), run, 2)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=base)).permutation(len(TASKS[task]))


def _spread(order: _Order, workers: int) -> list[dict[str, np.ndarray]]:
    """The order's pictures in equal runs, each drawn by a process of its own."""
    edges = np.linspace(0, order.count, min(workers, order.count) + 1).astype(int).tolist()
    # Fresh processes: a forked copy of one that runs TensorFlow's threads may hang.
    with ProcessPoolExecutor(len(edges) - 1, mp_context=get_context("spawn")) as pool:
        return list(pool.map(partial(_draw_range, order), edges[:-1], edges[1:]))


def _code_version() -> str:
    """A hash of the code that draws."""
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    for module in [
        Path(__file__),
        folder / "strata.py",
        *sorted(folder.glob("hand/*.py")),
        *sorted(folder.glob("world/*.py")),
    ]:
        digest.update(module.read_bytes())
    return digest.hexdigest()
