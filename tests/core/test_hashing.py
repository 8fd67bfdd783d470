"""Hashes of content: the first release's hold, and everything that is known counts."""

from dataclasses import replace

import numpy as np
import pytest

from handvision.core.examples import Examples, Hands
from handvision.core.hashing import hash_examples
from handvision.synthesis import rendered

BOXES = ([[1, 2, 30, 20]], [], [[3.5, 4, 10, 11], [5, 6, 200.25, 100]], [[0, 0, 1, 1]])


def listed() -> Examples:
    rng = np.random.default_rng(0)
    sizes = [(40, 60), (61, 33), (300, 400), (17, 90)]
    return Examples(
        "photos of unequal sizes",
        photos=[rng.integers(0, 256, (height, width, 3)).astype(np.uint8) for height, width in sizes],
        hands=[Hands(boxes=np.reshape(boxes, (-1, 4))) for boxes in BOXES],
        labels=np.arange(4),
        groups=np.array(["a", "b", "c", "d"]),
        class_names=("x", "y", "z", "w"),
    )


def test_the_first_release_gave_the_same_hashes():
    # Measured when boxes and key points were fields of their own.
    assert hash_examples(listed()) == "5e713d78f014eaee"
    assert hash_examples(rendered.render(6, size=64, seed=4)) == "07f7724d6d35038f"


@pytest.mark.parametrize(
    "hands",
    [
        Hands(boxes=[[1, 2, 30, 21]]),
        Hands(boxes=[[1, 2, 30, 20]], labels=[0]),
        Hands(boxes=[[1, 2, 30, 20]], handedness=["left"]),
        Hands(boxes=[[1, 2, 30, 20]], rotations=[10]),
        Hands(boxes=[[1, 2, 30, 20]], keypoints=np.zeros((1, 21, 2))),
        Hands(boxes=[[1, 2, 30, 20], [1, 2, 30, 20]]),
    ],
)
def test_whatever_is_known_of_a_hand_counts(hands):
    examples = listed()
    changed = replace(examples, hands=[hands, *examples.hands[1:]])
    assert hash_examples(changed) != hash_examples(examples)


def test_scores_and_sides_of_points_count():
    points = np.ones((1, 21, 3), np.float32)
    doubtful = points * [1, 1, 0.5]
    sets = [Hands(keypoints=points), Hands(keypoints=doubtful), Hands(keypoints=points, handedness=["left"])]
    assert len({hash_examples(Examples("one", hands=[hands])) for hands in sets}) == 3


def test_names_and_sources_do_not_count():
    assert hash_examples(replace(listed(), name="another", source="elsewhere")) == hash_examples(listed())
