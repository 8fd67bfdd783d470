"""What one photo costs at the command line: the first release, which imports TensorFlow, beside today's.

Both read the same rendered photo, in turns, each time in a new process, so that a noisy machine is noisy for
both. Printed are medians of wall time and of CPU time, and their ratios; and how long
`import handvision; handvision.predict` takes beside `import numpy, cv2`. The old command is taken from this
repository's history.
"""

import argparse
import io
import os
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from handvision.synthesis import rendered

REPOSITORY = Path(__file__).resolve().parents[1]

FIRST_RELEASE = "943a790"
IMPORTS = {
    "import numpy, cv2": "import numpy, cv2",
    "import handvision; handvision.predict": "import handvision; handvision.predict",
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        photo = folder / "photo.png"
        Image.fromarray(rendered.render(1, size=512, seed=3).photos[0]).save(photo)
        old = check_out(FIRST_RELEASE, folder / "old")
        command = [sys.executable, "-m", "handvision", "predict", str(photo)]
        commands = {
            f"handvision predict at {FIRST_RELEASE}": lambda: run(command, old),
            "handvision predict today": lambda: run(command, REPOSITORY),
        }
        compare(commands, rounds)
        imports = {
            what: lambda code=code: run([sys.executable, "-c", code], REPOSITORY)
            for what, code in IMPORTS.items()
        }
        compare(imports, 2 * rounds)


def compare(runs: dict[str, Callable[[], tuple[float, float]]], rounds: int) -> None:
    """Prints wall and CPU seconds of two ways, and the ratio of the first to the second."""
    for once in runs.values():  # fills the caches of files and of compiled Python
        once()
    seconds = np.array([[once() for once in runs.values()] for _ in range(rounds)])  # (rounds, 2, 2)
    for what, (wall, cpu) in zip(runs, np.median(seconds, axis=0), strict=True):
        print(f"{what:40} {wall:7.2f} s wall, {cpu:7.2f} s CPU")
    wall, cpu = np.median(seconds[:, 0] / seconds[:, 1], axis=0)
    print(f"{'first / second':40} {wall:7.2f}   wall, {cpu:7.2f}   CPU\n", flush=True)


def run(command: list[str], package: Path) -> tuple[float, float]:
    """Wall and CPU seconds of a new process that imports handvision from a folder."""
    environment = {**os.environ, "PYTHONPATH": str(package), "TF_CPP_MIN_LOG_LEVEL": "3"}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, cwd=package, env=environment, check=True, capture_output=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def check_out(commit: str, folder: Path) -> Path:
    """The package and the combined model as they were at a commit."""
    paths = ["handvision", "models/combined.keras"]
    archive = subprocess.run(
        ["git", "archive", commit, *paths], cwd=REPOSITORY, check=True, capture_output=True
    )
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
        tar.extractall(folder, filter="data")
    return folder


if __name__ == "__main__":
    main()
