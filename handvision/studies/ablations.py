"""What each part of a training is worth.

`python -m handvision.studies.ablations data attention people segmenter` runs these comparisons. A comparison
is some trainings that differ in one thing. Each has a folder of its own, so that a comparison that was
stopped goes on with the training that it was in. What it measured lands in `runs/comparisons/<name>.json`;
`python -m handvision.studies.release` puts it into `models/comparisons/`, where the notebooks find it to
quote. HANDVISION_PROFILE chooses its size ("full" unless it says otherwise).
"""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras

from handvision import evaluation
from handvision.core.workspace import Settings, runs_folder
from handvision.protocol import Task
from handvision.studies.record import figures_only, write_facts
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

LEARNED = "its own training masks"

_JUDGED_BY = 1000  # masks of a test at most, twelve times turned: differences of a percent show


def data(folder: Path, recipe: ClassifierRecipe) -> dict[str, dict]:
    """What each kind of data buys the six numbers: one training a row, each with one thing more.

    All see as many pictures, and all but the first are tested on the same frames and people.

    Args:
        folder: a folder for all; each training has one inside.
        recipe: of every training, but for what a row changes. Where a row has fewer masks, it passes over
            them more often.

    Returns:
        What is learned from -> name of a test -> what `evaluation.evaluate_classifier` returned for it; and
        `LEARNED` -> the accuracy on some of the training masks, a dict of `n` and `accuracy_upright`.
    """
    alone: dict[str, Any] = {"rendered": False, "negatives": 0.0}
    published: dict[str, Any] = {**alone, "augmentation": PUBLISHED, "crop_layer": False}
    steps: dict[str, dict[str, Any]] = {
        "Finger Digits alone, random split": {**published, "random_split": True},
        "Finger Digits alone": published,
        "+ full rotation": {**alone, "crop_layer": False},
        "+ crops": alone,
        "+ rendered hands": {"negatives": 0.0},
        "+ masks of no hand": {},
        "+ other people": {"other_people": True},
    }
    left_out = classifier_task(replace(recipe, train=12, other_people=True))
    people = left_out.tests["sign_language_digits_people"]
    rows = {}
    for row, change in steps.items():
        changed = replace(recipe, product=_slug(row), **change)
        task = classifier_task(changed)
        epochs = max(1, round(recipe.train * recipe.epochs / len(task.train)))
        reader, _ = train_classifier(replace(changed, epochs=epochs), task, folder / _slug(row))
        tests = {name: part for name, part in task.tests.items() if name != "sign_language_digits_all"}
        rows[row] = _judge(reader, task, {**tests, "sign_language_digits_people": people})
    return rows


def attention(folder: Path, recipe: ClassifierRecipe, seeds: int = 3) -> dict[str, list[dict]]:
    """The six numbers with and without the attention block, once for each of `seeds` seeds.

    Args:
        folder: as for `data`.
        recipe: of every training; the seeds follow on its seed.

    Returns:
        "with attention" and "without attention" -> a list, one entry a seed: name of a test -> what
        `evaluation.evaluate_classifier` returned for it.
    """
    task = classifier_task(recipe)
    study: dict[str, list[dict]] = {"with attention": [], "without attention": []}
    for seed in range(recipe.seed, recipe.seed + seeds):
        for how, results in study.items():
            name = _slug(f"{how} {seed}")
            changed = replace(recipe, product=name, seed=seed, attention=how == "with attention")
            reader, _ = train_classifier(changed, task, folder / name)
            results.append(_judge(reader, task, task.tests))
    return study


def people(folder: Path, recipe: ClassifierRecipe) -> dict[str, dict]:
    """The six numbers trained as the released ones, but without a real mask of other people.

    Args: as for `data`.

    Returns:
        Name of a test -> what `evaluation.evaluate_classifier` returned for it, mirror images included.
    """
    task = classifier_task(recipe)
    reader, _ = train_classifier(recipe, task, folder / "alone")
    return {
        name: evaluation.evaluate_classifier(reader, part, mirror=True) for name, part in task.tests.items()
    }


