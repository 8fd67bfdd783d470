"""The mask of each hand apart, from the first look's mask of all hands and each hand's own close-up."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from handvision.core.geometry import Affine
from handvision.core.hand import Hand


def separate(hands: Sequence[Hand], first_look: NDArray[np.float32] | None) -> list[Hand]:
    """The hands of one photo, each with a mask that shows it alone.

    Within its close-up, a hand's own mask decides, and no pixel is of two hands. Outside of it, the first
    look's mask is taken as far as it is connected to the hand's own: that is its forearm. A face that
    touches the hand is not, since the close-up says so.

    Args:
        hands: with their `close_mask`.
        first_look: (h, w) float32 in [0, 1], of all hands, over all of the photo; None where there was no
            first look at this frame: then a hand keeps its `soft_mask` outside of its close-up.
    """
    close = _exclusive(hands)
    small = [_on_grid(hand, mask, first_look) for hand, mask in zip(hands, close, strict=True)]
    if first_look is None:
        around = [hand.soft_mask for hand in hands]
    else:
        around = _parts(first_look, small)
    return [
        replace(hand, close_mask=mask, soft_mask=np.where(inside, own, part).astype(np.float32))
        for hand, mask, (own, inside), part in zip(hands, close, small, around, strict=True)
    ]


def _exclusive(hands: Sequence[Hand]) -> list[NDArray[np.float32]]:
    """The close-ups' masks, less what another hand's close-up claims more strongly."""
    masks = []
    for hand in hands:
        mask = hand.close_mask.copy()
        for other in hands:
            if other is not hand:
                here = other.close_up.then(hand.close_up.inverse())
                mask[here.warp(other.close_mask, *mask.shape) > hand.close_mask] = 0
        masks.append(mask)
    return masks


_Small = tuple[NDArray[np.float32], NDArray[np.bool_]]


def _on_grid(hand: Hand, mask: NDArray[np.float32], first_look: NDArray[np.float32] | None) -> _Small:
    """A close-up's mask on the small grid over all of the photo, and which cells lie in the close-up."""
    grid = hand.soft_mask.shape if first_look is None else first_look.shape
    height, width = grid
    place = hand.close_up.then(Affine.scale(width / hand.size[1], height / hand.size[0]))
    inside = place.warp(np.ones_like(mask), height, width) >= 0.5
    own = place.warp(mask, height, width, border="nearest")
    return np.where(inside, own, np.float32(0)), inside


def _parts(first_look: NDArray[np.float32], small: Sequence[_Small]) -> list[NDArray[np.float32]]:
    """Each hand's part of the first look's mask, (h, w) float32 each."""
    found = first_look > 0.5
    reached = [_connected(found & ~inside, own > 0.5) for own, inside in small]
    # Where arms cross, a pixel is of the hand that is nearer.
    distances = np.array([_distance(own > 0.5) for own, _ in small])
    parts = []
    for row, reach in enumerate(reached):
        for other, reach_of_other in enumerate(reached):
            nearer = distances[other] < distances[row]
            if other < row:
                nearer = distances[other] <= distances[row]
            if other != row:
                reach = reach & ~(reach_of_other & nearer)
        # Below 0.5 it stays as it is: the outline is where the values cross 0.5.
        parts.append(np.where(found & ~reach, np.float32(0), first_look))
    return parts


def _connected(candidates: NDArray[np.bool_], seeds: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Seeds, and candidates that are connected to them through candidates."""
    _, labels = cv2.connectedComponents((candidates | seeds).astype(np.uint8), connectivity=4)
    return np.isin(labels, np.unique(labels[seeds]))


def _distance(seeds: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Of each cell from the nearest seed."""
    if not seeds.any():
        return np.full(seeds.shape, np.inf, np.float32)
    return np.asarray(cv2.distanceTransform((~seeds).astype(np.uint8), cv2.DIST_L2, 3), np.float32)
