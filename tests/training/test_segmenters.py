"""Segmenters are trained in phases, the one way that notebooks, studies and the command share."""

import keras
import numpy as np
import pytest

from handvision import evaluation, protocol
from handvision.augment.sequences import AugmentedSequence, MaskTargets
from handvision.augment.transforms import Augmentation
from handvision.core.examples import Examples
from handvision.training import Phase, SegmenterRecipe, segmenters, train_segmenter

LEARNS = Phase(size=(16, 16), steps=2, epochs=30, learning_rate=3e-2)
STAYS = Phase(size=(16, 16), steps=1, epochs=1, learning_rate=1e-9, network={"more": 2})


@pytest.fixture(autouse=True)
def bars(monkeypatch):
    monkeypatch.setattr(segmenters, "BUILDERS", {"unet": fully_convolutional})
    monkeypatch.setattr(segmenters, "segmenter_task", photos_of_bars)


def recipe(*phases):
    return SegmenterRecipe(product="bars", architecture="unet", train=8, test=8, phases=phases)


def fully_convolutional(shape, more=0):
    """More layers, where they are asked for, begin as nothing."""
    photo = keras.Input(shape)
    x = keras.layers.Conv2D(4, 3, padding="same", activation="relu", name="first")(photo)
    for number in range(more):
        added = keras.layers.Conv2D(4, 3, padding="same", kernel_initializer="zeros", name=f"more{number}")(x)
        x = keras.layers.Add()([x, added])
    return keras.Model(photo, keras.layers.Conv2D(1, 1, activation="sigmoid", name="mask")(x))


def photos_of_bars(recipe, phase):
    """Bright bars on a dark ground, in photos of a phase's size."""
    size, steps = recipe.phases[phase].size, recipe.phases[phase].steps
    photos = np.zeros((8, *size, 3), np.uint8)
    photos[:, :, size[1] // 3 : size[1] // 2] = 200
    masks = (photos[..., :1] > 0) * np.uint8(255)
    hands = Examples("bars", photos=photos, masks=masks)
    as_they_are = Augmentation()
    batches = AugmentedSequence(photos, as_they_are, MaskTargets(masks, as_they_are), batch_size=4, seed=1)
    return protocol.Task(protocol.Steps(batches, steps), hands, {"bars": hands}, "rendered")


@pytest.mark.slow
def test_a_phase_goes_on_with_the_weights_of_the_one_before(tmp_path):
    wide = Phase(size=(16, 24), steps=1, epochs=1, learning_rate=1e-9)
    model, task, history = train_segmenter(recipe(LEARNS, wide), tmp_path)
    assert model.input_shape == (None, 16, 24, 3)
    assert len(task.train) == 1
    assert len(history.seconds) == 31
    assert evaluation.evaluate_segmenter(model, task.tests["bars"])["iou"] > 0.9, "learned in the first phase"


@pytest.mark.slow
def test_a_network_may_grow_from_phase_to_phase_but_not_shrink(tmp_path):
    model, task, _ = train_segmenter(recipe(LEARNS, STAYS), tmp_path / "grows")
    assert model.get_layer("more1").weights
    assert evaluation.evaluate_segmenter(model, task.tests["bars"])["iou"] > 0.9, "it knows what it knew"
    with pytest.raises(ValueError, match="has no layers more0, more1"):
        train_segmenter(recipe(STAYS, LEARNS), tmp_path / "shrinks")


def test_an_argument_that_the_network_does_not_take_is_named():
    wrong = Phase(size=(16, 16), steps=1, epochs=1, learning_rate=1e-3, network={"moer": 2})
    with pytest.raises(ValueError, match=r"network is \{'moer': 2\}: .*'moer'"):
        segmenters.build_segmenter(recipe(wrong))
