"""A trained look's mask learns on, and nothing else moves."""

import keras
import numpy as np
import pytest

from handvision.models import build_unet
from handvision.training.fitting import set_seed
from handvision.training.masks import begin_as, learn_mask
from tests.helpers.noise import noise

SIZE = (64, 96)


class Squares(keras.utils.PyDataset):
    """Bright squares, whose pixels are the hand's; and a target of another output, which nobody asks for."""

    epoch = 0

    def __len__(self):
        return 12

    def __getitem__(self, index):
        photos, masks = (
            noise(4, *SIZE, 3, seed=index) * np.float32(0.3 / 255),
            np.zeros((4, *SIZE, 1), np.float32),
        )
        for row in range(4):
            photos[row, 20:40, 10 + 8 * row : 50 + 8 * row] += 0.6
            masks[row, 20:40, 10 + 8 * row : 50 + 8 * row] = 1
        return photos, {"mask": masks, "centre": np.zeros((4, 8, 12, 1), np.float32)}


def finder(**more):
    return build_unet((*SIZE, 3), (8, 12, 16), centres=8, name="finder", **more)


def iou(output, masks):
    said = np.asarray(output["mask"]) > 0.5
    return np.sum(said & (masks > 0)) / np.sum(said | (masks > 0))


def test_only_the_mask_learns(tmp_path):
    set_seed(1)
    look = finder()
    photos, targets = Squares()[0]
    before = {name: np.asarray(value) for name, value in look(photos).items()}
    learned = dict(learning_rate=3e-2, epochs=8, folder=tmp_path, seed=1)
    history = learn_mask(look, "mask", Squares(), Squares(), **learned)
    after = look(photos)
    for name in before.keys() - {"mask"}:
        np.testing.assert_array_equal(after[name], before[name], err_msg=name)
    assert iou(after, targets["mask"]) > 0.6 > iou(before, targets["mask"])
    assert history["val_loss"][-1] < history["val_loss"][0]
    assert all(layer.trainable for layer in look.layers)


def test_a_look_grows_context_and_begins_as_it_was():
    trained, grown = finder(), finder(context=(1, 2))
    begin_as(grown, trained)
    photos, _ = Squares()[0]
    for name, value in trained(photos).items():
        np.testing.assert_allclose(grown(photos)[name], value, atol=1e-6, err_msg=name)
    scale = grown.get_layer("context1_mix_norm").gamma
    scale.assign(scale + 30)
    assert np.abs(grown(photos)["mask"] - trained(photos)["mask"]).max() > 1e-3
    np.testing.assert_allclose(grown(photos)["centre"], trained(photos)["centre"], atol=1e-6)


def test_what_does_not_fit_is_named(tmp_path):
    with pytest.raises(ValueError, match="no layer 'context0_around_conv'"):
        begin_as(finder(), finder(context=(1,)))
    shared = keras.Input((8,))
    out = keras.layers.Dense(1, name="out")(shared)
    look = keras.Model(shared, {"mask": out, "centre": out}, name="look")
    with pytest.raises(ValueError, match="look: no layer works for 'mask' alone"):
        learn_mask(look, "mask", Squares(), Squares(), learning_rate=1e-3, epochs=1, folder=tmp_path, seed=1)
