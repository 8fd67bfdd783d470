"""How every network of the suite is trained: a recipe says what, `fit` does it.

`fit` trains, shows its progress, and keeps one checkpoint, so that a training that was killed goes
on when it is started again, and ends with the very weights of one that was not. All randomness of an epoch
comes from (seed, epoch). Keras's BackupAndRestore is not enough for that: it loses the state of Dropout's
generators.
"""

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
