"""How every network of the suite is trained: a recipe says what, `fit` does it.

`fit` trains, shows its progress, and keeps one checkpoint, so that a training that was killed goes
on when it is started again, and ends with the very weights of one that was not. All randomness of an epoch
comes from (seed, epoch). Keras's BackupAndRestore is not enough for that: it loses the state of Dropout's
generators.
"""

from typing import TYPE_CHECKING

from handvision.core.lazy import lazily

if TYPE_CHECKING:
    from handvision.training import recipes
    from handvision.training.classifiers import (
        classifier_task,
        close_ups_of,
        train_classifier,
        tune_classifier,
        tuning_photos,
    )
    from handvision.training.compiling import compile_classifier, compile_segmenter
    from handvision.training.fitting import History, fit, set_seed
    from handvision.training.flow_classes import check_classes
    from handvision.training.recipe import (
        ALL_ROUND,
        NUDGED,
        PUBLISHED,
        ClassifierRecipe,
        Phase,
        Recipe,
        SegmenterRecipe,
        TuningRecipe,
        TwoLooksRecipe,
        read_recipe,
        recipe_from_json,
    )
    from handvision.training.running import run_recipe
    from handvision.training.segmenters import build_segmenter, segmenter_task, train_segmenter

__all__ = [
    "ALL_ROUND",
    "NUDGED",
    "PUBLISHED",
    "ClassifierRecipe",
    "History",
    "Phase",
    "Recipe",
    "SegmenterRecipe",
    "TuningRecipe",
    "TwoLooksRecipe",
    "build_segmenter",
    "check_classes",
    "classifier_task",
    "close_ups_of",
    "compile_classifier",
    "compile_segmenter",
    "fit",
    "read_recipe",
    "recipe_from_json",
    "recipes",
    "run_recipe",
    "segmenter_task",
    "set_seed",
    "train_classifier",
    "train_segmenter",
    "tune_classifier",
    "tuning_photos",
]

# Public name -> the module that holds it; public name -> the module that it is.
_HOMES = {
    "ALL_ROUND": "recipe",
    "ClassifierRecipe": "recipe",
    "History": "fitting",
    "NUDGED": "recipe",
    "PUBLISHED": "recipe",
    "Phase": "recipe",
    "Recipe": "recipe",
    "SegmenterRecipe": "recipe",
    "TuningRecipe": "recipe",
    "TwoLooksRecipe": "recipe",
    "build_segmenter": "segmenters",
    "check_classes": "flow_classes",
    "classifier_task": "classifiers",
    "close_ups_of": "classifiers",
    "compile_classifier": "compiling",
    "compile_segmenter": "compiling",
    "fit": "fitting",
    "read_recipe": "recipe",
    "recipe_from_json": "recipe",
    "run_recipe": "running",
    "segmenter_task": "segmenters",
    "set_seed": "fitting",
    "train_classifier": "classifiers",
    "train_segmenter": "segmenters",
    "tune_classifier": "classifiers",
    "tuning_photos": "classifiers",
}
_MODULES = {"recipes": "recipes"}
__getattr__, __dir__ = lazily(__name__, _HOMES, _MODULES)
