"""The tables say what was measured, its baseline, and a dash where nothing was."""

import numpy as np
import pytest

from handvision.protocol import title
from handvision.studies import tables
from handvision.studies.record import Record, Variant
from handvision.studies.study_tables import STUDIES, study_table, table_of


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    for name in ("RUNS", "MODELS"):
        monkeypatch.setenv(f"HANDVISION_{name}_FOLDER", str(tmp_path / name.lower()))
    return tmp_path


def cells(table):
    return {row[0]: row[1:] for row in table.cells}


def masks(iou=0.8, baseline=0.5):
    return {
        "rendered": {
            "n": 4,
            "iou": iou,
            "boundary_f": 0.9,
            "share_under_half": 0.25,
            "baseline": baseline,
            "n_without_hand": 2,
            "false_masks": 0.5,
        }
    }


ROOMS = {"without_hands": {"n": 0, "iou": None, "baseline": None}}


def read(test="rendered", accuracy=0.5, **more):
    by_angle = {0: 1.0, 60: accuracy, 90: 0.0, 300: accuracy}
    return {
        test: {
            "n": 10,
            "n_rotated": 40,
            "baseline": 0.2,
            "accuracy_upright": 1.0,
            "accuracy_all_rotations": float(np.mean(list(by_angle.values()))),
            "accuracy_by_angle": by_angle,
            "expected_calibration_error": 0.125,
            "rotation": {"mean_absolute_degrees": 3.25, "within_10_degrees": 0.9},
            **more,
        }
    }


def test_headlines_are_the_measures_that_there_are_each_with_its_baseline():
    assert tables.headlines({**masks(), **ROOMS}) == {"rendered hands never seen, IoU": (0.8, 0.5)}
    label = title("rendered")
    assert tables.headlines(read()) == {
        f"{label}, upright": (1.0, 0.2),
        f"{label}, all rotations": (0.5, 0.2),
    }


def test_the_closing_table_without_a_release_says_so():
    table = tables.closing_table("unet", masks(), {"published": 0.9})
    assert table.columns == ("", "this run", "released model", "published claim", "baseline")
    assert cells(table)["rendered hands never seen, IoU"] == (
        "80.0 %",
        "not released yet",
        tables.DASH,
        "50.0 %",
    )
    assert cells(table)["published"] == (tables.DASH, tables.DASH, "90.0 %", tables.DASH)


def test_the_closing_table_quotes_the_released_record(folders):
    released = {**masks(0.95), "hgr1_people_4_5": {"n": 1, "iou": 0.7, "baseline": 0.6}}
    Record("unet", released).write(folders / "models" / "unet.json")
    table = cells(tables.closing_table("unet", masks()))
    assert table["rendered hands never seen, IoU"] == ("80.0 %", "95.0 %", tables.DASH, "50.0 %")
    assert table["HGR1, people 4 and 5, IoU"] == (tables.DASH, "70.0 %", tables.DASH, "60.0 %")


def test_segmenters_stand_side_by_side(folders):
    Record("unet", masks()).write(folders / "runs" / "unet" / "unet.json")
    table = tables.segmenters_side_by_side({"U-Net": "unet", "DeepLabV3+": "deeplab_v3_plus"})
    assert table.columns == ("test set", "U-Net", "DeepLabV3+")
    assert cells(table)["rendered hands never seen, IoU"] == ("80.0 %", tables.DASH)


def test_released_segmenters_stand_side_by_side(folders):
    Record("deeplab_v3_plus", masks(0.9)).write(folders / "models" / "deeplab_v3_plus.json")
    names = {"U-Net": "unet", "DeepLabV3+": "deeplab_v3_plus"}
    table = tables.segmenters_side_by_side(names, of_release=True)
    assert cells(table)["rendered hands never seen, IoU"] == (tables.DASH, "90.0 %")


def test_a_classifiers_accuracy_stands_beside_its_baselines():
    neighbour = {"nearest_neighbour": {"upright": 0.7, "all_rotations": 0.6}}
    (row,) = tables.classifier_table(read(**neighbour)).cells
    assert row[1:] == ("10", "100.0 %", "50.0 %", "3.2°", "90.0 %", "70.0 %", "60.0 %", "20.0 %")
    (row,) = tables.classifier_table(read()).cells
    assert row[6:8] == (tables.DASH, tables.DASH)


def test_accuracy_within_the_published_range_counts_its_angles_only():
    table = cells(tables.rotations_within_table(read(), 80))
    assert table["rendered hands never seen"] == ("10", "3 of 4", "66.7 %", "50.0 %")


def test_calibration_is_reported_for_hands_and_confidence_for_negatives():
    negatives = {"skin_colour_negatives": {"n": 7, "read_with_confidence": 0.03}}
    table = cells(tables.calibration_table({**read(), **negatives}))
    assert table[title("rendered")] == ("40", "12.5 %", tables.DASH)
    assert table[title("skin_colour_negatives")] == ("7", tables.DASH, "3.0 %")


def test_a_segmenters_figures_stand_beside_skin_colour():
    (row,) = tables.segmenter_table(masks()).cells
    assert row[1:] == ("4", "80.0 %", "90.0 %", "25.0 %", "50.0 %", "2", "50.0 %")


def test_boxes_are_reported_where_there_are_any():
    figures = {"n": 7, "inside": 0.9, "joined": 0.96, "boxes": 8, "found": 0.75, "baseline": 0.4}
    (row,) = tables.boxes_table({**masks(), "hands_dataset_boxes": figures}).cells
    assert row[1:] == ("7", "90.0 %", "96.0 %", "8", "75.0 %", "40.0 %")
    assert tables.boxes_table(masks()).cells[0][0] == "no photos with boxes at hand"


