"""A picture of a person with all that is known of the hands in it."""

from collections.abc import Sequence

import cv2
import numpy as np

from handvision.core.hands import Hands
from handvision.core.vocabularies import GESTURES, NUMBERS
from handvision.imaging.camera import motion_kernel
from handvision.synthesis.hand import photo, skin
from handvision.synthesis.person.room import draw_room
from handvision.synthesis.person.scene import Scene, draw_scene
from handvision.synthesis.person.shading import draw_person_look, shade
from handvision.synthesis.person.truth import find_hands
from handvision.synthesis.picture import Picture
from handvision.synthesis.strata import SPLITS

TASKS = {"numbers": NUMBERS, "gestures": GESTURES}
_TRIES = 8
# Of the blur and noise of close-ups: a person's hands are small in the picture.
_BLUR = 0.4


def draw_person(
    size: tuple[int, int],
    rng: np.random.Generator,
    split: str,
    task: str = "numbers",
    empty: bool = False,
    photos: bool = True,
    rooms: Sequence[np.ndarray] = (),
) -> Picture:
    """Draws a random person in a room: standing or sitting, hands raised, hanging, crossed, holding a thing.

    The same state of the generator gives the same bytes. No two splits share a body's or a hand's shape, a
    skin tone, a top's hue or a background's hue.

    Args:
        size: (height, width) in pixels, each 64 to 1024.
        split: "train", "validation" or "test".
        task: what raised hands show: "numbers" or "gestures". One in eight shows any pose, labelled
            NO_HAND, as every hand that is not raised is.
        empty: no hand is in the picture: they are out of it or behind the back, or nobody is there.
        photos: False leaves the photo out, which is faster.
        rooms: photos (height, width, 3) uint8 RGB without people, as backgrounds; default drawn rooms.

    Returns:
        A `Picture`: photo (height, width, 3) uint8 RGB; mask (height, width) uint8, 255 = skin of hands and
        of bare forearms joined to them (a bare arm whose hand is hidden is background); hands with box around
        the hand without its forearm, 21 key points (score 1 = seen, 0 = hidden), handedness, label, rotation.

    Raises:
        ValueError: an argument is out of its range; the message names it.
    """
    size = check_person(size, split, task, rooms)
    scene, masks, hands = _scene(size, rng, split, task, empty)
    drawn = _photo(scene, size, rng, split, rooms) if photos else None
    mask = masks.max(axis=0) if len(masks) else np.zeros(size, np.uint8)
    return Picture(drawn, mask, masks, hands)


def check_person(
    size: tuple[int, int], split: str, task: str, rooms: Sequence[np.ndarray]
) -> tuple[int, int]:
    """The size as whole numbers.

    Raises:
        ValueError: an argument of `draw_person` is out of its range; the message names it.
    """
    try:
        height, width = (int(side) for side in size)
    except (TypeError, ValueError):
        raise ValueError(f"size is {size!r}; use (height, width), each 64 to 1024 pixels") from None
    if not (64 <= height <= 1024 and 64 <= width <= 1024):
        raise ValueError(f"size is {size!r}; use (height, width), each 64 to 1024 pixels")
    if split not in SPLITS:
        raise ValueError(f"split is {split!r}; use one of {', '.join(SPLITS)}")
    if task not in TASKS:
        raise ValueError(f"task is {task!r}; use one of {', '.join(TASKS)}")
    for number, room in enumerate(rooms):
        if room.ndim != 3 or room.shape[2] != 3 or room.dtype != np.uint8:
            raise ValueError(
                f"rooms[{number}] has shape {room.shape} and dtype {room.dtype}; use (height, width, 3) uint8"
            )
    return height, width


def _scene(
    size: tuple[int, int], rng: np.random.Generator, split: str, task: str, empty: bool
) -> tuple[Scene | None, np.ndarray, Hands]:
    """A scene with a hand that can be seen, or, for `empty`, with none; None = nobody is there."""
    nothing = np.empty((0, *size), np.uint8)
    if not (empty and rng.random() < 0.2):
        for _ in range(_TRIES):
            labels = rng.integers(0, len(TASKS[task]), 2).tolist()
            scene = draw_scene(size, rng, split, task, (labels[0], labels[1]), empty)
            masks, hands, partly = find_hands(scene)
            if not partly and bool(len(hands)) != empty:
                return scene, masks, hands
    if not empty:
        raise RuntimeError(f"no person with a visible hand in {_TRIES} tries: this is a fault of draw_scene")
    return None, nothing, Hands()


def _photo(
    scene: Scene | None,
    size: tuple[int, int],
    rng: np.random.Generator,
    split: str,
    rooms: Sequence[np.ndarray],
) -> np.ndarray:
    tone = skin.tone(rng, split)
    look = draw_person_look(rng, split, tone)
    picture = draw_room(size, rng, split, rooms)
    if scene is None:
        return photo.through_camera(picture, rng, _BLUR)
    coverage = scene.coverage()
    if look.light.kind == "back":
        picture *= np.float32(rng.uniform(1.2, 1.7))
    elif rng.random() < 0.4:
        _cast_shadow(picture, coverage, look.light.direction, rng)
    person = shade(scene, look) * coverage[..., None]
    if rng.random() < 0.12:
        blur = motion_kernel(max(2.0, rng.uniform(0.004, 0.012) * size[0]), rng)
        person, coverage = cv2.filter2D(person, -1, blur), cv2.filter2D(coverage, -1, blur)
    return photo.through_camera(picture * (1 - coverage[..., None]) + person, rng, _BLUR)


def _cast_shadow(
    picture: np.ndarray, coverage: np.ndarray, light: np.ndarray, rng: np.random.Generator
) -> None:
    """Darkens the background where the person keeps the lamp's light from a wall behind."""
    reach = rng.uniform(0.02, 0.12) * len(picture)
    moved = np.array([[1, 0, -light[0] * reach], [0, 1, light[1] * reach]], np.float32)
    shadow = cv2.warpAffine(coverage, moved, coverage.shape[::-1])
    shadow = cv2.GaussianBlur(shadow, (0, 0), 0.8 + 0.4 * reach)
    picture *= 1 - shadow[..., None] * np.float32(rng.uniform(0.1, 0.5))
