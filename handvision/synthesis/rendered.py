"""Hands drawn from a skeleton of capsules or from a mesh: the data that is always at hand."""

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
from handvision.core.hands import HAND_FIELDS
from handvision.core.vocabularies import GESTURES, NUMBERS
from handvision.core.workspace import workspace
from handvision.synthesis.hand import photo, scene, truth
from handvision.synthesis.hand.mesh import draw as mesh_draw
from handvision.synthesis.hand.mesh import group as mesh_group
from handvision.synthesis.hand.mesh import scene as mesh_scene
from handvision.synthesis.picture import Picture
from handvision.synthesis.strata import SPLITS

# Free poses have no names.
TASKS: dict[str, tuple[str, ...]] = {"numbers": NUMBERS, "gestures": GESTURES, "poses": ()}


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
    *,
    mesh: float | None = None,
    several: float = 0.0,
) -> Examples:
    """Draws hands that show numbers, gestures or any pose, with all that is known of them.

    A picture depends on (seed, split, task, its index) and the parameters that shape it, never on `count`,
    `workers` or on `photos`: the first 100 of 1,000 are the 100 of 100, and a mask drawn alone is the mask
    of the photo. No two splits share a hand's shape, a skin tone, a sleeve's colour or a background's colour:
    each comes from the split's own stripes of its range (`strata.stratum`). All classes are equally frequent.

    Hands are drawn as capsules, or, slower and much more like photos, as a skinned mesh.

    Args:
        count: number of pictures, from 1.
        size: width and height in pixels, 32 to 1024.
        seed: a whole number from 0.
        task: "numbers" (6 classes: raised fingers), "gestures" (the 20 of the hand_gestures archive), or
            "poses": any pose within the limits of the joints, seen from anywhere, without a label.
        split: "train", "validation" or "test".
        photos: False leaves the photos out, which is several times as fast.
        empty: share of pictures without a hand, 0 to 1. Their label is -1, their rotation and key points are
            NaN, their mask is black.
        rotation_range: turn of the picture in degrees against the usual one, low to high, within -180 to 180.
            The usual one has the hand point to image-up, save for gestures that the archive shows lying.
        mirror: share of pictures with the other hand. Default 0.5 for numbers; 0 for gestures, which then
            have the side of their archive.
        workers: processes that share the work.
        mesh: share of pictures whose hands are a mesh, 0 to 1. Default 1 for poses, which only a mesh shows;
            0 for the others.
        several: share of pictures of mesh hands that show two hands, or (one in four of them) three. Their
            `labels` are -1 and their `rotations` NaN; `hands` has those of every hand.

    Returns:
        Examples with photos (n, size, size, 3) uint8 RGB or None, masks (n, size, size, 1) uint8 0 or 255
        (skin of hand and bare forearm), labels (n,) int64, rotations (n,) float32 degrees counter-clockwise
        from image-up of the direction wrist to middle knuckle, groups (n,) int64 (every picture is another
        person), hands, class_names. A picture's `Hands` are none, or one with its key points; with `mesh`
        above 0 they are complete: box (without the forearm), handedness, label, rotation, and as the score
        of a key point 1 where it is seen, 0 where something hides it.

    Raises:
        ValueError: a parameter is out of its range; the message names it.
    """
    order = _checked(
        count, size, seed, task, split, photos, empty, rotation_range, mirror, workers, mesh, several
    )
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
    key = hashlib.sha256((json.dumps(asdict(order)) + code_version()).encode()).hexdigest()[:16]
    path = folder / f"{order.task}-{order.split}-{order.count}x{order.size}-{key}.npz"
    if not path.exists():
        columns = _draw(order, workers)
        with replacing(path) as temporary:
            np.savez(temporary, **columns)  # type: ignore[arg-type]  # NumPy's stub takes them for options
    with np.load(path, allow_pickle=False) as stored:
        columns = {name: stored[name] for name in stored.files}
    return _examples(order, columns)


@dataclass(frozen=True)
class Order:
    """A checked request, of plain numbers and words: `render`'s parameters without `workers`."""

    count: int
    size: int
    seed: int
    task: str
    split: str
    photos: bool
    empty: float
    rotation_range: tuple[float, float]
    mirror: float
    mesh: float
    several: float


def checked_order(**parameters: Any) -> Order:
    """The order of a call of `render`, with its defaults filled in.

    Raises:
        ValueError: a parameter is out of its range; the message names it.
    """
    call = _SIGNATURE.bind(**parameters)
    call.apply_defaults()
    return _checked(**call.arguments)


