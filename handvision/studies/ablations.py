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
from functools import cache, partial
from pathlib import Path

import keras

from handvision import evaluation, models, protocol
from handvision.core.workspace import Settings, runs_folder
from handvision.protocol import Task
from handvision.studies.record import figures_only, write_facts
from handvision.training.recipes import ALL_ROUND, PUBLISHED, train_classifier, train_segmenter

LEARNED = "its own training masks"

_JUDGED_BY = 1000  # masks of a test at most, twelve times turned: differences of a percent show


def data(folder: Path, seed: int, *, train: int, test: int, epochs: int, crop: int) -> dict[str, dict]:
    """What each kind of data buys the six numbers: one training a row, each with one thing more.

    All see as many pictures, and all but the first are judged by the same frames and people.

    Args:
        folder: a folder for all; each training has one inside.
        seed: of every training.
        train, test: masks to learn from (at most) and to be judged by; see `protocol.finger_numbers`.
        epochs: passes over `train` masks, or as many masks more often where there are fewer.
        crop: see `train_classifier`.

    Returns:
        What is learned from -> name of a test -> what `evaluation.evaluate_classifier` returned for it; and
        `LEARNED` -> the accuracy on some of the training masks, a dict of `n` and `accuracy_upright`.
    """
    alone = {"hands": False, "no_hands": 0}
    steps = {
        "Finger Digits alone, random split": ({**alone, "random_split": True}, PUBLISHED, False),
        "Finger Digits alone": (alone, PUBLISHED, False),
        "+ full rotation": (alone, ALL_ROUND, False),
        "+ crops": (alone, ALL_ROUND, True),
        "+ rendered hands": ({"no_hands": 0}, ALL_ROUND, True),
        "+ masks of no hand": ({}, ALL_ROUND, True),
        "+ other people": ({"other_people": True}, ALL_ROUND, True),
    }
    people = protocol.finger_numbers("real", 12, test, seed, other_people=True).tests[
        "sign_language_digits_people"
    ]
    rows = {}
    for row, (what, generator, crop_layer) in steps.items():
        task = protocol.finger_numbers("real", train, test, seed, **what)
        reader, _ = train_classifier(
            task,
            generator,
            folder / _slug(row),
            epochs=max(1, round(train * epochs / len(task.train))),
            crop=crop,
            seed=seed,
            name=_slug(row),
            crop_layer=crop_layer,
        )
        tests = {name: part for name, part in task.tests.items() if name != "sign_language_digits_all"}
        rows[row] = _judge(reader, task, {**tests, "sign_language_digits_people": people})
    return rows


def attention(
    folder: Path, seed: int, *, train: int, test: int, epochs: int, crop: int, seeds: int
) -> dict[str, list[dict]]:
    """The six numbers with and without the attention block, once for each of `seeds` seeds.

    Args: as for `data`; the seeds follow on `seed`.

    Returns:
        "with attention" and "without attention" -> a list, one entry a seed: name of a test -> what
        `evaluation.evaluate_classifier` returned for it.
    """
    task = protocol.finger_numbers("real", train, test, seed)
    study = {"with attention": [], "without attention": []}
    for each in range(seed, seed + seeds):
        for how, results in study.items():
            reader, _ = train_classifier(
                task,
                ALL_ROUND,
                folder / _slug(f"{how} {each}"),
                epochs=epochs,
                crop=crop,
                seed=each,
                name=_slug(f"{how} {each}"),
                attention=how == "with attention",
            )
            results.append(_judge(reader, task, task.tests))
    return study


def people(folder: Path, seed: int, *, train: int, test: int, epochs: int, crop: int) -> dict[str, dict]:
    """The six numbers trained as the released ones, but without a real mask of other people.

    Args: as for `data`.

    Returns:
        Name of a test -> what `evaluation.evaluate_classifier` returned for it, mirror images included.
    """
    task = protocol.finger_numbers("real", train, test, seed)
    reader, _ = train_classifier(
        task, ALL_ROUND, folder / "alone", epochs=epochs, crop=crop, seed=seed, name="finger_numbers"
    )
    return {
        name: evaluation.evaluate_classifier(reader, part, mirror=True) for name, part in task.tests.items()
    }


def segmenter(
    folder: Path, seed: int, *, train: int, test: int, batch_size: int, phases: list[dict]
) -> dict[str, dict]:
    """What the parts of DeepLabV3+ are worth: all of it, and each time one part less.

    Args:
        folder, seed: as for `data`.
        train, test, batch_size: see `protocol.segmentation`.
        phases: see `train_segmenter`.

    Returns:
        What was built -> name of a test -> what `evaluation.evaluate_segmenter` returned for it, and
        "weights", their number.
    """
    parts = {
        "ASPP, skip and decoder": {},
        "without ASPP": {"aspp": False},
        "without the skip": {"skip": False},
        "without decoder and skip": {"decoder": False},
    }
    make_task = cache(
        partial(protocol.segmentation, "real", seed=seed, train=train, test=test, batch_size=batch_size)
    )
    rows = {}
    for row, options in parts.items():
        model, task, _ = train_segmenter(
            partial(models.build_deeplab_v3_plus, **options),
            make_task,
            folder / _slug(row),
            phases=phases,
            seed=seed,
            title=row,
        )
        results = {name: evaluation.evaluate_segmenter(model, part) for name, part in task.tests.items()}
        rows[row] = {"weights": model.count_params(), **figures_only(results)}
    return rows


COMPARISONS = {"data": data, "attention": attention, "people": people, "segmenter": segmenter}

_SIZES = {"smoke": (48, 12, 1, 64), "quick": (2000, 200, 5, 64), "full": (16000, 3000, 6, 96)}


def _numbers(name: str, profile: str) -> dict:
    train, test, epochs, crop = _SIZES[profile]
    classifier = dict(train=train, test=test, epochs=epochs, crop=crop)
    if name == "attention":
        return {**classifier, "seeds": 1 if profile == "smoke" else 3}
    if name == "people" and profile == "full":
        return {**classifier, "train": 60000, "epochs": 10}
    if name == "segmenter":
        steps, passes = {"smoke": (2, 1), "quick": (50, 2), "full": (250, 5)}[profile]
        phase = dict(size=(96, 128), steps=steps, epochs=passes, rate=3e-3)
        return dict(train=min(train, 2000), test=min(test, 300), batch_size=16, phases=[phase])
    return classifier


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
    numbers = _numbers(name, settings.profile)
    measured = COMPARISONS[name](folder / name, settings.seed, **numbers)
    path = folder / f"{name}.json"
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
