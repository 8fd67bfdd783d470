"""A video written as its frames come is as long as what it shows."""

import numpy as np
import pytest

from handvision.media.video_file import video_file
from handvision.media.videos import frame_rate, read_video

FRAME = np.full((48, 64, 3), (200, 30, 30), np.uint8)


@pytest.mark.parametrize(
    ("times", "count"),
    [
        ([0, 0.1, 0.2, 0.3], 4),  # as fast as the rate
        ([5, 5.1, 5.2], 3),  # a camera that has run for a while
        ([0, 0.5], 6),  # a frame that stands for half a second
        ([0, 0.02, 0.04, 0.1], 2),  # faster than the rate
    ],
)
def test_frames_stand_until_the_next_one(tmp_path, times, count):
    path = tmp_path / "new" / "out.mp4"
    with video_file(path, rate=10) as add:
        for seconds in times:
            add(FRAME, seconds)
    frames = list(read_video(path))
    assert len(frames) == count and frame_rate(path) == pytest.approx(10)
    assert np.abs(frames[0].photo.astype(int) - FRAME).max() < 12


def test_a_run_that_is_stopped_leaves_a_whole_video(tmp_path):
    with pytest.raises(KeyboardInterrupt), video_file(tmp_path / "out.mp4") as add:
        add(FRAME, 0.0)
        raise KeyboardInterrupt
    assert len(list(read_video(tmp_path / "out.mp4"))) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]


def test_no_file_is_overwritten_and_none_is_made_of_nothing(tmp_path):
    (tmp_path / "mine.mp4").write_bytes(b"mine")
    with pytest.raises(FileExistsError, match=r"mine\.mp4 exists"), video_file(tmp_path / "mine.mp4"):
        pass
    with pytest.raises(ValueError, match=r"out\.avi: a video's file ends with \.mp4"), video_file("out.avi"):
        pass
    with video_file(tmp_path / "empty.mp4"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["mine.mp4"]
