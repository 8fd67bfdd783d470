"""Rendered persons: many pictures of people with hands of all sizes, and of people without."""

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from handvision.core.checks import checked_share, whole_number
from handvision.core.examples import NO_HAND, Examples, Hands
from handvision.core.files import replacing
from handvision.core.hands import HAND_FIELDS
from handvision.core.workspace import workspace
from handvision.synthesis.person.draw import TASKS, check_person, draw_person
from handvision.synthesis.picture import Picture
from handvision.synthesis.strata import SPLITS


def render_persons(
    count: int,
    size: tuple[int, int] = (192, 256),
    seed: int = 0,
    task: str = "numbers",
    split: str = "train",
    photos: bool = True,
    empty: float = 0.2,
    rooms: Sequence[np.ndarray] = (),
    workers: int = 1,
    cached: bool = False,
    folder: str | Path | None = None,
) -> Examples:
    """Draws persons, with all that is known of their hands (see `person.draw.draw_person`).

    A picture depends on (seed, split, task, its index) and on `size`, `empty` and `rooms`, never on `count`,
    `workers` or `photos`: the first 100 of 1,000 are the 100 of 100.

    Args:
        count: number of pictures, from 1.
        size: (height, width) in pixels, each 64 to 1024.
        seed: a whole number from 0.
        task: what raised hands show, "numbers" or "gestures".
        split: "train", "validation" or "test".
        photos: False leaves the photos out, which is faster.
        empty: share of pictures in which no hand is seen, 0 to 1.
        rooms: photos (height, width, 3) uint8 RGB without people, as backgrounds; default drawn rooms.
        workers: processes that share the work.
        cached: keep the pictures on disk: the same call later opens the file instead of drawing again. Not
            with `rooms`, whose photos no file may hold.
        folder: where the file lies; default `rendered` in the folder of runs. Its name carries a hash of the
            parameters and of the drawing code.

    Returns:
        Examples with photos (n, height, width, 3) uint8 RGB or None, masks (n, height, width, 1) uint8 0 or
        255, hands (none, one or two), labels (n,) int64 and rotations (n,) float32 of pictures with one hand
        (NO_HAND and NaN elsewhere), groups (n,) int64 (every picture is another person), class_names.

    Raises:
        ValueError: a parameter is out of its range; the message names it.
    """
    order = _Order(
        whole_number(count, 1, "count"),
        check_person(size, split, task, rooms),
        whole_number(seed, 0, "seed"),
        task,
        split,
        bool(photos),
        checked_share(empty, "empty"),
    )
    workers = whole_number(workers, 1, "workers")
    if not cached:
        return _examples(order, _draw(order, rooms, workers))
    if len(rooms):
        raise ValueError(
            f"cached is True with {len(rooms)} rooms: pictures with photos of rooms are not kept"
        )
    key = hashlib.sha256((json.dumps(asdict(order)) + code_version()).encode()).hexdigest()[:16]
    path = Path(folder) if folder is not None else workspace().runs / "rendered"
    path = path / f"persons-{task}-{split}-{order.count}-{key}.npz"
    if not path.exists():
        columns = _draw(order, rooms, workers)
        with replacing(path) as temporary:
            np.savez(temporary, **columns)  # type: ignore[arg-type]  # NumPy's stub takes them for options
    with np.load(path, allow_pickle=False) as stored:
        return _examples(order, {name: stored[name] for name in stored.files})


@dataclass(frozen=True)
class _Order:
    """A checked request, of plain numbers and words."""

    count: int
    size: tuple[int, int]
    seed: int
    task: str
    split: str
    photos: bool
    empty: float


def _draw(order: _Order, rooms: Sequence[np.ndarray], workers: int) -> dict[str, np.ndarray]:
    """All pictures of an order, as columns."""
    if workers == 1:
        return _draw_range(order, rooms, 0, order.count)
    edges = np.linspace(0, order.count, min(workers, order.count) + 1).astype(int).tolist()
    # Fresh processes: a forked copy of one that runs TensorFlow's threads may hang.
    with ProcessPoolExecutor(len(edges) - 1, mp_context=get_context("spawn")) as pool:
        parts = list(pool.map(partial(_draw_range, order, rooms), edges[:-1], edges[1:]))
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}


def _draw_range(order: _Order, rooms: Sequence[np.ndarray], start: int, stop: int) -> dict[str, np.ndarray]:
    """Pictures `start` to `stop` of an order, as columns; those of hands are as long as there are hands."""
    pictures = [_picture(order, rooms, index) for index in range(start, stop)]
    counts = np.array([len(picture.hands) for picture in pictures])
    single = counts == 1
    labels = np.full(len(pictures), NO_HAND, np.int64)
    rotations = np.full(len(pictures), np.nan, np.float32)
    labels[single] = [picture.hands.labels[0] for picture in pictures if len(picture.hands) == 1]
    rotations[single] = [picture.hands.rotations[0] for picture in pictures if len(picture.hands) == 1]
    columns = {
        "masks": np.stack([picture.mask[..., None] for picture in pictures]),
        "labels": labels,
        "rotations": rotations,
        "groups": np.arange(start, stop, dtype=np.int64) * len(SPLITS) + SPLITS.index(order.split),
        "hand_counts": counts,
    }
    shown = [picture.photo for picture in pictures if picture.photo is not None]
    if shown:
        columns["photos"] = np.stack(shown)
    for field in HAND_FIELDS:
        columns[f"hand_{field}"] = np.concatenate([getattr(picture.hands, field) for picture in pictures])
    return columns


def _picture(order: _Order, rooms: Sequence[np.ndarray], index: int) -> Picture:
    key = SPLITS.index(order.split), list(TASKS).index(order.task), index
    rng = np.random.default_rng(np.random.SeedSequence(order.seed, spawn_key=key))
    empty = bool(rng.random() < order.empty)
    return draw_person(order.size, rng, order.split, order.task, empty, order.photos, rooms)


def _examples(order: _Order, columns: dict[str, np.ndarray]) -> Examples:
    of_hands = {field: columns[f"hand_{field}"] for field in HAND_FIELDS}
    return Examples(
        name=f"rendered persons, {order.task}, {order.split}",
        class_names=TASKS[order.task],
        source=f"drawn by handvision.synthesis.persons with seed {order.seed}",
        hands=Hands.of_pictures(of_hands, columns["hand_counts"]),
        **{name: column for name, column in columns.items() if not name.startswith("hand_")},
    )


def code_version() -> str:
    """A hash of the drawing code and the meshes: where it is equal, the same call draws the same bytes."""
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    parts = (
        "strata.py",
        "hand/*.py",
        "hand/mesh/*.py",
        "hand/mesh/*.npz",
        "person/*.py",
        "person/*.npz",
        "world/*.py",
    )
    for path in [Path(__file__), *(path for part in parts for path in sorted(folder.glob(part)))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()
