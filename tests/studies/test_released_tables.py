"""What a notebook shows of released records, and what it says where there are none."""

import pytest

from handvision.studies import Record, released_table

FIGURES = {
    "rendered": {
        "n": 3,
        "accuracy": 0.75,
        "baseline": 0.5,
        "found": 1.0,
        "accuracy_of_found": 0.75,
        "masks": None,
        "rotation": None,
    }
}


@pytest.fixture
def models(tmp_path, monkeypatch):
    monkeypatch.setenv("HANDVISION_MODELS_FOLDER", str(tmp_path))
    return tmp_path


def test_a_record_is_found_beside_the_models_and_among_the_comparisons(models):
    Record("mask_alone", FIGURES).write(models / "comparisons" / "mask_alone.json")
    assert "75.0 %" in str(released_table("combined", "mask_alone"))
    assert "75.0 %" in str(released_table("combined", "mask_alone", "?another"))


def test_a_missing_record_is_named(models):
    assert released_table("combined", "mask_alone").startswith("mask_alone: not released yet")


def test_a_table_that_there_is_not_is_refused(models):
    with pytest.raises(ValueError, match=r"no table 'combines'; there are .*combined"):
        released_table("combines", "mask_alone")
