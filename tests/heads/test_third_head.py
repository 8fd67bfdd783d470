"""A third head is one class: it is built, trained, saved, exported, read and drawn by what is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import cv2
import keras
import numpy as np
import pytest

from handvision.core.examples import Examples
from handvision.core.geometry import Affine
from handvision.core.hand import Hand
from handvision.heads import (
    GestureHead,
    Head,
    HeadTargets,
    decode_hand,
    heads_of,
    register,
    registered,
)
from handvision.heads import registry as registry_module
from handvision.models import build_reader, combine, heads_of_model
from handvision.training import compile_classifier, fit, set_seed
from tests.helpers.exported import exported

from ..models.conftest import brightness_segmenter, drawn_hands


@dataclass(frozen=True)
class SpreadHead(Head):
    """How far the fingers are apart: a number in [0, 1] a hand."""

    name: ClassVar[str] = "spread"
    loss_weight: ClassVar[float] = 0.5
    columns: ClassVar[tuple[str, ...]] = ("spread",)

    def build(self, features):
        return keras.layers.Dense(1, activation="sigmoid", name=self.name)(features)

    def loss(self):
        return keras.losses.MeanSquaredError()

    def targets(self, examples: Examples) -> np.ndarray:
        return examples.masks.mean(axis=(1, 2, 3)) / 255

    def moved(self, targets: np.ndarray, transforms: Sequence[Affine]) -> tuple[np.ndarray, np.ndarray]:
        return targets[:, None].astype(np.float32), np.ones(len(targets), np.float32)

    def decode(self, output: np.ndarray, to_photo: Affine) -> dict:
        return {"spread": float(output[0])}

    @classmethod
    def caption(cls, hand) -> str:
        return f"spread {hand.extra['spread']:.1f}"

    @classmethod
    def draw(cls, picture, hand) -> None:
        cv2.circle(picture, (10, 10), round(10 * hand.extra["spread"]), (255, 255, 255), -1)

    @classmethod
    def row(cls, hand) -> dict:
        return {"spread": hand.extra["spread"]}


@pytest.fixture(autouse=True)
def spread(monkeypatch):
    monkeypatch.setattr(registry_module, "_HEADS", dict(registry_module._HEADS))
    register(SpreadHead)


class Crops(keras.utils.PyDataset):
    """Two batches of random masks, with targets of the heads."""

    def __init__(self, heads):
        super().__init__()
        masks = np.random.default_rng(0).integers(0, 2, (8, 32, 32, 1), np.uint8) * 255
        labels = np.arange(8) % 2
        self.examples = Examples("crops", masks=masks, labels=labels, class_names=("fist", "palm"))
        self.targets = HeadTargets(heads, self.examples)

    def __len__(self):
        return 2

    def __getitem__(self, index):
        rows = np.arange(4) + 4 * index
        masks = self.examples.masks[rows].astype(np.float32) / 255
        return masks, *self.targets(rows, [Affine.identity()] * 4)


@pytest.mark.slow
@pytest.mark.slow
def test_a_third_head_is_one_class(tmp_path):
    heads = (GestureHead(("fist", "palm")), SpreadHead())
    set_seed(1)
    reader = build_reader(heads, (32, 32, 1))
    compile_classifier(reader)
    history = fit(reader, Crops(heads), epochs=1, folder=tmp_path, seed=1, verbose=False)
    losses = history["gesture_loss"][0] + 0.5 * history["spread_loss"][0]
    assert history["loss"][0] == pytest.approx(losses, rel=1e-5)

    combined = combine(brightness_segmenter(), reader)
    combined.save(tmp_path / "combined.keras")
    loaded = keras.models.load_model(tmp_path / "combined.keras")
    photos = drawn_hands(3)
    expected, answers = exported(loaded, "onnx", tmp_path, photos)
    np.testing.assert_allclose(answers["spread"], expected["spread"], atol=1e-4)

    assert heads_of_model(loaded) == heads
    read = heads_of(answers, {head.name: head.config() for head in heads})
    second = {name: answer[1] for name, answer in answers.items()}
    hand = Hand(**decode_hand(read, second, Affine.identity()))
    assert hand.label in ("fist", "palm")
    assert hand.extra["spread"] == pytest.approx(float(expected["spread"][1, 0]), abs=1e-4)

    hand = Hand(extra={"spread": 0.8})
    picture = np.zeros((20, 20, 3), np.uint8)
    registered()["spread"].draw(picture, hand)
    assert picture.any()
    assert registered()["spread"].caption(hand) == "spread 0.8"
    assert registered()["spread"].row(hand) == {"spread": 0.8}
