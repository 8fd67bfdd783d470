"""Which hand is which from frame to frame, and where each is looked for in the next one.

NumPy alone: what a model sees comes as `Hand`s, in pixels of the photo.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handvision.core.geometry import (
    box_iou,
    box_middle,
    box_side,
    degrees_from_sin_cos,
    sin_cos_from_degrees,
)
from handvision.core.hand import Hand
from handvision.core.keypoints import direction
from handvision.heads import tight_box
from handvision.inference.one_euro import OneEuroFilter

LOST_SECONDS = 0.5  # a hand that is found again within this time keeps its number
_REACH = 1.5  # so many sides of its box from where it should be, a hand is taken for another one
_OTHER_SIDE = 0.75  # what a right hand costs where a left one was, in sides of the box
_GROWTH = 1.1  # of the box that is looked at next: a hand opens, or comes nearer
_COAST_SECONDS = 0.1  # as long a hand that is not seen is thought to go on as it went
_LONG_SECONDS = 0.25  # a hand that was not seen for longer is not smoothed with what was before


@dataclass(eq=False)
class Track:
    """One hand through time.

    Attributes:
        number: of the hand.
        hand: as it was seen last, not smoothed.
        seconds: when that was.
        velocity: (2,) of its box's middle, in pixels a second.
        score: of the first look that saw it last.
    """

    number: int
    hand: Hand
    seconds: float
    velocity: NDArray[np.float64] = field(default_factory=lambda: np.zeros(2))
    score: float = 1.0

    def __post_init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        # Speeds are in hands a second, and in radians a second.
        self._points = OneEuroFilter(min_cutoff=0.5, speed_weight=10)
        self._direction = OneEuroFilter(min_cutoff=0.5, speed_weight=5)

    def middle_at(self, seconds: float) -> NDArray[np.float64]:
        """(2,) x, y where the middle of its box should be."""
        coast = min(seconds - self.seconds, _COAST_SECONDS)
        return box_middle(self.hand.box) + coast * self.velocity

    def box_at(self, seconds: float) -> NDArray[np.float64]:
        """(4,) x0, y0, x1, y1 of where to look for it."""
        points = self.hand.keypoints[:, :2]
        box = tight_box(points) if np.isfinite(points).all() else self.hand.box
        half = _GROWTH * (box[2:] - box[:2]).astype(np.float64) / 2
        middle = box_middle(box) + self.middle_at(seconds) - box_middle(self.hand.box)
        return np.concatenate([middle - half, middle + half])

    @property
    def direction(self) -> NDArray[np.float64]:
        """(2,) sine and cosine of wrist to middle knuckle, counter-clockwise from image-up."""
        known = direction(self.hand.keypoints)
        if np.isfinite(known).all():
            return known
        degrees = self.hand.rotation_degrees
        return sin_cos_from_degrees(0.0 if math.isnan(degrees) else degrees, np.float64)

    def see(self, hand: Hand, seconds: float) -> Hand:
        """Takes the hand as it is seen now, and returns it smoothed, with its number.

        Args:
            seconds: later than before, but for the first hand, which the track was made of.
        """
        step = seconds - self.seconds
        if step > 0:
            now = (box_middle(hand.box) - box_middle(self.hand.box)) / step
            self.velocity = (self.velocity + now) / 2
        if step > _LONG_SECONDS:
            self._begin()
        self.hand, self.seconds = hand, seconds
        known: dict[str, Any] = {"track": self.number}
        if np.isfinite(hand.keypoints[:, :2]).all():
            known |= self._smooth_points(hand, step)
        if not math.isnan(hand.rotation_degrees):
            pair = self._direction(sin_cos_from_degrees(hand.rotation_degrees, np.float64), step)
            known["rotation_degrees"] = float(degrees_from_sin_cos(pair))
        return replace(hand, **known)

    def _smooth_points(self, hand: Hand, step: float) -> dict[str, NDArray[np.float32]]:
        points = self._points(hand.keypoints[:, :2], step, unit=max(box_side(hand.box), 1.0))
        height, width = hand.size
        smoothed = np.column_stack([points, hand.keypoints[:, 2]]).astype(np.float32)
        box = tight_box(points).clip(0, (width, height, width, height)).astype(np.float32)
        return {"keypoints": smoothed, "box": box}


class Tracker:
    """Gives the hands of each frame their numbers.

    Attributes:
        tracks: of the hands that were seen within the last half second.
    """

    def __init__(self) -> None:
        self.tracks: list[Track] = []
        self._numbers = itertools.count()

    def since(self, seconds: float) -> list[Track]:
        """The tracks of hands that were seen at this time or later."""
        return [track for track in self.tracks if track.seconds >= seconds]

    def forget(self, before: float) -> None:
        """Gives up the hands that were seen last before this time."""
        self.tracks = self.since(before)

    def place(self, hands: Sequence[Hand], seconds: float, taken: Sequence[Track] = ()) -> list[Track]:
        """The track of each hand that a first look found: that of a hand which was lost, or a new one.

        Args:
            hands: none of which lies on a hand that was already seen in this frame.
            seconds: of this frame.
            taken: the tracks of those that were.
        """
        lost = [track for track in self.tracks if track not in taken]
        placed = []
        for hand, track in zip(hands, match(lost, hands, seconds), strict=True):
            if track is None:
                track = Track(next(self._numbers), hand, seconds)
                self.tracks.append(track)
            placed.append(track)
        return placed


def match(tracks: Sequence[Track], hands: Sequence[Hand], seconds: float) -> list[Track | None]:
    """The track of each hand; None where no track is near enough. No track is given twice.

    Of all ways to give hands to tracks it is the one with the most hands given in the least distance.
    """
    costs = np.array([[_cost(track, hand, seconds) for track in tracks] for hand in hands], np.float64)
    costs = costs.reshape(len(hands), len(tracks))
    best: tuple[float, list[int | None]] = (math.inf, [])
    # At most four hands and few tracks: trying all ways is simpler than being clever.
    choices = [[None, *np.flatnonzero(row < _REACH).tolist()] for row in costs]
    for way in itertools.product(*choices):
        given = [track for track in way if track is not None]
        if len(given) == len(set(given)):
            cost = sum(_REACH if t is None else float(costs[row, t]) for row, t in enumerate(way))
            best = min(best, (cost, list(way)), key=lambda pair: pair[0])
    return [None if row is None else tracks[row] for row in best[1]]


def _cost(track: Track, hand: Hand, seconds: float) -> float:
    """How little a hand fits a track: distance in sides of the box, less for overlap, more for the other
    side's hand."""
    at = track.box_at(seconds)
    side = max(box_side(track.hand.box), box_side(hand.box), 1.0)
    distance = float(np.linalg.norm(box_middle(hand.box) - track.middle_at(seconds))) / side
    overlap = float(box_iou([at], [hand.box])[0, 0])
    other = {track.hand.handedness, hand.handedness} == {"left", "right"}
    return max(0.0, distance - 0.5 * overlap) + _OTHER_SIDE * other
