"""How alike two hands are, whatever their place, size and direction."""

import numpy as np
from numpy.typing import NDArray

from handvision.core.hand import Hand
from handvision.core.keypoints import WRIST, upright

# Of the squared distance, the embedding's part for a gesture of one example, and of very many; the rest is
# that of the bones. Chosen, like the radii in `own_gestures`, on 138 photos of HaGRID (train and validation)
# as the fourth release of `combined` reads them: with one example more of the embedding names fewer rightly,
# with five it names more.
_SHARE_OF_ONE, _SHARE_OF_MANY = 0.25, 0.55

BONE_NUMBERS = 40  # of a shape: 20 bones, x and y
# In mean lengths of a hand's bones. A bone that looks shorter has no direction to rely on.
_SHORT = 0.4
_SAME = 0.1  # what a still hand's shapes differ by from frame to frame

# (20, 2) from which point to which: along each finger, from the wrist to its tip.
_BONES = np.array(
    [(4 * finger + row if row else WRIST, 4 * finger + row + 1) for finger in range(5) for row in range(4)]
)


def shape_of_hand(hand: Hand) -> NDArray[np.float64]:
    """(40 + n,) the shape of a hand, what gestures are compared by.

    First the directions of 20 bones from the wrist to the finger tips, thumb first, x and y of each: x to the
    right, y up, where up is from the wrist to the middle knuckle; of length 1, and less where a bone points
    to the viewer. Then the embedding, of length 1.

    Raises:
        ValueError: the model that read the hand gives no key points, or no embedding.
    """
    points = hand.keypoints[:, :2].astype(np.float64)
    if not np.isfinite(points).all() or not hand.embedding.size:
        missing = "embedding" if np.isfinite(points).all() else "key points"
        raise ValueError(
            f"the model {hand.model!r} gives no {missing}, by which gestures are compared: read the photo "
            "with a model that looks twice and has these heads"
        )
    return np.concatenate([_upright_bones(points).ravel(), _unit(hand.embedding.astype(np.float64))])


def embedding_share(examples: float) -> float:
    """The embedding's part of the squared distance to a gesture of so many unlike examples."""
    return _SHARE_OF_MANY + (_SHARE_OF_ONE - _SHARE_OF_MANY) / examples


def distances(
    ones: NDArray[np.float64],
    others: NDArray[np.float64],
    *,
    mirrored: bool,
    share: float | NDArray[np.float64] = _SHARE_OF_ONE,
) -> NDArray[np.float64]:
    """(n, m) from 0, the same shape, to about 1, another gesture.

    Args:
        ones, others: (n, d) and (m, d) shapes.
        mirrored: whether a left hand may be like a right one.
        share: of the squared distance, the embedding's part; one for all, or (m,).
    """
    bones, other_bones = ones[:, :BONE_NUMBERS], others[:, :BONE_NUMBERS]
    between = _squared(bones, other_bones)
    if mirrored:
        between = np.minimum(between, _squared(bones, other_bones * np.tile([-1.0, 1.0], BONE_NUMBERS // 2)))
    # Embeddings of unlike shapes are orthogonal: their squared distance is 2.
    apart = _squared(ones[:, BONE_NUMBERS:], others[:, BONE_NUMBERS:]) / 2
    return np.sqrt((1 - share) * between / (BONE_NUMBERS / 2) + share * apart)


def different(shapes: NDArray[np.float64], *, mirrored: bool) -> float:
    """How many shapes there are; those that are nearly the same, snapshots of a still hand, count as one."""
    same = distances(shapes, shapes, mirrored=mirrored) < _SAME
    return float((1 / same.sum(axis=1)).sum())


def _squared(ones: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, m) squared distances."""
    squares = np.square(ones).sum(axis=1)[:, None] + np.square(others).sum(axis=1)[None]
    return (squares - 2 * ones @ others.T).clip(0)


def _upright_bones(points: NDArray[np.float64]) -> NDArray[np.float64]:
    bones = points[_BONES[:, 1]] - points[_BONES[:, 0]]
    turned = upright(bones, points) * (1, -1)  # pixels count y downwards
    squares = np.square(turned).sum(axis=-1, keepdims=True)
    short = _SHORT * np.sqrt(squares).mean()
    return turned / np.sqrt(np.maximum(squares + short**2, 1e-18))


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of length 1 along the last axis; zeros stay zeros."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
