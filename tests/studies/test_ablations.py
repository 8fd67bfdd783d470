"""The trainings of an ablation differ in what it names, and in nothing else."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from handvision import protocol
from handvision.cli import main
from handvision.core.examples import NO_HAND, Examples
from handvision.core.workspace import Settings
from handvision.models import build_classifier, classify_masks
from handvision.studies import ablations
from handvision.studies.record import read_record
from handvision.training import ClassifierRecipe, Phase, build_segmenter, recipes

SMALL = ClassifierRecipe(
    product="small", vocabulary="numbers", data="real", train=40, test=12, epochs=2, crop=32
)


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
    """Recipe and folder of each training of an ablation; none is run, and the data are a few blocks."""
    asked = []

    def classifier_task(recipe):
        people = "sign_language_digits_people" if recipe.other_people else "sign_language_digits_all"
        train, test = masks(40, "train"), masks(13, "test")
        return protocol.Task(train, test, {people: test.take(test.labels >= 0)}, recipe.data)

    def train_classifier(recipe, task, folder):
        asked.append((recipe, folder.name))
        classifier = build_classifier((32, 32, 1), 2, class_names=task.class_names)
        return classify_masks(classifier, (48, 48, 1)), None

    monkeypatch.setattr(ablations, "classifier_task", classifier_task)
    monkeypatch.setattr(ablations, "train_classifier", train_classifier)
    return asked


@pytest.fixture
def bars(monkeypatch):
    """The task of every segmenter: four photos of a bright bar."""
    photos = np.zeros((4, 32, 32, 3), np.uint8)
    photos[:, 8:20] = 200
    drawn = Examples("bars", photos=photos, masks=(photos[..., :1] > 0) * np.uint8(255))
    made = protocol.Task(None, drawn, {"rendered": drawn}, "real")
    monkeypatch.setattr(ablations, "segmenter_task", lambda recipe: made)


@pytest.mark.slow
def test_the_data_grow_by_one_thing_a_row(trainings, tmp_path):
    for variant in ablations.data(tmp_path, SMALL):
        assert set(variant.figures) == {"sign_language_digits_people"}, "all are tested on the same people"
        assert variant.details["training_masks"]["n"] == 39, "negatives have no right answer"
    how = [
        (
            r.random_split,
            r.augmentation.rotation_degrees,
            r.crop_layer,
            r.rendered,
            r.negatives,
            r.other_people,
        )
        for r, _ in trainings
    ]
    assert how == [
        (True, 80, False, False, 0, False),
        (False, 80, False, False, 0, False),
        (False, 180, False, False, 0, False),
        (False, 180, True, False, 0, False),
        (False, 180, True, True, 0, False),
        (False, 180, True, True, 0.08, False),
        (False, 180, True, True, 0.08, True),
    ]
    assert {(r.epochs, r.seed, r.data) for r, _ in trainings} == {(2, 1, "real")}


@pytest.mark.slow
def test_attention_is_studied_with_equal_budgets_and_seeds(trainings, tmp_path):
    variants = ablations.attention(tmp_path, SMALL, seeds=2)
    assert [(r.attention, r.seed, r.epochs) for r, _ in trainings] == [
        (True, 1, 2),
        (True, 2, 2),
        (False, 1, 2),
        (False, 2, 2),
    ]
    assert len({folder for _, folder in trainings}) == 4
    assert [(variant.name, variant.seed) for variant in variants] == [
        ("with attention", 1),
        ("with attention", 2),
        ("without attention", 1),
        ("without attention", 2),
    ]


@pytest.mark.slow
def test_without_other_people_all_of_them_are_the_test(trainings, tmp_path):
    (variant,) = ablations.people(tmp_path, SMALL)
    assert set(variant.figures) == {"sign_language_digits_all"}
    assert len(variant.figures["sign_language_digits_all"]["accuracy_by_angle"]) == 12
    assert [recipe for recipe, _ in trainings] == [SMALL]


@pytest.mark.slow
def test_each_part_of_the_segmenter_is_left_out_once(bars, tmp_path, monkeypatch):
    built = []

    def train_segmenter(recipe, folder, task):
        built.append(build_segmenter(recipe))
        return built[-1], task, None

    monkeypatch.setattr(ablations, "train_segmenter", train_segmenter)
    phase = Phase(size=(32, 32), steps=1, epochs=1, learning_rate=1e-3)
    recipe = replace(recipes.get("deeplab_v3_plus", "smoke"), phases=(phase,))
    variants = ablations.segmenter(tmp_path, recipe)
    layers = [{layer.name.split("_")[0] for layer in model.layers} for model in built]
    assert len(variants) == 4
    assert "aspp" in layers[0] and "decoder" in layers[0]
    assert isinstance(built[1].get_layer("aspp_off_conv"), keras.layers.Layer)
    assert "decoder_low_conv" in {layer.name for layer in built[0].layers}
    assert "decoder_low_conv" not in {layer.name for layer in built[2].layers}
    assert "decoder" not in layers[3]
    for variant, model in zip(variants, built, strict=True):
        assert variant.details["weights"] == model.count_params()
        assert 0 <= variant.figures["rendered"]["baseline"] <= 1


@pytest.mark.slow
def test_the_unets_recipe_grows_by_one_thing_a_row(bars, tmp_path, monkeypatch):
    how = []

    def train_segmenter(recipe, folder, make_ready):
        model = build_segmenter(recipe)
        make_ready(model, 1e-3, 10)
        steady = not isinstance(
            model.optimizer._learning_rate, keras.optimizers.schedules.LearningRateSchedule
        )
        how.append((recipe.data, bool(recipe.network), steady, model.loss.dice_weight))
        if recipe.data == "rendered":
            assert recipe.train == recipe.phases[0].steps * recipe.batch_size
        return model, None, None

    monkeypatch.setattr(ablations, "train_segmenter", train_segmenter)
    phase = Phase(size=(32, 32), steps=1, epochs=1, learning_rate=1e-3)
    recipe = replace(
        recipes.get("unet", "smoke", data="real"), network={"channels": (4, 6, 8, 10)}, phases=(phase,)
    )
    variants = ablations.unet_recipe(tmp_path, recipe)
    assert how == [
        ("rendered", False, True, 0.0),
        ("rendered", False, True, 1.0),
        ("rendered", False, False, 1.0),
        ("real", False, False, 1.0),
        ("real", True, False, 1.0),
    ]
    assert len({variant.name for variant in variants}) == 5


@pytest.mark.slow
def test_what_was_measured_is_written_with_its_recipe(trainings, tmp_path, monkeypatch):
    monkeypatch.setenv("HANDVISION_RUNS_FOLDER", str(tmp_path))
    record = read_record(ablations.run("people", Settings("smoke", "real", 3)))
    assert set(record.variants[0].figures) == {"sign_language_digits_all"}
    assert (record.profile, record.seed, record.recipe["epochs"]) == ("smoke", 3, 1)
    with pytest.raises(ValueError, match="no ablation is called 'hands'"):
        ablations.run("hands", Settings())


def test_the_commands_help_names_every_ablation(capsys):
    with pytest.raises(SystemExit):
        main(["study", "--help"])
    said = capsys.readouterr().out
    assert all(name in said for name in ablations.ABLATIONS)
