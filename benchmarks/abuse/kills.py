"""Kills the rendering of hands at random moments, as by kill -9: does it go on to the same result?

Run from the repository's root: `.venv/bin/python benchmarks/abuse/kills.py --kills 50`. Exits with 1 where
what the killed processes left in the cache changes the result. (Trainings, downloads and unpacking are killed
in the tests.)
"""

import argparse
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

RENDER = """
from handvision.synthesis.rendered import cached_render
cached_render(40, size=64, seed=3, workers=1)
"""


def start(runs: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", RENDER],
        env={**os.environ, "HANDVISION_RUNS_FOLDER": str(runs), "PYTHONPATH": str(Path.cwd())},
        start_new_session=True,  # so that its workers die with it
    )


def content(folder: Path) -> dict[str, str]:
    """File -> hash of its arrays. Hidden files, which writers that were killed leave, are never read."""
    hashes = {}
    for path in sorted(folder.rglob("[!.]*.npz")):
        with np.load(path) as stored:
            values = b"".join(name.encode() + stored[name].tobytes() for name in stored.files)
        hashes[str(path.relative_to(folder))] = hashlib.sha256(values).hexdigest()
    return hashes


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as temporary:
        whole, killed = Path(temporary, "whole"), Path(temporary, "killed")
        began = time.monotonic()
        assert start(whole).wait() == 0
        seconds = time.monotonic() - began
        died = 0
        for _ in range(parser.parse_args().kills):
            process = start(killed)
            try:
                process.wait(rng.uniform(0.1, 1.0) * seconds)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                died += 1
        assert start(killed).wait() == 0
        expected = content(whole)
        same = bool(expected) and content(killed) == expected
    print(f"{died} kills within {seconds:.1f} s of work; the same result: {same}")
    return int(not same)


if __name__ == "__main__":
    sys.exit(main())
