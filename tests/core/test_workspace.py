import pytest

from handvision.core.workspace import Settings, data_folder, models_folder, runs_folder


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    for name in ("PROFILE", "DATA", "SEED", "DATA_FOLDER", "RUNS_FOLDER", "MODELS_FOLDER"):
        monkeypatch.delenv(f"HANDVISION_{name}", raising=False)


def test_parameters_hold_where_no_variable_is_set():
    assert Settings.resolve("full", "real", 7) == Settings("full", "real", 7)


def test_variables_win_over_parameters(monkeypatch):
    monkeypatch.setenv("HANDVISION_PROFILE", "smoke")
    monkeypatch.setenv("HANDVISION_DATA", "rendered")
    monkeypatch.setenv("HANDVISION_SEED", "3")
    assert Settings.resolve("full", "real", 7) == Settings("smoke", "rendered", 3)


def test_folders_follow_variables(monkeypatch, tmp_path):
    for name, folder in (("DATA", data_folder), ("RUNS", runs_folder), ("MODELS", models_folder)):
        assert folder().name == name.lower()
        monkeypatch.setenv(f"HANDVISION_{name}_FOLDER", str(tmp_path))
        assert folder() == tmp_path
