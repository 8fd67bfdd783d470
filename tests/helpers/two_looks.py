"""A model of two looks whose answers are known: it reads coloured rectangles.

A hand is a rectangle in one of COLOURS, whose value says what it shows; half as bright, the colour is its
forearm. Gray is a face: the first look takes it for skin, the close look does not. What the backend answers
comes from the pixels that it is given, so that it can be followed through a video as a trained one.
"""

from dataclasses import dataclass

import numpy as np

from handvision.core.model_info import CloseUpInfo, ModelInfo
from handvision.core.vocabularies import GESTURES, NUMBERS
from handvision.inference.backends import Backend

HEIGHT, WIDTH, HANDS = 384, 512, 4
SIZE, MARGIN, MASK = 160, 0.25, 40
FACE = (128, 128, 128)


@dataclass(frozen=True)
class Shown:
    """What a colour says: its labels, quarters of a turn counter-clockwise, right hand or left."""

    number: int
    gesture: int
    quarters: int
    right: bool


COLOURS: dict[tuple[int, int, int], Shown] = {
    (240, 0, 0): Shown(1, 10, 0, True),
    (0, 240, 0): Shown(2, 2, 1, False),
    (0, 0, 240): Shown(3, 11, 2, True),
    (240, 240, 0): Shown(4, 4, 3, False),
    (240, 0, 240): Shown(5, 5, 0, True),
}

# An upright hand's 21 points in its box without the margin of a tenth; they touch all four sides.
POINTS = np.array(
    [
        *((0.5, 1), (0.3, 0.85), (0.15, 0.7), (0.05, 0.6), (0, 0.5)),
        *((0.3, 0.45), (0.28, 0.3), (0.26, 0.2), (0.24, 0.1)),
        *((0.5, 0.4), (0.5, 0.25), (0.5, 0.12), (0.5, 0)),
        *((0.7, 0.45), (0.72, 0.3), (0.74, 0.2), (0.76, 0.1)),
        *((0.9, 0.55), (0.94, 0.45), (0.97, 0.38), (1, 0.3)),
    ]
)


def points_in(box, quarters):
    """(21, 2) of a hand whose box, as `tight_box` makes it of them, is `box`."""
    x, y = POINTS.T
    for _ in range(quarters):  # counter-clockwise as seen
        x, y = y, 1 - x
    x0, y0, x1, y1 = map(float, box)
    margin = max(x1 - x0, y1 - y0) / 12
    inner = np.array([x1 - x0 - 2 * margin, y1 - y0 - 2 * margin])
    return (x0 + margin, y0 + margin) + np.column_stack([x, y]) * inner


