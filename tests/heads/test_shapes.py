"""The embedding's targets: a hand's shape has no place, size, direction or side; and what may shape it."""

import keras
import numpy as np
import pytest

from handvision.core.examples import Examples
from handvision.core.geometry import Affine
from handvision.core.hand import Hand
from handvision.core.hands import Hands
from handvision.heads import EmbeddingHead, HagridHead, HandMaskHead, TwentyGesturesHead, decode_hand
from handvision.heads.embedding import shape_of

POINTS = np.random.default_rng(0).uniform(20, 80, (21, 2))


@pytest.mark.parametrize(
    "affine",
    [Affine.shift(5, -9), Affine.scale(1.7), Affine.rotation(140, (50, 50)), Affine.rotation(-90)],
)
def test_a_shape_stays_when_its_hand_moves(affine):
    np.testing.assert_allclose(shape_of(affine.points(POINTS)), shape_of(POINTS), atol=1e-9)


def test_a_left_hand_has_the_shape_of_its_mirror_image():
    mirrored = Affine.mirror(width=100).points(POINTS)
    np.testing.assert_allclose(shape_of(mirrored, mirrored=True), shape_of(POINTS), atol=1e-9)
    assert not np.allclose(shape_of(mirrored), shape_of(POINTS), atol=0.1)


def test_unknown_points_have_no_shape_and_no_weight():
    hands = [Hands(keypoints=POINTS[None], handedness=["right"]), Hands.unknown()]
    targets = EmbeddingHead().targets(Examples("two", hands=hands))
    values, weights = EmbeddingHead().moved(targets, [Affine.identity()] * 2)
    assert weights.tolist() == [1, 0]
    assert np.isfinite(values).all()
    np.testing.assert_allclose(values[0], shape_of(POINTS), atol=1e-6)


FURTHER = pytest.mark.parametrize("head", [TwentyGesturesHead(), HagridHead()], ids=lambda head: head.name)


@FURTHER
@pytest.mark.filterwarnings("ignore:Gradients do not exist")
def test_names_of_gestures_change_nothing_in_the_features(head):
    features = keras.Input((8,), name="features")
    shared = keras.layers.Dense(8, name="shared")(features)
    model = keras.Model(features, {head.name: head.build(shared)})
    before = model.get_layer("shared").get_weights()[0].copy()
    model.compile("sgd", loss={head.name: "categorical_crossentropy"})
    own = model.get_layer(head.name).get_weights()[0].copy()
    model.fit(np.ones((4, 8)), {head.name: np.eye(len(head.class_names))[:4]}, verbose=0)
    np.testing.assert_array_equal(model.get_layer("shared").get_weights()[0], before)
    assert not np.array_equal(model.get_layer(head.name).get_weights()[0], own)


@FURTHER
def test_further_names_stand_beside_the_label_not_in_its_place(head):
    output = np.eye(len(head.class_names))[3].astype(np.float32)
    known = decode_hand([head], {head.name: output}, Affine.identity())
    hand = Hand(**known)
    assert hand.label == ""
    assert hand.extra[head.name] == {"label": head.class_names[3], "probability": 1.0}


def test_an_embedding_is_read_as_it_is():
    vector = np.eye(64)[0].astype(np.float32)
    np.testing.assert_array_equal(EmbeddingHead().decode(vector, Affine.identity())["embedding"], vector)


def test_a_mask_moves_with_its_picture_and_knows_what_it_does_not_know():
    masks = np.zeros((2, 8, 8, 1), np.uint8)
    masks[0, 2:4, 2:4] = 255
    masks[1] = 64  # nobody knows
    targets = HandMaskHead().targets(Examples("two", masks=masks))
    moved, weights = HandMaskHead().moved(targets, [Affine.shift(3, 1), Affine.identity()])
    assert weights.tolist() == [1, 0]
    assert (moved[0, 3:5, 5:7] == 1).all()
    assert moved[0].sum() == 4
