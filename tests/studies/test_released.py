"""What is released is what its facts, its card and the archives say it is."""

from pathlib import Path

import keras
import numpy as np
import pytest

from handvision import evaluation, models, protocol
from handvision.core.examples import resize
from handvision.core.products import PRODUCTS
from handvision.studies.record import read_record
from handvision.synthesis import rendered
from tests.helpers.exported import exported

REPOSITORY = Path(__file__).resolve().parents[2]

FOLDER = REPOSITORY / "models"
RELEASED = [name for name in PRODUCTS if (FOLDER / f"{name}.keras").is_file()]
RECORDS = sorted([*FOLDER.glob("*.json"), *FOLDER.glob("comparisons/*.json")])
PARTS = {name: set(product.parts) for name, product in PRODUCTS.items()}
PARTS["mask_alone"] = {"unet", "finger_numbers"}
CLASSIFIERS = [name for name in ("finger_numbers", "gestures") if name in RELEASED]


def test_every_model_has_its_record_and_every_record_its_model():
    assert {p.stem for p in FOLDER.glob("*.keras")} == {p.stem for p in FOLDER.glob("*.json")}
    assert sum(p.stat().st_size for p in FOLDER.glob("*.keras")) < 50 * 2**20


@pytest.mark.slow
@pytest.mark.parametrize("name", RELEASED)
def test_a_released_model_opens_and_carries_no_optimizer(name):
    model = keras.models.load_model(FOLDER / f"{name}.keras", safe_mode=True)
    assert getattr(model, "optimizer", None) is None


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_released_record_says_what_made_it_or_why_it_cannot(path):
    record = read_record(path)
    assert record.name == path.stem
    assert (record.profile, record.clean) == ("full", True)
    assert record.recipe and record.commit and record.software["packages"]["keras"]
    known = {field for field in ("duration_seconds", "partitions") if getattr(record, field) is not None}
    known |= {f"data.{key}" for key in record.data}
    needed = {"duration_seconds", "partitions"}
    needed |= {f"data.{key}" for key in record.figures} | ({"data.train"} if record.figures else set())
    assert needed - known <= set(record.unknown), "what is not recorded has its reason"
    assert not known & set(record.unknown), "what is recorded needs none"
    assert set(record.parts) == PARTS.get(record.name, set())


@pytest.mark.soak
@pytest.mark.skipif("combined" not in RELEASED, reason="no combined model is released yet")
def test_the_combined_model_answers_the_same_in_litert(tmp_path, monkeypatch):
    # As ONNX it is compared with the file in the package: tests/inference/test_predict.py.
    monkeypatch.setenv("HANDVISION_RUNS_FOLDER", str(tmp_path))
    model = keras.models.load_model(FOLDER / "combined.keras")
    height, width, _ = model.input_shape[1:]
    hands = resize(
        rendered.render(200, size=min(height, width), seed=7, split="test", workers=2), height, width
    )
    expected, answers = exported(model, "litert", tmp_path, hands.photos.astype(np.float32) / 255)
    # Two peaks that are as high may change places: rarely, and not those that are looked at.
    there = expected["score"] >= models.model_info(model).close_up.least_score
    same = expected["gesture"].argmax(axis=-1) == answers["gesture"].argmax(axis=-1)
    near = np.abs(expected["box"] - answers["box"]).max(axis=-1) <= 1
    assert there.any(axis=1).mean() > 0.7
    assert same[there].mean() >= 0.995 and near[there].mean() >= 0.98


@pytest.mark.archives
@pytest.mark.soak
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_the_archives_give_the_figures_again(name, tmp_path, unpacked, monkeypatch):
    monkeypatch.setenv("HANDVISION_DATA_FOLDER", str(unpacked))
    monkeypatch.setenv("HANDVISION_RUNS_FOLDER", str(tmp_path))
    record = read_record(FOLDER / f"{name}.json")
    make = {"finger_numbers": protocol.finger_numbers, "gestures": protocol.gestures}[name]
    options = {"other_people": True} if name == "finger_numbers" else {}
    task = make("real", 40, 40, record.seed, **options)
    classifier = keras.models.load_model(FOLDER / f"{name}.keras")
    reader = models.classify_masks(classifier, (protocol.MASK_SIZE, protocol.MASK_SIZE, 1))
    for test in {"finger_digits_last_fifth", "hand_gestures_test", "sign_language_digits_people"} & set(
        task.tests
    ):
        again = evaluation.accuracy(reader, task.tests[test])
        assert again == pytest.approx(record.figures[test]["accuracy_upright"], abs=1e-3), test
