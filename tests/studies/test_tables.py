"""The tables of the notebooks say what was measured, and a dash where nothing was."""

import keras
import numpy as np
import pytest
from matplotlib import figure

from handvision.augment.transforms import Augmentation
from handvision.core.examples import Examples
from handvision.datasets.catalog import CATALOG
from handvision.studies import tables
from handvision.studies.ablations import COMPARISONS, LEARNED
from handvision.studies.record import figures_only, write_facts
from handvision.studies.release import MEASURED_BY


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    for name in ("DATA", "RUNS", "MODELS"):
        monkeypatch.setenv(f"HANDVISION_{name}_FOLDER", str(tmp_path / name.lower()))
    monkeypatch.delenv("HANDVISION_ARCHIVES", raising=False)
    return tmp_path


def cells(table):
    return {row[0]: row[1:] for row in table.cells}


def test_comparison_without_a_release_says_so():
    table = cells(tables.comparison("unet", {"IoU": 0.8}, {"published": 0.9}, {"IoU": 0.5}))
    assert table["IoU"] == ("80.0 %", "not released yet", tables.DASH, "50.0 %")
    assert table["published"] == (tables.DASH, tables.DASH, "90.0 %", tables.DASH)


def test_comparison_quotes_the_released_facts(folders):
    write_facts(folders / "models" / "unet.json", {"summary": {"IoU": 0.95}})
    table = cells(tables.comparison("unet", {"IoU": 0.8, "other": 0.7}))
    assert table["IoU"][1] == "95.0 %"
    assert table["other"][1] == tables.DASH


def test_segmenters_stand_side_by_side(folders):
    write_facts(folders / "runs" / "unet" / "unet.json", {"summary": {"hands, IoU": 0.8}})
    table = tables.segmenters_side_by_side({"U-Net": "unet", "DeepLabV3+": "deeplab_v3_plus"})
    assert table.columns == ("test set", "U-Net", "DeepLabV3+")
    assert cells(table)["hands, IoU"] == ("80.0 %", tables.DASH)


def test_a_test_without_hands_has_no_iou_to_compare():
    results = {"hands": {"n": 3, "iou": 0.5}, "rooms": {"n": 0, "iou": float("nan")}}
    assert tables.segmenter_summary(results) == {"hands, IoU": 0.5}


def test_catalog_lists_every_set_and_that_none_is_at_hand():
    rows = tables.catalog_table().cells
    assert [row[0] for row in rows] == [dataset.title for dataset in CATALOG.values()]
    assert {row[-1] for row in rows} == {"no"}


@pytest.mark.slow
def test_a_random_split_of_a_sequence_leaks():
    shares = list(tables.leak_of_random_splits("rendered", seed=1).values())
    assert shares[0] > 0.95, "neighbouring frames stand on both sides"
    assert shares[1] < shares[0] - 0.2


def test_facts_keep_figures_and_leave_arrays_out():
    kept = figures_only({"test": {"iou": 0.8, "iou_per_image": np.ones(3)}})
    assert kept == {"test": {"iou": 0.8}}


def test_augmented_keeps_directions_beside_their_pictures():
    masks = np.zeros((2, 32, 32, 1), np.uint8)
    masks[:, 4:16, 15:17] = 255
    examples = Examples(
        "up", masks=masks, labels=np.array([0, 1]), rotations=np.zeros(2, np.float32), class_names=("a", "b")
    )
    mirrored = Augmentation(flip_vertical=True)
    originals, versions, directions = tables.augmented(mirrored, examples, versions=8)
    assert originals.shape == masks.shape
    assert directions.shape == (9, 2)
    for pictures, degrees in zip(versions, directions[1:], strict=True):
        for picture, angle in zip(pictures, degrees, strict=True):
            points_up = picture[:16].sum() > picture[16:].sum()
            assert abs(angle) == pytest.approx(0 if points_up else 180, abs=0.1)


@pytest.mark.parametrize(("value", "shown"), [(12.34, "12.3°"), (None, tables.DASH), (np.nan, tables.DASH)])
def test_angles_have_their_unit(value, shown):
    assert tables.degrees(value) == shown


def judged(name="frames", accuracy=0.5):
    by_angle = {0: 1.0, 60: accuracy, 90: 0.0, 300: accuracy}
    return {
        name: {
            "n": 10,
            "n_rotated": 40,
            "accuracy_upright": 1.0,
            "accuracy_all_rotations": float(np.mean(list(by_angle.values()))),
            "accuracy_by_angle": by_angle,
            "expected_calibration_error": 0.125,
        }
    }


def test_accuracy_within_the_published_range_counts_its_angles_only():
    table = cells(tables.within_report(judged(), 80))
    assert table["frames"] == ("10", "3 of 4", "66.7 %", "50.0 %")


def test_calibration_is_reported_for_hands_and_confidence_for_negatives():
    table = cells(tables.calibration_report(judged(), {"faces": 0.03}))
    assert table["frames"] == ("40", "12.5 %", tables.DASH)
    assert table["faces"] == (tables.DASH, tables.DASH, "3.0 %")


def test_an_ablation_has_a_dash_where_a_row_was_not_judged():
    rows = {
        "alone": {LEARNED: {"n": 5, "accuracy_upright": 1.0}, **judged("random part")},
        "+ more": {LEARNED: {"n": 5, "accuracy_upright": 0.9}, **judged("blocks", 0.9)},
    }
    table = tables.ablation_report(rows)
    assert table.columns[1:] == (
        f"{LEARNED}, upright",
        "random part, all rotations",
        "blocks, all rotations",
    )
    assert cells(table)["+ more"] == ("90.0 %", tables.DASH, "70.0 %")
    assert "not measured" in tables.ablation_report({})


