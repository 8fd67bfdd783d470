"""What a training is told: every number that makes a model, as one typed value.

A recipe is what a notebook shows, what a record stores, and what `handvision train` takes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Literal

from handvision.augment.transforms import Augmentation
from handvision.core.files import replacing
from handvision.heads import RotationHead
from handvision.protocol.close_up_places import CloseUpAugmentation
from handvision.training import typed_json

# Each is explained in the classifiers' notebooks.
PUBLISHED = Augmentation(
    rotation_degrees=80, shift=0.2, shear_degrees=10, flip_horizontal=True, flip_vertical=True
)
ALL_ROUND = Augmentation(
    rotation_degrees=180, shear_degrees=5, shrink=(1.0, 1.1), flip_horizontal=True, flip_vertical=True
)
# Of close-ups of photos that point to all sides already.
NUDGED = replace(ALL_ROUND, rotation_degrees=25, shrink=(0.95, 1.05), fill="nearest")


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What all recipes have.

    Attributes:
        product: the name of the model that is made, and of its file.
        data: "auto", "rendered" or "real", see `protocol.choose_data`.
        seed: of first weights, order, augmentation, dropout and rendered hands; a whole number from 0 up.
    """

    kind: ClassVar[str]

    product: str
    data: Literal["auto", "rendered", "real"] = "auto"
    seed: int = 1

    def __post_init__(self) -> None:
        _check(self, "seed", self.seed >= 0, "a whole number from 0 up")

    def to_json(self) -> dict[str, Any]:
        """The recipe in JSON's types; its kind stands beside the fields."""
        return {"kind": self.kind, **typed_json.to_json(self)}

    def dumps(self) -> str:
        """`to_json` as text, for a file that `read_recipe` reads."""
        return json.dumps(self.to_json(), indent=1) + "\n"


@dataclass(frozen=True, kw_only=True)
class TwoLooksRecipe(Recipe):
    """The combined model: two trained looks joined; nothing learns but when they are believed.

    Attributes:
        finder, reader: the trained looks, `<name>/<name>.keras` in the folder of runs.
        photo_size: (height, width) of its photos, a multiple of what the finder sees.
        hands, margin, least_share: see `models.look_twice`.
        wrong: share of the validation photos without a hand that may be given one, from 0 to 1.
    """

    kind: ClassVar[str] = "two_looks"

    finder: str = "finder"
    reader: str = "close_reader"
    photo_size: tuple[int, int] = (384, 512)
    hands: int = 4
    margin: float = 0.25
    least_share: float = 0.4
    wrong: float = 0.02

    def __post_init__(self) -> None:
        super().__post_init__()
        _at_least_one(self, "hands")
        _check(self, "margin", self.margin >= 0, "a share from 0 up")
        _check(self, "least_share", 0 <= self.least_share <= 1, "a share from 0 to 1")
        _check(self, "wrong", 0 <= self.wrong <= 1, "a share from 0 to 1")


@dataclass(frozen=True, kw_only=True)
class LearningRecipe(Recipe):
    """What recipes have by which weights are learned.

    Attributes:
        train: number of pictures to learn from.
        test: number of pictures of each test set, where it has so many.
        batch_size: pictures a step.
    """

    train: int
    test: int
    batch_size: int = 32

    def __post_init__(self) -> None:
        super().__post_init__()
        _at_least_one(self, "train", "test", "batch_size")


@dataclass(frozen=True, kw_only=True)
class ClassifierRecipe(LearningRecipe):
    """A new reader of hand masks, trained behind the crop layer.

    Attributes:
        vocabulary: "numbers" or "gestures".
        epochs: passes over the training masks.
        crop: height and width in pixels of what the reader sees, 32 or more.
        learning_rate: the highest.
        loss_weights: name of a head -> weight of its loss.
        augmentation: how masks are rotated, sheared, shrunk and flipped.
        other_people: with real data, also learn numbers from seven in ten people of Sign Language Digits.
        rendered: False learns numbers from real masks alone, without rendered hands (for comparisons).
        negatives: share of the training masks that show no hand.
        random_split: deals the frames of Finger Digits at random, as published (for comparisons).
        attention: with the attention block, or without it (for comparisons).
        crop_layer: False shows the whole mask, shrunk, as published work does (for comparisons).
    """

    kind: ClassVar[str] = "classifier"

    vocabulary: Literal["numbers", "gestures"]
    epochs: int
    crop: int
    learning_rate: float = 2e-3
    loss_weights: Mapping[str, float] = field(
        default_factory=lambda: {"gesture": 1.0, "rotation": RotationHead.loss_weight}
    )
    augmentation: Augmentation = ALL_ROUND
    other_people: bool = False
    rendered: bool = True
    negatives: float = 0.08
    random_split: bool = False
    attention: bool = True
    crop_layer: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        _at_least_one(self, "epochs")
        _check(self, "crop", self.crop >= 32, "32 pixels or more")
        _check(self, "learning_rate", self.learning_rate > 0, "a number above 0")
        _check(self, "negatives", 0 <= self.negatives < 1, "a share from 0 up, below 1")
        if self.vocabulary == "gestures":
            for name, usual in (("other_people", False), ("rendered", True), ("random_split", False)):
                _check(self, name, getattr(self, name) == usual, f"{usual} with vocabulary='gestures'")


