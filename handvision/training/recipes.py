"""The one way in which classifiers and segmenters are trained."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np

from handvision import evaluation, models, protocol, training
from handvision.augment import ImageDataGenerator
from handvision.core.examples import Examples, concatenate
from handvision.models.layers import BoundingBoxCropLayer
from handvision.protocol import Task

BATCH_SIZE = 32
_NOT_OF_THE_TASK = ("epochs", "rate", "network")  # of a segmenter's phase

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
_SHEARED_AND_MIRRORED = dict(shear_range=5, horizontal_flip=True, vertical_flip=True, rescale=1 / 255)
ALL_ROUND = ImageDataGenerator(
    rotation_range=180, zoom_range=(1.0, 1.1), fill_mode="constant", **_SHEARED_AND_MIRRORED
)
# Close-ups of photos that point to all sides already.
NUDGED = ImageDataGenerator(rotation_range=25, zoom_range=(0.95, 1.05), **_SHEARED_AND_MIRRORED)
AS_IT_IS = ImageDataGenerator(rescale=1 / 255)


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
    train, validation = (_flow(generator, part.masks, part, seed) for part in (task.train, task.validation))
    training.set_seed(seed)
    classifier = models.build_classifier(
        (crop, crop, 1), len(task.class_names), attention, class_names=task.class_names, name=name
    )
    reader = models.classify_masks(classifier, task.train.masks.shape[1:], crop=crop_layer)
    history = _learn(reader, train, validation, folder, 2e-3, epochs=epochs, seed=seed, title=name)
    return reader, history


def tune_classifier(
    model: keras.Model,
    classifier: keras.Model,
    photos: Examples,
    validation: Examples,
    folder: str | Path,
    *,
    epochs: int,
    seed: int,
    learning_rate: float = 5e-4,
) -> tuple[keras.Model, training.History]:
    """Trains a classifier further, on what a combined model sees of photos: its masks, and the photo there.

    A segmenter melts thin gaps and loses finger tips in ways that no drawn mask has; and what it takes for a
    hand where there is none is the best example of no hand. Fingers that lie side by side have one outline,
    but not one colour: so the photo's crop is shown too.

    Args:
        model: of which the masks are (see `close_ups_of`).
        classifier: of masks, to go on from; it stays as it is.
        photos, validation: with labels, rotations and class names, to learn from and to watch.
        folder, epochs, seed: see `train_classifier`.
        learning_rate: the highest.

    Returns:
        The classifier of masks and photos (see `models.shown_the_photo`), and its history.
    """
    parts = [close_ups_of(model, part) for part in (photos, validation)]
    train, watched = (
        _flow(generator, np.concatenate([part.masks, part.photos], axis=-1), part, seed)
        for part, generator in zip(parts, (NUDGED, AS_IT_IS), strict=True)
    )
    training.set_seed(seed)
    tuned = models.shown_the_photo(classifier)
    reader = models.classify_masks(tuned, train[0][0].shape[1:])
    history = _learn(
        reader, train, watched, folder, learning_rate, epochs=epochs, seed=seed, title=classifier.name
    )
    return tuned, history


def _flow(generator: ImageDataGenerator, pictures: np.ndarray, examples: Examples, seed: int):
    """Batches of a classifier's pictures and targets."""
    return generator.flow(
        pictures,
        examples.one_hot(),
        batch_size=BATCH_SIZE,
        seed=seed,
        rotations=examples.rotations,
        workers=protocol.WORKERS,
    )


def _learn(reader, train, validation, folder, learning_rate, *, epochs, **options) -> training.History:
    training.compile_classifier(reader, learning_rate=learning_rate, total_steps=epochs * len(train))
    return training.fit(reader, train, validation, epochs=epochs, folder=folder, **options)


def close_ups_of(model: keras.Model, photos: Examples, *, size: int = 144, margin: float = 0.35) -> Examples:
    """What a model sees of photos: their hands in close-up, with room to turn them a little.

    Args:
        model: a combined model, which takes photos of this size.
        photos: those in which it finds no hand are left out.
        size: of the close-ups in pixels.
        margin: see BoundingBoxCropLayer.

    Returns:
        The same with photos (n, size, size, 3) and masks (n, size, size, 1).
    """
    crop = BoundingBoxCropLayer(size, size, margin=margin, name="close_up")
    close_up = crop(model.output["mask"], photos=model.input)
    look = keras.Model(model.input, {**close_up, "has_hand": model.output["has_hand"]}, name="look")
    parts = []
    for start in range(0, len(photos), 500):  # floats of all at once would fill the memory
        some = photos.take(range(start, min(start + 500, len(photos))))
        found = evaluation.model_outputs(
            look, some.photos, ("crop", "photo_crop", "has_hand"), 32, channels=3
        )
        masks, pictures = (np.rint(found[key] * 255).astype(np.uint8) for key in ("crop", "photo_crop"))
        parts.append(replace(some, masks=masks, photos=pictures).take(found["has_hand"].reshape(-1) > 0.5))
    return concatenate(parts, f"{photos.name}, as {model.name} sees them")


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
    network's weights do not depend on the size. A network may grow from phase to phase: layers that were
    there before, by their names, go on with their weights.

    Args:
        build: makes the model for photos of (height, width, 3), given what else a phase has for it.
        make_task: makes the task, given `size=(height, width)`, `steps`, batches an epoch, and what else a
            phase has for it.
        folder: of the training; each phase has one inside.
        phases: dicts of `size`, `steps`, `epochs` and `rate`, the highest learning rate; `network`, a dict
            of more for `build`; and more for `make_task`.
        seed: as in `train_classifier`.
        title: stands at the head of each line of progress.

    Returns:
        The model, the task and the history of the last phase; the history's seconds are those of all.
    """
    learned, seconds = {}, []
    for number, phase in enumerate(phases):
        task = make_task(**{key: value for key, value in phase.items() if key not in _NOT_OF_THE_TASK})
        training.set_seed(seed)
        model = build((*phase["size"], 3), **phase.get("network", {}))
        _go_on_with(learned, model)
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
        learned = {layer.name: layer.get_weights() for layer in model.layers if layer.weights}
        seconds += history.seconds
    history.seconds = seconds
    return model, task, history


def _go_on_with(learned: Mapping[str, list[np.ndarray]], model: keras.Model) -> None:
    missing = sorted(set(learned) - {layer.name for layer in model.layers})
    if missing:
        raise ValueError(
            f"{model.name} has no layers {', '.join(missing)}, which learned in the phase before; give every "
            "layer a name, and let a network only grow"
        )
    for layer in model.layers:
        if layer.name in learned:
            layer.set_weights(learned[layer.name])
