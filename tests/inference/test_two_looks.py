"""predict with a model that finds several hands and looks closer at each: what is known comes back."""

from dataclasses import replace

import numpy as np
import pytest

from handvision.core.geometry import mask_iou
from handvision.core.vocabularies import GESTURES
from handvision.inference.predict import predict
from tests.helpers.two_looks import COLOURS, ColourBackend, points_in, scene

RED, GREEN, BLUE, YELLOW, VIOLET = COLOURS
TWO = [(RED, (40, 60, 120, 200)), (GREEN, (300, 100, 440, 220))]


@pytest.fixture
def backend():
    return ColourBackend()


def iou(mask, expected):
    return float(mask_iou(mask[..., 0] > 0, expected))


def drawn(photo, *colours):
    """Which pixels have one of the colours, or are its forearm."""
    parts = [
        (photo == np.array(colour)).all(axis=-1) | (photo == np.array(colour) // 2).all(axis=-1)
        for colour in colours
    ]
    return np.any(parts, axis=0)


@pytest.mark.parametrize("scale", [1, 2, 3])
@pytest.mark.parametrize("bars", [(384, 512), (384, 400), (300, 512)], ids=["none", "beside", "above"])
def test_every_field_of_every_hand(backend, scale, bars):
    hands = [(RED, (40, 60, 120, 200)), (GREEN, (240, 100, 380, 220)), (BLUE, (40, 210, 140, 290))]
    photo = scene(*bars, hands).repeat(scale, axis=0).repeat(scale, axis=1)
    (reading,) = predict(photo, backend, max_hands=4)
    assert reading.size == photo.shape[:2] and len(reading.hands) == 3
    for colour, box in hands:
        shown = COLOURS[colour]
        (hand,) = [hand for hand in reading.hands if hand.label == str(shown.number)]
        expected = scale * np.array(box, float)
        np.testing.assert_allclose(hand.box, expected, atol=0.6 * scale)
        np.testing.assert_allclose(
            hand.keypoints[:, :2], points_in(expected, shown.quarters), atol=0.6 * scale
        )
        assert (hand.keypoints[:, 2] > 0.9).all()
        assert hand.rotation_degrees == pytest.approx((90 * shown.quarters + 179) % 360 - 179, abs=0.01)
        assert (hand.handedness, hand.handedness_probability) == (
            "right" if shown.right else "left",
            pytest.approx(0.97),
        )
        assert hand.probability == pytest.approx(0.95) and hand.presence > 0.95
        assert iou(hand.mask, drawn(photo, colour)) > 0.93
        assert (hand.track, hand.model, hand.size) == (None, backend.info.fingerprint, reading.size)
    assert iou(reading.mask, drawn(photo, RED, GREEN, BLUE)) > 0.93


def test_no_hand_and_a_face_alone(backend):
    (reading,) = predict(scene(300, 400, [], faces=[(50, 50, 200, 200)]), backend)
    assert not reading.hands and not reading.mask.any()


def test_the_surest_hands_come_first_and_no_more_than_asked_for(backend):
    photo = scene(384, 512, [*TWO, (BLUE, (200, 250, 280, 350))])
    labels = [hand.label for hand in predict(photo, backend, max_hands=4)[0].hands]
    assert labels == ["1", "2", "3"]
    assert [hand.label for hand in predict(photo, backend)[0].hands] == labels[:2]
    assert [hand.label for hand in predict(photo, backend, max_hands=1)[0].hands] == labels[:1]
    with pytest.raises(ValueError, match="max_hands is 5; use a whole number from 1 to 4"):
        predict(photo, backend, max_hands=5)


def test_the_vocabulary_chooses_the_label(backend):
    photo = scene(384, 512, TWO)
    hands = predict(photo, backend, vocabulary="gestures")[0].hands
    assert [hand.label for hand in hands] == [GESTURES[COLOURS[colour].gesture] for colour, _ in TWO]
    assert hands[0].probability == pytest.approx(0.81) and hands[0].embedding.shape == (64,)
    with pytest.raises(ValueError, match="vocabulary is 'words'; use one of numbers, gestures, hagrid"):
        predict(photo, backend, vocabulary="words")
    with pytest.raises(ValueError, match=r"vocabulary is 'hagrid', but .* names 0, 1, 2, 3, 4, 5"):
        predict(photo, backend, vocabulary="hagrid")


def test_two_peaks_on_one_hand_are_one_hand():
    (reading,) = predict(scene(384, 512, TWO), ColourBackend(doubled=(RED,)), max_hands=4)
    assert [hand.label for hand in reading.hands] == ["1", "2"]


@pytest.mark.parametrize(
    ("change", "labels"),
    [
        ({"least_score": 0.85}, ["1"]),  # the second peak has 0.8
        ({"least_score": 0.95}, []),
        ({"least_presence": 0.9999}, []),
        (
            {"presence_weights": (0.0, 0.0, 1.0), "least_presence": 0.98},
            ["1", "2"],
        ),  # of the close look
        ({"presence_weights": (-9.0, 1.0, 1.0)}, []),
    ],
)
def test_thresholds_come_with_the_model(change, labels):
    backend = ColourBackend(**change)
    assert [hand.label for hand in predict(scene(384, 512, TWO), backend)[0].hands] == labels


# --- masks --------------------------------------------------------------------------------------------


def test_the_forearm_is_of_its_hand_and_the_face_behind_it_is_not(backend):
    face = (20, 20, 160, 180)
    arm = (60, 200, 100, 384)
    photo = scene(384, 512, [(RED, (40, 60, 120, 200))], arms=[(RED, arm)], faces=[face])
    (hand,) = predict(photo, backend)[0].hands
    assert iou(hand.mask, drawn(photo, RED)) > 0.95
    assert hand.mask[300, 80] == 255  # far outside of the close-up
    assert hand.mask[30, 150] == 0


def test_hands_that_touch_keep_masks_of_their_own(backend):
    hands = [(RED, (100, 60, 180, 200)), (BLUE, (181, 70, 260, 210))]
    arms = [(RED, (120, 200, 160, 384)), (BLUE, (200, 0, 240, 70))]
    photo = scene(384, 512, hands, arms)
    by_label = {hand.label: hand for hand in predict(photo, backend)[0].hands}
    red, blue = by_label["1"].mask[..., 0] > 0, by_label["3"].mask[..., 0] > 0
    assert not (red & blue).any() or (red & blue).sum() < 0.005 * red.sum()
    assert mask_iou(red, drawn(photo, RED)) > 0.93 and mask_iou(blue, drawn(photo, BLUE)) > 0.93
    assert not red[:60].any() and not blue[220:].any()


def test_a_small_hand_has_a_finer_mask_than_the_first_look_gives(backend):
    photo = scene(384, 512, [(RED, (100, 60, 113, 81))]).repeat(4, axis=0).repeat(4, axis=1)
    (hand,) = predict(photo, backend)[0].hands
    assert iou(hand.mask, drawn(photo, RED)) > 0.9
    coarse = replace(hand, close_mask=np.zeros((0, 0), np.float32))
    assert iou(coarse.mask, drawn(photo, RED)) < iou(hand.mask, drawn(photo, RED))


def test_a_hand_at_the_edge_keeps_inside_the_picture(backend):
    photo = scene(300, 300, [(RED, (0, 100, 60, 200))])
    (hand,) = predict(photo, backend)[0].hands
    assert hand.box[0] == 0 and hand.box[2] <= 300
    assert iou(hand.mask, drawn(photo, RED)) > 0.9
