"""Photos and hand masks for the segmenters."""

from dataclasses import replace

import numpy as np

from handvision.augment.sequences import AugmentedSequence, MaskTargets
from handvision.augment.transforms import Augmentation
from handvision.core.examples import Examples, resize
from handvision.protocol.negatives import rooms_and_faces
from handvision.protocol.partitions import SPLIT_SEED, digests, part
from handvision.protocol.sequences import Steps
from handvision.protocol.task import (
    PHOTO_SETS,
    WORKERS,
    Task,
    choose_data,
    frame_size,
    rendered_photos,
    subset,
)
from handvision.protocol.titles import named
from handvision.synthesis.compositing import CompositeSequence, Source, freeze

# The divided sets that a segmenter is trained and tested on.
SEGMENTATION_PARTITIONS = (
    "sign_language_digits",
    "massey",
    "hgr1",
    "finger_counting_composites",
    "hands_dataset_masks",
    "rooms",
)


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
        train: number of rendered photos to train on.
        test: number of pictures of each test set (where it has so many).
        batch_size: pictures a batch.
        steps: batches an epoch.
        seed: of the rendered hands and of what is drawn from the real ones.
        plain_walls: weight of Sign Language Digits as whole photos, before their own plain wall; all other
            sources weigh 1 together. They are easy: they belong to the end of a training.
        empty, several, extent: of the composites with real data, see `CompositeSequence`: photos without a
            hand, with a second one, and how large hands are.
    """
    data = choose_data(data, PHOTO_SETS)
    frame = frame_size(size)
    hands = {
        split: rendered_photos(count, frame, seed, split, empty=0.07)
        for split, count in (("train", train), ("validation", max(test // 2, 1)), ("test", test))
    }
    tests = {"rendered": hands["test"]}
    if data == "rendered":
        # Rendered hands point to all sides as they are: mirroring adds pictures without an edge to fill.
        flips = Augmentation(flip_horizontal=True, flip_vertical=True)
        mirrored = AugmentedSequence(
            hands["train"].batch("photos"),
            flips,
            MaskTargets(hands["train"].batch("masks"), flips),
            batch_size=batch_size,
            seed=seed,
            workers=WORKERS,
        )
        return Task(Steps(mirrored, steps, WORKERS), hands["validation"], named(tests), data)
    composites = CompositeSequence(
        _sources(hands["train"], plain_walls),
        rooms_and_faces(part("rooms", "train"), part("hands_dataset", "train")),
        frame,
        batch_size,
        steps,
        seed,
        empty=empty,
        several=several,
        extent=extent,
    )
    return Task(
        Steps(composites, steps, WORKERS),
        _validation(frame, test),
        named(tests | _photo_tests(frame, test)),
        data,
        boxed=resize(part("hands_dataset_masks", "test"), *frame),
        partitions=digests(SEGMENTATION_PARTITIONS),
    )


def _sources(rendered_hands: Examples, plain_walls: float) -> list[Source]:
    """What a training with real data draws its hands from."""
    people, hgr1 = part("sign_language_digits", "train"), part("hgr1", "train")
    return [
        Source(people, 0.3, "cutout"),  # about 100 people
        Source(part("massey", "train"), 0.13, "cutout"),
        Source(hgr1, 0.08, "cutout"),  # with forearms
        Source(part("finger_counting_composites", "train"), 0.13, "photo"),
        Source(hgr1, 0.08, "photo"),
        Source(part("hands_dataset_masks", "train"), 0.13, "photo"),
        Source(rendered_hands, 0.15, "photo"),
        Source(people, plain_walls, "photo"),
    ]


def _validation(frame: tuple[int, int], count: int) -> Examples:
    sources = [
        Source(part("sign_language_digits", "validation"), how="cutout"),
        Source(part("massey", "validation"), how="cutout"),
        Source(part("finger_counting_composites", "validation"), how="photo"),
    ]
    backgrounds = rooms_and_faces(part("rooms", "validation"), part("hands_dataset", "validation"))
    return _composites(sources, backgrounds, frame, count)


def _photo_tests(frame: tuple[int, int], count: int) -> dict[str, Examples]:
    rooms = part("rooms", "test")
    people = [Source(part("sign_language_digits", "test"), how="cutout")]
    empty = resize(subset(rooms_and_faces(rooms, part("hands_dataset", "test")), count), *frame)
    nothing = np.zeros((*empty.batch("photos").shape[:3], 1), np.uint8)
    return {
        "sign_language_digits_composites": _composites(people, rooms, frame, count),
        "finger_counting_composites": resize(
            subset(part("finger_counting_composites", "test"), count), *frame
        ),
        "hgr1_people_4_5": resize(part("hgr1", "test"), *frame),
        "without_hands": replace(empty, masks=nothing),
    }


def _composites(sources: list[Source], backgrounds: Examples, frame: tuple[int, int], count: int) -> Examples:
    """A fixed set of about `count` composites."""
    batch_size = min(count, 20)
    steps = -(-count // batch_size)
    sequence = CompositeSequence(sources, backgrounds, frame, batch_size, steps, SPLIT_SEED, strength=0.5)
    return freeze(sequence)