def combined(**more):
    figures = {"n": 5, "accuracy": 0.9, "baseline": 0.2, "found": 1.0, "accuracy_of_found": 0.9}
    return {"rendered": {**figures, "masks": None, "rotation": {"mean_absolute_degrees": 7.0}, **more}}


def test_from_photo_to_number_has_its_baseline():
    negatives = {"without_hands": {"n": 3, "read_with_confidence": 0.5}}
    (row,) = tables.combined_table({**combined(), **negatives}).cells
    assert row[1:] == ("5", "90.0 %", "20.0 %", "100.0 %", "90.0 %", tables.DASH, "7.0°")


def test_what_a_part_is_worth_stands_beside_the_whole():
    table = tables.without_table(combined(accuracy_without={"tuning": 0.8}), {"tuning": "before tuning"})
    assert table.columns == ("test set", "photos", "as it is", "before tuning")
    assert table.cells[0][1:] == ("5", "90.0 %", "80.0 %")


@pytest.mark.parametrize(("value", "shown"), [(12.34, "12.3°"), (None, tables.DASH), (np.nan, tables.DASH)])
def test_angles_have_their_unit(value, shown):
    assert tables.degrees(value) == shown


def test_a_study_of_data_has_a_dash_where_a_row_was_not_tested():
    training = {"training_masks": {"n": 5, "accuracy_upright": 1.0}}
    record = Record(
        "data",
        variants=(
            Variant("alone", read("finger_digits_random"), 1, training),
            Variant("+ more", read("finger_digits_last_fifth", 0.9), 1, training),
        ),
    )
    table = table_of(record)
    assert table.columns[2:] == (
        "Finger Digits, random part, all rotations",
        "Finger Digits, last fifth of every sequence, all rotations",
    )
    assert cells(table)["+ more"] == ("100.0 %", tables.DASH, "70.0 %")
    assert cells(table)["baseline (commonest class)"] == (tables.DASH, "20.0 %", "20.0 %")


def test_parts_of_a_segmenter_are_told_by_their_masks():
    record = Record(
        "segmenter",
        variants=(
            Variant("all", {**masks(), **ROOMS}, 1, {"weights": 2000}),
            Variant("less", {**masks(0.75), **ROOMS}, 1, {"weights": 1000}),
        ),
    )
    table = table_of(record)
    assert table.columns == ("", "weights", "rendered hands never seen, IoU")
    assert cells(table)["less"] == ("1,000", "0.750")
    assert cells(table)["baseline (skin colour)"] == (tables.DASH, "0.500")


def test_attention_is_reported_with_its_spread():
    shares = {"with attention": (0.9, 0.8, 0.7), "without attention": (0.5, 0.5, 0.5)}
    record = Record(
        "attention",
        variants=tuple(
            Variant(name, read(accuracy=share), seed)
            for name in shares
            for seed, share in enumerate(shares[name])
        ),
    )
    table = table_of(record)
    assert table.title == "Attention, 3 trainings each"
    assert table.cells[0][1:] == ("with attention", "65.00 % ± 5.00", "60.00 to 70.00 %", "20.0 %")
    assert table.cells[1][1:] == ("without attention", "50.00 % ± 0.00", "50.00 to 50.00 %", "20.0 %")


def test_the_peer_stands_beside_ours():
    def figures(share, found):
        test = {"n": 9, "accuracy": share, "found": 1.0, "baseline": 0.3}
        return {"rendered": test, "without_hands": {"n": 5, "found": found}}

    record = Record(
        "mediapipe",
        variants=(
            Variant("ours", figures(0.9, 0.2)),
            Variant("MediaPipe, rule", figures(0.8, 0.1)),
            Variant("second look, rule", figures(0.7, 0.1)),
        ),
        measurements={"milliseconds": [{"threads": 1, "ours": 11.54, "mediapipe": 20.6}]},
    )
    table = cells(table_of(record))
    assert table["rendered hands never seen"] == ("9", "90.0 %", "80.0 %", "70.0 %", "30.0 %")
    found = table["rooms and faces without a hand: a hand is found"]
    assert found == ("5", "20.0 %", "10.0 %", "10.0 %", tables.DASH)
    times = table["from photo to answer, threads: 1"]
    assert times == (tables.DASH, "11.5 ms", "20.6 ms", tables.DASH, tables.DASH)


def test_own_gestures_are_told_with_the_worst_draws():
    def figures(share):
        shares = {"accuracy_1": share, "accuracy_1_low": share - 0.1, "refused_1": 0.6, "refused_1_low": 0.5}
        six = {"n": 23, "n_others": 33, "found": 1.0, "baseline": 1 / 6, **shares}
        return {
            "hagrid_unseen_gestures": six,
            "rendered_unseen_gestures": {**six, "n_others": 0, "refused_1": None},
        }

    record = Record("own_gestures", variants=(Variant("ours", figures(0.9)), Variant("points", figures(0.8))))
    table = table_of(record)
    assert table.columns == ("photos", "examples", "", "n", "ours", "points")
    of_hagrid, refused, rendered = table.cells
    assert of_hagrid[1:] == ("1", "named rightly", "23", "90.0 % (80.0 %)", "80.0 % (70.0 %)")
    assert refused[1:] == ("1", "others refused", "33", "60.0 % (50.0 %)", "60.0 % (50.0 %)")
    assert rendered[:3] == ("six rendered gestures that no training names", "1", "named rightly")


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_that_was_not_made_says_how_to_make_it(name):
    assert study_table(name).startswith("not measured yet: run ")


def test_an_unknown_study_is_named():
    with pytest.raises(ValueError, match="no study is called 'hands'; there are data, attention"):
        study_table("hands")
