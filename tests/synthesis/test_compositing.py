"""Composites are reproducible, masks lie where hands are, and bad input is refused in clear words."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import cv2
import numpy as np
import pytest

from handvision.augment.keras_compat import ImageDataGenerator
from handvision.core.examples import UNKNOWN, Examples
from handvision.imaging.camera import CORRUPTIONS, corrupt, photometric_jitter
from handvision.synthesis.compositing import CompositeSequence, Source, freeze
from handvision.synthesis.paste.cutout import Cutout
from handvision.synthesis.paste.placement import Placement, random_turn

HAND = np.array((30, 200, 60))
OLD_WALL = (255, 0, 255)
SCENE = np.array((20, 30, 220))


def cutouts(n=4, colour=HAND, height=90, width=70, label=0):
    """A palm, two fingers and an arm that ends at the lower border, before a loud wall."""
    mask = np.zeros((height, width, 1), np.uint8)
    cv2.circle(mask, (width // 2, height // 2), 18, 255, -1)
    cv2.rectangle(mask, (width // 2 - 12, height // 2), (width // 2 + 12, height), 255, -1)
    cv2.line(mask, (width // 2, height // 2), (width // 2 - 14, 8), 255, 7)
    cv2.line(mask, (width // 2, height // 2), (width // 2 + 14, 8), 255, 7)
    photo = np.where(mask > 0, np.uint8(colour), np.uint8(OLD_WALL)).astype(np.uint8)
    return Examples(
        "cutouts",
        photos=np.stack([photo] * n),
        masks=np.stack([mask] * n),
        labels=np.full(n, label),
        class_names=("a", "b"),
    )


def scenes(plain=False):
    """Photos of unequal sizes: of one colour, or of blotches."""
    rng = np.random.default_rng(0)
    sizes = ((120, 160), (200, 90), (64, 300))
    if plain:
        return Examples("scenes", photos=[np.full(s + (3,), SCENE, np.uint8) for s in sizes])
    small = [rng.integers(0, 255, (6, 8, 3), np.uint8) for _ in sizes]
    return Examples("scenes", photos=[cv2.resize(p, s[::-1]) for p, s in zip(small, sizes, strict=True)])


def sequence(cut=None, photos=(), weights=None, **options):
    """Of cut-outs (one by default), then of whole photos; equal weights by default."""
    cut = [cutouts()] if cut is None else cut
    weights = weights or [1] * (len(cut) + len(photos))
    how = ["cutout"] * len(cut) + ["photo"] * len(photos)
    sources = [Source(*source) for source in zip([*cut, *photos], weights, how, strict=True)]
    options = {"backgrounds": scenes(), "size": (64, 64), "batch_size": 6, "steps": 4, "seed": 5} | options
    return CompositeSequence(sources, **options)


def same(a, b):
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def test_a_batch_is_a_pure_function_of_seed_epoch_and_index():
    one, other = sequence(photos=[cutouts(2)]), sequence(photos=[cutouts(2)])
    expected = [one[i] for i in range(4)]
    backwards = [other[i] for i in (3, 2, 1, 0)][::-1]
    assert all(same(a, b) for a, b in zip(expected, backwards, strict=True))
    assert not same(one[0], one[1])
    assert not same(one[0], sequence(photos=[cutouts(2)], seed=6)[0])
    one.on_epoch_end()
    assert one.epoch == 1 and not same(one[0], expected[0])
    other.epoch = 1
    assert same(one[2], other[2])


def test_neither_threads_nor_the_global_generator_change_a_batch():
    expected = [sequence()[i] for i in range(4)]
    np.random.seed(3)  # noqa: NPY002 - what careless code draws from
    shared = sequence()
    with ThreadPoolExecutor(4) as pool:
        threaded = list(pool.map(shared.__getitem__, [0, 1, 2, 3] * 3))
    assert all(same(threaded[i], expected[i % 4]) for i in range(12))


def test_batches_have_the_shapes_and_ranges_that_models_take():
    photos, masks = sequence(size=(48, 80), batch_size=5)[0]
    assert photos.shape == (5, 48, 80, 3) and photos.dtype == np.float32
    assert masks.shape == (5, 48, 80, 1) and masks.dtype == np.float32
    assert photos.min() >= 0 and 0.2 < photos.max() <= 1
    assert set(np.unique(masks)) == {0.0, 1.0}
    assert len(sequence(steps=3)) == 3
    with pytest.raises(IndexError, match="batch 4 of 4"):
        sequence()[4]


def test_photo_and_mask_are_one_and_the_old_wall_is_gone():
    made = sequence(backgrounds=scenes(plain=True), size=(128, 128), empty=0, several=0.3, strength=0)
    photos, masks = made[0]
    photos = photos * 255
    # Sleeves and arms are of their own colours, so only the hand's and the scene's are looked for.
    hand = np.abs(photos - HAND).max(axis=-1) < 12
    scene = np.abs(photos - SCENE).max(axis=-1) < 12
    masks = masks[..., 0] > 0
    assert hand.sum() > 0.9 * masks.sum() - 500
    for h, s, m in zip(hand, scene, masks, strict=True):
        edge = cv2.dilate(m.astype(np.uint8), np.ones((3, 3))) != cv2.erode(
            m.astype(np.uint8), np.ones((3, 3))
        )
        assert not (h & ~m & ~edge).any()
        assert not (s & m & ~edge).any()
    # The wall behind the hand was magenta. A halo would show as much red as blue, and little green.
    red, green, blue = np.moveaxis(photos, -1, 0)
    assert not ((red > 90) & (blue > 90) & (green < 60) & masks).any()


@pytest.mark.slow
def test_hands_are_of_all_sizes_turned_all_ways_and_seen():
    made = freeze(sequence(steps=30, empty=0, several=0, batch_size=10))
    share = (made.masks > 0).mean(axis=(1, 2, 3))
    assert share.min() > 0.003
    assert np.quantile(share, 0.1) < 0.08 and np.quantile(share, 0.9) > 0.2
    # Where the hand is cut by the border, it is cut by each of the four about as often.
    at_border = [
        (made.masks[:, 0] > 0).any(axis=(1, 2)).mean(),
        (made.masks[:, -1] > 0).any(axis=(1, 2)).mean(),
        (made.masks[:, :, 0] > 0).any(axis=(1, 2)).mean(),
        (made.masks[:, :, -1] > 0).any(axis=(1, 2)).mean(),
    ]
    assert min(at_border) > 0.15 and max(at_border) < 0.75


def test_extent_sets_the_length_of_hands():
    options = {"empty": 0, "several": 0, "size": (128, 128), "steps": 6}
    areas = [
        np.median((freeze(sequence(extent=(e, e), **options)).masks > 0).sum(axis=(1, 2, 3)))
        for e in (0.3, 0.6)
    ]
    assert 3 < areas[1] / areas[0] < 5  # twice as long, four times as large


def test_most_arms_leave_the_frame_or_end_in_a_sleeve():
    rng = np.random.default_rng(0)
    cutout = Cutout(cutouts().photos[0], cutouts().masks[0])
    assert np.allclose(cutout.outward, (0, 1), atol=0.25)  # the arm is below
    places = [Placement(cutout, rng, (64, 64), (0.3, 1.0)) for _ in range(200)]
    out = [p for p in places if p.arm == "out"]
    assert len(out) > 60
    for place in out:
        inside = (place.cut > 0.01) & (place.cut < 63.99)
        assert not inside.all(axis=1).any()  # neither end of the cut is seen
    assert sum(p.arm == "afloat" for p in places) < 40


def test_the_geometry_is_that_of_keras():
    photo = cv2.GaussianBlur(np.random.default_rng(1).integers(0, 255, (65, 65, 3), np.uint8), (0, 0), 3)
    generator = ImageDataGenerator(
        rotation_range=180, shear_range=8, zoom_range=0.1, horizontal_flip=True, fill_mode="constant"
    )
    for seed in range(4):
        linear = random_turn(np.random.default_rng(seed)).linear
        drawn = generator.get_random_transform(
            photo.shape, seed=int(np.random.default_rng(seed).integers(2**31))
        )
        centre = np.array((32.0, 32.0))
        matrix = np.column_stack([linear, centre - linear @ centre])
        ours = cv2.warpAffine(photo, matrix, (65, 65))
        theirs = generator.apply_transform(photo, drawn)
        assert np.abs(ours.astype(int) - theirs)[20:45, 20:45].max() <= 3


@pytest.mark.slow
def test_the_share_of_empty_pictures():
    made = freeze(sequence(size=(16, 16), batch_size=50, steps=16, empty=0.25))
    share = 1 - (made.masks > 0).any(axis=(1, 2, 3)).mean()
    assert 0.2 < share < 0.31
    assert freeze(sequence(empty=1)).masks.max() == 0
    assert CompositeSequence((), scenes(), size=(32, 32), steps=1, empty=1)[0][1].max() == 0


@pytest.mark.slow
def test_weights_choose_sources_and_labels_come_along():
    sources = [cutouts(label=0), cutouts(label=1)]
    made = freeze(sequence(sources, weights=(0, 2), empty=0, several=0))
    assert (made.labels == 1).all() and made.class_names == ("a", "b")
    both = freeze(sequence(sources, weights=(1, 3), empty=0, several=0, batch_size=100, size=(16, 16)))
    assert 0.65 < both.labels.mean() < 0.85
    photos_last = freeze(sequence(sources[:1], sources[1:], weights=(0, 1), empty=0))
    assert (photos_last.labels == 1).all()
    assert freeze(sequence(empty=0.5)).labels is None


def test_whole_photos_keep_their_own_background():
    made = sequence([], [cutouts()], backgrounds=None, empty=0, strength=0, size=(96, 96))
    photos, masks = made[0]
    colours = np.where(masks > 0, HAND / 255, np.array(OLD_WALL) / 255)
    black = photos.max(axis=-1) < 0.02  # what lies outside the photo may be black
    off = (np.abs(photos - colours).max(axis=-1) > 0.05) & ~black
    edges = np.stack([cv2.morphologyEx(m, cv2.MORPH_GRADIENT, np.ones((5, 5))) > 0 for m in masks])
    assert (masks > 0).any(axis=(1, 2, 3)).all()
    assert (off & ~edges).mean() < 0.01


def test_what_is_unknown_in_a_whole_photo_is_nan():
    known = cutouts()
    masks = [mask.copy() for mask in known.masks]
    for mask in masks:
        mask[mask == 0] = UNKNOWN  # all but the hand
    options = {"backgrounds": None, "empty": 0, "strength": 0, "size": (96, 96)}
    _, weak = sequence([], [replace(known, masks=masks)], **options)[0]
    _, true = sequence([], [known], **options)[0]
    assert np.isnan(weak).any() and set(np.unique(weak[np.isfinite(weak)])) <= {0, 1}
    both = np.isfinite(weak)
    assert (weak[both] == true[both]).mean() > 0.99
    assert (true[~both] == 0).mean() > 0.9, "but for the outline, what is unknown was no hand"


def test_freeze_leaves_the_sequence_alone():
    made = sequence()
    made.epoch = 2
    frozen = freeze(made, epoch=7, name="validation")
    assert made.epoch == 2 and frozen.name == "validation" and len(frozen) == 24
    assert frozen.photos.dtype == frozen.masks.dtype == np.uint8
    assert set(np.unique(frozen.masks)) == {0, 255}
    made.epoch = 7
    photos, masks = made[1]
    assert np.array_equal(photos, frozen.photos[6:12].astype(np.float32) / np.float32(255))
    assert np.array_equal(masks * 255, frozen.masks[6:12])


@pytest.mark.parametrize("shape", [(1, 1), (90, 1), (1, 70), (3, 3)])
def test_specks_and_slivers_can_be_cut_out(shape):
    mask = np.zeros((90, 70, 1), np.uint8)
    mask[: shape[0], : shape[1]] = 255
    speck = replace(cutouts(1), masks=mask[None])
    made = freeze(sequence([speck], empty=0, batch_size=8, steps=1, size=(128, 128)))
    assert made.photos.shape == (8, 128, 128, 3) and set(np.unique(made.masks)) <= {0, 255}


def test_jitter_changes_light_but_moves_nothing():
    step = np.zeros((64, 64, 3), np.uint8)
    step[:, 32:] = 200
    jittered = [photometric_jitter(step, np.random.default_rng(i)) for i in range(40)]
    assert len({j.tobytes() for j in jittered}) > 35
    for j in jittered:
        columns = j.astype(float).mean(axis=(0, 2))
        assert columns[40:].mean() > columns[:24].mean() + 3
    # On average the edge stays where it was: blur is symmetrical, and resampling keeps the centre.
    mean = np.mean([j.astype(float).mean(axis=(0, 2)) for j in jittered], axis=0)
    half = (mean[10] + mean[50]) / 2
    assert abs(int(np.argmax(mean > half)) - 32) <= 1
    assert np.array_equal(photometric_jitter(step, np.random.default_rng(0), strength=0), step)
    gray = sum(np.ptp(j.astype(int), axis=-1).max() == 0 for j in jittered)
    assert gray < 15


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_corruptions_grow_and_repeat(kind):
    photo = scenes().photos[0]
    worse = [corrupt(photo, kind, severity) for severity in (1, 3, 5)]
    assert all(w.shape == photo.shape and w.dtype == np.uint8 for w in worse)
    away = [np.abs(w.astype(int) - photo).mean() for w in worse]
    assert 0 < away[0] <= away[1] <= away[2]
    assert np.array_equal(worse[1], corrupt(photo, kind))


def test_corruptions_are_what_they_are_called():
    photo = np.zeros((64, 64, 3), np.uint8)
    photo[28:36, 28:36] = (200, 100, 50)
    assert np.ptp(corrupt(photo, "gray").astype(int), axis=-1).max() == 0
    assert corrupt(photo, "dark").max() < 100
    smear = corrupt(photo, "motion_blur", 5)
    assert smear[32, 26].any() and smear[32, 37].any() and not smear[26, 32].any()
    flat = np.full((64, 64, 3), 128, np.uint8)
    assert 20 < corrupt(flat, "noise").std() < 26
    checks = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)[..., None].repeat(3, axis=2)
    assert corrupt(checks, "low_resolution").std() < 20


def without(field):
    return replace(cutouts(), **{field: None})


BAD_SEQUENCES = {
    "no backgrounds": ({"backgrounds": None}, "no backgrounds"),
    "backgrounds without photos": ({"backgrounds": Examples("rooms", labels=np.zeros(2))}, "no backgrounds"),
    "no background for empty ones": (
        {"cut": [], "photos": [cutouts()], "backgrounds": None},
        "empty is 0.07, but no backgrounds",
    ),
    "gray background": (
        {"backgrounds": Examples("rooms", photos=np.zeros((2, 50, 50, 1), np.uint8))},
        r"rooms, picture 0: background has shape \(50, 50, 1\)",
    ),
    "no hands at all": ({"cut": []}, "no sources of hands"),
    "cut-outs without masks": ({"cut": [without("masks")]}, "cutouts has no masks"),
    "cut-outs without photos": ({"cut": [without("photos")]}, "cutouts has no photos"),
    "no cut-outs": ({"cut": [cutouts().take([])]}, "holds no pictures"),
    "empty mask": (
        {"cut": [replace(cutouts(2), masks=np.zeros((2, 90, 70, 1), np.uint8))]},
        "picture 0: the mask is empty",
    ),
    "mask of another size": (
        {"cut": [replace(cutouts(2), masks=np.full((2, 80, 70, 1), 255, np.uint8))]},
        r"mask \(80, 70, 1\) uint8",
    ),
    "float mask": ({"cut": [replace(cutouts(2), masks=cutouts(2).masks / 255)]}, "float64"),
    "float photos": ({"cut": [replace(cutouts(2), photos=cutouts(2).photos / 255)]}, "photo is float64"),
    "gray photos": ({"cut": [replace(cutouts(2), photos=cutouts(2).photos[..., :1])]}, r"\(90, 70, 1\)"),
    "empty above 1": ({"empty": 1.2}, "empty is 1.2"),
    "empty below 0": ({"empty": -0.1}, "empty is -0.1"),
    "several above 1": ({"several": 2}, "several is 2"),
    "small size": ({"size": (128, 15)}, r"size is \(128, 15\)"),
    "size of three": ({"size": (64, 64, 3)}, r"size is \(64, 64, 3\)"),
    "fractional size": ({"size": (64.5, 64)}, "size is"),
    "size of one number": ({"size": 64}, "size is 64"),
    "negative weights": ({"weights": (-1,)}, "weights are"),
    "no weight at all": ({"weights": (0,)}, "not all 0"),
    "weights that are no numbers": ({"weights": (np.nan,)}, "weights are"),
    "batch of none": ({"batch_size": 0}, "batch_size is 0"),
    "no steps": ({"steps": 0}, "steps is 0"),
    "negative seed": ({"seed": -1}, "seed is -1"),
    "extent reversed": ({"extent": (1, 0.5)}, "extent is"),
    "extent of nothing": ({"extent": (0, 0.5)}, "extent is"),
    "strength below 0": ({"strength": -1}, "strength is -1"),
}


@pytest.mark.parametrize("case", BAD_SEQUENCES)
def test_bad_sequences_are_refused(case):
    options, message = BAD_SEQUENCES[case]
    with pytest.raises(ValueError, match=message):
        sequence(**options)


BAD_CALLS = {
    "unknown corruption": (
        lambda p, r: corrupt(p, "rain"),
        "corruption 'rain' is not known; use one of dark",
    ),
    "severity 0": (lambda p, r: corrupt(p, "dark", 0), "severity is 0"),
    "severity 6": (lambda p, r: corrupt(p, "noise", 6), "severity is 6"),
    "float photo to corrupt": (lambda p, r: corrupt(p / 255, "dark"), "photo is float64"),
    "batch to corrupt": (lambda p, r: corrupt(p[None], "dark"), r"shape \(1, 120, 160, 3\)"),
    "float photo to jitter": (lambda p, r: photometric_jitter(p / 255, r), "photo is float64"),
    "strength of jitter": (lambda p, r: photometric_jitter(p, r, strength=3), "strength is 3"),
    "list for a photo": (lambda p, r: photometric_jitter(p.tolist(), r), "photo is list"),
    "pictures used in an unknown way": (lambda p, r: Source(cutouts(), how="glue"), "how is 'glue'"),
}


@pytest.mark.parametrize("case", BAD_CALLS)
def test_bad_calls_are_refused(case):
    call, message = BAD_CALLS[case]
    with pytest.raises(ValueError, match=message):
        call(scenes().photos[0], np.random.default_rng(0))
