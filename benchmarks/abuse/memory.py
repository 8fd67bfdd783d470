"""Memory of `predict` over many large photos, and of it and `live` over many frames: bounded, and flat?

Run from the repository's root:

    .venv/bin/python benchmarks/abuse/memory.py photos --count 1000 --megapixels 12 --limit 1.0
    .venv/bin/python benchmarks/abuse/memory.py photos --count 32 --megapixels 48 --limit 1.5
    .venv/bin/python benchmarks/abuse/memory.py frames --count 20000
    .venv/bin/python benchmarks/abuse/memory.py live --count 20000

Frames show two rendered hands in motion, over and over. One photo is written and linked under many names.
Exits with 1 where the peak is above the limit (GiB), or where memory after the last frame is more than 5 %
above what it was after the first tenth.
"""

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from handvision.core.hand import Reading
from handvision.inference.live import live
from handvision.inference.predict import stream
from handvision.synthesis.clips import render_clip

GIB = 1 << 20  # in kB
SIDE, FRAMES = 320, 60  # of the clip


def memory_kb(what: str) -> int:
    """VmRSS (now) or VmHWM (the peak of this process) in kB; Linux."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{what}:"):
            return int(line.split()[1])
    raise RuntimeError(f"/proc/self/status has no {what}")


def picture(height: int, width: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Soft noise with a patch of skin colour."""
    small = rng.integers(0, 255, (height // 16, width // 16, 3), dtype=np.uint8)
    photo = cv2.resize(small, (width, height))
    cv2.circle(photo, (width // 2, height // 2), height // 4, (200, 150, 120), -1)
    return photo


def photos(count: int, megapixels: float, limit: float) -> bool:
    """Whether the peak over a folder of `count` photos stays below `limit` GiB."""
    height = round((megapixels * 1e6 * 3 / 4) ** 0.5)
    with tempfile.TemporaryDirectory() as folder:
        first = Path(folder, "00000.jpg")
        cv2.imwrite(str(first), picture(height, height * 4 // 3, np.random.default_rng(0)))
        for number in range(1, count):
            os.link(first, Path(folder, f"{number:05}.jpg"))
        # A new process has a peak of its own, without what was drawn here.
        arguments = [sys.executable, __file__, "measure", "--folder", folder]
        arguments += ["--count", str(count), "--limit", str(limit)]
        return subprocess.run(arguments).returncode == 0


def measure(folder: Path, count: int, limit: float) -> bool:
    """The same over a folder that is there."""
    started, read = time.monotonic(), 0
    for _, reading in stream(folder):
        assert not reading.error, reading.error
        read += 1
    peak = memory_kb("VmHWM") / GIB
    print(f"{read} photos in {time.monotonic() - started:.0f} s, peak {peak:.2f} GiB (limit {limit})")
    return read == count and peak <= limit


def frames(count: int) -> bool:
    """Whether memory is flat within 5 % over `count` frames that `predict` is given one at a time."""
    endless = itertools.islice(itertools.cycle(clip()), count)
    return is_flat((reading for _, reading in stream(endless)), count)


def live_frames(count: int) -> bool:
    """The same of `live`, which reads them from a video."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "clip.avi"))
        writer = cv2.VideoWriter(path, cv2.VideoWriter.fourcc(*"MJPG"), 30, (SIDE, SIDE))
        for photo in itertools.islice(itertools.cycle(clip()), count):
            writer.write(photo[..., ::-1])
        writer.release()
        return is_flat((reading for _, reading in live(path)), count)


def clip() -> list[NDArray[np.uint8]]:
    return [np.asarray(frame.picture.photo) for frame in render_clip("moving", frames=FRAMES, size=SIDE)]


def is_flat(readings: Iterator[Reading], count: int) -> bool:
    """Whether memory after the last of so many readings is within 5 % of that after the first tenth."""
    started, warm, used, number, hands = time.monotonic(), 0, 0, 0, 0
    for number, reading in enumerate(readings, 1):
        assert not reading.error, reading.error
        hands += len(reading.hands)
        if number % max(1, count // 10) == 0:
            used = memory_kb("VmRSS")
            warm = warm or used
            told = f"{number:,} frames, {hands:,} hands, {time.monotonic() - started:.0f} s"
            print(f"{told}, {used / GIB:.3f} GiB, {used / warm - 1:+.1%}", flush=True)
    return number == count and used <= 1.05 * warm


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("photos", "frames", "live", "measure"))
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--megapixels", type=float, default=12)
    parser.add_argument("--limit", type=float, default=1.0, help="of the peak, in GiB")
    parser.add_argument("--folder", type=Path, help="of `measure`")
    options = parser.parse_args()
    if options.what == "frames":
        return int(not frames(options.count))
    if options.what == "live":
        return int(not live_frames(options.count))
    if options.what == "measure":
        return int(not measure(options.folder, options.count, options.limit))
    return int(not photos(options.count, options.megapixels, options.limit))


if __name__ == "__main__":
    sys.exit(main())
