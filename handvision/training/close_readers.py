"""How the reader of close-ups is trained."""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from handvision.core import close_ups as kept
from handvision.core.close_ups import REACH, SIDE, CloseUps
from handvision.core.geometry import degrees_from_sin_cos, letterbox
from handvision.core.hands import Hands
from handvision.core.hashing import hash_arrays, hash_json
from handvision.core.vocabularies import OF_HEADS
from handvision.core.workspace import workspace
from handvision.datasets.teacher.table import read as read_labels
from handvision.models.close_reader import build_close_reader
from handvision.models.layers import PeaksLayer
from handvision.models.two_looks import HANDS
from handvision.protocol import close_ups as protocol
from handvision.protocol.close_up_sequence import CloseUpSequence
from handvision.protocol.partitions import digests
from handvision.protocol.task import choose_data
from handvision.synthesis.rendered import code_version
from handvision.training import platform
from handvision.training.close_reader_draws import draws_of, heads_of_close_reader
from handvision.training.compiling import compile_classifier
from handvision.training.fitting import History, set_seed
from handvision.training.frozen import Encoder, fit_tail, split
from handvision.training.recipe import CloseReaderRecipe
from handvision.training.trained import open_trained


def train_close_reader(
    recipe: CloseReaderRecipe, folder: str | Path, change: Callable[[CloseUps], CloseUps] | None = None
) -> tuple[keras.Model, History]:
    """Trains the reader behind its frozen encoder.

    Args:
        recipe: the numbers of the training.
        folder: of the training.
        change: of the close-ups that it learns from, for comparisons.

    Raises:
        DataUnavailable: data="real", and a data set cannot be had.
        ValueError: the recipe has the encoder learn, of which only features are at hand here.
    """
    if recipe.encoder_rate:
        raise ValueError(
            f"encoder_rate is {recipe.encoder_rate}; use 0, or pack the training (handvision train --pack)"
        )
    platform.prepare()
    train, validation = (close_ups_of(recipe, which) for which in ("train", "validation"))
    train = train if change is None else change(train)
    heads = heads_of_close_reader(recipe.crop)
    set_seed(recipe.seed)
    model = build_close_reader(
        heads, recipe.crop, weights="mediapipe", frozen=True, **recipe.network, name=recipe.product
    )
    parts = split(model)
    compile_classifier(
        parts.tail, recipe.learning_rate, recipe.epochs * recipe.steps, loss_weights=recipe.loss_weights
    )
    history = fit_tail(
        parts,
        *draws_of(recipe, heads, CloseUpSequence, train, validation),
        epochs=recipe.epochs,
        folder=folder,
        seed=recipe.seed,
        title=recipe.product,
    )
    return model, history


def close_ups_of(recipe: CloseReaderRecipe, which: str) -> CloseUps:
    """All close-ups of a part, rendered and real, cut once and kept in the folder of runs.

    Args:
        recipe: says how many, and of which data.
        which: "train" or "validation".

    Raises:
        DataUnavailable: data="real", and a data set cannot be had.
        FileNotFoundError: there is no trained `recipe.finder`.
    """
    learning = which == "train"
    count, persons = (recipe.train, recipe.persons) if learning else (recipe.test, recipe.test)
    choice = choose_data(recipe.data, protocol.DATA_SETS)
    described = {"data": choice, "hands": count, "persons": persons, "seed": recipe.seed, "side": SIDE}
    described |= {"reach": REACH, "drawing": code_version(), "vocabularies": list(OF_HEADS)}
    if choice == "real":
        described |= {
            "negatives": recipe.negatives,
            "partitions": digests(protocol.SETS),
            "teacher": read_labels().card["sha256"],
        }
        if recipe.finder:
            finder = open_trained(recipe.finder)
            views = recipe.views if learning else 1
            described |= {"views": views, "finder": hash_arrays(finder.get_weights())}
    path = workspace().runs / "close_ups" / f"{which}-{hash_json(described)}.npz"
    if not path.is_file():
        parts = [
            protocol.rendered_close_ups(count, recipe.seed, which),
            protocol.person_close_ups(persons, recipe.seed, which),
        ]
        if choice == "real":
            names = (*protocol.REAL, protocol.TEACHERS_OWN)
            parts += [protocol.real_close_ups(name, which) for name in names]
            parts.append(protocol.close_ups_without_hands(which, recipe.negatives, recipe.seed))
            if recipe.finder:
                parts.append(protocol.false_finds(finds_of(finder), which, views, recipe.seed))
        path.parent.mkdir(parents=True, exist_ok=True)
        kept.write(kept.together(parts), path)
    return kept.read(path)


def finds_of(finder: keras.Model, least: float = 0.05) -> Callable[[NDArray[np.uint8]], Hands]:
    """A finder as a function: a photo (height, width, 3) uint8 -> all that it may take for hands.

    Args:
        finder: a segmenter with centres.
        least: score from which a peak counts; low, since the reader is to tell what is no hand.
    """
    look = peaks_of(finder)

    def find(photo: NDArray[np.uint8]) -> Hands:
        hands, scores = look(photo)
        return hands.take(np.flatnonzero(scores >= least))

    return find


def peaks_of(
    finder: keras.Model,
) -> Callable[[NDArray[np.uint8]], tuple[Hands, NDArray[np.float32]]]:
    """A finder as a function: a photo -> its highest peaks as hands in the photo's pixels, and their scores.

    Args:
        finder: a segmenter with centres.
    """
    maps = {name: value for name, value in finder.output.items() if name != "mask"}
    peaks = Encoder(keras.Model(finder.input, PeaksLayer(HANDS)(maps)))
    size = finder.input_shape[1:3]

    def look(photo: NDArray[np.uint8]) -> tuple[Hands, NDArray[np.float32]]:
        place = letterbox(photo.shape[:2], size)
        seen = place.fit(photo)[None].astype(np.float32) / np.float32(255)
        found = dict(zip(peaks.names, peaks(seen), strict=True))
        turned = degrees_from_sin_cos(found["direction"][0]).astype(np.float32)
        hands = Hands(boxes=found["box"][0], rotations=turned)
        return hands.moved(place.affine.inverse()), found["score"][0]

    return look
