"""A picture that is moved has the moved answer: points, boxes, directions, letterboxes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from handvision.core.geometry import Affine, letterbox, wrap_degrees

DEGREES = st.floats(-720, 720)
PIXELS = st.floats(-500, 500)
SIZES = st.tuples(st.integers(1, 900), st.integers(1, 900))

ROTATIONS = st.builds(Affine.rotation, DEGREES, st.tuples(PIXELS, PIXELS))
SHIFTS = st.builds(Affine.shift, PIXELS, PIXELS)
MIRRORS = st.builds(lambda width: Affine.mirror(width=width), st.floats(1, 900))
SCALES = st.builds(Affine.scale, st.floats(0.2, 5))
# These keep angles: what is at an angle of each other stays so.
MOVES = st.lists(st.one_of(ROTATIONS, SHIFTS, MIRRORS, SCALES), min_size=1, max_size=4).map(
    lambda moves: [*moves[1:], moves[0]]
)


def joined(moves: list[Affine]) -> Affine:
    whole = Affine.identity()
    for move in moves:
        whole = whole.then(move)
    return whole


@given(moves=MOVES, x=PIXELS, y=PIXELS)
def test_what_is_moved_and_moved_back_is_where_it_was(moves, x, y):
    whole = joined(moves)
    np.testing.assert_allclose(whole.inverse().points(whole.points([[x, y]])), [[x, y]], atol=1e-3)


@given(moves=MOVES, x=PIXELS, y=PIXELS)
def test_joined_moves_are_the_moves_one_after_the_other(moves, x, y):
    point = np.array([[x, y]])
    for move in moves:
        point = move.points(point)
    np.testing.assert_allclose(joined(moves).points([[x, y]]), point, rtol=1e-6, atol=1e-3)


@given(moves=MOVES, degrees=DEGREES)
def test_a_direction_turns_with_the_picture_and_back(moves, degrees):
    whole = joined(moves)
    back = whole.inverse().directions(whole.directions(degrees))
    assert abs(wrap_degrees(back - degrees)) < 1e-3


@given(moves=MOVES, corner=st.tuples(PIXELS, PIXELS), size=st.tuples(st.floats(0, 300), st.floats(0, 300)))
def test_a_moved_box_holds_the_moved_corners(moves, corner, size):
    whole = joined(moves)
    (x0, y0), (width, height) = corner, size
    box = whole.boxes(np.array([[x0, y0, x0 + width, y0 + height]]))[0]
    corners = whole.points([[x0, y0], [x0 + width, y0], [x0, y0 + height], [x0 + width, y0 + height]])
    np.testing.assert_allclose([*corners.min(axis=0), *corners.max(axis=0)], box, rtol=1e-6, atol=1e-2)


@given(size=SIZES, frame=SIZES)
def test_a_letterbox_keeps_all_of_a_picture_of_any_shape(size, frame):
    place = letterbox(size, frame)
    fitted = place.fit(np.full((*size, 1), 200, np.uint8))
    assert fitted.shape == (*frame, 1)
    rows, columns = place.inside
    assert (fitted[rows, columns] == 200).all() and fitted.sum() == 200 * fitted[rows, columns].size
    corners = place.affine.points([[0, 0], [size[1], size[0]]])
    assert (corners >= -1e-3).all() and (corners <= np.array(frame[::-1]) + 1e-3).all()
