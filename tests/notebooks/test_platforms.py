"""Colab and Kaggle: badges and the first cell of every lecture; and the lectures without a clone."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from notebooks.platforms import REPOSITORY, address, badges, equip
from notebooks.run import NOTEBOOKS


def read(path):
    return json.loads((REPOSITORY / path).read_text("utf-8"))


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_a_lecture_has_its_badges_and_installs_the_package_where_it_is_missing(path):
    notebook = read(path)
    first, parameters = ("".join(cell["source"]) for cell in notebook["cells"][:2])
    assert badges(path, address()) in first.splitlines(), "run `python notebooks/platforms.py`"
    assert f'%pip install -q "handvision @ git+{address()}"' in parameters
    before = json.dumps(notebook)
    equip(notebook, path, address())
    assert json.dumps(notebook) == before, "equipped twice is equipped once"


def test_a_new_address_takes_the_place_of_the_old_one():
    notebook = read(NOTEBOOKS[0])
    equip(notebook, NOTEBOOKS[0], "https://github.com/someone/hands")
    first, parameters = ("".join(cell["source"]) for cell in notebook["cells"][:2])
    assert "https://colab.research.google.com/github/someone/hands/blob/main/notebooks/1_" in first
    assert "https://kaggle.com/kernels/welcome?src=https://github.com/someone/hands/blob/main/" in first
    assert 'git+https://github.com/someone/hands"' in parameters
    assert address() not in first + parameters


@pytest.fixture(scope="module")
def hosted(tmp_path_factory):
    """A fresh environment as the two platforms have it: the big packages are there, ours is not.

    Returns its Python, and the package as a wheel, which stands in for the repository's address.
    """
    folder = tmp_path_factory.mktemp("hosted")
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    # Only the folder: the links of editable installations in it are not followed.
    packages = next((folder / "venv").glob("lib/python*/site-packages"))
    (packages / "platform.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    wheel = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, REPOSITORY]
    subprocess.run(wheel, check=True)
    return python, next(folder.glob("handvision-*.whl"))


@pytest.mark.soak
@pytest.mark.notebook
@pytest.mark.parametrize("path", [NOTEBOOKS[0], NOTEBOOKS[1], NOTEBOOKS[3], NOTEBOOKS[5]])
def test_runs_without_a_clone(path, hosted, tmp_path):
    # Those that need no model of another lecture.
    python, wheel = hosted
    notebook = (REPOSITORY / path).read_text("utf-8").replace(f"git+{address()}", wheel.as_uri())
    (tmp_path / "lecture.ipynb").write_text(notebook, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HANDVISION_")}
    environment = {
        **kept,
        "HOME": str(tmp_path),
        "HANDVISION_PROFILE": "smoke",
        "HANDVISION_DATA": "rendered",
        "PYTHONSAFEPATH": "1",
    }
    command = [python, "-m", "papermill", "--no-progress-bar", "lecture.ipynb", "executed.ipynb"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    imported = subprocess.run(
        [python, "-c", "import handvision; print(handvision.__file__)"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(imported.stdout.strip()).is_relative_to(python.parents[1]), "the wheel's package was used"
