"""`handvision live`: reads the hands that a camera sees, or those of a video, and shows them."""

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handvision.cli.group import new_command
from handvision.cli.predict import HEADER, add_reading_options, camera_or_path, lines, named
from handvision.core.hand import Reading

_TITLE = "handvision (q or Esc ends)"


def add_to(commands: Any) -> None:
    command = new_command(
        commands,
        "live",
        "the hands that a camera sees now, or those of a video, frame by frame",
        "handvision live 0 --csv hands.csv --video drawn.mp4",
    )
    command.add_argument(
        "source", nargs="?", default="0", metavar="SOURCE", help="a camera's number (0), or a video"
    )
    add_reading_options(command, of="a frame")
    command.add_argument(
        "--window",
        action=argparse.BooleanOptionalAction,
        help="show the frames in a window (where there is a screen and OpenCV can)",
    )
    command.add_argument("--jsonl", metavar="FILE", help="write the same rows as JSON lines")
    command.add_argument("--video", metavar="FILE", help="write the frames with what was read, as .mp4")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Returns 0 at the end of a video, or where the window was closed."""
    from handvision.inference.live import live
    from handvision.media.annotate import overlay

    source = camera_or_path(options.source)
    _check(options, source)
    count, started = 0, time.monotonic()
    with contextlib.ExitStack() as stack:
        answers = live(source, options.model, max_hands=options.max_hands, vocabulary=options.vocabulary)
        stack.callback(answers.close)  # type: ignore[attr-defined]  # a generator
        frames = named(answers, options.gestures)
        sinks, shown = _sinks(options, source, stack)
        print(HEADER, flush=True)
        for photo, reading in frames:
            for write in sinks:
                write(photo, reading)
            print("\n".join(lines(reading)), flush=True)
            count += 1
            drawn = overlay(photo, reading) if shown and photo is not None else None
            # A list: every window and video is to get the frame.
            if drawn is not None and not all([show(drawn, reading) for show in shown]):
                break
    rate = count / max(time.monotonic() - started, 1e-9)
    print(f"{count} frames read, {rate:.1f} a second", file=sys.stderr)
    return 0


_Write = Callable[[NDArray | None, Reading], None]
_Show = Callable[[NDArray[np.uint8], Reading], bool]  # False where nobody wants to see more


def _check(options: argparse.Namespace, source: str | int) -> None:
    from handvision.media.outputs import check_outputs

    files = [source] if isinstance(source, str) else []
    outputs = {f"--{name}": getattr(options, name) for name in ("csv", "jsonl")}
    check_outputs(files, {name: path for name, path in outputs.items() if path is not None})
    if options.jsonl is not None and Path(options.jsonl).suffix.lower() not in (".jsonl", ".ndjson"):
        raise ValueError(f"--jsonl {options.jsonl}: a file of JSON lines ends with .jsonl")
    if options.window and (why := _no_window()):
        raise ValueError(f"--window: {why}")


def _sinks(
    options: argparse.Namespace, source: str | int, stack: contextlib.ExitStack
) -> tuple[list[_Write], list[_Show]]:
    """What takes photos and readings, and what shows the frames with what was read."""
    from handvision.media.sinks import csv_sink, json_sink
    from handvision.media.video_file import video_file
    from handvision.media.videos import frame_rate

    sinks: list[_Write] = []
    shown: list[_Show] = []
    if options.csv is not None:
        sinks.append(stack.enter_context(csv_sink(options.csv)))
    if options.jsonl is not None:
        sinks.append(stack.enter_context(json_sink(options.jsonl)))
    if options.video is not None:
        rate = frame_rate(source) if isinstance(source, str) else None
        add = stack.enter_context(video_file(options.video, *([rate] if rate else [])))

        def record(drawn: NDArray[np.uint8], reading: Reading) -> bool:
            add(drawn, reading.time_seconds or 0.0)
            return True

        shown.append(record)
    if options.window or (options.window is None and not _no_window()):
        stack.callback(_close_window)
        shown.append(_show)
    return sinks, shown


def _no_window() -> str:
    """Why no window can be opened here; "" where one can."""
    import cv2

    if any(line.split()[-1] == "NONE" for line in cv2.getBuildInformation().splitlines() if "GUI:" in line):
        return (
            "this OpenCV has no windows; pip uninstall opencv-python-headless, pip install opencv-python,"
            " or use --no-window"
        )
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return "there is no screen here; use --no-window"
    return ""


def _show(drawn: NDArray[np.uint8], reading: Reading) -> bool:
    import cv2

    cv2.imshow(_TITLE, drawn[..., ::-1])
    return cv2.waitKey(1) & 0xFF not in (ord("q"), 27)


def _close_window() -> None:
    import cv2

    cv2.destroyAllWindows()
