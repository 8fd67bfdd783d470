"""Close-ups of hands, and of what is none: what the reader learns from and is watched on."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from handvision.core.close_ups import REACH, SIDE, CloseUps
from handvision.core.examples import NO_HAND, Examples
from handvision.core.geometry import Affine, box_iou, letterbox
from handvision.core.hands import HAND_FIELDS, KEYPOINTS, Hands
from handvision.core.vocabularies import HAGRID, NUMBERS, OF_HEADS
from handvision.datasets.readers import find_reader
from handvision.datasets.readers.hagrid import IDLE
from handvision.datasets.readers.people_photos import WITHOUT_HANDS
from handvision.datasets.teacher import add_hands
from handvision.imaging.skin_colour import skin_mask
from handvision.protocol.finding_sequence import random_view
from handvision.protocol.hand_truth import box_of
from handvision.protocol.partitions import part
from handvision.protocol.task import WORKERS
from handvision.synthesis.persons import render_persons
from handvision.synthesis.rendered import cached_render

# Sets that a teacher has looked at, and that released models may learn from.
REAL = (
    "hagrid_numbers",
    "hand_gesture_yolov8",
    "hands_dataset",
    "sign_language_digits",
    "finger_counting",
    "rock_paper_scissors",
)
TEACHERS_OWN = "people_photos_teacher"  # photos of which nothing is known but what the teacher found
# All sets of real photos that close-ups come from, and what archives hold them.
SETS = (*REAL, TEACHERS_OWN, "people_without_hands", "people_photos")
DATA_SETS = tuple(dict.fromkeys(find_reader(name).dataset for name in SETS))
# Shapes that are never learned for comparing gestures: gestures that only users teach are judged by them.
UNSEEN_OF_HAGRID = ("call", "rock", "ok", "mute", "like", "stop")
UNSEEN_RENDERED = (
    "ok (thumb on index)",
    "call me (thumb, little)",
    "thumbs up",
    "five",
    "I love you",
    "index",
)
UNSEEN_NUMBERS = ("1", "5")  # drawn as the index alone, and the open hand
# A photo -> what is taken for hands in it: boxes and rotations in its pixels.
Find = Callable[[NDArray[np.uint8]], Hands]
VIEW = (384, 512)  # height and width of moved photos in which false finds are looked for
PERSON_SIZE = (288, 384)  # height and width of their pictures
# The largest side of a hand that is no hand to speak of.
_LEAST_PIXELS = 8.0


def real_close_ups(name: str, which: str) -> CloseUps:
    """Every known hand of a set of photos, with what a teacher is believed to know of it.

    Args:
        name: one of REAL, or TEACHERS_OWN.
        which: "train" or "validation".

    Raises:
        DataUnavailable: the photos are not at hand.
        ValueError: the teacher has not seen this part: test photos never.
    """
    photos = part(name, which)
    if name != TEACHERS_OWN:
        photos = add_hands(name, photos)
    ids = photos.require("ids").tolist()
    rows = _Rows()
    for i, (photo, hands) in enumerate(zip(photos.require("photos"), photos.require("hands"), strict=True)):
        for j in range(len(hands)):
            labels = {"gesture": _number(photos, i, hands, j)}
            shaped = True
            if name == "hagrid_numbers":
                shown = ids[i].split("/")[0]
                labels["hagrid"] = _of_hagrid(shown, labels["gesture"])
                shaped = shown not in UNSEEN_OF_HAGRID
            rows.add(photo, None, hands, j, name, labels, shaped=shaped)
    return rows.close_ups()


def rendered_close_ups(count: int, seed: int, which: str, size: int = 192) -> CloseUps:
    """Mesh hands of any pose, and those that show numbers and gestures: `count` of each."""
    rows = _Rows()
    for task in ("poses", "numbers", "gestures"):
        drawn = cached_render(count, size, seed=seed, split=which, task=task, mesh=1.0, workers=WORKERS)
        _add_drawn(rows, drawn, "mesh")
    return rows.close_ups()


def person_close_ups(count: int, seed: int, which: str) -> CloseUps:
    """The hands of rendered persons, as small as they are."""
    rows = _Rows()
    for drawn in drawn_persons(count, seed, which):
        _add_drawn(rows, drawn, "persons")
    return rows.close_ups()


def drawn_persons(count: int, seed: int, which: str) -> list[Examples]:
    """Rendered persons: two thirds of them show numbers, one third gestures; rendered once."""
    return [
        render_persons(many, PERSON_SIZE, seed, task, which, workers=WORKERS, cached=True)
        for task, many in (("numbers", -(-count * 2 // 3)), ("gestures", -(-count // 3)))
    ]


def close_ups_without_hands(which: str, per_photo: int, seed: int) -> CloseUps:
    """Parts of photos without a hand, those with skin in them first: faces, legs, necks."""
    rng = np.random.default_rng(seed)
    photos = photos_without_hands(which)
    return negatives_of((photo, Hands(boxes=_likely(photo, per_photo, rng))) for photo in photos)


def negatives_of(taken: Iterable[tuple[NDArray[np.uint8], Hands]]) -> CloseUps:
    """Close-ups of what may be taken for hands and is none.

    Args:
        taken: photos, each with boxes, and rotations where it is known how they would be turned.
    """
    rows = _Rows()
    for photo, none in taken:
        for box, rotation in zip(none.boxes, none.rotations, strict=True):
            rows.add_none(photo, box, "without_hands", float(rotation))
    return rows.close_ups()


def false_finds(find: Find, which: str, views: int, seed: int) -> CloseUps:
    """What a finder takes for hands and is none: the negatives that the reader will meet.

    Args:
        find: the finder.
        which: "train" or "validation".
        views: of each photo: as it is, and moved at random.
        seed: of the moves.
    """
    return negatives_of(_finds_beside_hands(find, which, views, np.random.default_rng((seed, 1))))


def beside(found: Hands, hands: Hands) -> Hands:
    """Of what is found that which plainly is no hand: it touches no box of the hands that are there."""
    if not len(hands):
        return found
    return found.take(box_iou(found.boxes, hands.boxes).max(axis=1) == 0)


def photos_without_hands(which: str) -> Iterator[NDArray[np.uint8]]:
    """Photos of people and rooms that show no hand, of a part."""
    yield from part("people_without_hands", which).require("photos")
    people = part("people_photos", which)
    for photo, one in zip(people.require("photos"), people.require("ids").tolist(), strict=True):
        if one.split("/")[0] == WITHOUT_HANDS:
            yield photo


@dataclass(eq=False)
class _Rows:
    """Close-ups in the making."""

    pictures: list[bytes] = field(default_factory=list)
    masks: list[bytes] = field(default_factory=list)
    hands: list[Hands] = field(default_factory=list)
    present: list[bool] = field(default_factory=list)
    labels: list[Mapping[str, int]] = field(default_factory=list)
    shaped: list[bool] = field(default_factory=list)
    pixels: list[float] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)

    def add(
        self,
        photo: NDArray[np.uint8],
        mask: NDArray[np.uint8] | None,
        hands: Hands,
        row: int,
        source: str,
        labels: Mapping[str, int],
        *,
        shaped: bool = True,
    ) -> None:
        box = box_of(hands, row)
        if not np.isfinite(box).all() or max(box[2:] - box[:2]) < _LEAST_PIXELS:
            return
        one = hands.take([row])
        columns = {name: getattr(one, name) for name in HAND_FIELDS} | {"boxes": box[None]}
        self._cut(photo, mask, Hands(**columns), source)
        self.present.append(True)
        self.labels.append(labels)
        self.shaped.append(shaped)

    def add_none(self, photo: NDArray[np.uint8], box: NDArray, source: str, rotation: float) -> None:
        unknown = np.full((1, KEYPOINTS, 3), np.nan, np.float32)
        turned = np.array([rotation], np.float32)
        self._cut(photo, None, Hands(boxes=box[None], keypoints=unknown, rotations=turned), source)
        self.present.append(False)
        self.labels.append({})
        self.shaped.append(False)

    def _cut(self, photo: NDArray[np.uint8], mask: NDArray | None, hands: Hands, source: str) -> None:
        box = hands.boxes[0].astype(float)
        longer = float(max(box[2:] - box[:2]))
        side = REACH * longer
        affine = Affine.shift(*(side / 2 - (box[:2] + box[2:]) / 2)).then(Affine.scale(SIDE / side))
        cut = _shrunk_warp(photo, affine, SIDE / side)
        self.pictures.append(_encoded(".jpg", np.ascontiguousarray(cut[..., ::-1])))
        moved = b""
        if mask is not None:
            # Nearest: its values are names.
            small = affine.warp(np.ascontiguousarray(mask), SIDE, SIDE, interpolation="nearest")
            moved = _encoded(".png", np.asarray(small, np.uint8).reshape(SIDE, SIDE))
        self.masks.append(moved)
        self.hands.append(hands.moved(affine))
        self.pixels.append(longer)
        self.sources.append(source)

    def close_ups(self) -> CloseUps:
        columns = {name: np.concatenate([getattr(one, name) for one in self.hands]) for name in HAND_FIELDS}
        return CloseUps(
            self.pictures,
            self.masks,
            Hands(**columns),
            np.array(self.present, bool),
            {name: np.array([one.get(name, NO_HAND) for one in self.labels], np.int64) for name in OF_HEADS},
            np.array(self.shaped, bool),
            np.array(self.pixels, np.float32),
            np.array(self.sources, str),
        )


def _add_drawn(rows: _Rows, drawn: Examples, source: str) -> None:
    for i, (photo, hands) in enumerate(zip(drawn.require("photos"), drawn.require("hands"), strict=True)):
        mask = drawn.require("masks")[i]
        for j in range(len(hands)):
            label = int(hands.labels[j])
            names = drawn.class_names
            unseen = UNSEEN_NUMBERS if names == NUMBERS else UNSEEN_RENDERED
            labels = {head: label for head, its in OF_HEADS.items() if its == names}
            rows.add(
                photo,
                mask,
                hands,
                j,
                source,
                labels,
                shaped=label == NO_HAND or names[label] not in unseen,
            )


def _finds_beside_hands(
    find: Find, which: str, views: int, rng: np.random.Generator
) -> Iterator[tuple[NDArray[np.uint8], Hands]]:
    """Views of photos with what is found in them and touches no hand."""
    photos = [(photo, Hands()) for photo in photos_without_hands(which)]
    webcam = part("hands_dataset", which)  # all of its hands have boxes
    photos += zip(webcam.require("photos"), webcam.require("hands"), strict=True)
    for photo, hands in photos:
        for view in range(views):
            affine = (
                random_view(photo.shape[:2], VIEW, rng) if view else letterbox(photo.shape[:2], VIEW).affine
            )
            seen = affine.warp(np.ascontiguousarray(photo), *VIEW)
            yield seen, beside(find(seen), hands.moved(affine))


def _number(photos: Examples, i: int, hands: Hands, j: int) -> int:
    """Raised fingers of hand `j` of photo `i`, or NO_HAND."""
    if photos.class_names != NUMBERS:
        return NO_HAND
    label = int(hands.labels[j])
    if label == NO_HAND and len(hands) == 1 and photos.labels is not None:
        label = int(photos.labels[i])
    return label


def _of_hagrid(shown: str, number: int) -> int:
    """The gesture of one hand of a photo, as the photo's folder says; NO_HAND where it is not to be learned.

    Args:
        shown: the folder: a gesture, or that the hand is idle.
        number: raised fingers of this hand. Of a gesture's photo, a hand without a number is the other one.
    """
    known = shown in HAGRID and (shown == IDLE or number != NO_HAND)
    return HAGRID.index(shown) if known else NO_HAND


def _shrunk_warp(photo: NDArray[np.uint8], affine: Affine, scale: float) -> NDArray[np.uint8]:
    """The warped photo; first shrunk by area where it gets much smaller, so that nothing flickers."""
    if scale < 0.6:
        height, width = photo.shape[:2]
        rows, columns = max(1, round(height * scale * 1.5)), max(1, round(width * scale * 1.5))
        small = cv2.resize(photo, (columns, rows), interpolation=cv2.INTER_AREA)
        affine = Affine.scale(width / columns, height / rows).then(affine)
        photo = small
    return affine.warp(np.ascontiguousarray(photo), SIDE, SIDE)


def _likely(photo: NDArray[np.uint8], count: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """(count, 4) boxes that might be taken for hands: of several at random, those with most skin."""
    height, width = photo.shape[:2]
    shrink = 160 / max(height, width)
    small = cv2.resize(photo, (max(8, round(width * shrink)), max(8, round(height * shrink))))
    skin = cv2.integral(skin_mask(small).reshape(small.shape[:2]).astype(np.float32))
    boxes: list[tuple[float, Sequence[float]]] = []
    for _ in range(4 * count):
        side = min(height, width) * float(np.exp(rng.uniform(np.log(0.06), np.log(0.6))))
        x, y = rng.uniform(0, width - side), rng.uniform(0, height - side)
        x0, y0, x1, y1 = (int(value * shrink) for value in (x, y, x + side, y + side))
        area = max(1, (x1 - x0) * (y1 - y0))
        share = float(skin[y1, x1] - skin[y0, x1] - skin[y1, x0] + skin[y0, x0]) / area
        boxes.append((share + 0.3 * float(rng.random()), (x, y, x + side, y + side)))
    boxes.sort(key=lambda each: -each[0])
    return np.array([box for _, box in boxes[:count]], np.float32)


def _encoded(ending: str, picture: NDArray[np.uint8]) -> bytes:
    options = [cv2.IMWRITE_JPEG_QUALITY, 88] if ending == ".jpg" else []
    done, file = cv2.imencode(ending, picture, options)
    if not done:
        raise RuntimeError(f"OpenCV could not encode a close-up as {ending}")
    return file.tobytes()
