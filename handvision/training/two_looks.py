"""From a trained finder and a trained reader to the model that looks twice, and when it is believed."""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import keras
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from handvision.core.examples import Examples
from handvision.core.files import replacing
from handvision.core.geometry import letterbox
from handvision.models.export import export_onnx
from handvision.models.two_looks import look_twice
from handvision.protocol.everyday import DATA_SETS, judged
from handvision.protocol.task import choose_data
from handvision.training import platform
from handvision.training.believing import LEAST_SCORE, Belief, choose_belief
from handvision.training.recipe import TwoLooksRecipe
from handvision.training.trained import open_trained

KINDS = ("fingers of one hand", "no hand")  # of everyday photos: with a hand, and without
_BATCH = 8


def join_two_looks(recipe: TwoLooksRecipe, folder: str | Path) -> tuple[keras.Model, Belief | None]:
    """Joins both looks, with the thresholds that validation photos ask for.

    Args:
        recipe: names the parts.
        folder: gets `belief.json`, what was chosen and what it does on the validation photos.

    Returns:
        The model, and what was chosen; None without real data: no photos without a hand are there then, and
        the thresholds are the defaults.

    Raises:
        DataUnavailable: data="real", and a data set cannot be had.
        FileNotFoundError: a part is not trained yet.
    """
    platform.prepare()
    finder, reader = open_trained(recipe.finder), open_trained(recipe.reader)

    def join(**believed: float | tuple[float, float, float]) -> keras.Model:
        return look_twice(
            finder,
            reader,
            recipe.photo_size,
            hands=recipe.hands,
            margin=recipe.margin,
            least_share=recipe.least_share,
            name=recipe.product,
            **believed,  # type: ignore[arg-type]  # names of look_twice's own arguments
        )

    if choose_data(recipe.data, DATA_SETS) == "rendered":
        print(f"{recipe.product}: no photos without a hand, so when it is believed keeps its defaults")
        return join(), None
    belief = belief_of(join(least_score=LEAST_SCORE), judged("validation", KINDS), recipe.wrong)
    print(f"{recipe.product}: {belief}")
    with replacing(Path(folder) / "belief.json") as path:
        path.write_text(json.dumps(asdict(belief), indent=1) + "\n", "utf-8")
    chosen = ("least_score", "least_presence", "presence_weights")
    return join(**{name: getattr(belief, name) for name in chosen}), belief


def belief_of(model: keras.Model, sets: Mapping[str, Mapping[str, Examples]], wrong: float) -> Belief:
    """When a model that looks twice is believed: by its export, which reads no more than it must.

    Args:
        model: of `look_twice`, with the least score that there is.
        sets: each of `KINDS` -> id -> photos.
        wrong: see `choose_belief`.
    """
    photos = [[photo for some in sets[kind].values() for photo in some.require("photos")] for kind in KINDS]
    with tempfile.TemporaryDirectory() as folder:
        exported = export_onnx(model, Path(folder) / "two_looks.onnx")
        session = onnxruntime.InferenceSession(exported, providers=["CPUExecutionProvider"])
    looks = [
        session.run(["score", "presence"], {"photo": frames})
        for frames in _batches(model.input_shape[1:3], [*photos[0], *photos[1]])
    ]
    scores, close_looks = (np.concatenate(each) for each in zip(*looks, strict=True))
    shows_hand = np.arange(len(scores)) < len(photos[0])
    return choose_belief(scores, close_looks[..., 0], shows_hand, wrong)


def _batches(size: tuple[int, int], photos: Sequence[NDArray[np.uint8]]) -> Iterator[NDArray[np.float32]]:
    """Photos (height, width, 3) of any sizes as frames (batch, *size, 3)."""
    for start in range(0, len(photos), _BATCH):
        frames = [letterbox(photo.shape[:2], size).fit(photo) for photo in photos[start : start + _BATCH]]
        yield np.stack(frames).astype(np.float32) / np.float32(255)
