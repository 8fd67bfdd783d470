"""What composites tell of every hand goes the way of the picture; what else they may show is an option."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from handvision.core.examples import UNKNOWN, Examples, Hands
from handvision.core.geometry import Affine, box_iou
from handvision.core.hashing import hash_arrays
from handvision.imaging.skin_colour import skin_mask
from handvision.synthesis.compositing import Background, CompositeSequence, freeze
from handvision.synthesis.paste.tracing import Traced
from handvision.synthesis.paste.variety import Variety, find_skin
from handvision.synthesis.rendered import render
from tests.synthesis.test_compositing import SCENE, cutouts, scenes, sequence

# Rows of key points that are painted as dots, each in a colour of its own.
DOTS = {0: (255, 255, 0), 8: (0, 255, 255), 20: (255, 255, 255)}
STILL = {"strength": 0, "empty": 0, "several": 0, "size": (160, 160), "steps": 3}


def dotted(n=2):
    """Hands whose wrist and two finger tips are dots of loud colours, and what is known of them."""
    plain = cutouts(n)
    photo = plain.photos[0].copy()
    points = np.full((21, 2), (35.5, 45.5))
    points[[0, 8, 20]] = (35.5, 78.5), (22.5, 14.5), (48.5, 14.5)
    points[9] = 35.5, 30.5
    for row, colour in DOTS.items():
        cv2.circle(photo, np.floor(points[row]).astype(int).tolist(), 4, colour, -1)
    hands = Hands(
        boxes=[[17, 6, 54, 80]], keypoints=points[None], handedness=["right"], labels=[1], rotations=[0.0]
    )
    return replace(plain, photos=np.stack([photo] * n), hands=[hands] * n)


def one_blue_wall():
    return Examples("wall", photos=[np.full((90, 90, 3), SCENE, np.uint8)])


def dot(photo, colour, near):
    """Middle (x, y) of the spot of a colour that lies nearest to a point; None where too little is seen."""
    coloured = (np.abs(photo.astype(int) - colour).max(axis=-1) < 40).astype(np.uint8)
    _, _, stats, middles = cv2.connectedComponentsWithStats(coloured)
    spots = middles[1:][stats[1:, cv2.CC_STAT_AREA] > 12] + 0.5
    return min(spots, key=lambda spot: np.hypot(*(spot - near)), default=None)


def pictures(made, epoch=0):
    for index in range(len(made)):
        batch = made.batch(epoch, index)
        yield from zip(batch.photos, batch.masks[..., 0], batch.hands, strict=True)


@pytest.mark.parametrize("how", ["cutout", "photo"])
def test_points_boxes_sides_and_rotations_go_the_way_of_the_picture(how):
    sources = {"cut": [dotted()]} if how == "cutout" else {"cut": [], "photos": [dotted()]}
    found, sides = 0, set()
    for photo, _, hands in pictures(sequence(**sources, backgrounds=one_blue_wall(), **STILL)):
        if len(hands) != 1:  # beyond its border a whole photo is mirrored
            continue
        points, (x0, _, x1, _) = hands.keypoints[0], hands.boxes[0]
        where = {row: dot(photo, colour, points[row, :2]) for row, colour in DOTS.items()}
        inside = ((points[list(DOTS), :2] > 8) & (points[list(DOTS), :2] < 152)).all()
        if not inside or any(place is None for place in where.values()):
            continue
        found += 1
        for row, place in where.items():
            np.testing.assert_allclose(points[row, :2], place, atol=3)
            assert points[row, 2] == 1
        assert x0 - 1 <= min(p[0] for p in where.values()) and max(p[0] for p in where.values()) <= x1 + 1
        # Seen from the back and pointing up, a right hand's index finger is left of the little one.
        across, along = where[20] - where[8], where[8] - where[0]
        side = "right" if along[0] * across[1] - along[1] * across[0] > 0 else "left"
        assert hands.handedness[0] == side
        sides.add(side)
        dx, dy = points[9, :2] - points[0, :2]
        away = (np.degrees(np.arctan2(-dx, -dy)) - hands.rotations[0] + 180) % 360 - 180
        assert abs(away) < 0.1 and hands.labels[0] == 1
    assert found >= 5 and sides == {"left", "right"}


def test_boxes_are_tight_around_the_turned_hand_and_leave_the_forearm_out():
    """Against the truth of rendered hands, given and estimated."""
    drawn = render(12, size=128, seed=4, mesh=1)
    for hands, least in ((drawn.hands, 0.97), (None, 0.6)):
        traced = [
            Traced(mask[..., 0], None if hands is None else hands[i]) for i, mask in enumerate(drawn.masks)
        ]
        boxes = [each.moved(Affine.identity(), (128, 128)).boxes for each in traced]
        ious = [box_iou(a, b.boxes)[0, 0] for a, b in zip(boxes, drawn.hands, strict=True)]
        assert np.quantile(ious, 0.2) > least, ious


def test_a_turned_box_is_not_larger_than_its_hand():
    for _, mask, hands in pictures(sequence([dotted()], backgrounds=one_blue_wall(), **STILL)):
        for x0, y0, x1, y1 in hands.boxes:
            inside = mask[int(y0) : int(np.ceil(y1)), int(x0) : int(np.ceil(x1))] > 0
            rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
            assert rows[0] <= 3 and columns[0] <= 3
            assert rows[-1] >= inside.shape[0] - 4 and columns[-1] >= inside.shape[1] - 4


def test_mirror_images_beside_a_whole_photo_have_boxes_of_their_own():
    made = sequence([], [dotted()], backgrounds=None, **(STILL | {"steps": 12}))
    several = 0
    for _, mask, hands in pictures(made):
        covered = np.zeros_like(mask)
        for x0, y0, x1, y1 in hands.boxes.astype(int):
            covered[max(0, y0 - 12) : y1 + 12, max(0, x0 - 12) : x1 + 12] = 1
        # What is not covered are arms, and hands of which hardly anything is seen.
        assert ((mask > 0) & (covered == 0)).mean() < 0.12
        several += len(hands) > 1
    assert several > 3


def test_hands_in_front_hide_the_points_of_those_behind():
    made = sequence(
        [dotted()],
        **(STILL | {"several": 1, "variety": Variety(third=0.5), "steps": 6, "extent": (0.5, 0.8)}),
    )
    counts, hidden = set(), 0
    for photo, _, hands in pictures(made):
        counts.add(len(hands))
        inside = ((hands.keypoints[..., :2] >= 0) & (hands.keypoints[..., :2] < 160)).all(axis=-1)
        hidden += (inside & (hands.keypoints[..., 2] == 0)).sum()
        for points in hands.keypoints:
            for row, colour in DOTS.items():
                x, y, seen = points[row]
                if seen and 2 < x < 158 and 2 < y < 158:
                    near = photo[int(y) - 2 : int(y) + 3, int(x) - 2 : int(x) + 3].astype(int)
                    assert np.abs(near - colour).max(axis=-1).min() < 90, "what is seen shows its dot"
    assert {2, 3} <= counts and hidden > 20


def test_the_score_of_points_outside_the_frame_is_0():
    outside = 0
    for _, _, hands in pictures(sequence([dotted()], **(STILL | {"extent": (1.2, 1.5)}))):
        away = ((hands.keypoints[..., :2] < 0) | (hands.keypoints[..., :2] >= 160)).any(axis=-1)
        assert (hands.keypoints[away, 2] == 0).all()
        outside += away.sum()
    assert outside > 10


def test_pictures_without_a_hand_have_none_and_weak_masks_no_box():
    empty = sequence(empty=1).batch(0, 0)
    assert [len(hands) for hands in empty.hands] == [0] * 6
    weak = cutouts(2)
    weak = replace(weak, masks=np.where(weak.masks == 0, np.uint8(UNKNOWN), weak.masks))
    for hands in sequence([], [weak], backgrounds=None, empty=0).batch(0, 0).hands:
        assert len(hands) == 1 and np.isnan(hands.boxes).all()
    negatives = replace(cutouts(2), masks=np.zeros((2, 90, 70, 1), np.uint8), labels=None)
    for hands in sequence([], [negatives], backgrounds=None, empty=0).batch(0, 0).hands:
        assert len(hands) == 0


def test_labels_of_examples_without_hands_are_told_too():
    for hands in sequence([cutouts(label=1)], empty=0, several=0).batch(0, 0).hands:
        assert (hands.labels == 1).all() and np.isfinite(hands.boxes).all()


def test_freeze_keeps_the_hands_where_they_are_asked_for():
    made = sequence([dotted()], empty=0.3)
    assert freeze(made).hands is None
    frozen = freeze(made, hands=True)
    assert len(frozen.hands) == 24
    for mask, hands in zip(frozen.masks, frozen.hands, strict=True):
        assert mask.any() or not len(hands)
    np.testing.assert_array_equal(frozen.hands[7].boxes, made.batch(0, 1).hands[1].boxes)


def test_targets_choose_what_is_learned():
    made = sequence([dotted()], targets=lambda batch: {"count": np.array([len(h) for h in batch.hands])})
    photos, targets = made[0]
    np.testing.assert_array_equal(targets["count"], [len(hands) for hands in made.batch(0, 0).hands])
    np.testing.assert_array_equal(photos, sequence([dotted()])[0][0])


@pytest.mark.slow
def test_without_options_the_bytes_are_those_of_the_first_release():
    """Trainings of before stay equal to the bit."""
    options = [{}, {"several": 0.5, "extent": (0.1, 1.0)}, {"empty": 0.3, "strength": 0.5}]
    digests = []
    for each in options:
        frozen = freeze(sequence(photos=[cutouts(2)], **each))
        digests.append((hash_arrays([frozen.photos]), hash_arrays([frozen.masks])))
    assert digests == DIGESTS


DIGESTS = [
    ("d1d8181f4ed73ddf", "f2e58a4f43393a33"),
    ("affc7198da5a4177", "29445c197611f05f"),
    ("d77db131550b5a4b", "29ce1c07eb30384a"),
]


def test_backgrounds_are_drawn_by_their_weights():
    colours = {"red": (220, 20, 20), "green": (20, 220, 20), "never": (20, 20, 220)}
    walls = [
        Background(Examples(name, photos=[np.full((80, 80, 3), colour, np.uint8)] * 3), weight)
        for (name, colour), weight in zip(colours.items(), (1, 3, 0), strict=True)
    ]
    made = CompositeSequence((), walls, (32, 32), batch_size=200, steps=1, empty=1, strength=0)
    strongest = made.batch(0, 0).photos.mean(axis=(1, 2)).argmax(axis=1)
    shares = np.bincount(strongest, minlength=3) / 200
    assert 0.17 < shares[0] < 0.33 and shares[2] == 0


def made_with(variety, **options):
    usual = STILL | {"size": (96, 96), "backgrounds": one_blue_wall()}
    return sequence([dotted()], variety=variety, **(usual | options))


def share_of(photo, colour):
    return (np.abs(photo.astype(int) - colour).max(axis=-1) < 40).mean()


def test_patterns_and_skin_walls_take_the_place_of_photos():
    for variety, name in ((Variety(patterns=1), "patterns"), (Variety(skin_walls=1), "skin")):
        photos = [photo for photo, _, _ in pictures(made_with(variety))]
        assert max(share_of(photo, SCENE) for photo in photos) < 0.5, name
        assert len({photo.tobytes() for photo in photos}) == len(photos)
    skin = [skin_mask(photo).mean() / 255 for photo, _, _ in pictures(made_with(Variety(skin_walls=1)))]
    assert np.median(skin) > 0.4
    half = [share_of(p, SCENE) > 0.4 for p, _, _ in pictures(made_with(Variety(patterns=0.5), steps=10))]
    assert 0.25 < np.mean(half) < 0.75


def test_back_light_makes_the_hand_dark_before_a_bright_background():
    gaps = []
    for variety in (Variety(), Variety(back_light=1)):
        light = []
        for photo, mask, _ in pictures(made_with(variety, backgrounds=scenes())):
            hand = mask > 0
            light.append(photo[~hand].mean() - photo[hand].mean())
        gaps.append(np.median(light))
    assert gaps[1] > gaps[0] + 60 and gaps[1] > 90


SKIN = (205, 150, 120)


def test_skin_is_found_or_a_face_is_drawn():
    wall = np.full((100, 140, 3), SCENE, np.uint8)
    for seed in range(10):
        rng = np.random.default_rng(seed)
        faced = wall.copy()
        cv2.circle(faced, (90, 40), 20, SKIN, -1)
        same, at = find_skin(faced, rng, np.array(SKIN))
        assert np.array_equal(same, faced) and np.hypot(*(at - (90.5, 40.5))) < 30
        drawn, at = find_skin(wall, rng, np.array(SKIN))
        x, y = at.astype(int)
        changed = np.abs(drawn.astype(int) - wall).max(axis=-1) > 20
        assert 0.03 < changed.mean() < 0.7 and changed[y, x]


def test_hands_lie_over_the_skin_behind_them():
    wall = np.full((200, 200, 3), SCENE, np.uint8)
    cv2.circle(wall, (100, 100), 34, SKIN, -1)
    touching = []
    for variety in (Variety(), Variety(over_skin=1)):
        made = made_with(
            variety, backgrounds=Examples("face", photos=[wall]), extent=(0.4, 0.5), steps=10, size=(128, 128)
        )
        touches = []
        for photo, mask, _ in pictures(made):
            face = np.abs(photo.astype(int) - SKIN).max(axis=-1) < 30
            if face.any():
                touches.append((cv2.dilate(mask, np.ones((9, 9), np.uint8))[face] > 0).any())
        touching.append(np.mean(touches))
    assert touching[0] < 0.8 and touching[1] > 0.95, touching


def test_hands_of_a_twelfth_of_the_frame():
    made = sequence([dotted()], **(STILL | {"size": (192, 192), "extent": (1 / 12, 1 / 12)}))
    sides = [
        np.ptp(hands.boxes.reshape(-1, 2, 2), axis=1).max() for _, _, hands in pictures(made) if len(hands)
    ]
    assert len(sides) > 9 and 8 < np.median(sides) <= 18


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"patterns": 1.2}, "patterns is 1.2; use a share"),
        ({"third": -1}, "third is -1; use a share"),
        ({"patterns": 0.6, "skin_walls": 0.6}, "patterns 0.6 and skin_walls 0.6 are above 1 together"),
    ],
)
def test_bad_variety(wrong, message):
    with pytest.raises(ValueError, match=message):
        Variety(**wrong)


def test_bad_backgrounds():
    with pytest.raises(ValueError, match="weights are"):
        sequence(backgrounds=[Background(scenes(), -1)])
    with pytest.raises(ValueError, match="no backgrounds"):
        sequence(backgrounds=[])
