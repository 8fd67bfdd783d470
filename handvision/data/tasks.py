"""What each notebook trains on and is judged by: the readers and renderers, put together.

A test set shares no frame block, no person, no session and no rendered identity with what is
trained on. The same people are held out of every task, so that the combined model is judged on
people whom neither of its parts has seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import keras
import numpy as np

from handvision.augmentation import ImageDataGenerator
from handvision.data import download, load, rendered, splits
from handvision.data.compositing import CompositeSequence, freeze, photometric_jitter
from handvision.data.examples import NO_HAND, Examples, concatenate, resize
from handvision.data.no_hands import beside_boxes, skin_masks
from handvision.data.roughness import roughen
from handvision.settings import data_folder

MASK_SIZE = 128
# The seed of every split by person: one choice for all tasks, whatever the run's seed.
SPLIT_SEED = 20261125
WORKERS = 2

# Rooms, and webcam frames beside the hands: what no number is read from.
NO_HAND_SETS = ("houses", "finger_counting", "hands_dataset")
NUMBER_SETS = ("finger_digits", "sign_language_digits")
GESTURE_SETS = ("hand_gestures",)
PHOTO_SETS = ("sign_language_digits", "massey", "finger_counting", "hgr1", "houses", "hands_dataset")

RENDERED_TEST = "rendered hands never seen"
FINGER_DIGITS_TEST = "Finger Digits, last fifth of every sequence"
ARCHIVE_TEST = "the archive's test part"
OTHER_PEOPLE_TEST = "other people (Sign Language Digits)"
LEFT_OUT_TEST = "people of Sign Language Digits left out"

# The people of Sign Language Digits have about seven pictures each, the one of Finger Digits thousands.
_OTHER_PEOPLE_REPEATED = 6


@dataclass(frozen=True)
class Task:
    """Pictures to learn from, to choose by, and to be judged by.

    Attributes:
        train: Examples, or in a segmentation task a sequence of (photos, masks) batches.
        validation: Examples.
        tests: name of a test -> Examples, in the order of the report.
        data: "real" or "rendered", what was chosen.
        no_hands: in a classification task, masks that no number should be read from.
        boxed: in a segmentation task, photos with boxes and weak masks; None without real data.
    """

    train: Examples | keras.utils.PyDataset
    validation: Examples
    tests: dict[str, Examples]
    data: str
    no_hands: Examples | None = None
    boxed: Examples | None = None

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names that labels point to."""
        return self.validation.class_names


def choose_data(choice: str, needed: Sequence[str], welcome: Sequence[str] = ()) -> str:
    """Which data a task takes, "real" or "rendered"; said loudly.

    Args:
        choice: "real" fetches what is missing, "auto" takes real data if all of it is at hand and
            never downloads, "rendered" takes rendered hands.
        needed: names of data sets.
        welcome: names of more, which are used where they are at hand; "real" fetches them too.

    Raises:
        ValueError: an unknown choice.
        DataUnavailable: "real" was asked for and a set cannot be had.
    """
    if choice not in ("auto", "rendered", "real"):
        raise ValueError(f"data is {choice!r}; use 'auto', 'rendered' or 'real'")
    if choice == "real":
        for name in (*needed, *welcome):
            download.fetch(name)
    elif choice == "auto":
        missing = [name for name in needed if download.find(name) is None]
        choice = "rendered" if missing else "real"
        if missing:
            print(f"DATA: not at hand: {', '.join(missing)} (`make data` fetches them).")
    print(f"DATA: {'real pictures and rendered hands' if choice == 'real' else 'rendered hands only'}.")
    return choice


