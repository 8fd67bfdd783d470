"""Photos of rectangles, and a combined model that reads them: all its answers are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras

HEIGHT, WIDTH = 48, 64
RED, YELLOW, WHITE, BLUE = (255, 0, 0), (255, 255, 0), (255, 255, 255), (0, 0, 255)


def hand(height: int, width: int, box: tuple[int, int, int, int], colour: tuple = RED) -> np.ndarray:
    """(height, width, 3) uint8, black but for a rectangle x0, y0, x1, y1."""
    photo = np.zeros((height, width, 3), np.uint8)
    x0, y0, x1, y1 = box
    photo[y0:y1, x0:x1] = colour
    return photo


def colour_reader() -> keras.Model:
    """A combined model for which what is red enough is hand: red is "0" at 0 degrees, yellow "1" at
    -90 degrees, white "2" at -90 degrees."""
    import keras

    from handvision.models.layers import BoundingBoxCropLayer, ClassProbabilities

    photo = keras.Input((HEIGHT, WIDTH, 3), name="photo")
    segment = keras.layers.Conv2D(1, 1, activation="sigmoid", name="mask")
    strongest = keras.layers.GlobalMaxPooling2D()(photo)
    gesture, rotation = (
        ClassProbabilities(["0", "1", "2"], name="gesture"),
        keras.layers.Dense(2, name="rotation"),
    )
    crop = BoundingBoxCropLayer(16, 16, name="crop")
    mask = segment(photo)
    outputs = {"mask": mask, "gesture": gesture(strongest), "rotation": rotation(strongest), **crop(mask)}
    model = keras.Model(photo, outputs, name="fake")
    _weigh(segment, np.reshape([60, 0, 0], (1, 1, 3, 1)), [-30])
    _weigh(gesture, [[0, 0, 0], [0, 20, 0], [0, 0, 40]], [5, 0, 0])
    _weigh(rotation, [[0, 1], [-1, -1], [0, 0]], [0, 0])
    return model


def _weigh(layer: keras.Layer, *weights: object) -> None:
    layer.set_weights([np.array(w, np.float32) for w in weights])
