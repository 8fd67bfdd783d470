"""Adam in which some layers learn more slowly than others."""

from collections.abc import Mapping
from typing import Any

import keras


@keras.saving.register_keras_serializable(package="handvision")
class SlowedAdam(keras.optimizers.Adam):
    """Adam; layers of given names learn at a share of its rate: those that were pretrained, most often.

    Args:
        slowed: name of a layer -> its share of the learning rate.
        kwargs: as Adam's.
    """

    def __init__(self, slowed: Mapping[str, float], **kwargs: Any):
        super().__init__(**kwargs)
        self.slowed = dict(slowed)

    def update_step(self, gradient: Any, variable: keras.Variable, learning_rate: Any) -> None:
        # TensorFlow hands its own variables over, which have no path.
        path = self._trainable_variables[self._get_variable_index(variable)].path
        shares = [self.slowed[name] for name in path.split("/") if name in self.slowed]
        super().update_step(gradient, variable, learning_rate * shares[0] if shares else learning_rate)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "slowed": self.slowed}
