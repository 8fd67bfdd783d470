"""The classifier: what it answers, how it learns, where it looks."""

import cv2
import keras
import numpy as np
import pytest

from handvision.models import attention_maps, build_classifier, class_names, classify_masks
from handvision.models.layers import AttentionBlock


def crops(count, size=32, seed=0):
    return np.random.default_rng(seed).integers(0, 2, (count, size, size, 1)).astype("float32")


def test_answers_are_probabilities_and_a_direction(classifier):
    answers = classifier(crops(5))
    assert set(answers) == {"gesture", "rotation"}
    np.testing.assert_allclose(np.sum(answers["gesture"], axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(answers["rotation"], axis=1), 1, rtol=1e-5)
    assert np.ptp(answers["gesture"], axis=0).max() > 0.01  # different crops, different answers


@pytest.mark.parametrize("attention", [True, False])
def test_attention_can_be_left_out(attention):
    model = build_classifier((32, 48, 1), 20, attention=attention)
    assert any(isinstance(layer, AttentionBlock) for layer in model.layers) == attention
    assert model(np.zeros((2, 32, 48, 1), "float32"))["gesture"].shape == (2, 20)


def test_at_full_size_attention_sees_twelve_by_twelve_places():
    model = build_classifier()
    assert model.get_layer("attention").input.shape[1:3] == (12, 12)
    assert 0.3e6 < model.count_params() < 0.5e6


@pytest.mark.slow
def test_it_learns_what_a_bar_shows_and_how_it_is_turned():
    # A bar with a knob at its tip, thin or thick, pointing anywhere: class and direction to be read.
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 600)
    angles = rng.uniform(0, 2 * np.pi, 600)
    pictures = np.zeros((600, 32, 32, 1), "float32")
    for picture, label, angle in zip(pictures, labels, angles, strict=True):
        tip = (16 - 9 * np.sin(angle), 16 - 9 * np.cos(angle))  # counter-clockwise from up
        tip = tuple(round(float(v)) for v in tip)
        tail = (32 - tip[0], 32 - tip[1])
        cv2.line(picture, tail, tip, 1, 7 if label else 2)
        cv2.circle(picture, tip, 6, 1, -1)
    directions = np.stack([np.sin(angles), np.cos(angles)], axis=1).astype("float32")

    keras.utils.set_random_seed(0)
    model = build_classifier((32, 32, 1), 2)
    losses = {"gesture": "categorical_crossentropy", "rotation": "mse"}
    model.compile(keras.optimizers.Adam(3e-3), losses, jit_compile=False)
    targets = {"gesture": np.eye(2, dtype="float32")[labels], "rotation": directions}
    early = {name: value[:500] for name, value in targets.items()}
    model.fit(pictures[:500], early, batch_size=25, epochs=8, verbose=0)
    answers = model.predict(pictures[500:], verbose=0)
    assert np.mean(answers["gesture"].argmax(axis=1) == labels[500:]) > 0.9
    off = np.degrees(np.arccos(np.clip(np.sum(answers["rotation"] * directions[500:], axis=1), -1, 1)))
    assert off.mean() < 10


@pytest.mark.slow
def test_class_names_travel_with_the_file_and_through_other_models(tmp_path):
    model = build_classifier((32, 32, 1), 3, class_names=["fist", "palm", "peace"])
    classify_masks(model, (40, 40, 1)).save(tmp_path / "model.keras")
    assert class_names(keras.models.load_model(tmp_path / "model.keras")) == ("fist", "palm", "peace")
    assert class_names(build_classifier((32, 32, 1), 6)) == ("0", "1", "2", "3", "4", "5")


def test_class_names_of_a_model_without_any(unet):
    with pytest.raises(ValueError, match="'unet' has no ClassProbabilities"):
        class_names(unet)


def test_attention_maps_show_where_each_crop_is_looked_at(classifier):
    pictures = crops(70)
    maps = attention_maps(classifier, pictures)
    assert maps.shape == (70, 32, 32)
    assert maps.min() >= 0
    np.testing.assert_allclose(maps.max(axis=(1, 2)), 1, rtol=1e-5)
    assert np.abs(maps[0] - maps[1]).max() > 0.01
    np.testing.assert_allclose(
        attention_maps(classify_masks(classifier, (40, 40, 1)), pictures), maps, rtol=1e-4
    )


def test_attention_maps_need_attention():
    with pytest.raises(ValueError, match="has no AttentionBlock"):
        attention_maps(build_classifier((32, 32, 1), 2, attention=False), crops(1))


@pytest.mark.parametrize(
    "arguments, words",
    [
        ({"input_shape": (96, 96, 3)}, r"input_shape is \(96, 96, 3\)"),
        ({"input_shape": (96, 96)}, r"input_shape is \(96, 96\)"),
        ({"input_shape": (16, 96, 1)}, "at least 32"),
        ({"input_shape": (None, None, 1)}, "at least 32"),
        ({"num_classes": 1}, "num_classes is 1"),
        ({"num_classes": 3, "class_names": ["a", "b"]}, "2 class_names for num_classes=3"),
        ({"num_classes": 2, "class_names": ["a", "a"]}, "distinct"),
    ],
)
def test_bad_arguments_are_named(arguments, words):
    with pytest.raises(ValueError, match=words):
        build_classifier(**arguments)
