"""Hands followed through rendered clips of two hands, with and without tracking, in one run.

Of every kind of clip: share of the hands found, changes of a hand's number (without tracking: of its place in
the frame), jitter in pixels beyond what the hand itself moves, frames until a hand that came into the picture
was found, and milliseconds a frame. Both ways read the same frames in turns.
"""

import argparse
import json
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np

from handvision.core.hand import Reading
from handvision.evaluation.tracks import Followed, followed
from handvision.inference.backends import open_backend
from handvision.inference.session import Session
from handvision.media.sources import Picture
from handvision.synthesis.clips import MOTIONS, ClipFrame, render_clip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="?", help="a .onnx, .tflite or .keras file (the released one)")
    parser.add_argument("--clips", type=int, default=3, help="of every kind (3)")
    parser.add_argument("--frames", type=int, default=90, help="of a clip (90)")
    parser.add_argument("--size", type=int, default=256, help="of a frame in pixels (256)")
    parser.add_argument("--out", type=Path, help="write the figures as JSON")
    options = parser.parse_args()
    sessions = {
        "tracked": Session(open_backend(options.model), 2, "numbers", True),
        "each frame": Session(open_backend(options.model), 2, "numbers", False),
    }
    figures = {}
    for kind in MOTIONS:
        clips = [list(render_clip(kind, options.frames, options.size, seed)) for seed in range(options.clips)]
        figures[kind] = measure(kind, clips, sessions)
        for way, row in figures[kind].items():
            print(
                f"{kind:<9} {way:<11}",
                "  ".join(f"{name} {value}" for name, value in row.items()),
                flush=True,
            )
    if options.out:
        options.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def measure(
    kind: str, clips: list[list[ClipFrame]], sessions: dict[str, Session]
) -> dict[str, dict[str, float | None]]:
    """The figures of all clips of a kind, for each way of reading them."""
    results: dict[str, list[Followed]] = {way: [] for way in sessions}
    spent = dict.fromkeys(sessions, 0.0)
    for number, clip in enumerate(clips):
        readings: dict[str, list[Reading]] = {way: [] for way in sessions}
        for frame, shown in enumerate(clip):
            picture = Picture(shown.picture.photo, f"{kind} {number}", frame, time_seconds=shown.time_seconds)
            for way, session in sessions.items():
                started = time.perf_counter()
                ((_, reading),) = session.answer([picture])
                spent[way] += time.perf_counter() - started
                readings[way].append(reading)
        truth = [shown.picture.hands for shown in clip], [shown.numbers for shown in clip]
        for way in sessions:
            results[way].append(followed(*truth, readings[way]))
    frames = sum(map(len, clips))
    return {way: _row(results[way], 1000 * spent[way] / frames) for way in sessions}


def _row(results: list[Followed], milliseconds: float) -> dict[str, float | None]:
    columns = [asdict(result) for result in results]
    jitter = [column["jitter"] for column in columns if np.isfinite(column["jitter"])]
    return {
        "found": round(float(np.mean([column["found"] for column in columns])), 3),
        "switches": sum(column["switches"] for column in columns),
        "jitter": round(float(np.mean(jitter)), 2) if jitter else None,
        "frames to find": round(
            float(np.mean([frames for column in columns for frames in column["frames_to_find"]])), 2
        ),
        "milliseconds": round(milliseconds, 1),
    }


if __name__ == "__main__":
    main()
