"""Tasks keep what is learned from apart from what judges: their tests start with no data at hand."""

import pytest

from tests.helpers.archives import data_folder

__all__ = ["data_folder"]


@pytest.fixture(autouse=True)
def nothing_at_hand(tmp_path, monkeypatch):
    """No data set is at hand, and rendered hands are drawn into a folder of the test."""
    monkeypatch.setenv("HANDVISION_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("HANDVISION_RUNS_FOLDER", str(tmp_path / "runs"))
    monkeypatch.delenv("HANDVISION_ARCHIVES", raising=False)
