"""Hands followed through a video: the close look goes with each hand, the first look is taken at times."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from handvision.core.geometry import Affine, Letterbox, box_iou, box_middle
from handvision.core.hand import Hand
from handvision.inference import two_looks
from handvision.inference.backends import Backend
from handvision.inference.duplicates import distinct, same_hand
from handvision.inference.masks import separate
from handvision.inference.tracking import LOST_SECONDS, Track, Tracker

# Frames from one first look to the next: while all hands are followed, and while one more is looked for.
LOOK_EVERY, SEARCH_EVERY = 10, 3
# Of a hand with where it was looked for: beyond these it jumped, and its close-up is taken once more.
_LEAST_OVERLAP, _MOST_TURN_DEGREES = 0.5, 30.0
_SHORTEST_STEP = 1e-3  # seconds: some videos give two frames one time

_Seen = list[tuple[Track, Hand]]


class Follower:
    """Reads the frames of one video, in order.

    Args:
        backend: the model.
        vocabulary: that labels are of.
        max_hands: how many hands are followed, and returned for a frame.
    """

    def __init__(self, backend: Backend, vocabulary: str, max_hands: int):
        self.backend, self.vocabulary, self.max_hands = backend, vocabulary, max_hands
        self._tracker = Tracker()
        self._seconds = -np.inf  # of the last frame
        self._since_look = 0  # frames

    def look(self, photo: NDArray[np.float32], place: Letterbox, seconds: float) -> list[Hand]:
        """The hands of the next frame, with their numbers, smoothed.

        Args:
            photo: (height, width, 3) in [0, 1], as the model takes it.
            place: where the frame lies on it.
            seconds: when, from the video's beginning.

        Raises:
            ValueError: the model does not look closer; use `number`.
        """
        followed, seconds = self._begin(seconds)
        seen = self._look_closer(photo, place, followed, seconds)
        mask = None
        self._since_look += 1
        if self._is_due(len(followed), len(seen)):
            self._since_look = 0
            output = {name: value[0] for name, value in self.backend.run(photo[None]).items()}
            mask = two_looks.first_look(output["mask"][..., 0], place)
            seen += self._found(output, place, seen, seconds)
        hands = separate([hand for _, hand in seen], mask)
        return [track.see(hand, seconds) for (track, _), hand in zip(seen, hands, strict=True)]

    def number(self, hands: Sequence[Hand], seconds: float) -> list[Hand]:
        """Hands that a first look found in the next frame, surest first, with their numbers."""
        _, seconds = self._begin(seconds)
        placed = self._tracker.place(hands[: self.max_hands], seconds)
        return [track.see(hand, seconds) for track, hand in zip(placed, hands, strict=False)]

    def _begin(self, seconds: float) -> tuple[list[Track], float]:
        """The tracks of the hands of the last frame, and the time of this one."""
        followed = self._tracker.since(self._seconds)
        seconds = max(seconds, self._seconds + _SHORTEST_STEP)
        # However far frames are apart, what the last one showed is not lost.
        self._tracker.forget(min(self._seconds, seconds - LOST_SECONDS))
        self._seconds = seconds
        return followed, seconds

    def _is_due(self, followed: int, seen: int) -> bool:
        """Whether this frame needs a first look."""
        if seen < followed or not seen:
            return True
        return self._since_look >= (LOOK_EVERY if seen == self.max_hands else SEARCH_EVERY)

    def _look_closer(
        self, photo: NDArray[np.float32], place: Letterbox, tracks: list[Track], seconds: float
    ) -> _Seen:
        """The followed hands that are where they should be."""
        if not tracks:
            return []
        boxes = np.array([track.box_at(seconds) for track in tracks])
        directions = np.array([track.direction for track in tracks])
        scores = np.array([track.score for track in tracks])
        rows = self._close_looks(photo, place, boxes, directions, scores)
        # A close-up that shows the hand elsewhere was askew; what it says, above all of the side, is unsure.
        off = [row for row, hand in enumerate(rows) if hand and _jumped(hand, boxes[row], directions[row])]
        if off:
            found = [Track(0, hand, seconds) for row in off if (hand := rows[row])]
            boxes = np.array([track.box_at(seconds) for track in found])
            directions = np.array([track.direction for track in found])
            for row, hand in zip(
                off, self._close_looks(photo, place, boxes, directions, scores[off]), strict=True
            ):
                rows[row] = hand
        return [(tracks[row], _carried(tracks[row], hand)) for row in distinct(rows) if (hand := rows[row])]

    def _close_looks(
        self,
        photo: NDArray[np.float32],
        place: Letterbox,
        boxes: NDArray[np.float64],
        directions: NDArray[np.float64],
        scores: NDArray[np.float64],
    ) -> list[Hand | None]:
        """What close-ups at some boxes of the frame show."""
        at = place.affine.boxes(boxes).astype(np.float32)
        output = self.backend.look_closer(photo[None], at[None], directions[None].astype(np.float32))
        of_photo = {name: value[0] for name, value in output.items()}
        return two_looks.close_looks(of_photo, scores, place, self.backend, self.vocabulary)

    def _found(self, output: dict[str, NDArray], place: Letterbox, seen: _Seen, seconds: float) -> _Seen:
        """Hands that a first look found beside those that are followed."""
        rows = two_looks.close_looks(output, output["score"], place, self.backend, self.vocabulary)
        new: list[tuple[float, Hand]] = []
        for row in distinct(rows):
            score, hand = float(output["score"][row]), rows[row]
            assert hand is not None
            here = [track for track, followed in seen if same_hand(followed, hand)]
            for track in here:
                track.score = score
            if not here:
                new.append((score, hand))
        new = new[: self.max_hands - len(seen)]
        hands, taken = [hand for _, hand in new], [track for track, _ in seen]
        placed = self._tracker.place(hands, seconds, taken)
        for track, (score, _) in zip(placed, new, strict=True):
            track.score = score
        return list(zip(placed, hands, strict=True))


def _jumped(hand: Hand, box: NDArray[np.float64], direction: NDArray[np.float64]) -> bool:
    """Whether a hand lies elsewhere, or points elsewhere, than it was looked for."""
    now = Track(0, hand, 0.0)
    turn_cosine = float(now.direction @ direction)
    moved = float(box_iou([now.box_at(0.0)], [box])[0, 0]) < _LEAST_OVERLAP
    return moved or turn_cosine < math.cos(math.radians(_MOST_TURN_DEGREES))


def _carried(track: Track, hand: Hand) -> Hand:
    """The hand with the mask of the last frame, moved along: no first look says where its forearm is now."""
    mask, (height, width) = track.hand.soft_mask, hand.size
    x, y = (box_middle(hand.box) - box_middle(track.hand.box)) * (
        mask.shape[1] / width,
        mask.shape[0] / height,
    )
    return replace(hand, soft_mask=Affine.shift(x, y).warp(mask, *mask.shape))
