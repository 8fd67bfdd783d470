"""Every photo is in the result once, to the byte as in an undisturbed run, whatever happens to workers."""

import json
import os
import subprocess
import sys
import time

import pytest

from handvision.inference.bulk.engines import Engine, processes
from handvision.inference.bulk.folder import ResultFolder
from handvision.inference.bulk.job import run
from handvision.inference.bulk.photos import PhotoList
from handvision.inference.bulk.pool import IN_FLIGHT, read_in_processes
from handvision.inference.bulk.shards import Shard
from handvision.inference.bulk.work import read_shard
from tests.helpers.bulk import (
    BROKEN,
    DIE,
    DIE_ONCE,
    RAISE,
    RAISE_ONCE,
    SLOW,
    bytes_of,
    rows_of,
    stub_reader,
    write_photos,
)

COUNT, SHARD = 23, 5
PROCESSES = processes(2)


def _undisturbed(shards, make_read):
    read = make_read()
    for shard in shards:
        yield read_shard(shard, read)


UNDISTURBED = Engine("alone", _undisturbed)


def job(photos, out, engine=PROCESSES, identity="stub", **options):
    with PhotoList([photos]) as listed:
        return run(listed, out, stub_reader, identity, engine, shard_size=SHARD, **options)


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr("handvision.inference.bulk.work.PAUSE_SECONDS", 0.01)


def test_every_photo_is_read_once_and_what_is_broken_is_told(tmp_path):
    photos = write_photos(tmp_path / "in", COUNT, _3=BROKEN, _22=BROKEN, _8=SLOW)
    with PhotoList([photos, photos / "0001.jpg", f"{photos}/*.jpg"]) as listed:
        manifest = run(listed, tmp_path / "out", stub_reader, "stub", PROCESSES, shard_size=SHARD)
    rows = rows_of(tmp_path / "out")
    assert [row["picture"] for row in rows] == [str(photos / f"{number:04}.jpg") for number in range(COUNT)]
    assert [number for number, row in enumerate(rows) if row["error"] is not None] == [3, 22]
    assert "0003.jpg: no picture" in rows[3]["error"] and rows[3]["hands"] == []
    assert (manifest.photos, manifest.read, manifest.errors, manifest.failed) == (COUNT, COUNT, 2, {})
    written = json.loads((tmp_path / "out/manifest.json").read_text())
    assert written["complete"] and written["errors"] == 2 and written["engine"] == "by 2 processes"
    assert sum(shard["photos"] for shard in written["shards"].values()) == COUNT
    job(photos, tmp_path / "alone", UNDISTURBED)
    assert bytes_of(tmp_path / "out") == bytes_of(tmp_path / "alone")


def test_workers_that_die_or_raise_once_change_nothing(tmp_path):
    photos = write_photos(tmp_path / "in", COUNT, _2=DIE_ONCE, _11=RAISE_ONCE, _12=DIE_ONCE, _13=BROKEN)
    manifest = job(photos, tmp_path / "out")
    assert all((photos / f"{name}.jpg.tried").exists() for name in ("0002", "0011", "0012"))
    assert (manifest.read, manifest.errors, manifest.failed) == (COUNT, 1, {})
    job(photos, tmp_path / "alone", UNDISTURBED)
    assert bytes_of(tmp_path / "out") == bytes_of(tmp_path / "alone")


@pytest.mark.slow
def test_what_fails_three_times_is_told_and_costs_no_other_shard(tmp_path):
    photos = write_photos(tmp_path / "in", COUNT, _2=DIE, _14=RAISE)
    manifest = job(photos, tmp_path / "out")
    assert manifest.complete and manifest.read == COUNT - 2 * SHARD
    reasons = sorted(shard["reason"] for shard in manifest.failed.values())
    assert "0014.jpg: OSError: the network is away" in reasons[0]
    assert "a worker died (exit code -9)" in reasons[1]
    told = [json.loads(path.read_text()) for path in (tmp_path / "out/failed").iterdir()]
    assert {path for shard in told for path in shard["photos"]} == {
        str(photos / f"{number:04}.jpg") for number in (*range(5), *range(10, 15))
    }
    # Mended, it goes on with what has failed.
    for number in (2, 14):
        (photos / f"{number:04}.jpg").write_bytes(b"photo")
    manifest = job(photos, tmp_path / "out", resume=True)
    assert (manifest.read, manifest.resumed, manifest.failed) == (COUNT, COUNT - 2 * SHARD, {})
    assert not list((tmp_path / "out/failed").iterdir())
    assert [row["error"] for row in rows_of(tmp_path / "out")] == [None] * COUNT


