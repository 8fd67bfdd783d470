"""Ablations: what each part of a training is worth.

An ablation is some trainings that differ in one thing. Each has a folder of its own, so that an ablation that
was stopped goes on with the training that it was in. Its record lands in `runs/comparisons/<name>.json`;
`handvision release NAME` puts it into `models/comparisons/`, where the notebooks find it to quote.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import keras

from handvision import evaluation
from handvision.core.examples import Examples
from handvision.core.files import folder_name
from handvision.core.workspace import Settings, workspace
from handvision.protocol import Task, close_ups
from handvision.protocol.partitions import digests
from handvision.protocol.segmenters import SEGMENTATION_PARTITIONS
from handvision.studies.looks import finder_parts, reader_data
from handvision.studies.record import Variant, record_of_this_run
from handvision.training import (
    PUBLISHED,
    ClassifierRecipe,
    Phase,
    Recipe,
    SegmenterRecipe,
    classifier_task,
    recipes,
    segmenter_task,
    train_classifier,
    train_segmenter,
)
from handvision.training.compiling import compile_segmenter
from handvision.training.recipe import CloseReaderRecipe, FinderRecipe
from handvision.training.segmenters import Compile

_TEST_MASKS = 1000  # of a test set at most, rotated twelve times: differences of a percent show


def data(folder: Path, recipe: ClassifierRecipe) -> list[Variant]:
    """What each kind of data is worth to the six numbers: one training a row, each with one thing more.

    All see as many pictures, and all but the first are tested on the same frames and people.

    Args:
        folder: a folder for all; each training has one inside.
        recipe: of every training, but for what a row changes. Where a row has fewer masks, it passes over
            them more often.

    Returns:
        A variant for each training: figures of `evaluation.evaluate_classifier`, and in its details
        `training_masks`, the accuracy on a subset of the training masks.
    """
    alone: dict[str, Any] = {"rendered": False, "negatives": 0.0}
    published: dict[str, Any] = {**alone, "augmentation": PUBLISHED, "crop_layer": False}
    steps: dict[str, dict[str, Any]] = {
        "Finger Digits alone, random split": {**published, "random_split": True},
        "Finger Digits alone": published,
        "+ full rotation": {**alone, "crop_layer": False},
        "+ crops": alone,
        "+ rendered hands": {"negatives": 0.0},
        "+ negatives": {},
        "+ other people": {"other_people": True},
    }
    left_out = classifier_task(replace(recipe, train=12, other_people=True))
    people = left_out.tests["sign_language_digits_people"]
    variants = []
    for name, change in steps.items():
        changed = replace(recipe, product=folder_name(name), **change)
        task = classifier_task(changed)
        epochs = max(1, round(recipe.train * recipe.epochs / len(task.train)))
        reader, _ = train_classifier(replace(changed, epochs=epochs), task, folder / folder_name(name))
        tests = {key: part for key, part in task.tests.items() if key != "sign_language_digits_all"}
        tests["sign_language_digits_people"] = people
        variants.append(_variant(name, reader, task, tests, recipe.seed))
    return variants


def attention(folder: Path, recipe: ClassifierRecipe, seeds: int = 3) -> list[Variant]:
    """The six numbers with and without the attention block, once for each of `seeds` seeds.

    Args:
        folder: as for `data`.
        recipe: of every training; the seeds follow on its seed.
    """
    task = classifier_task(recipe)
    variants = []
    for name in ("with attention", "without attention"):
        for seed in range(recipe.seed, recipe.seed + seeds):
            training = folder_name(f"{name} {seed}")
            changed = replace(recipe, product=training, seed=seed, attention=name == "with attention")
            reader, _ = train_classifier(changed, task, folder / training)
            variants.append(_variant(name, reader, task, task.tests, seed))
    return variants


def people(folder: Path, recipe: ClassifierRecipe) -> list[Variant]:
    """The six numbers trained as the released ones, but without a real mask of other people.

    Args: as for `data`. Mirror images are read, too.
    """
    task = classifier_task(recipe)
    reader, _ = train_classifier(recipe, task, folder / "alone")
    figures = {
        key: evaluation.evaluate_classifier(reader, part, mirror=True) for key, part in task.tests.items()
    }
    return [Variant("without other people", figures, recipe.seed)]


def segmenter(folder: Path, recipe: SegmenterRecipe) -> list[Variant]:
    """What the parts of DeepLabV3+ are worth: all of it, and each time one part less.

    Args: as for `data`.

    Returns:
        A variant for each network: figures of `evaluation.evaluate_segmenter`, and in its details `weights`,
        their number.
    """
    parts: dict[str, dict[str, Any]] = {
        "ASPP, skip and decoder": {},
        "without ASPP": {"aspp": False},
        "without the skip": {"skip": False},
        "without decoder and skip": {"decoder": False},
    }

    first = segmenter_task(recipe)
    variants = []
    for name, options in parts.items():
        changed = replace(recipe, product=folder_name(name), network=options)
        model, task, _ = train_segmenter(changed, folder / folder_name(name), first)
        figures = {key: evaluation.evaluate_segmenter(model, part) for key, part in task.tests.items()}
        variants.append(Variant(name, figures, recipe.seed, {"weights": model.count_params()}))
    return variants


def unet_recipe(folder: Path, recipe: SegmenterRecipe) -> list[Variant]:
    """What the U-Net's recipe is worth: one training a row, each with one thing more.

    All see as many photos, and are tested on the same.

    Args, returns: as for `segmenter`.
    """
    plain = replace(recipe, network={})
    # An epoch of rendered hands alone is all of them once: as many as a row with real ones sees.
    drawn = replace(plain, data="rendered", train=recipe.phases[0].steps * recipe.batch_size)
    steps: dict[str, tuple[SegmenterRecipe, Compile]] = {
        "rendered hands, cross-entropy, a steady rate": (drawn, _steady_cross_entropy),
        "+ Dice": (drawn, _steady),
        "+ a rate that rises and falls": (drawn, compile_segmenter),
        "+ cut-out real hands in real rooms": (plain, compile_segmenter),
        "+ an encoder that has seen ImageNet": (recipe, compile_segmenter),
    }
    tests = segmenter_task(recipe).tests
    variants = []
    for name, (changed, make_ready) in steps.items():
        changed = replace(changed, product=folder_name(name))
        model, _, _ = train_segmenter(changed, folder / folder_name(name), make_ready=make_ready)
        figures = {key: evaluation.evaluate_segmenter(model, part) for key, part in tests.items()}
        variants.append(Variant(name, figures, recipe.seed, {"weights": model.count_params()}))
    return variants


def _steady(model: keras.Model, learning_rate: float, total_steps: int) -> None:
    compile_segmenter(model, learning_rate)


def _steady_cross_entropy(model: keras.Model, learning_rate: float, total_steps: int) -> None:
    compile_segmenter(model, learning_rate, dice_weight=0.0)


ABLATIONS: dict[str, Callable[..., list[Variant]]] = {
    "data": data,
    "attention": attention,
    "people": people,
    "segmenter": segmenter,
    "unet_recipe": unet_recipe,
    "reader_data": reader_data,
    "finder_parts": finder_parts,
}

# Training masks, test masks, epochs, crop; and the segmenter's steps and epochs.
_SIZES = {"smoke": (48, 12, 1, 64), "quick": (2000, 200, 5, 64), "full": (16000, 3000, 6, 96)}
_SEGMENTERS: dict[str, Literal["unet", "deeplab_v3_plus"]] = {
    "segmenter": "deeplab_v3_plus",
    "unet_recipe": "unet",
}
_LOOKS = {
    "reader_data": "close_reader",
    "finder_parts": "finder",
}
_LOOK_STEPS = {"smoke": (2, 1), "quick": (40, 2), "full": (120, 3)}
_SEGMENTER_STEPS = {"smoke": (2, 1), "quick": (50, 2), "full": (250, 5)}


def ablation_recipe(name: str, profile: str, seed: int) -> Recipe:
    """What the trainings of an ablation have in common."""
    train, test, epochs, crop = _SIZES[profile]
    if name in _SEGMENTERS:
        steps, passes = _SEGMENTER_STEPS[profile]
        phase = Phase(size=(96, 128), steps=steps, epochs=passes, learning_rate=3e-3)
        released = recipes.get(_SEGMENTERS[name], "full", data="real", seed=seed)
        return replace(released, train=min(train, 2000), test=min(test, 300), phases=(phase,))
    if name in _LOOKS:
        steps, passes = _LOOK_STEPS[profile]
        look = recipes.get(_LOOKS[name], "full", data="real", seed=seed)
        assert isinstance(look, FinderRecipe | CloseReaderRecipe)
        return replace(look, steps=steps, epochs=passes)
    released = recipes.get("finger_numbers", "full", data="real", seed=seed)
    alone = replace(released, other_people=False)
    if name == "people" and profile == "full":
        return alone
    return replace(alone, train=train, test=test, epochs=epochs, crop=crop)


def run(name: str, settings: Settings) -> Path:
    """Makes an ablation, or goes on with it; returns the file of its record.

    Args:
        name: a key of `ABLATIONS`.
        settings: the profile and the seed; real data are always needed.

    Raises:
        ValueError: no ablation has this name.
        DataUnavailable: real data cannot be had.
    """
    if name not in ABLATIONS:
        raise ValueError(f"no ablation is called {name!r}; there are {', '.join(ABLATIONS)}")
    folder = workspace().runs / "comparisons"
    recipe = ablation_recipe(name, settings.profile, settings.seed)
    options = {"seeds": 1} if name == "attention" and settings.profile == "smoke" else {}
    variants = ABLATIONS[name](folder / name, recipe, **options)
    record = record_of_this_run(
        name,
        variants=tuple(variants),
        partitions=_partitions(recipe),
        recipe={**recipe.to_json(), **options},
        seed=settings.seed,
        profile=settings.profile,
        unknown={"duration_seconds": "an ablation may be stopped and go on"},
    )
    return record.write(folder / f"{name}.json")


def _partitions(recipe: Recipe) -> Mapping[str, Mapping[str, str]]:
    """Who is in which part of the sets that trainings by a recipe draw from."""
    if isinstance(recipe, SegmenterRecipe):
        return digests(SEGMENTATION_PARTITIONS)
    if isinstance(recipe, ClassifierRecipe):
        return classifier_task(recipe).partitions
    return digests(close_ups.SETS)


def _variant(name: str, reader: keras.Model, task: Task, tests: Mapping[str, Examples], seed: int) -> Variant:
    figures = {
        key: evaluation.evaluate_classifier(reader, part, limit=_TEST_MASKS) for key, part in tests.items()
    }
    hands = task.train.take(task.train.require("labels") >= 0)
    subset = hands.take(range(0, len(hands), max(1, len(hands) // 2000)))
    training = {"n": len(subset), "accuracy_upright": evaluation.accuracy(reader, subset)}
    return Variant(name, figures, seed, {"training_masks": training})
