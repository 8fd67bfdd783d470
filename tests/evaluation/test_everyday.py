"""Figures of everyday photos, of readers whose answers are known."""

import math
from dataclasses import replace

import numpy as np
import pytest

from handvision.core.examples import UNKNOWN, Examples, Hands
from handvision.core.hand import Hand, Reading
from handvision.evaluation.everyday import TOGETHER, Figure, evaluate_everyday, from_json, to_json
from handvision.evaluation.everyday_kinds import JUDGES
from handvision.evaluation.names import evaluate_names
from handvision.heads import tight_box
from handvision.protocol.everyday import JUDGED
from handvision.synthesis.rendered import render

SIZE = (60, 80)
PHOTOS = np.zeros((4, *SIZE, 3), np.uint8)
BOX = np.float32([10, 10, 30, 40])


def hand(label="1", presence=1.0, probability=0.9, box=BOX, **more):
    return Hand(label=label, presence=presence, probability=probability, box=box, size=SIZE, **more)


def reader(*hands):
    """Of photo i it finds `hands[i]`, whatever the photo shows."""
    return lambda photos: [Reading(size=SIZE, hands=tuple(found)) for found in hands]


def figures(read, kind, photos):
    return {figure.name: figure.estimate for figure in evaluate_everyday(read, {kind: {"set": photos}})}


def test_a_gesture_is_right_by_the_surest_hands_name_in_its_vocabulary():
    photos = Examples("set", photos=PHOTOS, labels=np.array([0, 1, 1, 0]), class_names=("palm", "fist"))
    answers = {"hagrid": reader([hand("palm")], [hand("palm")], [hand("fist"), hand("palm")], [])}
    (figure,) = evaluate_names(answers.get, {"hagrid": {"hands": photos}})
    assert (figure.test, figure.name) == ("hands", "gesture right")
    assert (figure.estimate.value, figure.estimate.n) == (0.5, 4)


def test_every_kind_of_everyday_photos_has_a_judge():
    assert set(JUDGES) == set(JUDGED)


def test_the_number_is_that_of_the_surest_hand_and_none_found_is_wrong():
    photos = Examples("set", photos=PHOTOS, labels=np.array([1, 1, 1, 1]))
    read = reader([hand("1")], [hand("1", 0.4), hand("2", 0.9)], [], [hand("1"), hand("2", 0.5)])
    found = figures(read, "fingers of one hand", photos)
    assert (found["number right"].value, found["number right"].n) == (0.5, 4)
    assert found["a hand is found"].value == 0.75


def test_calibration_spans_photos_with_and_without_a_hand():
    counted = Examples("counted", photos=PHOTOS[:2], labels=np.array([1, 2]))
    empty = Examples("empty", photos=PHOTOS[:2], hands=[Hands(), Hands()])
    answers = iter([[[hand("1", 1, 1)], []], [[hand("1", 0.5, 0.5)], []]])

    def read(photos):
        return [Reading(hands=tuple(hands)) for hands in next(answers)]

    sets = {"fingers of one hand": {"counted": counted}, "no hand": {"empty": empty}}
    together = {f.name: f.estimate for f in evaluate_everyday(read, sets) if f.test == TOGETHER}
    # The right answer is sure; the one where no hand is should have had confidence 0, not 0.25.
    assert (together["calibration error"].value, together["calibration error"].n) == (0.125, 2)
    assert together["a hand is found where none is"].value == 0.5
    assert together["number right"].value == 0.5


def test_groups_are_of_the_photo_not_of_what_is_found():
    photo = np.full((*SIZE, 3), 255, np.uint8)
    photo[10:40, 10:30] = (110, 66, 44)
    photos = Examples(
        "set",
        photos=photo[None],
        labels=np.array([1]),
        hands=[Hands(boxes=BOX[None])],
        class_names=("0", "1"),
    )
    found = figures(reader([]), "fingers of one hand", photos)
    assert (found["number right, dark skin"].value, found["number right, dark skin"].n) == (0.0, 1)
    assert found["number right, large hand"].n == 1
    assert found["number right, light skin"].n == found["number right, small hand"].n == 0


def test_hands_are_found_where_none_is():
    photos = Examples("set", photos=PHOTOS[:3], hands=[Hands()] * 3)
    assert figures(reader([hand()], [], []), "no hand", photos)["a hand is found"].value == pytest.approx(
        1 / 3
    )