def draw_picture(order: Order, index: int) -> Picture:
    """Picture `index` of an order, whatever the order's count."""
    hand_rng, photo_rng = _generators(order, index)
    if hand_rng.random() < order.empty:
        return _without_hand(order, photo_rng)
    kind = np.random.default_rng(np.random.SeedSequence(order.seed, spawn_key=_key(order, index, 3)))
    if kind.random() >= order.mesh:
        return _capsules(order, _label(order, index), hand_rng, photo_rng)
    labels = [_label(order, index)]
    if kind.random() < order.several:
        classes = max(1, len(TASKS[order.task]))
        for _ in range(2 if kind.random() < 0.25 else 1):
            other = int(kind.integers(classes))
            labels.append(other if TASKS[order.task] else NO_HAND)
    return _mesh(order, labels, hand_rng, photo_rng)


def code_version() -> str:
    """A hash of the drawing code and the mesh: where it is equal, the same call draws the same bytes."""
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    parts = ("strata.py", "hand/*.py", "hand/mesh/*.py", "hand/mesh/*.npz", "world/*.py")
    for path in [Path(__file__), *(path for part in parts for path in sorted(folder.glob(part)))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


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
    mesh: float | None,
    several: float,
) -> Order:
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
        mirror = 0.0 if task == "gestures" else 0.5
    if mesh is None:
        mesh = 1.0 if task == "poses" else 0.0
    for name, value in (("empty", empty), ("mirror", mirror), ("mesh", mesh), ("several", several)):
        if not isinstance(value, (int, float, np.number)) or not 0 <= value <= 1:
            raise ValueError(f"{name} is {value!r}; use a share from 0 to 1")
    if task == "poses" and mesh < 1:
        raise ValueError(f"mesh is {mesh!r}, but only a mesh shows any pose; use mesh=1 for task 'poses'")
    if several and not mesh:
        raise ValueError(f"several is {several!r}, but mesh is 0: only pictures of mesh hands show several")
    low, high = _checked_range(rotation_range)
    return Order(
        int(count),
        int(size),
        int(seed),
        task,
        split,
        bool(photos),
        float(empty),
        (low, high),
        float(mirror),
        float(mesh),
        float(several),
    )


def _checked_range(rotation_range: tuple[float, float]) -> tuple[float, float]:
    try:
        low, high = (float(turn) for turn in rotation_range)
    except (TypeError, ValueError):
        raise ValueError(f"rotation_range is {rotation_range!r}; use two numbers of degrees") from None
    if not -180 <= low <= high <= 180:
        raise ValueError(f"rotation_range is {rotation_range!r}; use low <= high within -180 to 180")
    return low, high


# One picture ---------------------------------------------------------------------------------------------


def _without_hand(order: Order, photo_rng: np.random.Generator) -> Picture:
    nothing = np.zeros((order.size, order.size), np.uint8)
    drawn = photo.draw_photo(None, nothing, photo_rng, order.split) if order.photos else None
    return Picture(drawn, nothing, np.empty((0, order.size, order.size), np.uint8), Hands())


def _capsules(
    order: Order, label: int, hand_rng: np.random.Generator, photo_rng: np.random.Generator
) -> Picture:
    size = order.size
    drawn = scene.draw_scene(
        size, hand_rng, order.split, order.task, label, order.rotation_range, order.mirror
    )
    coverage, mask = scene.draw_mask(drawn, size)
    points = np.column_stack([drawn.hand.points[:21], truth.seen(drawn.hand, size)])
    hands = Hands(
        boxes=truth.box(drawn.hand, size)[None],
        keypoints=points[None],
        handedness=np.array(["left" if drawn.left else "right"]),
        labels=np.array([label]),
        rotations=np.array([drawn.rotation], np.float32),
    )
    shown = photo.draw_photo(drawn, coverage, photo_rng, order.split) if order.photos else None
    return Picture(shown, mask, mask[None], hands)


