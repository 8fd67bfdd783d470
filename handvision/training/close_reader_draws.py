"""What the reader of close-ups learns from, and what it answers, wherever its close-ups are cut."""

from collections.abc import Callable, Sequence
from functools import partial

from handvision.core.close_ups import CloseUps
from handvision.core.vocabularies import NUMBERS
from handvision.heads import (
    EmbeddingHead,
    GestureHead,
    HagridHead,
    HandednessHead,
    HandMaskHead,
    Head,
    KeypointsHead,
    PresenceHead,
    RotationHead,
    TwentyGesturesHead,
)
from handvision.protocol.close_up_draws import CloseUpDraws
from handvision.training.recipe import CloseReaderRecipe


def heads_of_close_reader(size: int) -> tuple[Head, ...]:
    """What the reader of close-ups of `size` pixels answers."""
    return (
        PresenceHead(),
        GestureHead(NUMBERS),
        TwentyGesturesHead(),
        HagridHead(),
        RotationHead(),
        KeypointsHead(size),
        HandednessHead(),
        EmbeddingHead(),
        HandMaskHead(),
    )


def draws_of(
    recipe: CloseReaderRecipe,
    heads: Sequence[Head],
    cut: Callable[..., CloseUpDraws],
    train: CloseUps,
    validation: CloseUps,
) -> tuple[CloseUpDraws, CloseUpDraws]:
    """Batches to learn from, and batches to watch: these all close-ups as they are.

    Args:
        cut: makes batches of close-ups, as `CloseUpDraws` does of its arguments.
    """
    cut = partial(cut, size=recipe.crop, margin=recipe.margin, batch_size=recipe.batch_size, seed=recipe.seed)
    drawn = cut(train, heads, weights=recipe.sources, steps=recipe.steps, augmentation=recipe.augmentation)
    return drawn, cut(validation, heads)
