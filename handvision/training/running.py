"""From a recipe to the file of its model: what `handvision train` does."""

from pathlib import Path

import keras

from handvision import models
from handvision.training.classifiers import classifier_task, train_classifier, tune_classifier, tuning_photos
from handvision.training.close_readers import train_close_reader
from handvision.training.distribution import apart, join
from handvision.training.finders import train_finder
from handvision.training.recipe import (
    ClassifierRecipe,
    CloseReaderRecipe,
    FinderRecipe,
    Recipe,
    SegmenterRecipe,
    TuningRecipe,
    TwoLooksRecipe,
    write_recipe,
)
from handvision.training.segmenters import train_segmenter
from handvision.training.two_looks import join_two_looks


def run_recipe(recipe: Recipe, folder: str | Path) -> Path:
    """Trains what a recipe says, or goes on with the training that `folder` holds.

    Args:
        recipe: see `recipes.get` and `read_recipe`.
        folder: of this training; made if need be. The recipe is written there as `recipe.json`.

    Returns:
        The file of the model, `<product>.keras` in the folder. Of several processes (see
        `distribution.join`) the first one writes it.

    Raises:
        ValueError: the recipe does not fit; the message names the field.
        DataUnavailable: data="real", and a data set cannot be had.
        FileNotFoundError: a model that the recipe builds on is not there.
    """
    folder = Path(folder)
    rank = join()
    if rank.count > 1:
        check_processes(recipe)
    if rank.writes:
        write_recipe(recipe, folder)
    model = _trained(recipe, folder / "training")
    file = folder / f"{recipe.product}.keras"
    if not rank.writes:
        return file
    with apart():
        return models.save_model(model, file)


def check_processes(recipe: Recipe) -> None:
    """That several processes can train it.

    Raises:
        ValueError: they can't.
    """
    if not isinstance(recipe, SegmenterRecipe | ClassifierRecipe):
        raise ValueError(
            f"the recipe's kind is {recipe.kind}; several processes train {SegmenterRecipe.kind} and "
            f"{ClassifierRecipe.kind}: others have parts that run on TensorFlow, or learn nothing"
        )


def _trained(recipe: Recipe, folder: Path) -> keras.Model:
    if isinstance(recipe, SegmenterRecipe):
        return train_segmenter(recipe, folder)[0]
    if isinstance(recipe, ClassifierRecipe):
        reader, _ = train_classifier(recipe, classifier_task(recipe), folder)
        return reader.get_layer(recipe.product)
    if isinstance(recipe, FinderRecipe):
        return train_finder(recipe, folder)[0]
    if isinstance(recipe, CloseReaderRecipe):
        return train_close_reader(recipe, folder)[0]
    if isinstance(recipe, TwoLooksRecipe):
        return join_two_looks(recipe, folder)[0]
    assert isinstance(recipe, TuningRecipe)
    segmenter, classifier = models.open_model(recipe.segmenter), models.open_model(recipe.classifier)
    combined = models.combine(segmenter, classifier, min_area=recipe.min_area, name=recipe.product)
    if recipe.epochs == 0:
        return combined
    photos, validation = tuning_photos(recipe, combined.input_shape[1:3])
    tuned, _ = tune_classifier(recipe, combined, classifier, photos, validation, folder)
    return models.combine(segmenter, tuned, min_area=recipe.min_area, name=recipe.product)
