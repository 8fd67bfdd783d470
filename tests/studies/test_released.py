"""What is released is what its facts, its card and the archives say it is."""

import re

import keras
import numpy as np
import pytest

from handvision import evaluation, models, protocol
from handvision.core.examples import resize
from handvision.core.products import PRODUCTS
from handvision.core.workspace import REPOSITORY
from handvision.plotting import percent
from handvision.studies import tables
from handvision.studies.record import read_facts
from handvision.synthesis import rendered
from tests.helpers.exported import FORMATS, exported

FOLDER = REPOSITORY / "models"
RELEASED = [name for name in PRODUCTS if (FOLDER / f"{name}.keras").is_file()]
CLASSIFIERS = [name for name in ("finger_numbers", "gestures") if name in RELEASED]


def test_every_model_has_its_facts_and_every_facts_its_model():
    assert {p.stem for p in FOLDER.glob("*.keras")} == {p.stem for p in FOLDER.glob("*.json")}
    assert sum(p.stat().st_size for p in FOLDER.glob("*.keras")) < 35 * 2**20


@pytest.mark.slow
@pytest.mark.parametrize("name", RELEASED)
def test_a_released_model_opens_and_carries_no_optimizer(name):
    path = FOLDER / f"{name}.keras"
    assert path.stat().st_size <= PRODUCTS[name].limit_mb * 2**20
    model = keras.models.load_model(path, safe_mode=True)
    assert getattr(model, "optimizer", None) is None
    facts = read_facts(FOLDER / f"{name}.json")
    assert facts["profile"] == "full"
    assert facts["git"]["dirty"] is False


@pytest.mark.parametrize("name", RELEASED)
def test_the_card_quotes_the_measured_figures(name):
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    for what, share in read_facts(FOLDER / f"{name}.json")["metrics"]["summary"].items():
        assert f"| {what} | {percent(share)} |" in card, f"{name}: {what} is {percent(share)}"


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("comparisons/*.json")))
def test_the_cards_hold_the_tables_of_comparisons(name):
    assert tables.comparison_report(name).markdown() in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_the_readme_quotes_the_measured_figures():
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (\S+ %) \|$", readme, re.MULTILINE)
    assert {name for name, _, _ in rows} == set(RELEASED)
    for name, what, share in rows:
        measured = read_facts(FOLDER / f"{name}.json")["metrics"]["summary"][what]
        assert percent(measured) == share, f"{name}: {what}"


@pytest.mark.slow
@pytest.mark.skipif("combined" not in RELEASED, reason="no combined model is released yet")
@pytest.mark.parametrize("kind", FORMATS)
def test_the_combined_model_answers_the_same_when_exported(kind, tmp_path, monkeypatch):
    monkeypatch.setenv("HANDVISION_RUNS_FOLDER", str(tmp_path))
    model = keras.models.load_model(FOLDER / "combined.keras")
    height, width, _ = model.input_shape[1:]
    hands = resize(rendered.cached_render(200, size=min(height, width), seed=7, split="test"), height, width)
    expected, answers = exported(model, kind, tmp_path, hands.photos.astype(np.float32) / 255)
    # A pixel at the threshold may fall to either side, and move an edge of the box: rarely, and not by much.
    same = expected["gesture"].argmax(axis=1) == answers["gesture"].argmax(axis=1)
    near = np.abs(expected["box"] - answers["box"]).max(axis=1) <= 1
    assert np.array_equal(answers["has_hand"], expected["has_hand"])
    assert same.mean() >= 0.995 and near.mean() >= 0.98


@pytest.mark.archives
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_the_archives_give_the_figures_again(name, tmp_path, monkeypatch):
    monkeypatch.setenv("HANDVISION_RUNS_FOLDER", str(tmp_path))
    facts = read_facts(FOLDER / f"{name}.json")
    make = {"finger_numbers": protocol.finger_numbers, "gestures": protocol.gestures}[name]
    options = {"other_people": True} if name == "finger_numbers" else {}
    task = make("real", 40, 40, facts["seed"], **options)
    classifier = keras.models.load_model(FOLDER / f"{name}.keras")
    reader = models.classify_masks(classifier, (protocol.MASK_SIZE, protocol.MASK_SIZE, 1))
    summary = facts["metrics"]["summary"]
    for test in {"finger_digits_last_fifth", "hand_gestures_test", "sign_language_digits_people"} & set(
        task.tests
    ):
        again = evaluation.accuracy(reader, task.tests[test])
        assert again == pytest.approx(summary[f"{protocol.title(test)}, upright"], abs=1e-3), test
