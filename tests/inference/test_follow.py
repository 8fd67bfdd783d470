"""Hands followed through videos by a model of two looks."""

import cv2
import numpy as np
import pytest

from handvision.core.hand import Reading
from handvision.inference.follow import LOOK_EVERY
from handvision.inference.predict import predict
from handvision.inference.session import Session
from handvision.media.sources import Picture
from tests.helpers.two_looks import COLOURS, ColourBackend, scene

RED, GREEN, BLUE, *_ = COLOURS
RATE = 30


def read(frames, backend, max_hands=2, rate=RATE, track=True, source="clip") -> list[Reading]:
    session = Session(backend, max_hands, "numbers", track)
    pictures = [
        Picture(photo, source, number, time_seconds=number / rate) for number, photo in enumerate(frames)
    ]
    return [session.answer([picture])[0][1] for picture in pictures]


def tracks(reading):
    """Label -> number of the hand."""
    return {hand.label: hand.track for hand in reading.hands}


def moving(count, *hands, size=(384, 512)):
    """Frames of (colour, box at the start, pixels a frame to the right and down)."""
    return [
        scene(
            *size,
            [
                (colour, (x0 + f * dx, y0 + f * dy, x1 + f * dx, y1 + f * dy))
                for colour, (x0, y0, x1, y1), dx, dy in hands
            ],
        )
        for f in range(count)
    ]


TWO = [(RED, (40, 60, 120, 200), 3, 1), (GREEN, (330, 100, 470, 220), -2, 1)]


def test_the_close_look_follows_and_the_first_look_is_taken_every_few_frames():
    backend = ColourBackend()
    readings = read(moving(31, *TWO), backend)
    assert all(tracks(reading) == {"1": 0, "2": 1} for reading in readings)
    assert backend.looks == 1 + 30 // LOOK_EVERY and backend.close_looks == 30
    for frame, reading in enumerate(readings):
        for hand in reading.hands:
            colour, box, dx, dy = TWO[int(hand.label) - 1]
            true = np.array(box) + frame * np.array([dx, dy, dx, dy])
            assert np.abs(hand.box - true).max() < 6  # smoothed
            assert hand.handedness == ("right" if colour == RED else "left")


def test_a_still_hand_is_read_as_a_photo_of_it():
    photo = scene(384, 512, [(RED, (40, 60, 120, 200))], arms=[(RED, (60, 200, 100, 384))])
    last = read([photo] * 6, ColourBackend(), max_hands=1)[-1].hands[0]
    (alone,) = predict(photo, ColourBackend(), max_hands=1)[0].hands
    np.testing.assert_allclose(last.keypoints, alone.keypoints, atol=0.6)
    assert last.mask[300, 80, 0] == 255  # the forearm, although this frame had no first look
    assert ((last.mask > 0) != (alone.mask > 0)).mean() < 0.002


def test_a_hand_that_is_missing_is_looked_for_every_third_frame():
    backend = ColourBackend()
    one, two = moving(12, TWO[0]), moving(24, *TWO)[12:]
    readings = read(one + two, backend)
    found = next(frame for frame, reading in enumerate(readings) if len(reading.hands) == 2)
    assert 12 <= found < 15
    assert backend.looks < 8


@pytest.mark.parametrize(("away", "number"), [(6, 1), (30, 2)])
def test_a_hand_that_is_back_soon_has_its_number(away, number):
    here, gone = scene(384, 512, [(c, b) for c, b, *_ in TWO]), scene(384, 512, [(RED, TWO[0][1])])
    readings = read([here] * 5 + [gone] * away + [here] * 4, ColourBackend())
    assert [len(reading.hands) for reading in readings[5 : 5 + away]] == [1] * away
    assert tracks(readings[-1]) == {"1": 0, "2": number}


class SideUnsureWhenAskew(ColourBackend):
    """Takes a right hand for a left one, and the other way round, in a close-up that is turned too far."""

    def _look(self, codes, box, direction):
        answer = super()._look(codes, box, direction)
        if answer["rotation"][1] < np.cos(np.radians(45)):
            answer["handedness"] = 1 - answer["handedness"]
        return answer


