"""Photos with numbers, to train and to test the combined model on."""

from dataclasses import replace

import numpy as np

from handvision.augment.transforms import Augmentation
from handvision.core.examples import NO_HAND, Examples, Hands, Pictures, concatenate, resize
from handvision.core.geometry import Affine, sin_cos_from_degrees, wrap_degrees
from handvision.imaging.camera import photometric_jitter
from handvision.protocol.negatives import draw_negative_photos
from handvision.protocol.numbered import numbered_cutouts, numbered_photos
from handvision.protocol.task import (
    PHOTO_SETS,
    choose_data,
    frame_size,
    rendered_photos,
    subset,
)
from handvision.protocol.titles import named
from handvision.synthesis.compositing import CompositeSequence, Source, freeze


def photo_test_sets(data: str, size: int | tuple[int, int], test: int, seed: int) -> dict[str, Examples]:
    """Test photos with numbers for the combined model: id of a test set -> Examples named by its title.

    Rendered hands point to all sides; real photos come as they are, and again rotated by any angle.

    Args:
        data: "auto", "rendered" or "real".
        size: of the photos in pixels, one number for squares or (height, width).
        test: number of pictures of each test set (where it has so many).
        seed: of the rendered hands.
    """
    data = choose_data(data, PHOTO_SETS)
    frame = frame_size(size)
    tests = {"rendered": rendered_photos(test, frame, seed, "test", empty=0)}
    if data == "real":
        people, raw, webcam = numbered_photos("test")
        sets = {
            "sign_language_digits_people": people,
            "finger_counting_last_fifth": raw,
            "hands_dataset_one_hand": webcam,
        }
        for test_set, photos in sets.items():
            photos = replace(subset(photos, test), hands=None)
            tests[test_set] = resize(photos, *frame)
            tests[f"{test_set}@any_rotation"] = resize(rotated_photos(photos, seed), *frame)
    return named(tests)


def rotated_photos(photos: Examples, seed: int) -> Examples:
    """Each photo rotated about its centre by an angle of its own, its border replicated; masks are dropped.

    Args:
        photos: with photos; rotations, where they are known, are updated.
        seed: of the angles.
    """
    turn = Augmentation(rotation_degrees=180, fill="nearest")
    rng = np.random.default_rng(seed)
    moved = [_move(photo, turn, rng) for photo in photos.require("photos")]
    return _with_moved(photos, np.stack([photo for photo, _ in moved]), [affine for _, affine in moved])


def photo_training_set(
    data: str,
    size: int | tuple[int, int],
    count: int,
    seed: int,
    *,
    versions: int = 4,
    composites: int = 0,
    part: str = "train",
) -> Examples:
    """Training photos with numbers, of the people, frames and sessions that every other training uses too.

    Each is there as it is, and in more versions: rotated, mirrored, scaled and in another light, its border
    replicated. Photos without a hand have the label NO_HAND.

    Args:
        data: "auto", "rendered" or "real".
        size: of the photos in pixels, one number for squares or (height, width).
        count: of rendered photos; with real data the others are as many as there are.
        seed: of the rendered hands, and of what is drawn.
        versions: of each real photo.
        composites: with real data, about so many cut-out hands over photos without a hand.
        part: "train" or "validation".
    """
    data = choose_data(data, PHOTO_SETS)
    frame = frame_size(size)
    drawn = rendered_photos(count, frame, seed, part, empty=0)
    rooms = draw_negative_photos(data, part, seed, max(1, count // 10))
    nothing = replace(
        resize(replace(rooms, masks=None), *frame),
        labels=np.full(len(rooms), NO_HAND, np.int64),
        hands=[Hands()] * len(rooms),
    )
    parts = [drawn, _versions(nothing, frame, versions if data == "real" else 1, seed)]
    if data == "real":
        people, raw, webcam = numbered_photos(part)
        parts += [_versions(photos, frame, versions, seed) for photos in (people, raw, webcam)]
        if composites:
            parts.append(_composites([people, numbered_cutouts(part)], rooms, frame, composites, seed))
    parts = [replace(each, masks=None, groups=None, class_names=drawn.class_names) for each in parts]
    return concatenate(parts, f"photos with numbers, {part}")


def _composites(
    hands: list[Examples], rooms: Examples, frame: tuple[int, int], count: int, seed: int
) -> Examples:
    """One hand each over rooms and faces; all numbers equally frequent."""
    batch_size = min(count, 20)
    sequence = CompositeSequence(
        [Source(balance_labels(photos), how="cutout") for photos in hands],
        rooms,
        frame,
        batch_size,
        steps=-(-count // batch_size),
        seed=seed,
        empty=0,
        several=0,
        extent=(0.2, 1.2),
        strength=0.6,
    )
    composites = freeze(sequence)
    return replace(composites, rotations=np.full(len(composites), np.nan, np.float32))


def balance_labels(examples: Examples) -> Examples:
    """Repeats pictures of rare labels until all labels are equally frequent; leaves those of NO_HAND out."""
    labels = examples.require("labels")
    shown = sorted(set(labels) - {NO_HAND})
    of_each = [np.flatnonzero(labels == label) for label in shown]
    most = max(map(len, of_each))
    return examples.take(np.concatenate([np.resize(indices, most) for indices in of_each]))


def _versions(photos: Examples, frame: tuple[int, int], versions: int, seed: int) -> Examples:
    """The photos in the frame, as they are and in `versions` - 1 more ways."""
    photos = replace(photos, masks=None, groups=None)
    parts = [resize(photos, *frame)]
    turn = Augmentation(rotation_degrees=180, shrink=(0.8, 1.3), flip_horizontal=True, fill="nearest")
    for version in range(1, versions):
        rng = np.random.default_rng((seed, version))
        pictures, affines = [], []
        for photo in photos.require("photos"):
            moved, affine = _move(photo, turn, rng)
            pictures.append(photometric_jitter(moved, rng, 0.5))
            affines.append(affine)
        parts.append(resize(_with_moved(photos, pictures, affines), *frame))
    return concatenate(parts, photos.name)


def _move(
    photo: np.ndarray, augmentation: Augmentation, rng: np.random.Generator
) -> tuple[np.ndarray, Affine]:
    """A photo (height, width, 3) uint8 after a random transform, and the transform."""
    height, width = photo.shape[:2]
    affine = augmentation.draw(1, height, width, np.random.default_rng(int(rng.integers(2**31))))[0]
    moved = augmentation.pictures([photo], [affine])[0]
    return np.floor(moved.clip(0, 255) + 0.5).astype(np.uint8), affine


def _with_moved(photos: Examples, pictures: Pictures, affines: list[Affine]) -> Examples:
    """The same examples with photos that were moved, their hands and rotations moved along, without masks."""
    hands, rotations = photos.hands, photos.rotations
    if hands is not None:
        hands = [each.moved(affine) for each, affine in zip(hands, affines, strict=True)]
    if rotations is not None:
        moved = [affine.directions(degrees) for affine, degrees in zip(affines, rotations, strict=True)]
        # By way of pairs in float32, as the first release has them: its test sets keep their hashes.
        sine, cosine = sin_cos_from_degrees(moved).T
        rotations = wrap_degrees(np.degrees(np.arctan2(sine, cosine))).astype(np.float32)
    return replace(photos, photos=pictures, masks=None, hands=hands, rotations=rotations)