def finger_numbers(
    data: str,
    train: int,
    test: int,
    seed: int,
    *,
    other_people: bool = False,
    hands: bool = True,
    no_hands: float = 0.08,
    random_split: bool = False,
) -> Task:
    """Hand masks of the six numbers, `MASK_SIZE` square.

    Finger Digits, one person, is split by blocks of frames. Sign Language Digits, about 170 people, is
    the test on other people wherever it is at hand: all of it, or those of its people who are in no part
    that is learned from. (The poses of rendered hands were mended by looking at its persons 0 to 79; the
    others were left alone.) Finger Counting, one more person, is never learned from.

    Args:
        data: "auto", "rendered" or "real".
        train: number of masks to learn from; with real data, up to half of them are real.
        test: number of rendered masks to be judged by, and of masks that are no hand.
        seed: of the rendered hands.
        other_people: with real data, also learn from seven in ten people of Sign Language Digits.
        hands: False learns from real frames alone, without rendered hands. For comparisons.
        no_hands: share of the training masks that show no hand.
        random_split: deals the frames of Finger Digits at random, as published. For comparisons.
    """
    data = choose_data(data, NUMBER_SETS, NO_HAND_SETS)
    drawn = _rendered_masks("numbers", train, test, seed)
    tests, real, validation = {RENDERED_TEST: drawn["test"]}, [], drawn["validation"]
    if download.find("sign_language_digits") is not None:
        people = _masks_only(load.load("sign_language_digits"))
        if data == "real" and other_people:
            parts = splits.group_split(people, seed=SPLIT_SEED)
            many = np.tile(np.arange(len(parts["train"])), _OTHER_PEOPLE_REPEATED)
            real.append(parts["train"].take(many))
            tests = {LEFT_OUT_TEST: parts["test"]} | tests
        else:
            tests = {OTHER_PEOPLE_TEST: people} | tests
    if data == "real":
        frames = _masks_only(load.load("finger_digits"))
        if random_split:
            parts = splits.random_split(frames, seed=SPLIT_SEED)
            tests = {"Finger Digits, random part": parts["test"]} | tests
        else:
            parts = splits.block_split(frames, test=0.2, validation=0.1, gap=50)
            if download.find("finger_counting") is not None:
                another = _masks_only(close_up(load.load_finger_counting_raw()))
                tests = {"another person (Finger Counting)": another} | tests
            tests = {FINGER_DIGITS_TEST: parts["test"]} | tests
        real.append(parts["train"])
        validation = parts["validation"]
    learned = _to_learn_from(data, real, drawn["train"] if hands else None, train, no_hands, seed)
    return Task(learned, validation, tests, data, _no_hand_masks(data, "test", test, seed))


def gestures(data: str, train: int, test: int, seed: int, *, no_hands: float = 0.08) -> Task:
    """Hand masks of the twenty gestures; arguments as for `finger_numbers`.

    The archive's own test part is the test. It goes on where its training part ends, so the last 50
    training frames of every class are left out.
    """
    data = choose_data(data, GESTURE_SETS, NO_HAND_SETS)
    drawn = _rendered_masks("gestures", train, test, seed)
    tests, real, validation = {RENDERED_TEST: drawn["test"]}, [], drawn["validation"]
    if data == "real":
        own = _masks_only(load.load("hand_gestures", part="train", gap=50))
        frames = splits.block_split(own, test=0.0, validation=0.1, gap=50)
        tests = {ARCHIVE_TEST: _masks_only(load.load("hand_gestures", part="test"))} | tests
        real, validation = [frames["train"]], frames["validation"]
    learned = _to_learn_from(data, real, drawn["train"], train, no_hands, seed)
    return Task(learned, validation, tests, data, _no_hand_masks(data, "test", test, seed))