def test_a_hand_that_jumped_is_looked_at_once_more_before_its_side_is_told():
    place = (200, 100, 300, 220)
    backend = SideUnsureWhenAskew()
    right, left = scene(384, 512, [(RED, place)]), scene(384, 512, [(GREEN, place)])
    readings = read([right] * 2 + [left] * 2, backend, max_hands=1)
    told = [(hand.label, hand.handedness) for reading in readings for hand in reading.hands]
    assert told == [("1", "right")] * 2 + [("2", "left")] * 2
    assert backend.close_looks == 3 + 1  # of the frames after the first, and of the jump


def test_hands_that_pass_each_other_keep_their_numbers():
    frames = moving(50, (RED, (20, 60, 100, 200), 7, 0), (BLUE, (410, 150, 490, 290), -7, 0))
    readings = read(frames, ColourBackend())
    for reading in readings:
        # Where one hides the other, a hand may be lost for a moment; numbers do not change.
        assert tracks(reading).items() <= {"1": 0, "3": 1}.items()
    assert len(readings[0].hands) == len(readings[-1].hands) == 2


def test_two_peaks_on_a_hand_do_not_make_two_tracks():
    readings = read(moving(12, TWO[0]), ColourBackend(doubled=(RED,)))
    assert [tracks(reading) for reading in readings] == [{"1": 0}] * 12


def test_the_number_asked_for_is_followed_and_no_more():
    frames = moving(12, *TWO, (BLUE, (200, 260, 280, 370), 0, 0))
    assert {frozenset(tracks(reading).items()) for reading in read(frames, ColourBackend(), 1)} == {
        frozenset({("1", 0)})
    }
    assert all(len(reading.hands) == 3 for reading in read(frames, ColourBackend(), 3))


def test_without_tracking_each_frame_is_read_by_itself():
    backend = ColourBackend()
    readings = read(moving(6, *TWO), backend, track=False)
    assert (backend.looks, backend.close_looks) == (6, 0)
    assert all(hand.track is None for reading in readings for hand in reading.hands)


@pytest.mark.parametrize("rate", [1, 5, 30])
def test_numbers_last_however_slow_the_video_is(rate):
    readings = read(moving(8, *TWO), ColourBackend(), rate=rate)
    assert all(tracks(reading) == {"1": 0, "2": 1} for reading in readings)


def test_two_frames_of_one_time_and_a_clock_that_goes_back():
    session = Session(ColourBackend(), 2, "numbers", True)
    for number, seconds in enumerate([0.0, 0.0, 0.1, 0.05, 0.2]):
        picture = Picture(moving(1, *TWO)[0], "clip", number, time_seconds=seconds)
        assert tracks(session.answer([picture])[0][1]) == {"1": 0, "2": 1}


def write(path, frames):
    height, width = frames[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), RATE, (width, height))
    for frame in frames:
        writer.write(frame[..., ::-1].copy())
    writer.release()
    return path


def test_predict_follows_hands_through_each_video_anew(tmp_path):
    clips = [write(tmp_path / f"{name}.mp4", moving(9, *TWO, size=(288, 512))) for name in "ab"]
    readings = predict(clips, ColourBackend())
    assert len(readings) == 18
    assert all(tracks(reading) == {"1": 0, "2": 1} for reading in readings)
    assert all(hand.track is None for hand in predict(clips[0], ColourBackend(), track=False)[3].hands)


def test_models_of_one_hand_number_it_and_change_nothing_else(model, video):
    followed, alone = predict(video, model), predict(video, model, track=False)
    assert [hand.track for reading in followed for hand in reading.hands] == [0] * 8
    for one, other in zip(followed, alone, strict=True):
        assert (one.label, one.probability, one.box.tolist()) == (
            other.label,
            other.probability,
            other.box.tolist(),
        )
