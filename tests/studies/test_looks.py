"""The trainings that say what the two looks' data and encoder are worth."""

from dataclasses import replace

import cv2
import keras
import numpy as np
import pytest

from handvision.core.close_ups import SIDE, CloseUps
from handvision.core.examples import Examples
from handvision.core.hands import Hands
from handvision.models import build_close_reader, build_unet
from handvision.protocol.close_ups import TEACHERS_OWN
from handvision.studies import looks
from handvision.studies.record import Record
from handvision.studies.study_tables import finder_parts_table, reader_data_table
from handvision.training import recipes
from handvision.training.close_reader_draws import heads_of_close_reader
from tests.helpers.close_ups import label_columns

READER = replace(recipes.get("close_reader", "smoke", data="real"), crop=64)
FINDER = recipes.get("finder", "smoke", data="real")


def close_ups():
    """Of each judged set a hand that shows 1 and one that shows 2, a mesh hand, and three without a hand."""
    sources = [*np.repeat(list(looks._TESTS), 2), "mesh", *["without_hands"] * 3]
    count = len(sources)
    present = np.array([source != "without_hands" for source in sources])
    picture = cv2.imencode(".jpg", np.full((SIDE, SIDE, 3), 120, np.uint8))[1].tobytes()
    numbers = np.where(np.array(sources) == "mesh", -1, np.arange(count) % 2 + 1)
    numbers[~present] = -1
    return CloseUps(
        [picture] * count,
        [b""] * count,
        Hands(
            boxes=np.tile(np.array([62, 62, 162, 162], np.float32), (count, 1)),
            keypoints=np.full((count, 21, 2), 112.0),
            handedness=["left"] * count,
        ),
        present,
        label_columns(numbers),
        present,
        np.full(count, 100, np.float32),
        np.array(sources),
    )


def test_each_reader_lacks_one_thing(tmp_path, monkeypatch):
    asked = {}

    def train(recipe, folder, change):
        asked[folder.name] = (recipe, change)
        return None, None

    monkeypatch.setattr(looks, "train_close_reader", train)
    monkeypatch.setattr(looks, "close_ups_of", lambda recipe, which: close_ups())
    figures = {"hagrid_counts": {"n": 2, "accuracy": 0.5, "baseline": 0.5}}
    monkeypatch.setattr(looks, "judge_close_ups", lambda model, judged, recipe: (figures, 0.25))
    recipe = replace(READER, finder="finder")
    variants = looks.reader_data(tmp_path, recipe)
    zeros = [
        sorted(name for name, weight in changed.sources.items() if not weight)
        for changed, _ in asked.values()
    ]
    assert zeros == [[], sorted(looks._EVERYDAY), ["mesh"], ["persons"], [], [TEACHERS_OWN]]
    assert [changed.finder for changed, _ in asked.values()] == [*["finder"] * 4, "", "finder"]
    assert [change for _, change in asked.values()] == [None] * 5 + [looks.untaught]
    assert all(changed.steps == recipe.steps and changed.seed == recipe.seed for changed, _ in asked.values())
    rows = reader_data_table(Record("reader_data", variants=tuple(variants))).cells
    assert rows[0] == ("all data", "50.0 %", "25.0 %") and len(rows) == 7


def test_what_a_teacher_said_of_real_photos_is_left_out():
    known = close_ups()
    hands = looks.untaught(known).hands
    assert np.isnan(hands.keypoints[:10, :, :2]).all() and set(hands.handedness[:10]) == {""}
    assert np.isfinite(hands.keypoints[10, :, :2]).all() and hands.handedness[10] == "left"
    assert np.isfinite(known.hands.keypoints[0, :, :2]).all()


@pytest.mark.slow
def test_close_ups_are_judged_by_set_and_those_without_a_hand_by_presence():
    keras.utils.set_random_seed(1)
    model = build_close_reader(heads_of_close_reader(64), 64, "plain", width=16, dense=24)
    figures, wrong = looks.judge_close_ups(model, close_ups(), READER)
    # All pictures are alike: what is believed of one is believed of all.
    assert list(figures) == list(looks._TESTS.values()) and wrong == 1
    assert {(each["n"], each["baseline"]) for each in figures.values()} == {(2, 0.5)}
    assert len({each["accuracy"] for each in figures.values()}) == 1


@pytest.mark.slow
def test_finders_are_compared_where_they_wrongly_find_as_much(tmp_path, monkeypatch):
    photos = np.zeros((3, 96, 128, 3), np.uint8)
    boxes = [Hands(boxes=[[10, 10, 40, 40]])] * 3
    asked = []

    def train(recipe, folder):
        asked.append(recipe)
        return build_unet((96, 128, 3), channels=(4, 6, 8), centres=8), {"val_mask_iou": [0.1, 0.5]}

    monkeypatch.setattr(looks, "train_finder", train)
    monkeypatch.setattr(
        looks.everyday, "boxed", lambda which: {"eduart_boxes": Examples("b", photos=photos, hands=boxes)}
    )
    monkeypatch.setattr(
        looks.everyday, "without_hands", lambda which: {"rooms": Examples("r", photos=photos)}
    )
    variants = looks.finder_parts(tmp_path, FINDER)
    assert [recipe.network["backbone"] for recipe in asked] == ["palm", "efficientnet_lite0"] + ["palm"] * 3
    assert all(recipe.network["frozen"] == len(recipe.network["channels"]) for recipe in asked)
    assert [recipe.composites for recipe in asked] == [FINDER.composites] * 2 + [0] + [FINDER.composites] * 2
    assert [recipe.unusual for recipe in asked] == [FINDER.unusual] * 4 + [0]
    assert [recipe.sources["persons"] > 0 for recipe in asked] == [True] * 3 + [False, True]
    # Photos with and without hands are the same here: what is found there, is wrongly found here.
    assert all(variant.figures["eduart_boxes"] == {"n": 3, "recall": 0.0} for variant in variants)
    rows = finder_parts_table(Record("finder_parts", variants=tuple(variants))).cells
    assert rows[0] == ("the palm detector's features", "0.0 %", "0.500")


def test_hands_are_found_that_score_more_than_what_is_wrongly_found(monkeypatch):
    def look(photo):
        """In a bright photo a sure hand and a doubtful one; in others what is doubtful alone."""
        sure = photo.max() > 0
        return Hands(boxes=[[10, 10, 40, 40], [60, 60, 90, 90]]), np.array([0.9 * sure, 0.4], np.float32)

    monkeypatch.setattr(looks, "peaks_of", lambda finder: look)
    bright, dark = np.full((2, 96, 128, 3), 200, np.uint8), np.zeros((3, 96, 128, 3), np.uint8)
    both = Hands(boxes=[[12, 10, 40, 40], [60, 60, 90, 90]])
    boxed = {"eduart_boxes": Examples("b", photos=bright, hands=[both, both.take([0])])}
    recalls = looks._recalls(None, boxed, {"rooms": Examples("r", photos=dark)})
    assert recalls == {"eduart_boxes": {"n": 3, "recall": pytest.approx(2 / 3)}}
