"""How the reader of close-ups is trained."""

from functools import partial
from pathlib import Path

import keras

from handvision.core import close_ups as kept
from handvision.core.close_ups import CloseUps
from handvision.core.hashing import hash_json
from handvision.core.vocabularies import NUMBERS
from handvision.core.workspace import workspace
from handvision.heads import (
    EmbeddingHead,
    GestureHead,
    HandednessHead,
    HandMaskHead,
    Head,
    KeypointsHead,
    PresenceHead,
    RotationHead,
    TwentyGesturesHead,
)
from handvision.models.close_reader import build_close_reader
from handvision.protocol import close_ups as protocol
from handvision.protocol.close_up_sequence import CloseUpSequence
from handvision.protocol.partitions import digests
from handvision.protocol.task import choose_data
from handvision.training import platform
from handvision.training.compiling import compile_classifier
from handvision.training.fitting import History, fit, set_seed
from handvision.training.frozen import EncodedSequence, split
from handvision.training.recipe import CloseReaderRecipe


def heads_of_close_reader(size: int) -> tuple[Head, ...]:
    """What the reader of close-ups of `size` pixels answers."""
    return (
        PresenceHead(),
        GestureHead(NUMBERS),
        TwentyGesturesHead(),
        RotationHead(),
        KeypointsHead(size),
        HandednessHead(),
        EmbeddingHead(),
        HandMaskHead(),
    )


def close_up_sets(recipe: CloseReaderRecipe) -> tuple[CloseUps, CloseUps]:
    """The close-ups to learn from, and those to watch; kept in the folder of runs.

    Raises:
        DataUnavailable: data="real", and a data set cannot be had.
    """
    return _close_ups(recipe, "train"), _close_ups(recipe, "validation")


def train_close_reader(
    recipe: CloseReaderRecipe, folder: str | Path, sets: tuple[CloseUps, CloseUps] | None = None
) -> tuple[keras.Model, History]:
    """Trains the reader behind its frozen encoder.

    Args:
        recipe: the numbers of the training.
        folder: of the training.
        sets: what `close_up_sets` gave, where it was called already.
    """
    platform.prepare()
    train, validation = sets or close_up_sets(recipe)
    heads = heads_of_close_reader(recipe.crop)
    set_seed(recipe.seed)
    model = build_close_reader(
        heads, recipe.crop, weights="mediapipe", frozen=True, **recipe.network, name=recipe.product
    )
    parts = split(model)
    draw = partial(
        CloseUpSequence,
        heads=heads,
        size=recipe.crop,
        margin=recipe.margin,
        batch_size=recipe.batch_size,
        seed=recipe.seed,
    )
    steps = draw(train, weights=recipe.sources, steps=recipe.steps, augmentation=recipe.augmentation)
    watched = draw(validation)
    compile_classifier(
        parts.tail, recipe.learning_rate, recipe.epochs * recipe.steps, loss_weights=recipe.loss_weights
    )
    history = fit(
        parts.tail,
        EncodedSequence(steps, parts.encoder),
        EncodedSequence(watched, parts.encoder),
        epochs=recipe.epochs,
        folder=folder,
        seed=recipe.seed,
        title=recipe.product,
        callbacks=[platform.KeepFreedMemory()],
    )
    return model, history


def _close_ups(recipe: CloseReaderRecipe, which: str) -> CloseUps:
    """All close-ups of a part, rendered and real, cut once and kept in the folder of runs."""
    learning = which == "train"
    count, persons = (recipe.train, recipe.persons) if learning else (recipe.test, recipe.test)
    choice = choose_data(recipe.data, EVERYDAY_SETS)
    described = {"data": choice, "hands": count, "persons": persons, "seed": recipe.seed}
    if choice == "real":
        described |= {"negatives": recipe.negatives, "partitions": digests((*protocol.REAL, *_OTHERS))}
    path = workspace().runs / "close_ups" / f"{which}-{hash_json(described)[:16]}.npz"
    if not path.is_file():
        parts = [
            protocol.rendered_close_ups(count, recipe.seed, which),
            protocol.person_close_ups(-(-persons * 2 // 3), recipe.seed, which, "numbers"),
            protocol.person_close_ups(-(-persons // 3), recipe.seed, which, "gestures"),
        ]
        if choice == "real":
            names = (*protocol.REAL, protocol.TEACHERS_OWN)
            parts += [protocol.real_close_ups(name, which) for name in names]
            parts.append(protocol.close_ups_without_hands(which, recipe.negatives, recipe.seed))
        path.parent.mkdir(parents=True, exist_ok=True)
        kept.write(kept.together(parts), path)
    return kept.read(path)


_OTHERS = (protocol.TEACHERS_OWN, "people_without_hands", "people_photos")
# What data sets they come from.
EVERYDAY_SETS = (
    "hagrid",
    "hand_gesture_yolov8",
    "hands_dataset",
    "sign_language_digits",
    "finger_counting",
    "rock_paper_scissors",
    "people_photos",
    "people_without_hands",
)
