"""The one way in which classifiers and segmenters are trained, and what each part of a training is worth.

A comparison is many trainings of one size. Each has a folder of its own, so that a comparison that was
stopped goes on with the training that it was in.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import keras

from handvision import evaluation, models, training
from handvision.augmentation import ImageDataGenerator
from handvision.data import tasks
from handvision.data.tasks import Task

BATCH_SIZE = 32
LEARNED = "its own training masks"
_JUDGED_BY = 1000  # masks of a test at most, twelve times turned: differences of a percent show


def train_classifier(
    task: Task,
    generator: ImageDataGenerator,
    folder: str | Path,
    *,
    epochs: int,
    crop: int,
    seed: int,
    name: str = "classifier",
    attention: bool = True,
    crop_layer: bool = True,
) -> tuple[keras.Model, training.History]:
    """Trains a new classifier behind the crop layer, or goes on with the training that `folder` holds.

    Labels become one-hot vectors, and even ones where a mask is no hand; rotations become (sin, cos).
    Validation masks are turned too, the same way in every epoch.

    Args:
        task: masks to learn from and to watch.
        generator: how masks are turned, with rescale=1/255.
        folder: of this training.
        epochs: passes over the training masks.
        crop: height and width in pixels of what the classifier sees.
        seed: of first weights, order, augmentation and dropout.
        name: of the classifier, and the layer's name in what is returned.
        attention: with the attention block, or without it.
        crop_layer: False shows the whole mask, shrunk, as published work does.

    Returns:
        The model from masks to readings (see `models.classify_masks`), and its history.
    """
    train, validation = (
        generator.flow(
            part.masks,
            part.one_hot(),
            batch_size=BATCH_SIZE,
            seed=seed,
            rotations=part.rotations,
            workers=tasks.WORKERS,
        )
        for part in (task.train, task.validation)
    )
    training.set_seed(seed)
    classifier = models.build_classifier(
        (crop, crop, 1), len(task.class_names), attention, class_names=task.class_names, name=name
    )
    reader = models.classify_masks(classifier, task.train.masks.shape[1:], crop=crop_layer)
    training.compile_classifier(
        reader, learning_rate=2e-3, total_steps=epochs * len(train), rotation_weight=1.5
    )
    history = training.fit(reader, train, validation, epochs=epochs, folder=folder, seed=seed, title=name)
    return reader, history


def train_segmenter(
    build: Callable[[tuple[int, int, int]], keras.Model],
    make_task: Callable[..., Task],
    folder: str | Path,
    *,
    phases: Sequence[Mapping],
    seed: int,
    title: str,
) -> tuple[keras.Model, Task, training.History]:
    """Trains a segmenter in phases, each going on with the weights of the one before: small photos first.

    Small photos cost little, and most of what there is to learn can be seen on them. A fully convolutional
    network's weights do not depend on the size.

    Args:
        build: makes the model for photos of (height, width, 3).
        make_task: makes the task, given `size=(height, width)` and `steps`, batches an epoch.
        folder: of the training; each phase has one inside.
        phases: dicts of `size`, `steps`, `epochs` and `rate`, the highest learning rate.
        seed: as in `train_classifier`.
        title: stands at the head of each line of progress.

    Returns:
        The model, the task and the history of the last phase; the history's seconds are those of all.
    """
    weights, seconds = None, []
    for number, phase in enumerate(phases):
        task = make_task(size=phase["size"], steps=phase["steps"])
        training.set_seed(seed)
        model = build((*phase["size"], 3))
        if weights is not None:
            model.set_weights(weights)
        training.compile_segmenter(
            model, learning_rate=phase["rate"], total_steps=phase["epochs"] * len(task.train)
        )
        validation = ImageDataGenerator(rescale=1 / 255).flow(
            task.validation.photos, masks=task.validation.masks, batch_size=32, shuffle=False
        )
        history = training.fit(
            model,
            task.train,
            validation,
            epochs=phase["epochs"],
            folder=Path(folder) / f"phase{number}",
            seed=seed,
            title=title,
        )
        weights = model.get_weights()
        seconds += history.seconds
    history.seconds = seconds
    return model, task, history


def data_ablation(
    generators: Mapping[str, ImageDataGenerator],
    folder: str | Path,
    *,
    pictures: int,
    train: int,
    test: int,
    crop: int,
    seed: int,
) -> dict[str, dict]:
    """What each kind of data buys the six numbers: one training a row, each with one thing more.

    All see as many pictures, and all but the first are judged by the same frames and people.

    Args:
        generators: "published" and "all round".
        folder: a folder for all; each training has one inside.
        pictures: seen in each training, masks times epochs.
        train, test: see `tasks.finger_numbers`.
        crop, seed: see `train_classifier`.

    Returns:
        What is learned from -> name of a test -> what `evaluation.evaluate_classifier` returned for it; and
        `LEARNED` -> the accuracy on some of the training masks, a dict of `n` and `accuracy_upright`.
    """
    alone = {"hands": False, "no_hands": 0}
    steps = {
        "Finger Digits alone, random split": ({**alone, "random_split": True}, "published", False),
        "Finger Digits alone": (alone, "published", False),
        "+ full rotation": (alone, "all round", False),
        "+ crops": (alone, "all round", True),
        "+ rendered hands": ({"no_hands": 0}, "all round", True),
        "+ masks of no hand": ({}, "all round", True),
        "+ other people": ({"other_people": True}, "all round", True),
    }
    people = tasks.finger_numbers("real", 12, test, seed, other_people=True).tests[tasks.LEFT_OUT_TEST]
    rows = {}
    for row, (data, generator, crop_layer) in steps.items():
        task = tasks.finger_numbers("real", train, test, seed, **data)
        reader, _ = train_classifier(
            task,
            generators[generator],
            Path(folder) / _slug(row),
            epochs=_epochs(pictures, task),
            crop=crop,
            seed=seed,
            name=_slug(row),
            crop_layer=crop_layer,
        )
        tests = {name: test for name, test in task.tests.items() if name != tasks.OTHER_PEOPLE_TEST}
        rows[row] = _judge(reader, task, {**tests, tasks.LEFT_OUT_TEST: people})
    return rows


def attention_study(
    task: Task,
    generator: ImageDataGenerator,
    folder: str | Path,
    *,
    pictures: int,
    crop: int,
    seeds: Iterable[int],
) -> dict[str, list[dict]]:
    """The same training with and without the attention block, once for each seed.

    Args:
        task, generator, crop: see `train_classifier`.
        folder: a folder for all; each training has one inside.
        pictures: seen in each training, masks times epochs.
        seeds: of the trainings.

    Returns:
        "with attention" and "without attention" -> a list, one entry a seed: name of a test -> what
        `evaluation.evaluate_classifier` returned for it.
    """
    study = {"with attention": [], "without attention": []}
    for seed in seeds:
        for how, results in study.items():
            reader, _ = train_classifier(
                task,
                generator,
                Path(folder) / _slug(f"{how} {seed}"),
                epochs=_epochs(pictures, task),
                crop=crop,
                seed=seed,
                name=_slug(f"{how} {seed}"),
                attention=how == "with attention",
            )
            results.append(_judge(reader, task, task.tests))
    return study


def _judge(reader: keras.Model, task: Task, tests: Mapping) -> dict[str, dict]:
    results = {
        name: evaluation.evaluate_classifier(reader, test, limit=_JUDGED_BY) for name, test in tests.items()
    }
    hands = task.train.take(task.train.labels >= 0)
    some = hands.take(range(0, len(hands), max(1, len(hands) // 2000)))
    learned = {"n": len(some), "accuracy_upright": evaluation.accuracy(reader, some)}
    return {LEARNED: learned, **results}


def _epochs(pictures: int, task: Task) -> int:
    return max(1, round(pictures / len(task.train)))


def _slug(name: str) -> str:
    return "_".join("".join(c if c.isalnum() else " " for c in name.lower()).split())
