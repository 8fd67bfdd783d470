"""What all tests share: no drawing on a screen, and few threads, since the tests' networks are tiny; and
a combined model of known weights, with hands for it, for the tests of all that reads pictures."""

import os

os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import cv2
import keras
import numpy as np
import pytest

from handvision.models.layers import BoundingBoxCropLayer, ClassProbabilities

HEIGHT, WIDTH = 48, 64
RED, YELLOW, WHITE, BLUE = (255, 0, 0), (255, 255, 0), (255, 255, 255), (0, 0, 255)


@pytest.fixture(scope="session")
def model():
    """A combined model for which what is red enough is hand: red is "0" at 0 degrees, yellow "1" at
    -90 degrees, white "2" at -90 degrees."""
    photo = keras.Input((HEIGHT, WIDTH, 3), name="photo")
    segment = keras.layers.Conv2D(1, 1, activation="sigmoid", name="mask")
    strongest = keras.layers.GlobalMaxPooling2D()(photo)
    read, turn = ClassProbabilities(["0", "1", "2"], name="gesture"), keras.layers.Dense(2, name="rotation")
    found = BoundingBoxCropLayer(16, 16, name="crop")
    mask = segment(photo)
    outputs = {"mask": mask, "gesture": read(strongest), "rotation": turn(strongest), **found(mask)}
    model = keras.Model(photo, outputs, name="fake")
    weigh(segment, np.reshape([60, 0, 0], (1, 1, 3, 1)), [-30])
    weigh(read, [[0, 0, 0], [0, 20, 0], [0, 0, 40]], [5, 0, 0])
    weigh(turn, [[0, 1], [-1, -1], [0, 0]], [0, 0])
    return model


@pytest.fixture(scope="session")
def model_file(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "combined.keras"
    model.save(path)
    return path


@pytest.fixture
def video(tmp_path):
    """Nine frames: the red rectangle moves to the right by 8 pixels a frame; the last has none."""
    path = tmp_path / "clip.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 12, (160, 120))
    assert writer.isOpened()
    for i in range(9):
        frame = hand(120, 160, (8 * i, 40, 8 * i + 40, 100)) if i < 8 else np.zeros((120, 160, 3), np.uint8)
        writer.write(frame[..., ::-1].copy())
    writer.release()
    return path


def hand(height, width, box, colour=RED):
    """A photo, black but for a rectangle x0, y0, x1, y1."""
    photo = np.zeros((height, width, 3), np.uint8)
    x0, y0, x1, y1 = box
    photo[y0:y1, x0:x1] = colour
    return photo


def weigh(layer, *weights):
    layer.set_weights([np.array(w, np.float32) for w in weights])
