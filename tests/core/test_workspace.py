import dataclasses

import pytest

from handvision.core import workspace as module
from handvision.core.workspace import FOLDER_VARIABLES, Settings, workspace


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    for name in ("HANDVISION_PROFILE", "HANDVISION_DATA", "HANDVISION_SEED", *FOLDER_VARIABLES):
        monkeypatch.delenv(name, raising=False)


def test_parameters_hold_where_no_variable_is_set():
    assert Settings.resolve("full", "real", 7) == Settings("full", "real", 7)


def test_variables_win_over_parameters(monkeypatch):
    monkeypatch.setenv("HANDVISION_PROFILE", "smoke")
    monkeypatch.setenv("HANDVISION_DATA", "rendered")
    monkeypatch.setenv("HANDVISION_SEED", "3")
    assert Settings.resolve("full", "real", 7) == Settings("smoke", "rendered", 3)


@pytest.mark.parametrize(("variable", "field"), FOLDER_VARIABLES.items())
def test_a_variable_names_another_folder(variable, field, monkeypatch, tmp_path):
    before = workspace()
    assert getattr(before, field) != tmp_path
    monkeypatch.setenv(variable, str(tmp_path))
    assert workspace() == dataclasses.replace(before, **{field: tmp_path})


def test_in_a_clone_the_folders_are_its_own():
    found = workspace()
    assert (found.repository / "handvision" / "core" / "workspace.py").samefile(module.__file__)
    assert (found.models, found.data, found.runs) == tuple(
        found.repository / name for name in ("models", "data", "runs")
    )
    assert found.archives is None and found is workspace()


def test_installed_nothing_lies_beside_the_package(tmp_path, monkeypatch):
    installed = tmp_path / "site-packages" / "handvision" / "core" / "workspace.py"
    monkeypatch.setattr(module, "__file__", str(installed))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    module._resolve.cache_clear()
    try:
        found = workspace()
    finally:
        module._resolve.cache_clear()
    assert found.repository is None
    folders = (found.models, found.data, found.runs, found.cache)
    assert not any(folder.is_relative_to(tmp_path / "site-packages") for folder in folders)
    assert len(set(folders)) == 4
