"""The tables of the notebooks say what was measured, and a dash where nothing was."""

import numpy as np
import pytest

from handvision import reports
from handvision.augmentation import ImageDataGenerator
from handvision.data.catalog import CATALOG
from handvision.data.examples import Examples
from handvision.facts import write_facts


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    for name in ("DATA", "RUNS", "MODELS"):
        monkeypatch.setenv(f"HANDVISION_{name}_FOLDER", str(tmp_path / name.lower()))
    monkeypatch.delenv("HANDVISION_ARCHIVES", raising=False)
    return tmp_path


def cells(table):
    return {row[0]: row[1:] for row in table.cells}


def test_comparison_without_a_release_says_so():
    table = cells(reports.comparison("unet", {"IoU": 0.8}, {"published": 0.9}, {"IoU": 0.5}))
    assert table["IoU"] == ("80.0 %", "not released yet", reports.DASH, "50.0 %")
    assert table["published"] == (reports.DASH, reports.DASH, "90.0 %", reports.DASH)


def test_comparison_quotes_the_released_facts(folders):
    write_facts(folders / "models" / "unet.json", {"summary": {"IoU": 0.95}})
    table = cells(reports.comparison("unet", {"IoU": 0.8, "other": 0.7}))
    assert table["IoU"][1] == "95.0 %"
    assert table["other"][1] == reports.DASH


def test_segmenters_stand_side_by_side(folders):
    write_facts(folders / "runs" / "unet" / "unet.json", {"summary": {"hands, IoU": 0.8}})
    table = reports.segmenters_side_by_side({"U-Net": "unet", "DeepLabV3+": "deeplab_v3_plus"})
    assert table.columns == ("judged on", "U-Net", "DeepLabV3+")
    assert cells(table)["hands, IoU"] == ("80.0 %", reports.DASH)


def test_catalog_lists_every_set_and_that_none_is_at_hand():
    rows = reports.catalog_table().cells
    assert [row[0] for row in rows] == [dataset.title for dataset in CATALOG.values()]
    assert {row[-1] for row in rows} == {"no"}


def test_a_random_split_of_a_sequence_leaks():
    shares = list(reports.leak_of_random_splits("rendered", seed=1).values())
    assert shares[0] > 0.95, "neighbouring frames stand on both sides"
    assert shares[1] < shares[0] - 0.2


def test_facts_keep_figures_and_leave_arrays_out():
    kept = reports.figures_only({"test": {"iou": 0.8, "iou_per_image": np.ones(3)}})
    assert kept == {"test": {"iou": 0.8}}


def test_augmented_keeps_directions_beside_their_pictures():
    masks = np.zeros((2, 32, 32, 1), np.uint8)
    masks[:, 4:16, 15:17] = 255
    examples = Examples(
        "up", masks=masks, labels=np.array([0, 1]), rotations=np.zeros(2, np.float32), class_names=("a", "b")
    )
    mirrored = ImageDataGenerator(vertical_flip=True, rescale=1 / 255)
    originals, versions, directions = reports.augmented(mirrored, examples, versions=8)
    assert originals.shape == masks.shape
    assert directions.shape == (9, 2)
    for pictures, degrees in zip(versions, directions[1:], strict=True):
        for picture, angle in zip(pictures, degrees, strict=True):
            points_up = picture[:16].sum() > picture[16:].sum()
            assert abs(angle) == pytest.approx(0 if points_up else 180, abs=0.1)


@pytest.mark.parametrize(("value", "shown"), [(12.34, "12.3°"), (None, reports.DASH), (np.nan, reports.DASH)])
def test_angles_have_their_unit(value, shown):
    assert reports.degrees(value) == shown
