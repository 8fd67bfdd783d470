"""`handvision bulk` from the command to the tables that are read back, with the released model."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pyarrow.parquet as pq
import pytest

from handvision.cli import main
from handvision.inference.bulk.rows import ReadingOptions, RowReader
from handvision.synthesis.rendered_set import write_rendered_set

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "web/src/samples"
ALONE = ["--workers", "1"]


@pytest.mark.slow
def test_the_command_reads_goes_on_and_says_what_failed(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("text.jpg").write_text("no picture")
    command = ["bulk", str(SAMPLES), "text.jpg", "--out", "readings", "--shard-size", "4", *ALONE]
    assert main(command) == 0
    errors = capsys.readouterr().err
    assert "7 of 7 photos to read, in 2 shards, by 1 process\n" in errors
    assert "6 read, 1 could not be read" in errors
    rows = pq.read_table("readings/rows").to_pylist()
    assert [row["picture"] for row in rows if row["error"]] == [str(tmp_path / "text.jpg")]
    # The same, photo by photo.
    read = RowReader(ReadingOptions())
    assert [row["hands"] and row["hands"][0]["label"] for row in rows] == [
        (told := read(row["picture"])[0]["hands"]) and told[0]["label"] for row in rows
    ]
    assert main([*command, "--resume"]) == 0
    assert "0 of 7 photos to read, in 0 shards" in capsys.readouterr().err
    assert main([*command, "--max-hands", "1"]) == 2
    assert "files of another job" in capsys.readouterr().err
    monkeypatch.setattr("handvision.inference.bulk.rows.RowReader.identity", "none of the workers'")
    assert main(["bulk", str(SAMPLES), "--out", "others", *ALONE]) == 2
    assert "a worker could not begin" in capsys.readouterr().err
    assert not json.loads(Path("others/manifest.json").read_text())["complete"]


@pytest.mark.slow
@pytest.mark.usefixtures("commands_hear_ctrl_c")
def test_ctrl_c_leaves_whole_shards_and_one_line(tmp_path):
    lines = [str(path) for path in sorted(SAMPLES.iterdir()) for _ in range(50)]
    copies = tmp_path / "in"
    copies.mkdir()
    for number, path in enumerate(lines):
        (copies / f"{number:03}.jpg").symlink_to(path)
    command = [sys.executable, "-m", "handvision", "bulk", copies, "--out", tmp_path / "out"]
    running = subprocess.Popen(
        [*command, "--shard-size", "3", *ALONE],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        while not list(tmp_path.glob("out/rows/[!.]*")):
            assert running.poll() is None
        # As a terminal does it: to the workers, too.
        os.killpg(running.pid, signal.SIGINT)
        _, errors = running.communicate(timeout=120)
    finally:
        running.kill()
    assert running.returncode == 130
    assert re.fullmatch(r"300 of 300 photos .*\nhandvision: stopped by Ctrl-C; .*\n", errors)
    written = json.loads((tmp_path / "out/manifest.json").read_text())
    assert not written["complete"] and 0 < written["read"] < 300
    assert pq.read_table(tmp_path / "out/rows").num_rows == written["read"]


@pytest.mark.parametrize(
    "count", [pytest.param(40, marks=pytest.mark.slow), pytest.param(5_000, marks=pytest.mark.soak)]
)
@pytest.mark.timeout(5_000)
def test_rendered_photos_with_broken_ones_and_killed_workers(tmp_path, count, capsys):
    size = 96
    photos = write_rendered_set(tmp_path / "set", count, size=size, seed=count, workers=2) / "photos"
    names = sorted(photos.iterdir())
    broken = names[:: count // 20]
    for number, path in enumerate(broken):
        path.write_bytes(path.read_bytes()[: 40 * number])
    command = [sys.executable, "-m", "handvision", "bulk", photos, "--shard-size", str(count // 12)]
    disturbed, calm = tmp_path / "disturbed", tmp_path / "calm"
    with subprocess.Popen([*command, "--out", disturbed, "--workers", "2"], cwd=ROOT) as running:
        for done in (1, 5):
            while len(list(disturbed.glob("rows/[!.]*"))) < done:
                assert running.poll() is None
            workers = [
                child
                for child in psutil.Process(running.pid).children()
                if "spawn_main" in str(child.cmdline())
            ]
            workers[done % len(workers)].kill()
        assert running.wait() == 0
    subprocess.run([*command, "--out", calm, *ALONE], cwd=ROOT, check=True)
    rows = pq.read_table(disturbed / "rows").to_pylist()
    assert sorted(row["picture"] for row in rows) == list(map(str, names))
    assert sorted(row["picture"] for row in rows if row["error"]) == list(map(str, broken))
    for path in (calm / "rows").iterdir():
        assert (disturbed / "rows" / path.name).read_bytes() == path.read_bytes()
    assert len(list((calm / "rows").iterdir())) == len(list((disturbed / "rows").iterdir()))


@pytest.mark.slow
@pytest.mark.parametrize("package", ["pandas", "polars", "duckdb"])
def test_rows_are_read_back_as_the_docs_say(tmp_path, package, monkeypatch, capsys):
    pytest.importorskip(package)
    monkeypatch.chdir(tmp_path)
    assert main(["bulk", str(SAMPLES), "--out", "readings", *ALONE]) == 0
    labels = [row["hands"][0]["label"] for row in pq.read_table("readings/rows").to_pylist() if row["hands"]]
    (code,) = re.findall(rf"```python\n(import {package}\n.*?)```", (ROOT / "docs/bulk.md").read_text(), re.S)
    capsys.readouterr()
    exec(code, {})
    printed = capsys.readouterr().out
    assert all(re.search(rf"\b{label}\b", printed) for label in set(labels))