def segmenter(folder: Path, recipe: SegmenterRecipe) -> dict[str, dict]:
    """What the parts of DeepLabV3+ are worth: all of it, and each time one part less.

    Args: as for `data`.

    Returns:
        What was built -> name of a test -> what `evaluation.evaluate_segmenter` returned for it, and
        "weights", their number.
    """
    parts: dict[str, dict[str, Any]] = {
        "ASPP, skip and decoder": {},
        "without ASPP": {"aspp": False},
        "without the skip": {"skip": False},
        "without decoder and skip": {"decoder": False},
    }

    first = segmenter_task(recipe)
    rows = {}
    for row, options in parts.items():
        changed = replace(recipe, product=_slug(row), network=options)
        model, task, _ = train_segmenter(changed, folder / _slug(row), first)
        results = {name: evaluation.evaluate_segmenter(model, part) for name, part in task.tests.items()}
        rows[row] = {"weights": model.count_params(), **figures_only(results)}
    return rows


COMPARISONS = {"data": data, "attention": attention, "people": people, "segmenter": segmenter}

# Masks to learn from and to test on, epochs, crop; and the segmenter's steps and epochs.
_SIZES = {"smoke": (48, 12, 1, 64), "quick": (2000, 200, 5, 64), "full": (16000, 3000, 6, 96)}
_SEGMENTER_STEPS = {"smoke": (2, 1), "quick": (50, 2), "full": (250, 5)}


def comparison_recipe(name: str, profile: str, seed: int) -> Recipe:
    """What the trainings of a comparison have in common."""
    train, test, epochs, crop = _SIZES[profile]
    if name == "segmenter":
        steps, passes = _SEGMENTER_STEPS[profile]
        phase = Phase(size=(96, 128), steps=steps, epochs=passes, learning_rate=3e-3)
        released = recipes.get("deeplab_v3_plus", "full", data="real", seed=seed)
        return replace(released, train=min(train, 2000), test=min(test, 300), phases=(phase,))
    released = recipes.get("finger_numbers", "full", data="real", seed=seed)
    alone = replace(released, other_people=False)
    if name == "people" and profile == "full":
        return alone
    return replace(alone, train=train, test=test, epochs=epochs, crop=crop)


def compare(name: str, settings: Settings) -> Path:
    """Makes a comparison, or goes on with it; returns the file of its facts.

    Args:
        name: "data", "attention", "people" or "segmenter".
        settings: the profile and the seed; real data are always needed.

    Raises:
        ValueError: no comparison has this name.
        DataUnavailable: real data cannot be had.
    """
    if name not in COMPARISONS:
        raise ValueError(f"no comparison is called {name!r}; there are {', '.join(COMPARISONS)}")
    folder = runs_folder() / "comparisons"
    recipe = comparison_recipe(name, settings.profile, settings.seed)
    options = {"seeds": 1} if name == "attention" and settings.profile == "smoke" else {}
    measured = COMPARISONS[name](folder / name, recipe, **options)
    path = folder / f"{name}.json"
    numbers = {**recipe.to_json(), **options}
    write_facts(path, {name: measured}, seed=settings.seed, profile=settings.profile, numbers=numbers)
    return path


def _judge(reader: keras.Model, task: Task, tests: Mapping) -> dict[str, dict]:
    results = {
        name: evaluation.evaluate_classifier(reader, part, limit=_JUDGED_BY) for name, part in tests.items()
    }
    hands = task.train.take(task.train.labels >= 0)
    some = hands.take(range(0, len(hands), max(1, len(hands) // 2000)))
    learned = {"n": len(some), "accuracy_upright": evaluation.accuracy(reader, some)}
    return {LEARNED: learned, **results}


def _slug(name: str) -> str:
    return "_".join("".join(c if c.isalnum() else " " for c in name.lower()).split())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="+", choices=tuple(COMPARISONS))
    names = parser.parse_args().names
    settings = Settings.resolve("full", "real")
    for name in names:
        print(f"=== {name}: {compare(name, settings)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
