"""`handvision bulk`: photos a second, the driver's memory, and what ten million photos would take.

Rates: one and two workers, beside a plain loop over `predict`, and beside MediaPipe
Hands under the same engine (a process in an environment of its own for each worker). All read the same
photos, in turns; a rate is counted from when every worker has read a shard, so that starting does not
count. Memory: the driver's peak with a stub in place of the model. Plan: a calculation from the two.
"""

import argparse
import contextlib
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
from peers.mediapipe_reader import PEER, peer_python
from peers.mediapipe_worker import MediaPipeReader

import handvision
from handvision.core.files import replacing
from handvision.core.workspace import workspace
from handvision.inference.bulk.engines import processes
from handvision.inference.bulk.folder import ROWS
from handvision.inference.bulk.job import run
from handvision.inference.bulk.photos import PhotoList
from handvision.inference.bulk.rows import ReadingOptions, Row, RowReader
from handvision.inference.bulk.shards import SHARD_SIZE, shards_of
from handvision.inference.bulk.work import MakeRead
from handvision.synthesis.rendered_set import write_rendered_set

SIZES = (5_000, 20_000, 80_000)
PLANNED, MACHINES, CORES = 10_000_000, 32, 8
ASKED_RATIO = 1.7  # of two workers to one, on two cores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=("rates", "memory", "plan"), help="parts (all)")
    parser.add_argument("--photos", type=int, default=400, help="that are read (400)")
    parser.add_argument("--folder", type=Path, help="where they are taken from (rendered ones)")
    parser.add_argument("--rounds", type=int, default=3, help="of rates (3)")
    parser.add_argument("--python", type=Path, help="an interpreter that has MediaPipe (.venv-mediapipe)")
    parser.add_argument("--model", help="a .onnx file (the released one)")
    parser.add_argument("--rate", type=float, help="photos a second of one worker, for a plan alone")
    parser.add_argument("--stub-of", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stub_of:
        print(json.dumps(stub_job(options.stub_of)))
        return
    parts = options.only or ("rates", "memory", "plan")
    path = workspace().runs / "comparisons" / "bulk.json"
    figures = json.loads(path.read_text()) if path.exists() else {}
    for part in parts:
        if part == "rates":
            with photos_of(options.folder, options.photos) as photos:
                figures[part] = rates(photos, options.rounds, options.model, options.python or peer_python())
        elif part == "memory":
            figures[part] = [memory(count) for count in SIZES]
        else:
            figures[part] = plan(options.rate or figures["rates"]["1 worker"], figures["memory"])
        with replacing(path) as unfinished:
            unfinished.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


# --- photos a second ----------------------------------------------------------------------------------


def rates(photos: list[Path], rounds: int, model: str | None, python: Path) -> dict[str, float]:
    """Name of a way -> median photos a second; printed with the ratio that is asked."""
    ours = partial(RowReader, ReadingOptions(model))
    mediapipe = partial(MediaPipeReader, python)
    for photo in photos:  # into the system's memory, or the first way would wait for the disk
        photo.read_bytes()
    ways: dict[str, Callable[[], float]] = {"plain loop over predict": partial(plain_loop, photos, model)}
    for workers in (1, 2):
        name = f"{workers} worker{'s'[: workers - 1]}"
        ways[name] = partial(rate, photos, ours, workers)
        ways[f"{PEER}, {name}"] = partial(rate, photos, mediapipe, workers)
    measured = [{name: way() for name, way in ways.items()} for _ in range(rounds)]
    medians = {name: float(np.median([each[name] for each in measured])) for name in ways}
    for name, value in medians.items():
        print(f"{name:<50} {value:7.2f} photos a second", flush=True)
    ratio = medians["2 workers"] / medians["1 worker"]
    print(f"two workers read {ratio:.2f} times as fast as one (asked: {ASKED_RATIO})")
    return medians


@contextlib.contextmanager
def photos_of(folder: Path | None, count: int) -> Iterator[list[Path]]:
    """The first photos of a folder; without one, rendered ones."""
    if folder is not None:
        yield sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".jpg", ".png"))[:count]
        return
    with tempfile.TemporaryDirectory() as made:
        rendered = write_rendered_set(
            Path(made) / "set", count, size=640, seed=7, persons=0.5, mesh=1.0, workers=2
        )
        yield sorted((rendered / "photos").iterdir())


