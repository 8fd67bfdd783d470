"""kill -9 at random moments, fifty times: the same command goes on, and the result is the same."""

import multiprocessing
import os
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from handvision.datasets import download
from handvision.synthesis.rendered import cached_render
from tests.datasets.conftest import kaggle
from tests.helpers.archives import data_folder, packed, small_archive
from tests.helpers.bulk import SLOW, write_photos

__all__ = ["data_folder", "kaggle"]

KILLS = 10  # of each of five kinds of work
SETS = ("finger_digits", "hgr1", "houses")
FORK = multiprocessing.get_context("fork")

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]


def check_goes_on_after_kills(folder: Path, work, result, begun=lambda where: True) -> None:
    """Asserts that work that is killed and begun again ends as work that nobody disturbs.

    Args:
        folder: an empty one.
        work: where it puts its result -> None; it runs in processes of its own.
        result: of a folder, to compare.
        begun: whether the work itself has begun in a folder, after all imports.
    """
    process = started(work, folder / "whole", begun)
    began = time.monotonic()
    process.join()
    seconds = time.monotonic() - began
    assert process.exitcode == 0
    expected = result(folder / "whole")
    rng, killed = np.random.default_rng(0), 0
    for number in range(KILLS):
        where = folder / f"killed {number}"
        process = started(work, where, begun)
        process.join(rng.uniform(0, seconds))
        process.kill()
        process.join()
        killed += process.exitcode != 0
        again = FORK.Process(target=work, args=(where,))
        again.start()
        again.join()
        assert again.exitcode == 0, f"after kill {number} the same command failed"
        assert result(where) == expected, f"after kill {number} the result is another one"
    assert killed > KILLS / 2, "most of the work was done before it was killed"


def started(work, where, begun):
    process = FORK.Process(target=work, args=(where,))
    process.start()
    while process.is_alive() and not begun(where):
        time.sleep(0.01)
    return process


def test_downloads(tmp_path, kaggle, monkeypatch):
    def fetch(where):
        where.mkdir(exist_ok=True)
        os.environ["HANDVISION_DATA_FOLDER"] = str(where)
        for name in SETS:
            download.fetch(name)

    check_goes_on_after_kills(new(tmp_path), fetch, unpacked)


def test_unpacking(tmp_path, data_folder):
    def find(where):
        where.mkdir(exist_ok=True)
        os.environ["HANDVISION_DATA_FOLDER"] = str(where)
        os.environ["HANDVISION_ARCHIVES"] = str(archives)
        for name in SETS:
            assert download.find(name)

    archives = new(tmp_path, "archives")
    for name in SETS:
        (archives / f"{name}.zip").write_bytes(packed(small_archive(name)))
    check_goes_on_after_kills(new(tmp_path), find, unpacked)


def test_rendering(tmp_path):
    def draw(where):
        cached_render(12, size=64, seed=3, folder=where)
        cached_render(6, size=64, seed=3, mesh=1.0, folder=where)

    def pictures(where):
        # Hidden files, which writers that were killed leave, are never read.
        found = {}
        for path in sorted(where.glob("[!.]*.npz")):
            with np.load(path) as stored:
                found[path.name] = {name: stored[name].tobytes() for name in stored.files}
        return found

    check_goes_on_after_kills(new(tmp_path), draw, pictures)


TRAINING = """
import sys
sys.path.insert(0, {tests!r})
import test_fitting as t
model, history = t.train(sys.argv[1], data=t.Bars(pause=0.05))
t.save_model(model, sys.argv[1] + "/final.keras")
"""


def test_training(tmp_path):
    def fit(where):
        script = TRAINING.format(tests=str(Path(__file__).parent / "training"))
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        os.execve(sys.executable, [sys.executable, "-c", script, str(where)], environment)

    def weights(where):
        import keras

        model = keras.models.load_model(where / "final.keras")
        return [value.tobytes() for value in model.get_weights()]

    check_goes_on_after_kills(new(tmp_path), fit, weights, begun=Path.exists)


BULK = """
import sys
from tests.inference.bulk.test_job import job
if __name__ == "__main__":
    job(sys.argv[1], sys.argv[2], resume=True)
"""


def test_bulk_reading(tmp_path):
    def read(where):
        environment = {**os.environ, "PYTHONPATH": os.getcwd()}
        command = [sys.executable, str(script), str(photos), str(where)]
        os.execve(sys.executable, command, environment)

    script = tmp_path / "read.py"
    script.write_text(BULK)
    photos = write_photos(tmp_path / "in", 40, **{f"_{number}": SLOW for number in range(0, 40, 2)})

    def rows(where):
        return {path.name: path.read_bytes() for path in (where / "rows").glob("[!.]*")}

    check_goes_on_after_kills(new(tmp_path), read, rows, begun=lambda where: (where / "rows").exists())


def new(tmp_path: Path, name: str = "work") -> Path:
    folder = tmp_path / name
    folder.mkdir()
    return folder


def unpacked(where: Path) -> dict[str, bytes]:
    """All files of data sets, and what else is no lock; where they lie is said in them."""
    return {
        str(path.relative_to(where)): path.read_bytes().replace(str(where).encode(), b"")
        for path in sorted(where.rglob("*"))
        if path.is_file() and path.suffix != ".lock"
    }
