"""The recipes of the released models, by name and profile.

"smoke" takes seconds and only shows that everything runs, "quick" takes minutes on two cores, and "full" is
the training that made the released model.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, overload

from handvision.core.workspace import PROFILES
from handvision.training.recipe import (
    ClassifierRecipe,
    CloseReaderRecipe,
    FinderRecipe,
    Phase,
    Recipe,
    SegmenterRecipe,
    TuningRecipe,
    TwoLooksRecipe,
)


@overload
def get(
    name: Literal["unet", "deeplab_v3_plus"], profile: str = "quick", *, data: str = "auto", seed: int = 1
) -> SegmenterRecipe: ...
@overload
def get(
    name: Literal["finger_numbers", "gestures"], profile: str = "quick", *, data: str = "auto", seed: int = 1
) -> ClassifierRecipe: ...
@overload
def get(name: str, profile: str = "quick", *, data: str = "auto", seed: int = 1) -> Recipe: ...
def get(name: str, profile: str = "quick", *, data: str = "auto", seed: int = 1) -> Recipe:
    """The recipe of a product.

    Args:
        name: one of `names()`.
        profile: "smoke", "quick" or "full".
        data: "auto", "rendered" or "real".
        seed: a whole number from 0 up.

    Raises:
        ValueError: there is no such recipe; the message names what there is.
    """
    if name not in _RECIPES:
        raise ValueError(f"there is no recipe {name!r}; there are {', '.join(_RECIPES)}")
    if profile not in PROFILES:
        raise ValueError(f"profile is {profile!r}; use one of {', '.join(PROFILES)}")
    # A recipe refuses another `data` itself.
    return replace(_RECIPES[name][profile], data=data, seed=seed)  # type: ignore[arg-type]


def names() -> tuple[str, ...]:
    """Names of the products that there are recipes for."""
    return tuple(_RECIPES)


# The end of a segmenter's training: plain walls are easy; then smaller hands, more of them, and more photos
# without any.
_CLOSER = dict(plain_walls=0.12)
_HARDER = dict(plain_walls=0.12, empty=0.12, several=0.25, extent=(0.12, 1.2))


def _phase(size: tuple[int, int], steps: int, epochs: int, learning_rate: float, **more: object) -> Phase:
    # A phase refuses other fields and values itself.
    return Phase(size=size, steps=steps, epochs=epochs, learning_rate=learning_rate, **more)  # type: ignore[arg-type]


_UNET_GROWN = dict(network={"refine": (0, 1, 2, 3)}, **_HARDER)
_UNET = {
    "smoke": SegmenterRecipe(
        product="unet",
        architecture="unet",
        train=96,
        test=24,
        batch_size=8,
        phases=(_phase((96, 96), 3, 1, 3e-3),),
    ),
    "quick": SegmenterRecipe(
        product="unet",
        architecture="unet",
        train=3360,
        test=300,
        phases=(_phase((96, 96), 210, 4, 3e-3),),
    ),
    "full": SegmenterRecipe(
        product="unet",
        architecture="unet",
        network=dict(channels=(24, 48, 64, 96), backbone="efficientnet_lite0", weights="imagenet", frozen=2),
        train=4000,
        test=1000,
        phases=(
            _phase((96, 128), 400, 14, 2e-3),
            _phase((144, 192), 300, 8, 1e-3, **_CLOSER),
            _phase((192, 256), 200, 3, 5e-4, **_CLOSER),
            _phase((144, 192), 600, 12, 1e-3, **_HARDER),
            _phase((192, 256), 400, 4, 5e-4, **_HARDER),
            _phase((192, 256), 450, 8, 7e-4, **_HARDER),
            _phase((144, 192), 600, 6, 1e-3, **_UNET_GROWN),
            _phase((192, 256), 450, 5, 5e-4, **_UNET_GROWN),
        ),
    ),
}

_DEEPLAB = {
    "smoke": replace(_UNET["smoke"], product="deeplab_v3_plus", architecture="deeplab_v3_plus"),
    "quick": replace(
        _UNET["quick"],
        product="deeplab_v3_plus",
        architecture="deeplab_v3_plus",
        phases=(_phase((96, 96), 120, 3, 3e-3),),
    ),
    "full": SegmenterRecipe(
        product="deeplab_v3_plus",
        architecture="deeplab_v3_plus",
        train=4000,
        test=1000,
        phases=(
            _phase((96, 128), 400, 10, 3e-3),
            _phase((144, 192), 200, 5, 1.5e-3, **_CLOSER),
            _phase((192, 256), 200, 4, 1e-3, **_CLOSER),
            _phase((144, 192), 600, 9, 2e-3, **_HARDER),
            _phase((192, 256), 300, 5, 1e-3, **_HARDER),
            _phase((144, 192), 600, 8, 2e-3, **_HARDER),
            _phase((192, 256), 300, 5, 1e-3, **_HARDER),
        ),
    ),
}

_FINGER_NUMBERS = {
    "smoke": ClassifierRecipe(
        product="finger_numbers", vocabulary="numbers", train=192, test=36, epochs=1, crop=64
    ),
    "quick": ClassifierRecipe(
        product="finger_numbers", vocabulary="numbers", train=8000, test=600, epochs=5, crop=64
    ),
    "full": ClassifierRecipe(
        product="finger_numbers",
        vocabulary="numbers",
        train=60000,
        test=3000,
        epochs=10,
        crop=96,
        other_people=True,
    ),
}

_GESTURES = {
    "smoke": ClassifierRecipe(
        product="gestures", vocabulary="gestures", train=200, test=40, epochs=1, crop=64
    ),
    "quick": ClassifierRecipe(
        product="gestures", vocabulary="gestures", train=8000, test=600, epochs=4, crop=64
    ),
    "full": ClassifierRecipe(
        product="gestures", vocabulary="gestures", train=60000, test=3000, epochs=10, crop=96
    ),
}

_MASK_ALONE = {
    "smoke": TuningRecipe(product="mask_alone", train=24, test=24, epochs=1, versions=1, composites=20),
    "quick": TuningRecipe(product="mask_alone", test=300, epochs=0),
    "full": TuningRecipe(product="mask_alone", test=1000, epochs=4),
}

# How often each source of close-ups is drawn; negatives are one in four.
_SOURCES = {
    "mesh": 0.2,
    "persons": 0.1,
    "hagrid_numbers": 0.07,
    "hand_gesture_yolov8": 0.11,
    "hands_dataset": 0.08,
    "sign_language_digits": 0.06,
    "finger_counting": 0.06,
    "rock_paper_scissors": 0.05,
    "people_photos_teacher": 0.05,
    "without_hands": 0.25,
}

_CLOSE_READER_FULL = CloseReaderRecipe(
    product="close_reader",
    train=4000,
    persons=3600,
    test=300,
    steps=240,
    epochs=9,
    finder="finder",
    sources=_SOURCES,
    network={"dense": 160},
)
_CLOSE_READER = {
    "smoke": replace(
        _CLOSE_READER_FULL, train=24, persons=12, test=12, steps=2, epochs=1, finder="", batch_size=8
    ),
    "quick": replace(_CLOSE_READER_FULL, train=600, persons=300, test=90, steps=60, epochs=4, finder=""),
    "full": _CLOSE_READER_FULL,
}

_WHOLE_PHOTOS = {
    "persons": 0.27,
    "hagrid_numbers": 0.08,
    "hand_gesture_yolov8": 0.11,
    "hands_dataset": 0.1,
    "rock_paper_scissors": 0.1,
    "people_photos_teacher": 0.08,
    "sign_language_digits": 0.02,
    "finger_counting": 0.04,
    "without_hands": 0.2,
}

_FINDER_NETWORK = dict(
    channels=(24, 40, 96), backbone="palm", weights="mediapipe", frozen=3, centres=96, dropout=0.05
)
_FINDER_FULL = FinderRecipe(
    product="finder",
    train=3000,
    persons=3600,
    test=300,
    steps=300,
    epochs=9,
    unusual=0.35,
    sources=_WHOLE_PHOTOS,
    network=_FINDER_NETWORK,
)
_FINDER = {
    "smoke": replace(
        _FINDER_FULL,
        train=48,
        persons=12,
        test=12,
        steps=2,
        epochs=1,
        size=(96, 128),
        batch_size=4,
        composites=2,
    ),
    "quick": replace(_FINDER_FULL, train=1000, persons=300, test=60, steps=100, epochs=3),
    "full": _FINDER_FULL,
}

_RECIPES: Mapping[str, Mapping[str, Recipe]] = {
    "unet": _UNET,
    "deeplab_v3_plus": _DEEPLAB,
    "finger_numbers": _FINGER_NUMBERS,
    "gestures": _GESTURES,
    "finder": _FINDER,
    "close_reader": _CLOSE_READER,
    "combined": dict.fromkeys(PROFILES, TwoLooksRecipe(product="combined")),
    "mask_alone": _MASK_ALONE,
}
