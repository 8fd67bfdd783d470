"""The newest frame wins, and a thread that reads a camera ends with its reader."""

import threading
import time

import pytest

from handvision.media.newest import Newest


def test_what_comes_while_nobody_reads_is_dropped():
    more, closed = threading.Event(), []

    def camera():
        try:
            yield 0
            more.wait(10)
            yield from range(1, 10)
            time.sleep(0.3)
            yield 10
        finally:
            closed.append(True)

    with Newest(camera()) as newest:
        frames = iter(newest)
        assert next(frames) == 0
        more.set()
        time.sleep(0.1)
        rest = list(frames)
    assert rest[-1] == 10 and len(rest) < 10 and rest == sorted(rest)
    assert closed == [True]


def test_an_endless_camera_is_closed_when_nobody_reads_it_any_more():
    closed = threading.Event()

    def camera():
        try:
            while True:
                yield time.sleep(0.001)
        finally:
            closed.set()

    with Newest(camera()) as newest:
        next(iter(newest))
    assert closed.is_set()


def test_an_error_comes_after_the_frames_before_it():
    def camera():
        yield 1
        raise OSError("the cable was pulled")

    with Newest(camera()) as newest:
        frames = iter(newest)
        with pytest.raises(OSError, match="cable"):
            assert [next(frames), next(frames)] == [1]
