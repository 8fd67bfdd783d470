"""The one way in which classifiers and segmenters are trained."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import keras

from handvision import evaluation, models, training
from handvision.augmentation import ImageDataGenerator
from handvision.data import tasks
from handvision.data.examples import Examples, concatenate, resize
from handvision.data.tasks import Task

BATCH_SIZE = 32

# Both are explained in the classifiers' notebooks.
PUBLISHED = ImageDataGenerator(
    rotation_range=80,
    width_shift_range=0.2,
    height_shift_range=0.2,
    shear_range=10,
    horizontal_flip=True,
    vertical_flip=True,
    fill_mode="constant",
    rescale=1 / 255,
)
ALL_ROUND = ImageDataGenerator(
    rotation_range=180,
    shear_range=5,
    zoom_range=(1.0, 1.1),
    horizontal_flip=True,
    vertical_flip=True,
    fill_mode="constant",
    rescale=1 / 255,
)


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
    start: keras.Model | None = None,
    learning_rate: float = 2e-3,
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
        start: a classifier of the same shape whose weights are the first ones; None starts at random.
        learning_rate: the highest.

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
    if start is not None:
        classifier.set_weights(start.get_weights())
    reader = models.classify_masks(classifier, task.train.masks.shape[1:], crop=crop_layer)
    training.compile_classifier(
        reader, learning_rate=learning_rate, total_steps=epochs * len(train), rotation_weight=1.5
    )
    history = training.fit(reader, train, validation, epochs=epochs, folder=folder, seed=seed, title=name)
    return reader, history


def tune_classifier(
    model: keras.Model,
    classifier: keras.Model,
    photos: Examples,
    task: Task,
    folder: str | Path,
    *,
    epochs: int,
    seed: int,
) -> tuple[keras.Model, training.History]:
    """Trains a classifier further, on what a combined model sees of photos, mixed with its own masks.

    A segmenter melts thin gaps and loses finger tips in ways that no drawn mask has; and what it takes for a
    hand where there is none is the best example of no hand.

    Args:
        model: of which the masks are (see `masks_of`).
        classifier: to go on from; it stays as it is.
        photos: with labels, see `tasks.photos_to_learn_numbers`.
        task: whose training masks are mixed in, and whose validation masks are watched.
        folder, epochs, seed: see `train_classifier`.

    Returns:
        As `train_classifier`.
    """
    seen = masks_of(model, photos)
    mixed = concatenate([seen, task.train], f"{seen.name}, and {task.train.name}")
    return train_classifier(
        replace(task, train=mixed),
        ALL_ROUND,
        folder,
        epochs=epochs,
        crop=classifier.input_shape[1],
        seed=seed,
        name=classifier.name,
        start=classifier,
        learning_rate=5e-4,
    )


def masks_of(model: keras.Model, photos: Examples, *, least: float = 0.002) -> Examples:
    """What a model sees of photos: their hands' masks in close-up, for a classifier to learn from.

    Args:
        model: a segmenter or a combined model, which takes photos of this size.
        photos: with labels, rotations and class names. Those in which less than `least` of the pixels are
            taken for a hand are left out.
        least: share of the photo.

    Returns:
        Examples with masks (n, MASK_SIZE, MASK_SIZE, 1).
    """
    parts = []
    for start in range(0, len(photos), 500):  # all soft masks at once would fill the memory
        some = photos.take(range(start, min(start + 500, len(photos))))
        masks = evaluation.predict_masks(model, some.photos)
        seen = masks.mean(axis=(1, 2, 3)) / 255 >= least
        if seen.any():
            parts.append(tasks.close_up(replace(some, masks=list(masks)).take(seen)))
    together = concatenate(parts, f"{photos.name}, as {model.name} sees them")
    return resize(together, tasks.MASK_SIZE, tasks.MASK_SIZE)


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
        make_task: makes the task, given `size=(height, width)`, `steps`, batches an epoch, and what else a
            phase has for it.
        folder: of the training; each phase has one inside.
        phases: dicts of `size`, `steps`, `epochs` and `rate`, the highest learning rate, and more for
            `make_task`.
        seed: as in `train_classifier`.
        title: stands at the head of each line of progress.

    Returns:
        The model, the task and the history of the last phase; the history's seconds are those of all.
    """
    weights, seconds = None, []
    for number, phase in enumerate(phases):
        task = make_task(**{key: value for key, value in phase.items() if key not in ("epochs", "rate")})
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