def segmentation(
    data: str,
    size: int | tuple[int, int],
    train: int,
    test: int,
    batch_size: int,
    steps: int,
    seed: int,
    *,
    plain_walls: float = 0,
    empty: float = 0.07,
    several: float = 0.15,
    extent: tuple[float, float] = (0.25, 1.2),
) -> Task:
    """Photos and hand masks for the segmenters.

    With rendered hands, photo and mask are mirrored together at random. With real data, cut-out
    hands are laid over rooms and webcam frames, fresh in every epoch, beside whole photos with masks (those
    of webcam frames are weak) and rendered hands.

    Args:
        data: "auto", "rendered" or "real".
        size: of the photos in pixels, one number for squares or (height, width).
        train: number of rendered photos to learn from.
        test: number of pictures of each test set (where it has so many).
        batch_size: pictures a batch.
        steps: batches an epoch.
        seed: of the rendered hands and of what is drawn from the real ones.
        plain_walls: how often, beside every other source together (1), Sign Language Digits are shown whole,
            before their own plain wall. They are easy: they belong to the end of a training.
        empty, several, extent: of the composites with real data, see `CompositeSequence`: photos without a
            hand, with a second one, and how large hands are.
    """
    data = choose_data(data, PHOTO_SETS)
    frame = _frame(size)
    hands = {
        split: _rendered_photos(count, frame, seed, split, empty=0.07)
        for split, count in (("train", train), ("validation", max(test // 2, 1)), ("test", test))
    }
    tests = {RENDERED_TEST: hands["test"]}
    if data == "rendered":
        # Rendered hands point to all sides as they are: mirroring adds pictures without an edge to fill.
        turned = ImageDataGenerator(horizontal_flip=True, vertical_flip=True, rescale=1 / 255).flow(
            hands["train"].photos,
            masks=hands["train"].masks,
            batch_size=batch_size,
            seed=seed,
            workers=WORKERS,
        )
        return Task(Steps(turned, steps), hands["validation"], tests, data)
    real = _real_photos()
    train_sequence = CompositeSequence(
        cutouts=real["train"]["cutouts"],
        photos=[*real["train"]["photos"], hands["train"], real["train"]["cutouts"][0]],
        backgrounds=real["train"]["backgrounds"],
        # Cut-outs: Sign Language Digits (about 100 people) most of all, Massey, HGR1 with its forearms; whole
        # photos: Finger Counting, HGR1, webcam frames with weak masks, rendered, plain walls.
        weights=(0.3, 0.13, 0.08, 0.13, 0.08, 0.13, 0.15, plain_walls),
        empty=empty,
        several=several,
        extent=extent,
        size=frame,
        batch_size=batch_size,
        steps=steps,
        seed=seed,
        workers=WORKERS,
    )
    return Task(
        train_sequence,
        _composites(real["validation"], frame, test),
        tests | _photo_tests(real["test"], frame, test),
        data,
        boxed=resize(real["test"]["sessions"], *frame),
    )


def photos_to_numbers(data: str, size: int | tuple[int, int], test: int, seed: int) -> dict[str, Examples]:
    """Photos with numbers for the combined model: name of a test -> Examples.

    Rendered hands point to all sides; real photos come as they are, and again turned by any angle.

    Args:
        data: "auto", "rendered" or "real".
        size: of the photos in pixels, one number for squares or (height, width).
        test: number of pictures of each test set (where it has so many).
        seed: of the rendered hands.
    """
    data = choose_data(data, PHOTO_SETS)
    frame = _frame(size)
    tests = {RENDERED_TEST: _rendered_photos(test, frame, seed, "test", empty=0)}
    if data == "real":
        people, raw, webcam = photos_with_numbers("test")
        sets = {
            LEFT_OUT_TEST: people,
            "Finger Counting, last fifth": raw,
            "webcam frames with one hand (HandsDataset)": webcam,
        }
        for name, photos in sets.items():
            photos = replace(_some(photos, test), boxes=None, keypoints=None)
            tests[name] = resize(photos, *frame)
            tests[f"{name}, any rotation"] = resize(turned_photos(photos, seed), *frame)
    return tests


def photos_with_numbers(part: str) -> tuple[Examples, Examples, Examples]:
    """Real photos with numbers: Sign Language Digits, Finger Counting, HandsDataset with one hand in view.

    No person, no session and (Finger Counting, one person) no block of frames is in two parts.

    Args:
        part: "train", "validation" or "test".
    """
    people = splits.group_split(load.load("sign_language_digits"), seed=SPLIT_SEED)[part]
    raw = splits.block_split(load.load_finger_counting_raw(), test=0.2, validation=0.1, gap=0)[part]
    webcam = splits.group_split(load.load("hands_dataset"), seed=SPLIT_SEED)[part]
    return people, raw, webcam.take(webcam.labels != NO_HAND)


def turned_photos(photos: Examples, seed: int) -> Examples:
    """Each photo turned about its centre by an angle of its own, its border replicated; masks are dropped.

    Args:
        photos: with photos; rotations, where they are known, turn along.
        seed: of the angles.
    """
    turn = ImageDataGenerator(rotation_range=180, fill_mode="nearest")
    rng = np.random.default_rng(seed)
    turned, rotations = [], []
    for i, photo in enumerate(photos.photos):
        how = turn.get_random_transform(photo.shape, seed=int(rng.integers(2**31)))
        turned.append(_apply(turn, how, photo))
        if photos.rotations is not None:
            rotations.append(turn.transform_rotation(photos.rotations[i], how))
    rotations = np.array(rotations, np.float32) if rotations else None
    return replace(photos, photos=np.stack(turned), masks=None, rotations=rotations)


def photos_to_learn_numbers(
    data: str, size: int | tuple[int, int], count: int, seed: int, *, versions: int = 4
) -> Examples:
    """Photos with numbers, of people, frames and sessions that everything else learns from too.

    Each is there as it is, and in more versions: turned, mirrored, scaled and in another light, its border
    replicated. Photos without a hand have the label NO_HAND.

    Args:
        data: "auto", "rendered" or "real".
        size: of the photos in pixels, one number for squares or (height, width).
        count: of rendered photos; with real data the others are as many as there are.
        seed: of the rendered hands, and of what is drawn.
        versions: of each real photo.
    """
    data = choose_data(data, PHOTO_SETS)
    frame = _frame(size)
    drawn = _rendered_photos(count, frame, seed, "train", empty=0)
    nothing = _photos_without_hands(data, "train", seed, max(1, count // 10))
    nothing = replace(
        resize(replace(nothing, masks=None), *frame), labels=np.full(len(nothing), NO_HAND, np.int64)
    )
    parts = [drawn, _versions(nothing, frame, versions if data == "real" else 1, seed)]
    if data == "real":
        parts += [_versions(photos, frame, versions, seed) for photos in photos_with_numbers("train")]
    parts = [
        Examples(
            part.name,
            photos=part.photos,
            labels=part.labels,
            rotations=np.full(len(part), np.nan, np.float32) if part.rotations is None else part.rotations,
            class_names=drawn.class_names,
            source=part.source,
        )
        for part in parts
    ]
    return concatenate(parts, "photos with numbers to learn from")


def photos_without_hands(data: str, part: str, seed: int, count: int = 200) -> Examples:
    """Photos (a list of many sizes) with nobody's hand in view: rooms, faces, what lies about.

    Args:
        data: "auto", "rendered" or "real": rooms, and frames of HandsDataset beside the hands; no room and
            no recording session is in two parts.
        part: "train", "validation" or "test".
        seed: of the rendered photos.
        count: number of rendered photos.
    """
    return _photos_without_hands(choose_data(data, NO_HAND_SETS), part, seed, count)


def close_up(examples: Examples) -> Examples:
    """Masks (a list) of the hand's surroundings: in a small picture of the whole, thin gaps would close."""
    masks = []
    for mask in examples.masks:
        x, y, width, height = cv2.boundingRect(np.ascontiguousarray(mask))
        margin = max(width, height) // 4
        masks.append(
            mask[max(0, y - margin) : y + height + margin, max(0, x - margin) : x + width + margin]
            if width
            else mask
        )
    return replace(examples, photos=None, masks=masks)


class Steps(keras.utils.PyDataset):
    """The first `steps` batches of every epoch of another sequence (all, where it has fewer)."""

    def __init__(self, sequence: keras.utils.PyDataset, steps: int):
        super().__init__(workers=sequence.workers)
        self.sequence, self.steps = sequence, min(steps, len(sequence))

    @property
    def epoch(self) -> int:
        return self.sequence.epoch

    @epoch.setter
    def epoch(self, epoch: int) -> None:
        self.sequence.epoch = epoch

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, index: int):
        return self.sequence[index]

    def on_epoch_end(self) -> None:
        self.sequence.on_epoch_end()


def _to_learn_from(
    data: str, real: list[Examples], hands: Examples | None, count: int, no_hands: float, seed: int
) -> Examples:
    """`count` masks: `no_hands` of them no hand, up to half of them real, the others rendered."""
    doubtful = round(no_hands * count)
    parts = []
    if real:
        most = count - doubtful if hands is None else count // 2
        parts.append(_some(concatenate(real, "real masks"), most))
    if hands is not None:
        parts.append(hands.take(np.arange(count - doubtful - sum(map(len, parts)))))
    if doubtful:
        doubt = _no_hand_masks(data, "train", doubtful, seed, jitter=8)
        parts.append(replace(doubt, class_names=parts[0].class_names))
    contents = " + ".join(f"{len(part):,} {part.name}" for part in parts)
    return replace(concatenate(parts, "masks to learn from"), source=contents)


def _photos_without_hands(data: str, part: str, seed: int, count: int = 200) -> Examples:
    if data == "rendered" or any(download.find(name) is None for name in NO_HAND_SETS):
        return rendered.cached_render(count, seed=seed, split=part, empty=1.0, workers=WORKERS)
    rooms = splits.group_split(load.backgrounds(), seed=SPLIT_SEED)[part]
    sessions = splits.group_split(load.load("hands_dataset"), seed=SPLIT_SEED)[part]
    return _without_hands(rooms, sessions)


def _no_hand_masks(data: str, part: str, count: int, seed: int, jitter: float = 0) -> Examples:
    photos = _photos_without_hands(data, part, seed)
    masks = skin_masks(photos.photos, count, MASK_SIZE, seed, jitter)
    return replace(masks, name=f"{masks.name} ({photos.name})")


def _rendered_masks(task: str, train: int, test: int, seed: int) -> dict[str, Examples]:
    """Parts to learn from, in all directions, and the test, upright: the evaluation turns it itself."""
    draw = {"size": MASK_SIZE, "seed": seed, "task": task, "photos": False, "workers": WORKERS}
    return {
        "train": _every_second_rough(rendered.cached_render(train, split="train", **draw), seed),
        "validation": rendered.cached_render(test, split="validation", **draw),
        "test": rendered.cached_render(test, split="test", rotation_range=(-25, 25), **draw),
    }


def _every_second_rough(hands: Examples, seed: int) -> Examples:
    """Half of the masks as they are drawn, half as a segmenter would make them."""
    masks = hands.masks.copy()
    masks[1::2] = roughen(masks[1::2], seed)
    return replace(hands, masks=masks, source=f"{hands.source}; every second with a rough outline")


def _real_photos() -> dict[str, dict]:
    return _read_real_photos(str(data_folder()))


@lru_cache(maxsize=1)  # every phase of a training asks again, and weak masks take a minute
def _read_real_photos(_: str) -> dict[str, dict]:
    """Cut-outs, whole photos and backgrounds for each part; no person or room in two parts.

    HGR1 has few people: persons 4 and 5 are the test. Massey's five hands and the rooms are split as
    people are; of the composites, the last fifth of the raw photos that they were made of is the test.
    """
    parts = ("train", "validation", "test")
    people = splits.group_split(load.load("sign_language_digits"), seed=SPLIT_SEED)
    massey = splits.group_split(load.load("massey"), {"train": 0.8, "validation": 0.2}, SPLIT_SEED)
    rooms = splits.group_split(load.backgrounds(), seed=SPLIT_SEED)
    sessions = splits.group_split(load.load_hands_dataset_weak(), seed=SPLIT_SEED)
    composites = load.load_finger_counting_composites()
    raw = splits.block_split(load.load_finger_counting_raw(), test=0.2, validation=0.1, gap=0)
    composite_parts = {
        part: composites.take(
            np.isin(composites.groups, raw[part].groups), f"Finger Counting composites, {part}"
        )
        for part in parts
    }
    hgr1 = load.load("hgr1")
    hgr1_test = np.isin(hgr1.groups, (4, 5))
    hgr1_train = hgr1.take(~hgr1_test, "HGR1, people 1 to 3")
    return {
        "train": {
            "cutouts": [people["train"], massey["train"], hgr1_train],
            "photos": [composite_parts["train"], hgr1_train, sessions["train"]],
            "backgrounds": _without_hands(rooms["train"], sessions["train"]),
        },
        "validation": {
            "cutouts": [people["validation"], massey["validation"]],
            "photos": [composite_parts["validation"]],
            "backgrounds": _without_hands(rooms["validation"], sessions["validation"]),
        },
        "test": {
            "cutouts": [people["test"]],
            "composites": composite_parts["test"],
            "hgr1": hgr1.take(hgr1_test, "HGR1, people 4 and 5"),
            "backgrounds": rooms["test"],
            "empty": _without_hands(rooms["test"], sessions["test"]),
            "sessions": sessions["test"],
        },
    }


def _without_hands(rooms: Examples, sessions: Examples) -> Examples:
    """Rooms, and what is seen beside the hands of webcam frames: faces, arms, offices."""
    faces = beside_boxes(sessions)
    return Examples(
        f"{rooms.name} and {faces.name}",
        photos=[*rooms.photos, *faces.photos],
        source=f"{rooms.source} + {faces.source}",
    )


def _versions(photos: Examples, frame: tuple[int, int], versions: int, seed: int) -> Examples:
    """The photos in the frame, as they are and in `versions` - 1 more ways."""
    rotations = np.full(len(photos), np.nan, np.float32) if photos.rotations is None else photos.rotations
    parts = [resize(replace(photos, masks=None, boxes=None, groups=None, rotations=rotations), *frame)]
    turn = ImageDataGenerator(
        rotation_range=180, zoom_range=(0.8, 1.3), horizontal_flip=True, fill_mode="nearest"
    )
    for version in range(1, versions):
        rng = np.random.default_rng((seed, version))
        turned, directions = [], []
        for photo, degrees in zip(photos.photos, rotations, strict=True):
            how = turn.get_random_transform(photo.shape, seed=int(rng.integers(2**31)))
            turned.append(photometric_jitter(_apply(turn, how, photo), rng, 0.5))
            directions.append(turn.transform_rotation(degrees, how))
        another = replace(parts[0], photos=turned, rotations=np.array(directions, np.float32))
        parts.append(resize(another, *frame))
    return concatenate(parts, photos.name)


def _apply(turn: ImageDataGenerator, how: dict, photo: np.ndarray) -> np.ndarray:
    """The photo transformed about its centre; Keras's transforms have that centre in square pictures only."""
    height, width = photo.shape[:2]
    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    borders = top, side - height - top, left, side - width - left
    square = cv2.copyMakeBorder(photo, *borders, cv2.BORDER_REPLICATE)
    changed = turn.apply_transform(square, how)[top : top + height, left : left + width]
    return np.clip(changed, 0, 255).astype(np.uint8)


def _frame(size: int | tuple[int, int]) -> tuple[int, int]:
    return (size, size) if isinstance(size, int) else tuple(size)


def _rendered_photos(count: int, frame: tuple[int, int], seed: int, split: str, empty: float) -> Examples:
    """Drawn square, and framed with black where the frame is not."""
    drawn = rendered.cached_render(
        count, size=min(frame), seed=seed, split=split, empty=empty, workers=WORKERS
    )
    return resize(drawn, *frame)


def _composites(part: dict, frame: tuple[int, int], count: int) -> Examples:
    """A fixed set of about `count` composites."""
    batch_size = min(count, 20)
    sequence = CompositeSequence(
        cutouts=part["cutouts"],
        photos=part.get("photos", ()),
        backgrounds=part["backgrounds"],
        size=frame,
        batch_size=batch_size,
        steps=-(-count // batch_size),
        seed=SPLIT_SEED,
        strength=0.5,
    )
    return freeze(sequence)


def _photo_tests(part: dict, frame: tuple[int, int], count: int) -> dict[str, Examples]:
    empty = resize(_some(part["empty"], count), *frame)
    nothing = np.zeros((*empty.photos.shape[:3], 1), np.uint8)
    return {
        "people never seen (Sign Language Digits) over rooms never seen": _composites(part, frame, count),
        "Finger Counting composites, last fifth": resize(_some(part["composites"], count), *frame),
        "HGR1, people 4 and 5": resize(part["hgr1"], *frame),
        "rooms and faces without a hand": replace(empty, masks=nothing),
    }


def _masks_only(examples: Examples) -> Examples:
    return resize(replace(examples, photos=None), MASK_SIZE, MASK_SIZE)


def _some(examples: Examples, count: int) -> Examples:
    """At most `count` pictures, always the same ones, in their order."""
    chosen = np.random.default_rng(SPLIT_SEED).permutation(len(examples))[:count]
    return examples.take(np.sort(chosen))