@dataclass(frozen=True, kw_only=True)
class TuningRecipe(LearningRecipe):
    """The published way, the mask alone: its reader trained further, on what the segmenter sees of photos.

    Attributes:
        segmenter, classifier: products that it is made of.
        train: rendered photos to learn from; with real data the others are as many as there are.
        validation: rendered photos to watch.
        epochs: passes over the photos; 0 leaves the classifier as it is.
        versions: of each real photo, see `protocol.photo_training_set`.
        composites: with real data, about so many cut-out hands over photos without a hand.
        min_area: share of the photo below which a mask is no hand.
        learning_rate, loss_weights, augmentation: as in `ClassifierRecipe`.
    """

    kind: ClassVar[str] = "mask_alone"

    segmenter: str = "unet"
    classifier: str = "finger_numbers"
    train: int = 3000
    validation: int = 300
    epochs: int
    versions: int = 4
    composites: int = 6000
    min_area: float = 0.002
    learning_rate: float = 5e-4
    loss_weights: Mapping[str, float] = field(
        default_factory=lambda: {"gesture": 1.0, "rotation": RotationHead.loss_weight}
    )
    augmentation: Augmentation = NUDGED

    def __post_init__(self) -> None:
        super().__post_init__()
        _at_least_one(self, "validation", "versions")
        _check(self, "epochs", self.epochs >= 0, "a whole number from 0 up")
        _check(self, "composites", self.composites >= 0, "a whole number from 0 up")
        _check(self, "min_area", 0 <= self.min_area < 1, "a share from 0 up, below 1")
        _check(self, "learning_rate", self.learning_rate > 0, "a number above 0")


@dataclass(frozen=True, kw_only=True)
class CloseReaderRecipe(LearningRecipe):
    """The reader of close-ups, behind a frozen encoder.

    Attributes:
        train: rendered mesh hands of each kind to learn from: any pose, numbers, gestures.
        persons: rendered persons to learn from, half of them showing numbers, half gestures.
        steps: batches an epoch.
        epochs: passes of so many steps.
        crop: side in pixels of what the reader sees.
        margin: free space at each edge of a close-up, as a share of the box's larger side.
        negatives: close-ups a photo without a hand, where its skin is.
        finder: a trained finder, `<name>/<name>.keras` in the folder of runs: what it wrongly finds in photos
            is negative as well; "" for none.
        views: of each photo that the finder looks at: as it is, and moved.
        learning_rate, loss_weights: as in `ClassifierRecipe`.
        sources: name of a set -> how often it is drawn beside the others.
        augmentation: how far a close-up may be off.
        network: arguments of the builder.
        encoder_rate: share of the learning rate at which the encoder learns as well; 0 keeps it as it is.
            Packed trainings alone have it learn: elsewhere only its features are at hand.
    """

    kind: ClassVar[str] = "close_reader"

    persons: int
    steps: int
    epochs: int
    crop: int = 224
    margin: float = 0.25
    negatives: int = 3
    finder: str = ""
    views: int = 3
    learning_rate: float = 1e-3
    loss_weights: Mapping[str, float] = field(default_factory=dict)
    sources: Mapping[str, float]
    augmentation: CloseUpAugmentation = field(default_factory=CloseUpAugmentation)
    network: Mapping[str, Any] = field(default_factory=dict)
    encoder_rate: float = 0.0
    batch_size: int = 64

    def __post_init__(self) -> None:
        super().__post_init__()
        _at_least_one(self, "persons", "steps", "epochs", "negatives", "views")
        _check(self, "crop", self.crop >= 64 and self.crop % 32 == 0, "a multiple of 32, from 64 up")
        _check(self, "margin", 0 <= self.margin < 2, "a share from 0 up, below 2")
        _check(self, "encoder_rate", 0 <= self.encoder_rate <= 1, "a share from 0 to 1")
        _check(self, "learning_rate", self.learning_rate > 0, "a number above 0")