def test_parts_of_a_segmenter_are_told_by_their_masks():
    rows = {
        "all": {"weights": 2000, "hands": {"n": 4, "iou": 0.8}, "rooms": {"n": 0, "iou": None}},
        "less": {"weights": 1000, "hands": {"n": 4, "iou": 0.75}, "rooms": {"n": 0, "iou": None}},
    }
    table = tables.parts_report(rows)
    assert table.columns == ("", "weights", "hands, IoU")
    assert cells(table)["less"] == ("1,000", "0.750")
    assert tables.parts_report(None) == tables.NOT_MEASURED


def test_attention_is_reported_with_its_spread():
    study = {
        "with attention": [judged("people", share) for share in (0.9, 0.8, 0.7)],
        "without attention": [judged("people", share) for share in (0.5, 0.5, 0.5)],
    }
    table = tables.attention_report(study)
    assert table.cells[0] == ("people", "with attention", "65.00 % ± 5.00", "60.00 to 70.00 %")
    assert table.cells[1] == ("people", "without attention", "50.00 % ± 0.00", "50.00 to 50.00 %")
    assert "not measured" in tables.attention_report(None)


def test_the_error_of_the_reference_is_measured_where_a_forearm_is_seen():
    upright = np.zeros((2, 64, 64, 1), np.uint8)
    upright[0, 20:40, 20:44] = 255
    upright[0, 40:, 26:38] = 255
    upright[1, 20:40, 20:44] = 255  # no forearm
    hands = Examples("hands", masks=upright, rotations=np.array([10, 0], np.float32))
    error = tables.reference_error(hands)
    assert (error["n"], error["n_unknown"]) == (1, 1)
    assert 5 < error["mean_absolute_degrees"] < 15


def test_the_gallery_shows_the_worst_of_every_test(folders):
    photo = keras.Input((32, 32, 3))
    dark = keras.Model(photo, keras.layers.Conv2D(1, 1, activation="sigmoid", name="mask")(photo))
    masks = np.zeros((3, 32, 32, 1), np.uint8)
    masks[:2, 8:20, 8:20] = 255
    photos = np.repeat(masks, 3, axis=3)
    tests = {"hands & arms": Examples("hands", photos=photos, masks=masks)}
    tests["no hand"] = Examples("none", photos=photos, masks=np.zeros_like(masks))
    page = tables.gallery(folders / "worst", dark, tests, count=2)
    text = page.read_text()
    assert "hands &amp; arms" in text
    assert sorted(p.name for p in page.parent.iterdir()) == ["0.png", "1.png", "index.html"]


def test_boxes_are_reported_where_there_are_any():
    table = tables.boxes_report(
        {"n": 7, "inside": 0.9, "joined": 0.96, "boxes": 8, "found": 0.75, "baseline": 0.4}
    )
    assert table.cells[0][1:] == ("7", "90.0 %", "96.0 %", "8", "75.0 %", "40.0 %")
    assert "no photos with boxes" in tables.boxes_report(None)


def test_what_a_part_is_worth_stands_beside_the_whole():
    table = tables.worth_report({"hands": {"accuracy": 0.9}}, {"hands": {"without it": 0.8}})
    assert table.columns == ("", "as it is", "without it")
    assert cells(table)["hands"] == ("90.0 %", "80.0 %")


def test_the_gallery_shows_what_is_most_taken_for_a_hand_where_none_is(folders, monkeypatch):
    predicted = np.zeros((4, 8, 8, 1), np.uint8)
    predicted[1], predicted[3, :2] = 255, 255
    photos = np.arange(4, dtype=np.uint8)[:, None, None, None] * np.ones((1, 8, 8, 3), np.uint8)
    shown = []

    def show_worst(photos, masks, predicted, count):
        shown.extend(photos[:, 0, 0, 0].tolist())
        return figure.Figure()

    monkeypatch.setattr(tables, "predict_masks", lambda model, photos: predicted)
    monkeypatch.setattr(tables, "show_worst", show_worst)
    tables.gallery(
        folders, None, {"no hand": Examples("none", photos=photos, masks=np.zeros_like(predicted))}, count=2
    )
    assert shown == [1, 3]


def test_whatever_is_compared_has_a_report():
    assert set(tables.REPORTS) == {*COMPARISONS, *MEASURED_BY}


def test_the_peer_stands_beside_ours():
    shares = ("mediapipe_rule", "mediapipe_trained", "second_look_rule", "second_look_trained")
    measured = {
        "photo_to_number": [
            {"set": "hands", "rotation": "any", "n": 9, "ours": 0.9, **dict.fromkeys(shares, 0.8)}
        ],
        "photos_without_hands": {"n": 5, "ours_found": 0.2, "mediapipe_found": 0.1, "second_look_found": 0.1},
        "milliseconds": [{"threads": 1, "ours": 11.54, "mediapipe": 20.6}],
    }
    table = cells(tables.peer_report(measured))
    assert table["hands, any rotation"] == ("9", "90.0 %", *["80.0 %"] * 4)
    assert table["photos without a hand, in which one is found"][:3] == ("5", "20.0 %", "10.0 %")
    assert table["from photo to answer, threads: 1"][1:3] == ("11.5 ms", "20.6 ms")
    assert "not measured" in tables.peer_report(None)
