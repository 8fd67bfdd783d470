"""Bodies and hands in space: joined without a gap, sides not mixed up, every split with people of its own."""

import numpy as np
import pytest

from handvision.synthesis import strata
from handvision.synthesis.hand import skin
from handvision.synthesis.hand.mesh import shape
from handvision.synthesis.person import arms, draw, model, posing, room, scene, shading, truth
from handvision.synthesis.person.anatomy import JOINTS, SIDES, joint
from handvision.synthesis.world import backdrop

SIZE = (96, 128)


def scenes(count, seed=0):
    return [
        scene.draw_scene(SIZE, np.random.default_rng((seed, i)), "train", "numbers", (0, 5), False)
        for i in range(count)
    ]


def test_the_baked_body_is_joined_with_its_hands():
    person = model.load()
    assert model.FILE.stat().st_size < 1_500_000
    np.testing.assert_allclose(person.weights.sum(axis=1), 1, atol=1e-5)
    skin_only = ~np.isin(person.part, (model.Part.EYE, model.Part.SHOE))
    triangles = person.vertex_of_corner[person.triangles[skin_only]]
    edges = np.concatenate([triangles[:, [a, b]] for a, b in ((0, 1), (1, 2), (2, 0))])
    directed = {tuple(edge) for edge in edges.tolist()}
    assert len(directed) == len(edges)
    open_edges = np.unique([edge for edge in directed if edge[::-1] not in directed])
    heights = person.vertices[open_edges, 1]
    # Open are the ankles, where shoes begin, and the lips from inside.
    assert ((heights < 0.15) | (np.abs(heights - 1.465) < 0.03)).all()


def test_body_is_symmetric():
    person = model.load()
    sides = [[row for row, name in enumerate(JOINTS) if name.startswith(side)] for side in SIDES]
    np.testing.assert_allclose(person.joints[sides[0]] * (-1, 1, 1), person.joints[sides[1]], atol=1e-6)


def test_arms_keep_their_length_and_end_in_their_hand():
    person = model.load()
    rest = person.joints.astype(float)
    stance = posing.Stance(*[np.eye(3)] * 3, legs={side: (np.array([0, -1.0, 0]),) * 2 for side in SIDES})
    trunk = posing.pose_trunk(rest, stance)
    for side in SIDES:
        wrist, elbow = rest[joint("wrist", side)], rest[joint("elbow", side)]
        fore = (wrist - elbow) / np.linalg.norm(wrist - elbow)
        upper = elbow - rest[joint("shoulder", side)]
        upper /= np.linalg.norm(upper)
        turned, turn = posing.fore_turn(rest, side, upper, fore, np.eye(3))
        np.testing.assert_allclose(turned @ fore, fore, atol=1e-6)
        assert abs(turn) < 25  # the rest pose needs next to no turn
        along = arms.rest_hand(rest, side)[:, 1]
        assert along @ fore > 0.8
        assert np.linalg.det(arms.rest_hand(rest, side)) * (1 if side == "right" else -1) > 0
        assert 0.15 < arms.hand_length(rest, side) < 0.21
    assert trunk.joints.shape == rest.shape


@pytest.mark.slow
def test_fingers_fold_into_the_palm_on_the_side_that_handedness_says():
    """In space, a right hand's palm faces cross(thumb's side, along); a left hand's the other way."""
    folded = {"right": 0, "left": 0}
    for drawn in scenes(12):
        for hand in drawn.hands:
            points = hand.points
            normal = np.cross(points[5] - points[17], points[9] - points[0])
            normal *= 1 if hand.side == "right" else -1
            for knuckle, tip in ((5, 8), (9, 12), (13, 16), (17, 20)):
                reach = points[tip] - points[knuckle]
                along = (points[9] - points[0]) / np.linalg.norm(points[9] - points[0])
                if reach @ along < 0.25 * np.linalg.norm(points[9] - points[0]):
                    assert reach @ normal > 0
                    folded[hand.side] += 1
    assert min(folded.values()) > 3


def test_a_bare_arm_whose_hand_is_hidden_is_background():
    skin_of_arm = np.zeros((10, 20), np.float32)
    skin_of_arm[4:6, 2:8] = 1  # joined to the hand
    skin_of_arm[4:6, 12:18] = 1  # a piece without one
    hand = np.zeros((10, 20), np.float32)
    hand[4:6, 2:4] = 1
    mask = truth._joined(skin_of_arm, hand)
    assert mask[4:6, 2:8].all() and not mask[:, 9:].any()


@pytest.mark.slow
def test_sleeves_are_not_in_the_mask():
    """What is painted or worn as cloth is never skin of a hand."""
    checked = 0
    for drawn in scenes(8, seed=1):
        masks, _, _ = truth.find_hands(drawn)
        cloth = drawn.coverage(np.isin(drawn.part, (model.Part.TOP, model.Part.TROUSERS, model.Part.HAIR)))
        for mask in masks:
            assert not mask[cloth > 0.5].any()
            checked += 1
    assert checked > 5


@pytest.mark.slow
@pytest.mark.parametrize("split", strata.SPLITS)
def test_every_stripe_is_the_splits_own(split, monkeypatch):
    """Shape of body and hand, skin tone, top and background are drawn from the picture's split alone."""
    asked = []

    def spy(rng, of_split, size=None):
        asked.append(of_split)
        return strata.stratum(rng, of_split, size)

    for module in (shape, skin, shading, room, backdrop):
        monkeypatch.setattr(module, "stratum", spy)
    draw.draw_person(SIZE, np.random.default_rng(2), split)
    assert len(asked) >= 5 and set(asked) == {split}
