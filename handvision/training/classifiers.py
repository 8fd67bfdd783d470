"""How readers are trained: on masks of hands, and further on what a combined model sees of photos."""

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np

from handvision import evaluation, models, protocol
from handvision.augment.sequences import AugmentedSequence
from handvision.augment.transforms import Augmentation
from handvision.core.examples import Examples, concatenate
from handvision.heads import HeadTargets
from handvision.models.layers import BoundingBoxCropLayer
from handvision.protocol import Task
from handvision.training import platform
from handvision.training.compiling import compile_classifier
from handvision.training.fitting import History, fit, set_seed
from handvision.training.recipe import ClassifierRecipe, TuningRecipe


def classifier_task(recipe: ClassifierRecipe) -> Task:
    """The masks of a recipe: to learn from, to watch, and to test on."""
    numbers = (recipe.train, recipe.test, recipe.seed)
    if recipe.vocabulary == "gestures":
        return protocol.gestures(recipe.data, *numbers, negatives=recipe.negatives)
    return protocol.finger_numbers(
        recipe.data,
        *numbers,
        negatives=recipe.negatives,
        other_people=recipe.other_people,
        hands=recipe.rendered,
        random_split=recipe.random_split,
    )


def train_classifier(recipe: ClassifierRecipe, task: Task, folder: str | Path) -> tuple[keras.Model, History]:
    """Trains a new reader behind the crop layer, or goes on with the training that `folder` holds.

    Labels become one-hot vectors, and even ones where a mask is no hand; rotations become (sin, cos).
    Validation masks are moved too, the same way in every epoch.

    Args:
        recipe: the numbers of the training; the reader, a layer of what is returned, has its product's name.
        task: masks to learn from and to watch, see `classifier_task`.
        folder: of this training.

    Returns:
        The model from masks to readings (see `models.classify_masks`), and its history.
    """
    platform.prepare()
    set_seed(recipe.seed)
    classifier = models.build_classifier(
        (recipe.crop, recipe.crop, 1),
        len(task.class_names),
        recipe.attention,
        class_names=task.class_names,
        name=recipe.product,
    )
    reader = models.classify_masks(classifier, task.train.batch("masks").shape[1:], crop=recipe.crop_layer)
    train, validation = (
        _batches(reader, part.batch("masks"), part, recipe.augmentation, recipe)
        for part in (task.train, task.validation)
    )
    return reader, _learn(reader, train, validation, recipe, folder, title=recipe.product)


def tune_classifier(
    recipe: TuningRecipe,
    model: keras.Model,
    classifier: keras.Model,
    photos: Examples,
    validation: Examples,
    folder: str | Path,
) -> tuple[keras.Model, History]:
    """Trains a classifier further, on what a combined model sees of photos: its masks, and the photo there.

    A segmenter melts thin gaps and loses finger tips in ways that no drawn mask has; and what it takes for a
    hand where there is none is the best example of no hand. Fingers that lie side by side have one outline,
    but not one colour: so the photo's crop is shown too.

    Args:
        recipe: the numbers of the training.
        model: of which the masks are (see `close_ups_of`).
        classifier: of masks, to go on from; it stays as it is.
        photos, validation: with labels, rotations and class names, to learn from and to watch, see
            `tuning_photos`.
        folder: of this training.

    Returns:
        The classifier of masks and photos (see `models.shown_the_photo`), and its history.
    """
    platform.prepare()
    parts = [close_ups_of(model, part) for part in (photos, validation)]
    set_seed(recipe.seed)
    tuned = models.shown_the_photo(classifier)
    reader = models.classify_masks(tuned, (*parts[0].batch("masks").shape[1:3], 4))
    train, watched = (
        _batches(reader, _masks_and_photos(part), part, augmentation, recipe)
        for part, augmentation in zip(parts, (recipe.augmentation, Augmentation()), strict=True)
    )
    return tuned, _learn(reader, train, watched, recipe, folder, title=classifier.name)


def tuning_photos(recipe: TuningRecipe, size: tuple[int, int]) -> tuple[Examples, Examples]:
    """Photos to learn from and photos to watch, of (height, width) `size`."""
    train = protocol.photo_training_set(
        recipe.data,
        size,
        count=recipe.train,
        seed=recipe.seed,
        versions=recipe.versions,
        composites=recipe.composites,
    )
    validation = protocol.photo_training_set(
        recipe.data, size, count=recipe.validation, seed=recipe.seed, versions=2, part="validation"
    )
    return train, validation


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
            look, some.batch("photos"), ("crop", "photo_crop", "has_hand"), 32, channels=3
        )
        masks, pictures = (np.rint(found[key] * 255).astype(np.uint8) for key in ("crop", "photo_crop"))
        parts.append(
            replace(some, masks=masks, photos=pictures, hands=None).take(found["has_hand"].reshape(-1) > 0.5)
        )
    return concatenate(parts, f"{photos.name}, as {model.name} sees them")


def _masks_and_photos(examples: Examples) -> np.ndarray:
    """(n, height, width, 4): what a reader of both is given."""
    return np.concatenate([examples.batch("masks"), examples.batch("photos")], axis=-1)


def _batches(
    reader: keras.Model,
    pictures: np.ndarray,
    examples: Examples,
    augmentation: Augmentation,
    recipe: ClassifierRecipe | TuningRecipe,
) -> AugmentedSequence:
    """Batches of pictures, and of what the reader's heads are to answer."""
    return AugmentedSequence(
        pictures,
        augmentation,
        HeadTargets(models.heads_of_model(reader), examples),
        batch_size=recipe.batch_size,
        seed=recipe.seed,
        workers=protocol.WORKERS,
    )


def _learn(
    reader: keras.Model,
    train: keras.utils.PyDataset,
    validation: keras.utils.PyDataset,
    recipe: ClassifierRecipe | TuningRecipe,
    folder: str | Path,
    title: str,
) -> History:
    compile_classifier(reader, recipe.learning_rate, recipe.epochs * len(train), recipe.loss_weights)
    return fit(
        reader,
        train,
        validation,
        epochs=recipe.epochs,
        folder=folder,
        seed=recipe.seed,
        title=title,
        callbacks=[platform.KeepFreedMemory()],
    )
