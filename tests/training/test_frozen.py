"""A model cut behind its frozen layers: both halves together answer as the whole, and the tail learns."""

import keras
import numpy as np
import pytest

from handvision.models.backbones.registry import freeze
from handvision.training.frozen import EncodedSequence, split


def network(frozen: bool = True) -> keras.Model:
    keras.utils.set_random_seed(0)
    photo = keras.Input((16, 16, 3), name="photo")
    early = keras.layers.Conv2D(4, 3, strides=2, padding="same", name="early")(photo)
    late = keras.layers.Conv2D(6, 3, strides=2, padding="same", name="late")(early)
    late = late + keras.ops.pad(late[..., :4], ((0, 0), (0, 0), (0, 0), (0, 2)))  # no layers
    pooled = keras.layers.GlobalAveragePooling2D(name="pooled")(late)
    x = keras.layers.Conv2D(5, 1, name="learns")(early)
    x = keras.layers.GlobalAveragePooling2D(name="pooled_too")(x)
    x = keras.layers.Concatenate(name="join")([x, pooled])
    model = keras.Model(photo, {"answer": keras.layers.Dense(2, name="answer")(x)})
    if frozen:
        freeze(photo, [early, pooled])
    return model


def test_both_halves_answer_as_the_whole():
    model = network()
    parts = split(model)
    photos = np.random.default_rng(0).random((5, 16, 16, 3), np.float32)
    features = parts.encoder(photos)
    assert {each.shape[1:] for each in features} == {(8, 8, 4), (6,)}  # what learns sees, pooled already
    assert not {"early", "late"} & {layer.name for layer in parts.tail.layers}
    np.testing.assert_allclose(parts.tail(list(features))["answer"], model(photos)["answer"], atol=1e-5)


def test_training_the_tail_trains_the_model():
    model = network()
    parts = split(model)

    class Batches(keras.utils.PyDataset):
        epoch = 0

        def __len__(self):
            return 2

        def __getitem__(self, index):
            return np.ones((3, 16, 16, 3), np.float32), {"answer": np.ones((3, 2), np.float32)}

        def on_epoch_end(self):
            self.epoch += 1

    batches = EncodedSequence(Batches(), parts.encoder)
    before = {layer.name: layer.get_weights() for layer in model.layers}
    parts.tail.compile("adam", loss={"answer": "mse"})
    parts.tail.fit(batches, epochs=2, verbose=0)
    assert batches.epoch >= 2
    for name, moved in (("early", False), ("late", False), ("learns", True), ("answer", True)):
        same = np.array_equal(before[name][0], model.get_layer(name).get_weights()[0])
        assert same != moved, name


def test_a_model_that_learns_from_the_start_is_refused():
    with pytest.raises(ValueError, match="learns from its first layer"):
        split(network(frozen=False))