def _mesh(
    order: Order, labels: list[int], hand_rng: np.random.Generator, photo_rng: np.random.Generator
) -> Picture:
    what = order.size, hand_rng, order.split, order.task
    if len(labels) > 1:
        scenes = mesh_group.draw_group(*what, labels, order.rotation_range)
    else:
        scenes = [mesh_scene.draw_scene(*what, labels[0], order.rotation_range, order.mirror)]
    masks, points = zip(*mesh_group.seen_together(scenes), strict=True)
    hands = Hands(
        boxes=np.stack([each.box() for each in scenes]),
        keypoints=np.stack(points),
        handedness=np.array([each.handedness for each in scenes]),
        labels=np.array(labels),
        rotations=np.array([each.rotation for each in scenes], np.float32),
    )
    shown = mesh_draw.draw_photo(scenes, photo_rng, order.split) if order.photos else None
    return Picture(shown, np.max(masks, axis=0), np.stack(masks), hands)


def _generators(order: Order, index: int) -> list[np.random.Generator]:
    """One generator for the hand and its place, one for colours and background."""
    sequences = [np.random.SeedSequence(order.seed, spawn_key=_key(order, index, i)) for i in (0, 1)]
    return [np.random.default_rng(sequence) for sequence in sequences]


def _key(order: Order, index: int, purpose: int) -> tuple[int, ...]:
    return SPLITS.index(order.split), list(TASKS).index(order.task), index, purpose


def _label(order: Order, index: int) -> int:
    """Every run of as many pictures as there are classes holds each class once, in random order."""
    classes = len(TASKS[order.task])
    if not classes:
        return NO_HAND
    return int(_permutation(order.seed, order.split, order.task, index // classes)[index % classes])


@lru_cache(maxsize=64)
def _permutation(seed: int, split: str, task: str, run: int) -> np.ndarray:
    base = (SPLITS.index(split), list(TASKS).index(task), run, 2)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=base)).permutation(len(TASKS[task]))


# Many pictures -------------------------------------------------------------------------------------------


def _draw(order: Order, workers: int) -> dict[str, np.ndarray]:
    """All pictures of an order, as columns."""
    if workers == 1:
        return _draw_range(order, 0, order.count)
    parts = _spread(order, workers)
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}


def _spread(order: Order, workers: int) -> list[dict[str, np.ndarray]]:
    """The order's pictures in equal runs, each drawn by a process of its own."""
    edges = np.linspace(0, order.count, min(workers, order.count) + 1).astype(int).tolist()
    # Fresh processes: a forked copy of one that runs TensorFlow's threads may hang.
    with ProcessPoolExecutor(len(edges) - 1, mp_context=get_context("spawn")) as pool:
        return list(pool.map(partial(_draw_range, order), edges[:-1], edges[1:]))


def _draw_range(order: Order, start: int, stop: int) -> dict[str, np.ndarray]:
    """Pictures `start` to `stop` of an order, as columns; those of hands are as long as there are hands."""
    n, size = stop - start, order.size
    columns: dict[str, np.ndarray] = {
        "masks": np.zeros((n, size, size, 1), np.uint8),
        "labels": np.full(n, NO_HAND, np.int64),
        "rotations": np.full(n, np.nan, np.float32),
        "groups": np.arange(start, stop, dtype=np.int64) * len(SPLITS) + SPLITS.index(order.split),
        "hand_counts": np.zeros(n, np.int64),
    }
    if order.photos:
        columns["photos"] = np.zeros((n, size, size, 3), np.uint8)
    all_hands = []
    for row, index in enumerate(range(start, stop)):
        picture = draw_picture(order, index)
        hands = picture.hands
        columns["masks"][row, ..., 0] = picture.mask
        if len(hands) == 1:
            columns["labels"][row], columns["rotations"][row] = hands.labels[0], hands.rotations[0]
        if picture.photo is not None:
            columns["photos"][row] = picture.photo
        columns["hand_counts"][row] = len(hands)
        all_hands.append(hands)
    for field in HAND_FIELDS:
        columns[f"hand_{field}"] = np.concatenate([getattr(hands, field) for hands in all_hands])
    return columns


def _examples(order: Order, columns: dict[str, np.ndarray]) -> Examples:
    of_hands = {field: columns[f"hand_{field}"] for field in HAND_FIELDS}
    if not order.mesh:
        # Capsule hands are told as the first release told them, so that its data keep their hashes.
        of_hands = {"keypoints": of_hands["keypoints"][..., :2]}
    return Examples(
        name=f"rendered {order.task}, {order.split}",
        class_names=TASKS[order.task],
        source=f"drawn by handvision.synthesis.rendered with seed {order.seed}",
        hands=Hands.of_pictures(of_hands, columns["hand_counts"]),
        **{name: column for name, column in columns.items() if not name.startswith("hand_")},
    )
