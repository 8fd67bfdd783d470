"""Hands that show gestures, as a model would read them: points of the skeleton, and an embedding of them."""

import numpy as np

from handvision.core.hand import Hand
from handvision.core.vocabularies import GESTURES
from handvision.heads.embedding import shape_of
from handvision.synthesis.hand import poses
from handvision.synthesis.hand.silhouette import project
from handvision.synthesis.hand.skeleton import joints, person

MODEL = "0123456789abcdef"
# The cosine of two embeddings falls with the distance of the shapes, about as the embedding's loss wants it.
_WAVES = np.random.default_rng(0).normal(0, np.sqrt(2) / 0.35, (32, 42)) / np.sqrt(21)


def show(gesture, seed=0, *, turned=None, left=False, noise=0.01, model=MODEL):
    """A `Hand` of the person `seed` that shows one of GESTURES, anywhere in a photo, turned anyhow."""
    rng = np.random.default_rng([seed, GESTURES.index(gesture)])
    shown = poses.gesture(GESTURES.index(gesture), rng)
    centres, radii = joints(person(rng, "test"), shown.pose)
    hand = project(centres, radii, shown.view, 4.0, mirror=left)
    points = hand.moved(rng.uniform(-180, 180) if turned is None else turned).points[:21]
    points = points + rng.normal(0, noise, (21, 2))
    points = points * rng.uniform(60, 200) + (300, 250)
    waves = _WAVES @ shape_of(points, mirrored=left)
    embedding = np.concatenate([np.sin(waves), np.cos(waves)]) / np.sqrt(32)
    return Hand(
        label="3",
        probability=0.8,
        keypoints=np.column_stack([points, np.ones(21)]).astype(np.float32),
        handedness="left" if left else "right",
        handedness_probability=0.9,
        embedding=embedding.astype(np.float32),
        model=model,
    )


def several(gesture, seeds, **how):
    return [show(gesture, seed, **how) for seed in seeds]
