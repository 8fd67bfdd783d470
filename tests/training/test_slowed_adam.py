"""Adam in which some layers learn more slowly."""

import keras
import numpy as np

from handvision.training.slowed_adam import SlowedAdam


def test_named_layers_learn_at_their_share_of_the_rate():
    layers = [keras.layers.Dense(1, use_bias=False, kernel_initializer="ones", name=n) for n in ("a", "b")]
    model = keras.Sequential([keras.Input((1,)), *layers])
    model.compile(SlowedAdam({"a": 0.1}, learning_rate=0.01), loss="mse")
    model.train_on_batch(np.ones((1, 1)), np.zeros((1, 1)))
    slow, usual = (1 - float(layer.get_weights()[0].squeeze()) for layer in layers)
    np.testing.assert_allclose(usual, 0.01, rtol=1e-3)
    np.testing.assert_allclose(slow, 0.001, rtol=1e-2)
    assert SlowedAdam.from_config(model.optimizer.get_config()).slowed == {"a": 0.1}
