"""Trainings that are compared differ in what the comparison names, and in nothing else."""

import json

import keras
import numpy as np
import pytest

from handvision import protocol
from handvision.core.examples import NO_HAND, Examples
from handvision.core.workspace import Settings
from handvision.models import build_classifier, classify_masks
from handvision.studies import ablations

SMALL = dict(train=40, test=12, epochs=2, crop=32)


def masks(count, name):
    """Blocks of two sizes (two classes); the last is no hand."""
    labels = np.arange(count) % 2
    pictures = np.zeros((count, 48, 48, 1), np.uint8)
    for picture, label in zip(pictures, labels, strict=True):
        picture[10 : 20 + 15 * label, 10:40] = 255
    labels[-1] = NO_HAND
    rotations = np.where(labels == NO_HAND, np.nan, 0).astype(np.float32)
    return Examples(name, masks=pictures, labels=labels, rotations=rotations, class_names=("low", "high"))


@pytest.fixture
def trainings(monkeypatch):
    """What all trainings of a comparison were asked for; none is run, and the data are a few blocks."""
    asked = []

    def finger_numbers(data, train, test, seed, **options):
        people = "sign_language_digits_people" if options.get("other_people") else "sign_language_digits_all"
        learned, judged = masks(40, "train"), masks(13, "test")
        task = protocol.Task(learned, judged, {people: judged.take(judged.labels >= 0)}, data)
        asked.append({"data": options})
        return task

    def train_classifier(task, generator, folder, **options):
        asked[-1].setdefault("trainings", []).append(
            {"turn": generator.rotation_range, "folder": folder.name, **options}
        )
        classifier = build_classifier((32, 32, 1), 2, class_names=task.class_names)
        return classify_masks(classifier, (48, 48, 1)), None

    monkeypatch.setattr(protocol, "finger_numbers", finger_numbers)
    monkeypatch.setattr(ablations, "train_classifier", train_classifier)
    return asked


@pytest.mark.slow
def test_the_data_grow_by_one_thing_a_row(trainings, tmp_path):
    rows = ablations.data(tmp_path, 1, **SMALL)
    for row in rows.values():
        assert set(row) == {ablations.LEARNED, "sign_language_digits_people"}, (
            "all are judged by the same people"
        )
    how = [
        (each["data"], *((t["turn"], t["crop_layer"]) for t in each["trainings"])) for each in trainings[1:]
    ]
    alone = {"hands": False, "no_hands": 0}
    assert how == [
        ({**alone, "random_split": True}, (80, False)),
        (alone, (80, False)),
        (alone, (180, False)),
        (alone, (180, True)),
        ({"no_hands": 0}, (180, True)),
        ({}, (180, True)),
        ({"other_people": True}, (180, True)),
    ]
    assert {(t["epochs"], t["seed"]) for each in trainings[1:] for t in each["trainings"]} == {(2, 1)}


@pytest.mark.slow
def test_attention_is_studied_with_equal_budgets_and_seeds(trainings, tmp_path):
    study = ablations.attention(tmp_path, 1, **SMALL, seeds=2)
    (asked,) = trainings
    assert [(t["attention"], t["seed"], t["epochs"]) for t in asked["trainings"]] == [
        (True, 1, 2),
        (False, 1, 2),
        (True, 2, 2),
        (False, 2, 2),
    ]
    assert len({t["folder"] for t in asked["trainings"]}) == 4
    assert [len(results) for results in study.values()] == [2, 2]
    for result in study["without attention"]:
        assert result[ablations.LEARNED]["n"] == 39, "what is no hand has no right answer"


def test_without_other_people_all_of_them_judge(trainings, tmp_path):
    results = ablations.people(tmp_path, 1, **SMALL)
    assert set(results) == {"sign_language_digits_all"}
    assert len(results["sign_language_digits_all"]["accuracy_by_angle"]) == 12
    assert [each["data"] for each in trainings] == [{}]


@pytest.mark.slow
def test_each_part_of_the_segmenter_is_left_out_once(tmp_path, monkeypatch):
    photos = np.zeros((4, 32, 32, 3), np.uint8)
    photos[:, 8:20] = 200
    judged = Examples("bars", photos=photos, masks=(photos[..., :1] > 0) * np.uint8(255))
    built = []

    def train_segmenter(build, make_task, folder, *, phases, seed, title):
        built.append(build((32, 32, 3)))
        return built[-1], protocol.Task(None, judged, {"bars": judged}, "real"), None

    monkeypatch.setattr(ablations, "train_segmenter", train_segmenter)
    rows = ablations.segmenter(tmp_path, 1, train=4, test=4, batch_size=2, phases=[])
    layers = [{layer.name.split("_")[0] for layer in model.layers} for model in built]
    assert len(rows) == 4
    assert "aspp" in layers[0] and "decoder" in layers[0]
    assert isinstance(built[1].get_layer("aspp_off_conv"), keras.layers.Layer)
    assert "decoder_low_conv" in {layer.name for layer in built[0].layers}
    assert "decoder_low_conv" not in {layer.name for layer in built[2].layers}
    assert "decoder" not in layers[3]
    for row, model in zip(rows.values(), built, strict=True):
        assert row["weights"] == model.count_params()
        assert "iou_per_image" not in row["bars"], "no array lands in a .json"


def test_what_was_measured_is_written_with_its_numbers(trainings, tmp_path, monkeypatch):
    monkeypatch.setenv("HANDVISION_RUNS_FOLDER", str(tmp_path))
    path = ablations.compare("people", Settings("smoke", "real", 3))
    facts = json.loads(path.read_text())
    assert set(facts["metrics"]["people"]) == {"sign_language_digits_all"}
    assert (facts["profile"], facts["seed"], facts["numbers"]["epochs"]) == ("smoke", 3, 1)
    with pytest.raises(ValueError, match="no comparison is called 'hands'"):
        ablations.compare("hands", Settings())
