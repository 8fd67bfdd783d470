"""How the first look is trained: a segmenter with centres, on whole photos and composites."""

from pathlib import Path

import keras

from handvision import models
from handvision.protocol import finding
from handvision.protocol.close_ups import DATA_SETS
from handvision.protocol.finding_sequence import FindingSequence
from handvision.protocol.task import choose_data
from handvision.training import platform
from handvision.training.compiling import compile_finder
from handvision.training.fitting import History, set_seed
from handvision.training.frozen import fit_tail, split
from handvision.training.recipe import FinderRecipe

# Beside those of the close-ups, what composites are made of.
_COMPOSITE_SETS = ("massey", "hgr1", "houses")


def train_finder(recipe: FinderRecipe, folder: str | Path) -> tuple[keras.Model, History]:
    """Trains the first look behind its frozen encoder.

    Args:
        recipe: the numbers of the training.
        folder: of the training.

    Raises:
        DataUnavailable: data="real", and a data set cannot be had.
        ValueError: the network learns from its first layer on, or an argument of it does not fit.
    """
    platform.prepare()
    data = choose_data(recipe.data, (*DATA_SETS, *_COMPOSITE_SETS))
    set_seed(recipe.seed)
    model = models.build_unet((*recipe.size, 3), **recipe.network, name=recipe.product)
    parts = split(model)
    train = _photos(recipe, data, "train", recipe.persons, recipe.steps)
    validation = _photos(recipe, data, "validation", recipe.test, -(-recipe.test // recipe.batch_size))
    compile_finder(parts.tail, recipe.learning_rate, recipe.epochs * recipe.steps)
    history = fit_tail(
        parts,
        train,
        validation,
        epochs=recipe.epochs,
        folder=folder,
        seed=recipe.seed,
        title=recipe.product,
    )
    return model, history


def _photos(recipe: FinderRecipe, data: str, which: str, persons: int, steps: int) -> FindingSequence:
    learning = which == "train"
    made = None
    if recipe.composites and learning:
        made = finding.composites(
            data, recipe.train, recipe.size, recipe.composites, steps, recipe.seed, which
        )
    return FindingSequence(
        finding.found_photos(data, dict(recipe.sources), persons, recipe.seed, which),
        recipe.size,
        batch_size=recipe.batch_size,
        steps=steps,
        seed=recipe.seed,
        composites=made,
        light=0.8 if learning else 0.0,
        unusual=recipe.unusual if learning else 0.0,
    )
