"""How segmenters are trained: in phases, small photos first."""

from collections.abc import Callable, Mapping
from pathlib import Path

import keras
import numpy as np

from handvision import models, protocol
from handvision.augment.sequences import AugmentedSequence, MaskTargets
from handvision.augment.transforms import Augmentation
from handvision.protocol import Task
from handvision.training import platform
from handvision.training.compiling import compile_segmenter
from handvision.training.fitting import History, fit, set_seed
from handvision.training.recipe import Phase, SegmenterRecipe

BUILDERS: Mapping[str, Callable[..., keras.Model]] = {
    "unet": models.build_unet,
    "deeplab_v3_plus": models.build_deeplab_v3_plus,
}


def build_segmenter(recipe: SegmenterRecipe, phase: int = -1) -> keras.Model:
    """The network of a phase (default: of the last one), not trained.

    Raises:
        ValueError: an argument of the recipe's network does not fit; the message names it.
    """
    how = recipe.phases[phase]
    arguments = {**recipe.network, **how.network}
    try:
        return BUILDERS[recipe.architecture]((*how.size, 3), **arguments)
    except TypeError as error:
        raise ValueError(f"network is {arguments}: {error}") from error


def segmenter_task(recipe: SegmenterRecipe, phase: int = 0) -> Task:
    """The photos of a phase (default: of the first one): to learn from, to watch, and to test on."""
    how = recipe.phases[phase]
    return protocol.segmentation(
        recipe.data,
        size=how.size,
        train=recipe.train,
        test=recipe.test,
        batch_size=recipe.batch_size,
        steps=how.steps,
        seed=recipe.seed,
        plain_walls=how.plain_walls,
        empty=how.empty,
        several=how.several,
        extent=how.extent,
    )


# A network, its highest learning rate and all steps of its phase: makes it ready to train.
Compile = Callable[[keras.Model, float, int], None]


def train_segmenter(
    recipe: SegmenterRecipe,
    folder: str | Path,
    task: Task | None = None,
    make_ready: Compile = compile_segmenter,
) -> tuple[keras.Model, Task, History]:
    """Trains a segmenter in phases, each going on with the weights of the one before.

    Small photos cost little, and most of what there is to learn can be seen on them. A fully convolutional
    network's weights do not depend on the size. A network may grow from phase to phase: layers that were
    there before, by their names, go on with their weights.

    Args:
        recipe: the numbers of the training.
        folder: of the training; each phase has one inside.
        task: of the first phase, where `segmenter_task` has made it already.
        make_ready: chooses loss and learning rate; another one is for comparisons.

    Returns:
        The model, the task and the history of the last phase; the history's seconds are those of all.

    Raises:
        ValueError: a network lacks layers that were trained in the phase before.
    """
    platform.prepare()
    learned: dict[str, list[np.ndarray]] = {}
    seconds: list[float] = []
    for number, phase in enumerate(recipe.phases):
        task = segmenter_task(recipe, number) if number or task is None else task
        set_seed(recipe.seed)
        model = build_segmenter(recipe, number)
        _go_on_with(learned, model)
        make_ready(model, phase.learning_rate, phase.epochs * len(task.train))
        history = _train_phase(recipe, phase, model, task, Path(folder) / f"phase{number}")
        learned = {layer.name: layer.get_weights() for layer in model.layers if layer.weights}
        seconds += history.seconds
    history.seconds = seconds
    assert task is not None  # a recipe has at least one phase
    return model, task, history


def _train_phase(
    recipe: SegmenterRecipe, phase: Phase, model: keras.Model, task: Task, folder: Path
) -> History:
    as_they_are = Augmentation()
    masks = MaskTargets(task.validation.batch("masks"), as_they_are)
    validation = AugmentedSequence(task.validation.batch("photos"), as_they_are, masks, shuffle=False)
    return fit(
        model,
        task.train,
        validation,
        epochs=phase.epochs,
        folder=folder,
        seed=recipe.seed,
        title=recipe.product,
        callbacks=[platform.KeepFreedMemory()],
    )


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
