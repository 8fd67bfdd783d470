"""The one way in which classifiers and segmenters are trained."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import keras

from handvision import models, training
from handvision.augmentation import ImageDataGenerator
from handvision.data import tasks
from handvision.data.tasks import Task

BATCH_SIZE = 32


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