def test_resume_leaves_whole_shards_alone_and_reads_the_rest(tmp_path):
    photos = write_photos(tmp_path / "in", COUNT, _1=BROKEN)
    job(photos, tmp_path / "out", UNDISTURBED)
    before = bytes_of(tmp_path / "out")
    missing, harmed, *others = sorted((tmp_path / "out/rows").iterdir())
    missing.unlink()
    harmed.write_bytes(harmed.read_bytes()[:-9])
    (tmp_path / "out/rows/.half.12.parquet").write_bytes(b"PAR1")  # as a killed run leaves it
    times = [path.stat().st_mtime_ns for path in others]
    manifest = job(photos, tmp_path / "out", UNDISTURBED, resume=True)
    assert manifest.errors == 1 and manifest.read == COUNT and 0 < manifest.resumed < COUNT
    assert bytes_of(tmp_path / "out") == before
    assert [path.stat().st_mtime_ns for path in others] == times
    # Without it, all are read anew; into a folder without results, it begins afresh.
    assert job(photos, tmp_path / "out", UNDISTURBED).resumed == 0
    assert job(photos, tmp_path / "new", UNDISTURBED, resume=True).read == COUNT


def test_rows_that_ctrl_c_left_uncounted_are_counted(tmp_path, monkeypatch):
    put = ResultFolder.put

    def interrupted(folder, outcome):
        put(folder, outcome)
        raise KeyboardInterrupt

    monkeypatch.setattr(ResultFolder, "put", interrupted)
    with pytest.raises(KeyboardInterrupt):
        job(write_photos(tmp_path / "in", COUNT), tmp_path / "out", UNDISTURBED)
    written = json.loads((tmp_path / "out/manifest.json").read_text())
    assert len(rows_of(tmp_path / "out")) == written["read"] == SHARD and not written["complete"]


@pytest.mark.parametrize("resume", [False, True])
@pytest.mark.parametrize("change", ["photos", "reader"])
def test_rows_of_another_job_are_refused_and_not_harmed(tmp_path, resume, change):
    photos = write_photos(tmp_path / "in", COUNT)
    job(photos, tmp_path / "out", UNDISTURBED)
    before = bytes_of(tmp_path / "out")
    if change == "photos":
        write_photos(photos, COUNT + 1)
    with pytest.raises(FileExistsError, match="files of another job"):
        job(photos, tmp_path / "out", identity="other" if change == "reader" else "stub", resume=resume)
    assert bytes_of(tmp_path / "out") == before


def test_no_more_than_two_shards_a_worker_are_held(tmp_path):
    photos = write_photos(tmp_path / "in", 40)
    taken = 0

    def shards():
        nonlocal taken
        for taken in range(1, 41):
            yield Shard(f"{taken}", (str(photos / f"{taken - 1:04}.jpg"),))

    for done, _ in enumerate(read_in_processes(shards(), stub_reader, 2)):
        assert taken <= done + 2 * IN_FLIGHT
    assert done == 39 and taken == 40


def unfit_reader():
    raise ValueError("this machine has another model")


def dying_reader():
    os.abort()


@pytest.mark.parametrize(
    ("make_read", "message"),
    [
        (unfit_reader, "a worker could not begin: ValueError: this machine has another model"),
        (dying_reader, r"a worker died \(exit code -6\) before it could begin, 3 times"),
    ],
)
def test_a_worker_that_cannot_begin_ends_the_job(tmp_path, make_read, message):
    photos = write_photos(tmp_path / "in", COUNT)
    with PhotoList([photos]) as listed, pytest.raises(RuntimeError, match=message):
        run(listed, tmp_path / "out", make_read, "stub", PROCESSES, shard_size=SHARD)
    assert not json.loads((tmp_path / "out/manifest.json").read_text())["complete"]


DRIVER = """
import sys
from tests.inference.bulk.test_job import job
if __name__ == "__main__":
    job(sys.argv[1], sys.argv[2], resume=True)
"""


@pytest.mark.slow
def test_a_driver_that_is_killed_leaves_whole_shards_and_no_workers(tmp_path):
    photos = write_photos(tmp_path / "in", 60, **{f"_{number}": SLOW for number in range(60)})
    script = tmp_path / "driver.py"
    script.write_text(DRIVER)
    driver = subprocess.Popen(
        [sys.executable, script, photos, tmp_path / "out"],
        env={**os.environ, "PYTHONPATH": os.getcwd()},
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 300
        while not list(tmp_path.glob("out/rows/[!.]*")):
            assert time.monotonic() < deadline and driver.poll() is None
            time.sleep(0.05)
        workers = _children(driver.pid)
        driver.kill()
        driver.wait(60)
    finally:
        driver.kill()
    deadline = time.monotonic() + 60
    while any(map(_is_alive, workers)):
        assert time.monotonic() < deadline, "workers outlive their driver"
        time.sleep(0.05)
    whole = bytes_of(tmp_path / "out")
    assert 0 < len(whole) < 12
    manifest = job(photos, tmp_path / "out", resume=True)
    assert manifest.resumed == SHARD * len([name for name in whole if not name.startswith(".")])
    job(photos, tmp_path / "alone", UNDISTURBED)
    assert bytes_of(tmp_path / "out") == bytes_of(tmp_path / "alone")


def _children(pid):
    import psutil

    return psutil.Process(pid).children(recursive=True)


def _is_alive(process):
    import psutil

    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