def plain_loop(paths: list[Path], model: str | None) -> float:
    handvision.predict(paths[0], model)
    start = time.perf_counter()
    for path in paths:
        handvision.predict(path, model)
    return len(paths) / (time.perf_counter() - start)


def rate(photos: list[Path], make_read: MakeRead, workers: int) -> float:
    """From when every worker has read a shard, to the last one."""
    came = []
    with PhotoList(photos) as listed:
        for outcome in processes(workers).read(shards_of(listed, "rates", 10), make_read):
            if outcome.reason:
                raise RuntimeError(outcome.reason)
            came.append((time.perf_counter(), outcome.photos))
    return sum(photos for _, photos in came[workers:]) / (came[-1][0] - came[workers - 1][0])


# --- the driver's memory ------------------------------------------------------------------------------


def memory(count: int) -> dict[str, float]:
    """Of a job of so many photos, in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--stub-of", str(count)], check=True, capture_output=True, text=True
    )
    figures = json.loads(done.stdout)
    print(f"{count:>7,} photos: the driver's peak is {figures['megabytes']:.0f} MB", flush=True)
    return figures


def stub_job(count: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        out, names = Path(folder) / "out", Path(folder) / "list.txt"
        with names.open("w") as file:
            file.writelines(f"/photos/of/some/lesson/{number:08}.jpg\n" for number in range(count))
        with PhotoList([names]) as photos:
            run(photos, out, stub_reader, "stub", processes(2))
        disk = sum(path.stat().st_size for path in (out / ROWS).iterdir())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"photos": count, "megabytes": peak / 1024, "bytes a photo": disk / count}


def stub_reader() -> Callable[[str], list[Row]]:
    return read_stub


def read_stub(path: str) -> list[Row]:
    """Two hands of 21 points for every photo, none of them alike."""
    seed = int.from_bytes(hashlib.sha256(path.encode()).digest()[:8])
    rng = np.random.default_rng(seed)
    hands = [
        {
            "label": str(rng.integers(6)),
            "probability": rng.random(),
            "presence": rng.random(),
            "rotation_degrees": rng.random() * 360 - 180,
            "box": dict(zip(("x0", "y0", "x1", "y1"), (rng.random(4) * 640).tolist(), strict=True)),
            "handedness": "left",
            "handedness_probability": rng.random(),
            "keypoints": [
                dict(zip(("x", "y", "score"), point, strict=True))
                for point in (rng.random((21, 3)) * 640).tolist()
            ],
        }
        for _ in range(2)
    ]
    return [{"picture": path, "frame": None, "height": 640, "width": 640, "error": None, "hands": hands}]


# --- on paper -----------------------------------------------------------------------------------------


def plan(rate: float, measured: list[dict[str, float]]) -> dict[str, float]:
    """What PLANNED photos take on MACHINES with CORES workers each, if cores are as fast as here.

    The driver's memory grows with its list of shards alone: by what was measured between the smallest and the
    largest job, or not at all.
    """
    small, large = measured[0], measured[-1]
    slope = max(0.0, (large["megabytes"] - small["megabytes"]) / (large["photos"] - small["photos"]))
    figures = {
        "photos": PLANNED,
        "machines": MACHINES,
        "workers a machine": CORES,
        "photos a second and worker": rate,
        "hours": PLANNED / (rate * MACHINES * CORES) / 3600,
        "files": PLANNED / SHARD_SIZE,
        "gigabytes of rows": PLANNED * large["bytes a photo"] / 1e9,
        "driver's megabytes": large["megabytes"] + slope * (PLANNED - large["photos"]),
        "megabytes a second that the driver writes": rate * MACHINES * CORES * large["bytes a photo"] / 1e6,
    }
    for name, value in figures.items():
        print(f"{name:<42} {value:,.2f}")
    return figures


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