@dataclass(frozen=True, kw_only=True)
class FinderRecipe(LearningRecipe):
    """The first look: a segmenter that also finds hands, behind a frozen encoder.

    Attributes:
        train: rendered hands for composites.
        persons: rendered persons to learn from.
        steps: batches an epoch.
        epochs: passes of so many steps.
        size: (height, width) of the photos, multiples of 32.
        composites: cut-out hands over backgrounds in a batch, beside `batch_size` whole photos.
        learning_rate: the highest.
        unusual: share of the pictures in which colour says little: gray ones, dark ones, hands in gloves.
        sources: name of a set of whole photos -> how often it is drawn beside the others.
        network: arguments of `models.build_unet`.
    """

    kind: ClassVar[str] = "finder"

    persons: int
    steps: int
    epochs: int
    size: tuple[int, int] = (192, 256)
    composites: int = 6
    learning_rate: float = 2e-3
    unusual: float = 0.0
    sources: Mapping[str, float]
    network: Mapping[str, Any]
    batch_size: int = 14

    def __post_init__(self) -> None:
        super().__post_init__()
        _at_least_one(self, "persons", "steps", "epochs")
        sides = len(self.size) == 2 and all(side >= 64 and side % 32 == 0 for side in self.size)
        _check(self, "size", sides, "(height, width), multiples of 32 from 64 up")
        _check(self, "composites", self.composites >= 0, "a whole number from 0 up")
        _check(self, "learning_rate", self.learning_rate > 0, "a number above 0")
        _check(self, "unusual", 0 <= self.unusual <= 1, "a share, 0 to 1")


@dataclass(frozen=True, kw_only=True)
class Phase:
    """A stretch of a segmenter's training at one size; it goes on with the weights of the one before.

    Attributes:
        size: (height, width) of the photos.
        steps: batches an epoch.
        epochs: passes of so many steps.
        learning_rate: the highest.
        network: arguments of the builder beside those of the recipe: a network may grow from phase to phase.
        plain_walls, empty, several, extent: of the photos with real data, see `protocol.segmentation`.
    """

    size: tuple[int, int]
    steps: int
    epochs: int
    learning_rate: float
    network: Mapping[str, Any] = field(default_factory=dict)
    plain_walls: float = 0.0
    empty: float = 0.07
    several: float = 0.15
    extent: tuple[float, float] = (0.25, 1.2)

    def __post_init__(self) -> None:
        _at_least_one(self, "steps", "epochs")
        _check(self, "size", len(self.size) == 2 and min(self.size) >= 16, "(height, width), 16 or more each")
        _check(self, "learning_rate", self.learning_rate > 0, "a number above 0")
        _check(self, "plain_walls", self.plain_walls >= 0, "a number from 0 up")
        _check(self, "empty", 0 <= self.empty <= 1, "a share from 0 to 1")
        _check(self, "several", 0 <= self.several <= 1, "a share from 0 to 1")
        smallest, largest = self.extent
        _check(self, "extent", 0 < smallest <= largest, "(smallest, largest), above 0")


@dataclass(frozen=True, kw_only=True)
class SegmenterRecipe(LearningRecipe):
    """A segmenter, trained in phases.

    Attributes:
        architecture: which builder makes the network.
        network: arguments of the builder.
        phases: at least one, small photos first.
    """

    kind: ClassVar[str] = "segmenter"

    architecture: Literal["unet", "deeplab_v3_plus"]
    network: Mapping[str, Any] = field(default_factory=dict)
    phases: tuple[Phase, ...]
    batch_size: int = 16

    def __post_init__(self) -> None:
        super().__post_init__()
        _check(self, "phases", len(self.phases) > 0, "at least one phase")


_KINDS: Mapping[str, type[Recipe]] = {
    each.kind: each
    for each in (
        ClassifierRecipe,
        CloseReaderRecipe,
        FinderRecipe,
        SegmenterRecipe,
        TuningRecipe,
        TwoLooksRecipe,
    )
}


def recipe_from_json(value: Any) -> Recipe:
    """The recipe of what `Recipe.to_json` gave.

    Raises:
        ValueError: a field is missing, unknown or wrong; the message names it.
    """
    kind = value.get("kind") if isinstance(value, Mapping) else None
    if not isinstance(kind, str) or kind not in _KINDS:
        raise ValueError(f"kind is {kind!r}; a recipe is an object whose kind is one of {', '.join(_KINDS)}")
    return typed_json.from_json(_KINDS[kind], {key: each for key, each in value.items() if key != "kind"})


def read_recipe(path: str | Path) -> Recipe:
    """The recipe in a JSON file.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is no recipe; the message names the wrong field.
    """
    path = Path(path)
    try:
        return recipe_from_json(json.loads(path.read_text("utf-8")))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path.name}: {error}") from error


def write_recipe(recipe: Recipe, folder: str | Path) -> None:
    """Writes a recipe into the folder of its training, as `recipe.json`."""
    with replacing(Path(folder) / "recipe.json") as path:
        path.write_text(recipe.dumps(), "utf-8")


def _check(recipe: Any, name: str, fits: bool, wish: str) -> None:
    if not fits:
        raise ValueError(f"{name} is {getattr(recipe, name)!r}; use {wish}")


def _at_least_one(recipe: Any, *names: str) -> None:
    for name in names:
        _check(recipe, name, getattr(recipe, name) >= 1, "a whole number from 1 up")
