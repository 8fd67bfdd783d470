"""Every registered head through build, save, load, export, compare."""

import keras
import pytest
from keras import layers

from handvision.heads import registered
from handvision.models.reader import heads_of_model
from tests.helpers.exported import FORMATS
from tests.helpers.heads import HEADS
from tests.helpers.layers import check_model_exports, check_model_travels


@pytest.fixture
def model():
    """All heads on features of an input as they are; the mask's head sees the map."""
    features = keras.Input((6, 6, 4), name="features")
    flat = layers.Flatten(name="flat")(features)
    outputs = {head.name: head.build(features if head.name == "hand_mask" else flat) for head in HEADS}
    return keras.Model(features, outputs)


def test_every_head_of_the_package_is_checked_here():
    ours = {name for name, head in registered().items() if head.__module__.startswith("handvision.")}
    assert {head.name for head in HEADS} == ours


def test_heads_come_back_from_a_file_as_they_were(model, tmp_path):
    loaded = check_model_travels(model, tmp_path)
    assert set(heads_of_model(loaded)) == set(HEADS)


@pytest.mark.slow
@pytest.mark.parametrize("kind", FORMATS)
def test_heads_answer_alike_when_exported(model, kind, tmp_path):
    check_model_exports(model, tmp_path, kind)
