"""Tasks keep what is learned from apart from what judges: their tests start with no data at hand."""

from dataclasses import replace

import pytest

from handvision.datasets import catalog
from tests.helpers.archives import data_folder, packed
from tests.helpers.divisible_archives import divisible_archive

__all__ = ["data_folder"]


@pytest.fixture(autouse=True)
def nothing_at_hand(tmp_path, monkeypatch):
    """No data set is at hand, and rendered hands are drawn into a folder of the test."""
    monkeypatch.setenv("HANDVISION_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("HANDVISION_RUNS_FOLDER", str(tmp_path / "runs"))
    monkeypatch.delenv("HANDVISION_ARCHIVES", raising=False)


@pytest.fixture
def archives(data_folder, monkeypatch):
    """Archives with several frames, people and places for each part, dropped into `data/`."""
    for name, dataset in catalog.CATALOG.items():
        files = divisible_archive(name)
        found = dataset.sort_out(files)
        contents = tuple(replace(c, original=10**6, subset=len(found[c.what])) for c in dataset.contents)
        monkeypatch.setitem(catalog.CATALOG, name, replace(dataset, contents=contents))
        (data_folder / dataset.archive).write_bytes(packed(files))
    return data_folder
