"""A recipe is the same after a journey through JSON, and what is wrong in one is named."""

import json
from dataclasses import replace

import pytest

from handvision.core.products import PRODUCTS
from handvision.core.workspace import PROFILES
from handvision.training import ALL_ROUND, read_recipe, recipe_from_json, recipes


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("name", recipes.names())
def test_a_recipe_is_the_same_after_json(name, profile, tmp_path):
    recipe = recipes.get(name, profile, data="rendered", seed=3)
    assert (recipe.product, recipe.data, recipe.seed) == (name, "rendered", 3)
    path = tmp_path / "recipe.json"
    path.write_text(recipe.dumps())
    assert read_recipe(path).to_json() == recipe.to_json() == json.loads(recipe.dumps())


def test_what_products_are_joined_from_has_recipes():
    parts = {part for product in PRODUCTS.values() for part in product.parts}
    combined = recipes.get("combined", "full")
    assert parts == {combined.finder, combined.reader} <= set(recipes.names())


def test_the_released_numbers():
    unet = recipes.get("unet", "full")
    assert [phase.steps * phase.epochs for phase in unet.phases] == [
        5600,
        2400,
        600,
        7200,
        1600,
        3600,
        3600,
        2250,
    ]
    assert unet.network["backbone"] == "efficientnet_lite0"
    assert unet.phases[-1].network == {"refine": (0, 1, 2, 3)}
    numbers = recipes.get("finger_numbers", "full")
    assert (numbers.train, numbers.epochs, numbers.crop, numbers.batch_size) == (60000, 10, 96, 32)
    assert (numbers.learning_rate, dict(numbers.loss_weights)) == (2e-3, {"gesture": 1.0, "rotation": 1.5})
    assert numbers.augmentation == ALL_ROUND


SEGMENTER = recipes.get("unet", "full").to_json()
CLASSIFIER = recipes.get("finger_numbers", "quick").to_json()


def changed(recipe, change):
    """A copy with one thing changed in it."""
    copy = json.loads(json.dumps(recipe))
    change(copy)
    return copy


@pytest.mark.parametrize(
    ("recipe", "change", "words"),
    [
        (SEGMENTER, lambda r: r.update(kind="sorcery"), "kind is 'sorcery'"),
        (
            SEGMENTER,
            lambda r: r.update(batchsize=3),
            "batchsize: there is no such field; SegmenterRecipe has",
        ),
        (SEGMENTER, lambda r: r.pop("phases"), "phases is missing"),
        (SEGMENTER, lambda r: r.update(phases=[]), r"phases is \(\); use at least one phase"),
        (SEGMENTER, lambda r: r.update(architecture="vgg"), "architecture is 'vgg'; use one of 'unet'"),
        (SEGMENTER, lambda r: r["phases"][2].update(learning_rate=0), r"phases\[2\]: learning_rate is 0"),
        (SEGMENTER, lambda r: r["phases"][2].update(steps="many"), r"phases\[2\]\.steps is 'many'; .* int"),
        (SEGMENTER, lambda r: r["phases"][2].update(size=[96]), r"phases\[2\]\.size is \[96\]; use 2 values"),
        (CLASSIFIER, lambda r: r.update(epochs=True), "epochs is True"),
        (CLASSIFIER, lambda r: r.update(data="all"), "data is 'all'; use one of 'auto', 'rendered', 'real'"),
        (CLASSIFIER, lambda r: r.update(crop=16), "crop is 16; use 32 pixels or more"),
        (CLASSIFIER, lambda r: r.update(seed=-1), "seed is -1"),
        (CLASSIFIER, lambda r: r["loss_weights"].update(rotation=None), "loss_weights.rotation is None"),
    ],
)
def test_what_is_wrong_in_a_recipe_is_named(recipe, change, words):
    with pytest.raises(ValueError, match=words):
        recipe_from_json(changed(recipe, change))


def test_a_file_that_is_no_recipe_is_named(tmp_path):
    path = tmp_path / "notes.json"
    path.write_text("[]")
    with pytest.raises(ValueError, match=r"notes\.json: kind is None"):
        read_recipe(path)


def test_gestures_have_no_options_of_numbers():
    with pytest.raises(ValueError, match="other_people is True; use False with vocabulary='gestures'"):
        replace(recipes.get("gestures", "quick"), other_people=True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("yolo", "quick"), "no recipe 'yolo'; there are unet"), (("unet", "fast"), "profile is 'fast'")],
)
def test_an_unknown_recipe_is_named(arguments, words):
    with pytest.raises(ValueError, match=words):
        recipes.get(*arguments)
