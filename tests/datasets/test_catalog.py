import dataclasses
import re
from pathlib import Path

import pytest

from handvision.datasets import catalog
from handvision.datasets.readers import READERS


def test_every_row_can_be_read_and_says_its_terms():
    assert set(catalog.CATALOG) == {reader.dataset for reader in READERS.values()}
    for name, dataset in catalog.CATALOG.items():
        assert dataset.name == name
        assert dataset.archive.endswith(".zip")
        assert dataset.licence and dataset.citation and dataset.source.page.startswith("https://")


def test_web_sources_are_addresses_of_zip_files():
    for dataset in catalog.CATALOG.values():
        if isinstance(dataset.source, catalog.Web):
            assert all(url.startswith("https://") and url.endswith(".zip") for url in dataset.source.urls)


def test_reading_order_counts():
    found = catalog.row("finger_digits").sort_out(["x/10_1.png", "x/2_1.png", "x/2_0.png", "readme.txt"])
    assert list(found["masks"]) == [("2", "0"), ("2", "1"), ("10", "1")]


def test_file_packed_twice_counts_once():
    found = catalog.row("finger_digits").sort_out(["a/1_1.png", "b/1_1.png"])
    assert len(found["masks"]) == 1


def test_judgement_of_counts():
    content = (catalog.Content("photos", r"(\d+)\.jpg$", original=4, subset=2),)
    dataset = dataclasses.replace(catalog.row("houses"), contents=content)

    def judge(count):
        return dataset.judge(dataset.sort_out(f"{n}.jpg" for n in range(count)))

    assert judge(0) == ""
    assert judge(1) == judge(3).replace("3 ", "1 ") == "incomplete: 1 photos instead of 4 or 2"
    assert judge(2) == "subset"
    assert judge(4) == judge(5) == "original"


def test_unknown_name_lists_the_known():
    with pytest.raises(ValueError, match="no data set 'mnist'; there are finger_digits, hand_gestures"):
        catalog.row("mnist")


def test_readme_lists_every_data_set_with_its_page_and_citation():
    text = (Path(__file__).parents[2] / "data" / "README.md").read_text(encoding="utf-8")
    words = " ".join(text.split())
    for dataset in catalog.CATALOG.values():
        assert f"`{dataset.name}`" in text and dataset.source.page in text and dataset.licence in text
        assert dataset.citation.replace("`", "") in words.replace("`", "")


def test_sources_are_pinned_and_reduced_copies_are_known():
    for dataset in catalog.CATALOG.values():
        assert re.fullmatch("[0-9a-f]{64}", dataset.fingerprint)
        if isinstance(dataset.source, catalog.Web) and "github" in dataset.source.page:
            where = [*dataset.source.urls, dataset.source.page]
            assert re.search("/[0-9a-f]{7,40}([.]zip)?$", where[0]), "a commit, not a branch"
