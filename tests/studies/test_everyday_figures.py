"""Everyday figures in records, and the tables that quote them."""

from pathlib import Path

import numpy as np
import pytest

from handvision.core.examples import NO_HAND, Examples, Hands
from handvision.core.vocabularies import NUMBERS
from handvision.evaluation.estimates import Estimate, proportion
from handvision.evaluation.everyday import TOGETHER, Figure
from handvision.studies import cards, everyday_figures
from handvision.studies.everyday_targets import AT_LEAST, AT_MOST, targets_table
from handvision.studies.record import Record, Variant

DASH = "\u2013"
PHOTOS = np.zeros((4, 8, 8, 3), np.uint8)
SETS = {
    "fingers of one hand": {
        "hagrid_counts": Examples("counts", photos=PHOTOS, labels=np.array([5, 5, 5, 2]), class_names=NUMBERS)
    },
    "rendered": {
        "rendered_persons": Examples(
            "persons",
            photos=PHOTOS[:2],
            hands=[Hands(labels=np.array([1, NO_HAND])), Hands(labels=np.array([3]))],
            class_names=NUMBERS,
        )
    },
}
FIGURES = [
    Figure("hagrid_counts", "number right", proportion([True, True, True, False])),
    Figure("hagrid_counts", "a hand is found", proportion([True] * 4)),
    Figure("rendered_persons", "recall", proportion([True, False, True])),
    Figure("rendered_persons", "number right", proportion([True, False])),
    Figure("rendered_persons", "rotation error", Estimate(4.0, 3.0, 5.0, 3, "degrees")),
    Figure("eduart_boxes", "precision", proportion([])),
    Figure(TOGETHER, "calibration error", Estimate(0.02, float("nan"), float("nan"), 4)),
]


def record(name="combined", **more):
    return Record(
        name,
        everyday_figures.by_test(FIGURES, SETS),
        {"part": "test", "together": everyday_figures.together(FIGURES), **more},
        parts={"finder": "abc"},
    )


def cells(table):
    return {row[:2]: row[2:] for row in table.cells}


def test_a_record_keeps_figures_by_test_set_with_baselines():
    figures = record().figures
    counts = figures["hagrid_counts"]
    assert (counts["n"], counts["accuracy"], counts["found"], counts["baseline"]) == (4, 0.75, 1.0, 0.75)
    persons = figures["rendered_persons"]
    assert (persons["recall"], persons["baseline"]) == (pytest.approx(2 / 3, abs=1e-5), 0.5)
    assert persons["estimates"]["rotation error"]["unit"] == "degrees"
    assert figures["eduart_boxes"]["precision"] is None and TOGETHER not in figures


def test_others_stand_beside_it_where_they_were_judged_on_as_many_photos():
    alone = Record(
        "mask_alone", {"hagrid_counts": {"n": 4, "accuracy": 0.5, "baseline": 0.75, "found": 0.25}}
    )
    less = Record("people", {"hagrid_counts": {"n": 3, "accuracy": 1.0, "baseline": 0.75}})
    peer = {"hagrid_counts": {"n": 4, "estimates": {"number right": vars(proportion([True] * 4))}}}
    ours = Variant("ours", {"hagrid_counts": {"n": 4, "estimates": {}}})
    peers = Record(
        "mediapipe_everyday", variants=(ours, Variant("MediaPipe, rule", peer)), measurements={"part": "test"}
    )
    table = everyday_figures.everyday_table(record(), alone, less, peers)
    assert table.columns[4:7] == ("mask alone", "people", "MediaPipe, rule")
    rows = cells(table)
    title = "phone and webcam photos, each of another person (HaGRID)"
    assert rows[title, "number right"][2:] == ("50.0 %", DASH, "100.0 %", "75.0 %", "4")
    assert rows[title, "a hand is found"][:1] + rows[title, "a hand is found"][2:] == (
        *("100.0 %", "25.0 %", DASH, DASH, DASH, "4"),
    )
    other_part = Record("mediapipe_everyday", variants=peers.variants, measurements={"part": "validation"})
    assert len(everyday_figures.everyday_table(record(), other_part).columns) == 6


def test_targets_are_reached_or_missed():
    rows = cells(targets_table(record()))
    assert len(rows) == len(AT_LEAST) + len(AT_MOST)
    title = "phone and webcam photos, each of another person (HaGRID)"
    assert rows[title, "number right"] == ("at least 92 %", "75.0 %", "missed")
    assert rows[TOGETHER, "calibration error"] == ("at most 3 %", "2.0 %", "reached")
    assert rows["wide webcam frames with boxes (EduArt)", "precision"][1:] == ("-", "missed")


def test_thresholds_parts_and_groups_are_told():
    believed = {"least_score": 0.25, "least_presence": 0.5, "presence_weights": [0.0, 1.0, 1.0]}
    chosen = {"with_hand": 10, "found": 1.0, "without_hand": 20, "wrong": 0.05, "close_ups": 1.5}
    table = everyday_figures.believed_table(record(believed=believed, chosen=chosen))
    assert ("score of the first look, at least", "0.250") in table.cells
    assert ("of them one is believed in", "5.0 %") in table.cells
    assert len(everyday_figures.believed_table(record(believed=believed, chosen=None)).cells) == 5
    assert everyday_figures.joined_table(record()).cells == (("finder", "abc"),)
    assert everyday_figures.groups_table(record()).cells == (("calibration error", "2.0 %", "", "4"),)


def test_a_record_that_may_be_missing_is_left_out():
    records = {"combined": record()}
    assert cards.fill("{{table:times ?mediapipe_everyday}}", records) == ""
    filled = cards.fill("{{table:everyday combined ?mediapipe_everyday}}", records)
    assert "MediaPipe" not in filled and "number right" in filled
    with pytest.raises(ValueError, match="and a record"):
        cards.fill("{{table:everyday combined mediapipe_everyday}}", records)


def test_the_combined_card_can_be_written():
    believed = {"least_score": 0.25, "least_presence": 0.5, "presence_weights": [0.0, 1.0, 1.0]}
    judged = {"file": "combined.onnx", "megabytes": 10.25}
    ours = record(believed=believed, chosen=None, judged=judged)
    records = {"combined": ours, "mask_alone": Record("mask_alone")}
    prose = (Path(__file__).parents[2] / "models" / "cards" / "combined.md").read_text("utf-8")
    filled = cards.fill(prose, records)
    assert "{{" not in filled and "10.2 MB" in filled