@pytest.mark.parametrize(("pixels", "value"), [(0, 0.0), (4, 0.0), (8, 1.0)])
def test_a_mask_may_reach_a_little_beyond_skin(pixels, value):
    skin, mask = np.zeros((*SIZE, 1), np.uint8), np.zeros(SIZE, np.float32)
    skin[10:40, 10:30] = UNKNOWN
    mask[10:40, 10 : 30 + pixels] = 1
    photos = Examples("set", photos=PHOTOS[:1], masks=skin[None])
    found = figures(reader([hand(soft_mask=mask)]), "pixels that are no hand", photos)
    assert found["mask where no hand is"].value == value


def test_a_reader_without_masks_is_not_judged_by_them():
    photos = Examples("set", photos=PHOTOS[:1], masks=np.zeros((1, *SIZE, 1), np.uint8))
    assert not {"mask IoU", "mask where no hand is"} & {
        *figures(reader([hand()]), "masks", photos),
        *figures(reader([hand()]), "pixels that are no hand", photos),
    }


def test_directions_are_right_to_a_quarter_turn():
    true = Hands(boxes=[BOX, BOX + 30], rotations=[90, np.nan])
    photos = Examples("set", photos=PHOTOS, hands=[true] * 4)
    read = reader(
        [hand(rotation_degrees=50.0)], [hand(rotation_degrees=40.0)], [hand(box=BOX + 30)], [hand()]
    )
    found = figures(read, "directions", photos)
    assert (found["direction within 45 degrees"].value, found["direction within 45 degrees"].n) == (0.25, 4)
    assert found["recall"].value == 0.75


@pytest.fixture(scope="module")
def drawn():
    return render(4, size=96, seed=1, mesh=1.0)


def perfect(photos, drawn, change=lambda hand: hand):
    """Reads rendered hands and their mirror images as they are."""
    readings = []
    for index, photo in enumerate(photos):
        hands, mask = drawn.hands[index], drawn.masks[index][..., 0] / np.float32(255)
        points, side = hands.keypoints[0].copy(), str(hands.handedness[0])
        if not np.array_equal(photo, drawn.photos[index]):
            points[:, 0] = 96 - points[:, 0]
            side = {"left": "right", "right": "left"}[side]
        box = tight_box(points).clip(0, 96)
        one = Hand(
            label=str(hands.labels[0]),
            probability=1.0,
            box=box,
            keypoints=points,
            handedness=side,
            rotation_degrees=float(hands.rotations[0]),
            size=(96, 96),
            soft_mask=mask,
        )
        readings.append(Reading(size=(96, 96), hands=(change(one),)))
    return readings


def test_a_perfect_reader_of_rendered_hands_is_right_in_all(drawn):
    found = figures(lambda photos: perfect(photos, drawn), "rendered", drawn)
    wrong = {"median point error, of the box", "rotation error"}
    assert {name for name, estimate in found.items() if estimate.value == 0} == wrong
    assert all(estimate.value == 1 for name, estimate in found.items() if name not in wrong)
    assert found["points right (PCK at 0.2)"].n > 21 and found["handedness right"].n == 4


@pytest.mark.parametrize(
    ("change", "name", "value"),
    [
        (lambda one: replace(one, label="none"), "number right", 0.0),
        (lambda one: replace(one, handedness="left"), "sides swapped", 0.0),
        (lambda one: replace(one, rotation_degrees=180 - abs(one.rotation_degrees)), "number right", 1.0),
        (lambda one: replace(one, keypoints=one.keypoints + 96), "points right (PCK at 0.2)", 0.0),
        (lambda one: replace(one, box=np.zeros(4, np.float32)), "points right (PCK at 0.2)", None),
        (lambda one: replace(one, box=np.zeros(4, np.float32)), "recall", 0.0),
        (lambda one: replace(one, handedness=""), "handedness right", None),
    ],
)
def test_each_fault_moves_its_figure(drawn, change, name, value):
    found = figures(lambda photos: perfect(photos, drawn, change), "rendered", drawn)
    assert (found[name].value if name in found else None) == value


def test_figures_come_back_from_json():
    photos = Examples("set", photos=PHOTOS[:1], labels=np.array([1]))
    written = evaluate_everyday(reader([]), {"fingers of one hand": {"set": photos}})
    again = from_json(to_json(written))
    assert [str(figure) for figure in again] == [str(figure) for figure in written]
    assert isinstance(again[0], Figure) and any(math.isnan(f.estimate.value) for f in again)


def test_an_unknown_kind_is_refused():
    with pytest.raises(
        ValueError, match="photos of kind 'cats' have no figures; there are fingers of one hand"
    ):
        evaluate_everyday(reader([]), {"cats": {"set": Examples("set", photos=PHOTOS)}})
