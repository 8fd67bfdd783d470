"""The notebooks: what is committed is in order, and all of them run for real in the smoke profile."""

import json
import os
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from handvision.studies.record import read_record
from notebooks import run as runner
from notebooks.run import AFTER, LARGEST_COMMITTED_BYTES, NOTEBOOKS, publish, run

REPOSITORY = Path(__file__).resolve().parents[2]

# Taken before the notebooks on rendered hands hide it.
ARCHIVES = os.environ.get("HANDVISION_ARCHIVES")
HEADS = re.compile(r"^\s*(def|class) ", re.MULTILINE)
# What would tie a committed output to one machine.
MACHINE = re.compile(r"(?<![\w.])/(?:home|root|work|tmp|Users|farm)/")


@pytest.fixture(scope="module")
def smoke(tmp_path_factory):
    """Environment and folder in which the notebooks of this module run one after the other."""
    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HANDVISION_PROFILE", "smoke")
        patch.setenv("HANDVISION_DATA", "rendered")
        patch.setenv("HANDVISION_RUNS_FOLDER", str(folder))
        patch.setenv("HANDVISION_DATA_FOLDER", str(folder / "no downloads"))
        patch.setenv("HANDVISION_MODELS_FOLDER", str(folder / "no released models"))
        patch.delenv("HANDVISION_ARCHIVES", raising=False)
        yield folder


def code_cells(path):
    cells = json.loads(Path(path).read_text("utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def source(cell):
    return "".join(cell["source"])


@pytest.mark.notebook
def test_the_combined_notebook_alone_says_which_to_run_first(smoke):
    import papermill

    with pytest.raises(papermill.PapermillExecutionError, match=r"run notebooks/2_unet\.ipynb first"):
        run(NOTEBOOKS[-1], smoke / "alone", quiet=True)


@pytest.mark.notebook
@pytest.mark.parametrize("path", NOTEBOOKS)
def test_runs_from_top_to_bottom(path, smoke):
    executed = run(path, smoke / "notebooks", quiet=True)
    cells, written = code_cells(executed), code_cells(REPOSITORY / path)
    assert [source(cell) for cell in cells] == [source(cell) for cell in written]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert all(cell["metadata"]["papermill"]["status"] == "completed" for cell in cells)
    assert any("image/png" in output.get("data", {}) for cell in cells for output in cell["outputs"])
    assert executed.with_suffix(".html").stat().st_size > 10_000


@pytest.mark.soak
@pytest.mark.notebook
def test_a_second_run_with_the_same_seed_gives_the_same_figures(smoke, tmp_path, monkeypatch):
    # Of one notebook, for its way from seed to record; of trainings, see tests/training.
    path, name = NOTEBOOKS[1], "finger_numbers"
    first = read_record(smoke / name / f"{name}.json")
    monkeypatch.setenv("HANDVISION_RUNS_FOLDER", str(tmp_path))
    run(path, tmp_path, quiet=True)
    second = read_record(tmp_path / name / f"{name}.json")
    assert second.figures == first.figures
    assert second.data == first.data


@pytest.mark.notebook
@pytest.mark.archives
@pytest.mark.soak
@pytest.mark.parametrize("path", [NOTEBOOKS[1], NOTEBOOKS[3]])
def test_runs_on_real_data(path, tmp_path, unpacked, monkeypatch):
    monkeypatch.setenv("HANDVISION_PROFILE", "smoke")
    monkeypatch.setenv("HANDVISION_DATA", "real")
    monkeypatch.setenv("HANDVISION_ARCHIVES", ARCHIVES)
    monkeypatch.setenv("HANDVISION_DATA_FOLDER", str(unpacked))
    monkeypatch.setenv("HANDVISION_RUNS_FOLDER", str(tmp_path / "runs"))
    printed = [
        "".join(output.get("text", ""))
        for cell in code_cells(run(path, tmp_path, quiet=True))
        for output in cell["outputs"]
    ]
    assert any("real pictures" in text for text in printed)


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_committed_notebook_is_a_lecture(path):
    cells = code_cells(REPOSITORY / path)
    assert len(cells) <= 30
    assert "parameters" in cells[0]["metadata"].get("tags", [])
    for cell in cells:
        assert not HEADS.search(source(cell)), f"defines what the package could hold:\n{source(cell)}"
        assert len(source(cell).splitlines()) <= 15, f"a long cell:\n{source(cell)}"


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_committed_notebook_was_executed(path):
    cells = code_cells(REPOSITORY / path)
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert not any(output["output_type"] == "error" for cell in cells for output in cell["outputs"])
    text = (REPOSITORY / path).read_text(encoding="utf-8")
    assert len(text.encode()) <= LARGEST_COMMITTED_BYTES
    assert not MACHINE.search(text), MACHINE.search(text).group()
    assert "\\rUnpacking" not in text, "steps of a progress bar"
    assert "oneDNN custom operations" not in text, "what TensorFlow says as it is loaded"


@pytest.mark.slow
def test_publish_refuses_what_was_not_run_in_order(tmp_path):
    import nbformat

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", execution_count=2)])
    nbformat.write(notebook, tmp_path / "made.ipynb")
    with pytest.raises(ValueError, match="not executed from top to bottom"):
        publish(tmp_path / "made.ipynb", "notebooks/1_download_data.ipynb")


def test_notebooks_run_two_at_a_time_and_each_after_those_it_needs(tmp_path, monkeypatch):
    running, together, order, cores = set(), [], [], []

    class Process:
        """Ends at its third poll."""

        def __init__(self, path, folder, environment, quiet):
            self.path, self.polls, self.returncode = path, 0, 0
            cores.append(environment.get("OMP_NUM_THREADS"))
            running.add(path)
            order.append(path)
            together.append(len(running))

        def poll(self):
            self.polls += 1
            if self.polls < 3:
                return None
            running.discard(self.path)
            return 0

    monkeypatch.setattr(runner, "_start", Process)
    monkeypatch.setattr(runner.os, "cpu_count", lambda: 4)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(runner.time, "sleep", lambda seconds: None)
    assert runner.run_all(NOTEBOOKS, tmp_path, jobs=2) == dict.fromkeys(order, 0)
    assert sorted(order) == sorted(NOTEBOOKS) and max(together) == 2
    assert order[0] == NOTEBOOKS[0] and set(order[-2:]) == set(NOTEBOOKS[-2:])
    assert cores == ["2"] * 7, "each has half of the cores"
    assert all(order.index(before) < order.index(path) for path in order for before in AFTER.get(path, ()))
    cores.clear()
    runner.run_all(["notebooks/1_download_data.ipynb", "notebooks/2_unet.ipynb"], tmp_path, jobs=2)
    assert cores == ["2", None], "a last one that is alone has all of them"


def test_after_a_failure_no_other_notebook_starts(tmp_path, monkeypatch):
    started = []

    def fail(path, *_, **__):
        started.append(path)
        return SimpleNamespace(poll=lambda: 1, returncode=1)

    monkeypatch.setattr(runner, "_start", fail)
    monkeypatch.setattr(runner.time, "sleep", lambda seconds: None)
    assert runner.run_all(NOTEBOOKS, tmp_path, jobs=1) == {NOTEBOOKS[0]: 1}
    assert started == [NOTEBOOKS[0]]
