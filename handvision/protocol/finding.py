"""Whole photos in which hands are found: what the first look learns from and is watched on."""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from handvision.core.examples import Examples, concatenate
from handvision.core.geometry import Affine
from handvision.core.hands import Hands
from handvision.datasets.teacher import add_hands
from handvision.protocol.close_ups import REAL, TEACHERS_OWN, drawn_persons, photos_without_hands
from handvision.protocol.finding_sequence import Found
from handvision.protocol.negatives import rooms_and_faces
from handvision.protocol.partitions import part
from handvision.protocol.task import rendered_photos
from handvision.synthesis.compositing import Background, CompositeSequence, Source
from handvision.synthesis.paste.variety import Variety

# Photos are kept this large: nothing finer is seen in a frame of 192x256, even when it is enlarged.
LONGEST = 416
VARIETY = Variety(patterns=0.12, skin_walls=0.08, over_skin=0.25, back_light=0.08, third=0.2)


def whole_photos(name: str, which: str) -> Examples:
    """The photos of a set with all that is known of their hands, shrunk to LONGEST; no masks.

    Args:
        name: of `close_ups.REAL`, "people_photos_teacher", or "without_hands".
        which: "train" or "validation".
    """
    if name == "without_hands":
        photos = [_shrunk(photo)[0] for photo in photos_without_hands(which)]
        return Examples(name, photos=photos, hands=[Hands()] * len(photos))
    examples = part(name, which)
    if name != TEACHERS_OWN:
        examples = add_hands(name, examples)
    pairs = [_shrunk(photo) for photo in examples.require("photos")]
    hands = [hands.moved(scale) for hands, (_, scale) in zip(examples.require("hands"), pairs, strict=True)]
    return Examples(examples.name, photos=[photo for photo, _ in pairs], hands=hands)


def persons(count: int, seed: int, which: str) -> Examples:
    """Rendered persons with masks and hands, see `close_ups.drawn_persons`."""
    both = [
        replace(each, labels=None, rotations=None, class_names=(), groups=None)
        for each in drawn_persons(count, seed, which)
    ]
    return concatenate(both, f"rendered persons, {which}")


def found_photos(data: str, sources: dict[str, float], count: int, seed: int, which: str) -> list[Found]:
    """The sources of a finder's training: rendered persons, and with real data whole photos."""
    names = (*REAL, TEACHERS_OWN, "without_hands") if data == "real" else ()
    found = [Found(persons(count, seed, which), sources["persons"])]
    return found + [Found(whole_photos(name, which), sources[name]) for name in names if sources[name]]


def composites(
    data: str, rendered: int, size: tuple[int, int], batch_size: int, steps: int, seed: int, which: str
) -> Callable[[int, int], tuple[NDArray, NDArray, list[Hands]]]:
    """Cut-out hands over backgrounds, fresh in every epoch: (epoch, i) -> photos, masks, hands."""
    drawn = rendered_photos(rendered, size, seed, which, empty=0.0)
    sources = [Source(drawn, 0.15, "photo")]
    backgrounds: list[Background] = []
    if data == "real":
        people = add_hands("sign_language_digits", part("sign_language_digits", which))
        hgr1 = part("hgr1", "train")
        sources += [
            Source(people, 0.3, "cutout"),
            Source(part("massey", which), 0.12, "cutout"),
            Source(hgr1, 0.12, "cutout"),
            Source(hgr1, 0.08, "photo"),
            Source(part("finger_counting_composites", which), 0.1, "photo"),
            Source(part("hands_dataset_masks", which), 0.15, "photo"),
        ]
        rooms = rooms_and_faces(part("rooms", which), part("hands_dataset", which))
        people_alone = Examples("people without hands", photos=list(photos_without_hands(which)))
        backgrounds = [Background(rooms, 0.4), Background(people_alone, 0.6)]
    sequence = CompositeSequence(
        sources,
        backgrounds or None,
        size,
        batch_size,
        steps,
        seed,
        empty=0.04 if backgrounds else 0.0,
        several=0.25,
        extent=(0.1, 1.2),
        variety=VARIETY,
    )

    def batch(epoch: int, index: int) -> tuple[NDArray, NDArray, list[Hands]]:
        made = sequence.batch(epoch, index)
        return made.photos, made.masks, made.hands

    return batch


def _shrunk(photo: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], Affine]:
    height, width = photo.shape[:2]
    scale = min(1.0, LONGEST / max(height, width))
    rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
    if scale < 1:
        photo = np.asarray(cv2.resize(photo, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)
    return photo, Affine.scale(columns / width, rows / height)