def scene(height, width, hands, arms=(), faces=()):
    """(height, width, 3) uint8: black, with (colour, box) for each hand and arm, and a box for each face."""
    photo = np.zeros((height, width, 3), np.uint8)
    rectangles = [(FACE, box) for box in faces]
    rectangles += [(tuple(np.array(colour) // 2), box) for colour, box in arms]
    for colour, (x0, y0, x1, y1) in [*rectangles, *hands]:
        photo[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)] = colour
    return photo


class ColourBackend(Backend):
    """The model.

    Args:
        doubled: colours on which the first look has two peaks.
        **thresholds: of its `CloseUpInfo`.

    Attributes:
        looks, close_looks: how often each was asked for.
    """

    follows = True

    def __init__(self, doubled=(), **thresholds):
        heads = {
            "presence": {},
            "gesture": {"class_names": list(NUMBERS)},
            "gestures": {"class_names": list(GESTURES)},
            "rotation": {},
            "keypoints": {"size": SIZE},
            "handedness": {},
            "embedding": {"size": 64},
            "hand_mask": {},
        }
        info = ModelInfo(
            "c0105" * 3 + "0",
            heads,
            close_up=CloseUpInfo(SIZE, MARGIN, **thresholds),
        )
        outputs = (*heads, "mask", "score", "box", "direction", "square")
        super().__init__("colours", (None, HEIGHT, WIDTH, 3), outputs, info)
        self.doubled = doubled
        self.looks = self.close_looks = 0

    def run(self, photos):
        self.looks += len(photos)
        return _stack([self._first_look(_codes(photo)) for photo in photos])

    def look_closer(self, photos, boxes, directions):
        self.close_looks += len(photos)
        codes = map(_codes, photos)
        return _stack([self._close(*each) for each in zip(codes, boxes, directions, strict=True)])

    def _first_look(self, codes):
        boxes, directions, scores = np.zeros((HANDS, 4)), np.tile((0.0, 1.0), (HANDS, 1)), np.zeros(HANDS)
        found = [(colour, box) for colour in COLOURS for box in [_box(_is(codes, colour))] if box is not None]
        found += [pair for pair in found if pair[0] in self.doubled]
        for row, (colour, box) in enumerate(found[:HANDS]):
            boxes[row], scores[row] = box, 0.9 - 0.1 * row
            directions[row] = _direction(COLOURS[colour].quarters)
        skin = np.any([_is(codes, colour) | _is(codes, _arm(colour)) for colour in COLOURS], axis=0)
        mask = (skin | _is(codes, FACE)).astype(np.float32)
        first = {
            "mask": mask.reshape(HEIGHT // 2, 2, WIDTH // 2, 2).mean(axis=(1, 3))[..., None],
            "score": scores,
            "box": boxes,
            "direction": directions,
        }
        return first | self._close(codes, boxes, directions)

    def _close(self, codes, boxes, directions):
        return _stack([self._look(codes, *each) for each in zip(boxes, directions, strict=True)])

    def _look(self, codes, box, direction):
        """At the hand whose box's middle is nearest to the close-up's, if all of it is inside."""
        middle, side = (box[:2] + box[2:]) / 2, (1 + 2 * MARGIN) * (box[2:] - box[:2]).max()
        square = np.array([*middle, max(side, 1e-3), *direction])
        to_photo = self.info.close_up.to_picture(square)
        here = [(colour, found) for colour in COLOURS if (found := _box(_is(codes, colour))) is not None]
        here = [pair for pair in here if _inside(pair[1], to_photo)]
        if not here:
            return self._nothing(square)
        colour, found = min(here, key=lambda pair: np.abs((pair[1][:2] + pair[1][2:]) / 2 - middle).sum())
        shown, from_photo = COLOURS[colour], to_photo.inverse()
        points = from_photo.points(points_in(found, shown.quarters)) / SIZE
        # The direction in the close-up: what is left of it after the close-up was turned.
        turned = np.radians(from_photo.directions(90.0 * shown.quarters))
        own = (_is(codes, colour) | _is(codes, _arm(colour))).astype(np.float32)
        fine = from_photo.warp(own, SIZE, SIZE).reshape(MASK, SIZE // MASK, MASK, SIZE // MASK)
        return {
            **self._nothing(square),
            "presence": np.array([0.99]),
            "gesture": np.eye(6)[shown.number] * 0.94 + 0.01,
            "gestures": np.eye(20)[shown.gesture] * 0.8 + 0.01,
            "rotation": np.array([np.sin(turned), np.cos(turned)]),
            "keypoints": np.column_stack([points, np.full(21, 0.01)]),
            "handedness": np.array([0.97 if shown.right else 0.03]),
            "hand_mask": fine.mean(axis=(1, 3))[..., None],
        }

    def _nothing(self, square):
        return {
            "square": square,
            "presence": np.array([0.01]),
            "gesture": np.full(6, 1 / 6),
            "gestures": np.full(20, 1 / 20),
            "rotation": np.array([0.0, 1.0]),
            "keypoints": np.full((21, 3), 0.5),
            "handedness": np.array([0.5]),
            "hand_mask": np.zeros((MASK, MASK, 1)),
            "embedding": np.eye(64)[0],
        }


def _stack(answers):
    return {name: np.stack([answer[name] for answer in answers]).astype(np.float32) for name in answers[0]}


def _arm(colour):
    return tuple(np.array(colour) // 2)


def _codes(photo):
    """(height, width): a number for each colour, which is near enough after a video's compression."""
    return np.rint(photo * np.float32(255 / 120)).astype(np.uint8) @ np.array([9, 3, 1], np.uint8)


def _is(codes, colour):
    return codes == np.rint(np.array(colour) / 120).astype(int) @ (9, 3, 1)


def _box(mask):
    """(4,) around more than a few pixels; None where there are none."""
    if mask.sum() < 30:
        return None
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], float)


def _direction(quarters):
    return [(0, 1), (1, 0), (0, -1), (-1, 0)][quarters]


def _inside(box, to_photo):
    corners = to_photo.inverse().boxes(box)
    return bool((corners > -0.02 * SIZE).all() and (corners < 1.02 * SIZE).all())
