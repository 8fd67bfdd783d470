"""Classifiers and segmenters are trained the one way that notebooks and comparisons share."""

import keras
import numpy as np
import pytest

from handvision import evaluation, protocol
from handvision.augment import ImageDataGenerator
from handvision.core.examples import NO_HAND, Examples
from handvision.models.layers import BoundingBoxCropLayer
from handvision.training import recipes

SIZE = 48
SMALL = {"crop": 32}
TURNS = ImageDataGenerator(rotation_range=180, fill_mode="constant", rescale=1 / 255)


def bars(count, name, seed):
    """Upright and lying bars (two classes), with a direction; the last is no hand."""
    rng = np.random.default_rng(seed)
    masks = np.zeros((count, SIZE, SIZE, 1), np.uint8)
    labels = np.arange(count) % 2
    for mask, label in zip(masks, labels, strict=True):
        length, breadth = rng.integers(24, 36), (6, 18)[label]
        mask[5 : 5 + length, 20 : 20 + breadth] = 255
    labels[-1] = NO_HAND
    rotations = np.where(labels == NO_HAND, np.nan, 0).astype(np.float32)
    return Examples(name, masks=masks, labels=labels, rotations=rotations, class_names=("thin", "broad"))


@pytest.fixture(scope="module")
def task():
    test = bars(13, "test", 3)
    return protocol.Task(
        bars(40, "train", 1), bars(20, "validation", 2), {"bars": test.take(test.labels >= 0)}, "rendered"
    )


@pytest.fixture(scope="module")
def trained(task, tmp_path_factory):
    folder = tmp_path_factory.mktemp("training")
    return recipes.train_classifier(task, TURNS, folder, epochs=2, seed=1, name="bars", **SMALL)


@pytest.mark.slow
def test_the_trained_model_reads_masks_and_is_named(task, trained):
    reader, history = trained
    assert reader.get_layer("bars").input_shape == (None, 32, 32, 1)
    assert len(history["loss"]) == 2
    outputs = evaluation.model_outputs(reader, task.tests["bars"].masks)
    assert set(outputs) == {"gesture", "rotation", "has_hand"}


@pytest.mark.slow
def test_without_the_crop_layer_the_whole_mask_is_shrunk(task, tmp_path):
    reader, _ = recipes.train_classifier(
        task, TURNS, tmp_path, epochs=1, seed=1, name="bars", crop_layer=False, **SMALL
    )
    assert set(evaluation.model_outputs(reader, task.tests["bars"].masks)) == {"gesture", "rotation"}


def fully_convolutional(shape, more=0):
    """More layers, where they are asked for, begin as nothing."""
    photo = keras.Input(shape)
    x = keras.layers.Conv2D(4, 3, padding="same", activation="relu", name="first")(photo)
    for number in range(more):
        added = keras.layers.Conv2D(4, 3, padding="same", kernel_initializer="zeros", name=f"more{number}")(x)
        x = keras.layers.Add()([x, added])
    return keras.Model(photo, keras.layers.Conv2D(1, 1, activation="sigmoid", name="mask")(x))


def photos_of_bars(size, steps):
    """Bright bars on a dark ground, in photos of `size`."""
    photos = np.zeros((8, *size, 3), np.uint8)
    photos[:, :, size[1] // 3 : size[1] // 2] = 200
    masks = (photos[..., :1] > 0) * np.uint8(255)
    hands = Examples("bars", photos=photos, masks=masks)
    batches = ImageDataGenerator(rescale=1 / 255).flow(photos, masks=masks, batch_size=4, seed=1)
    return protocol.Task(protocol.Steps(batches, steps), hands, {"bars": hands}, "rendered")


@pytest.mark.slow
def test_a_phase_goes_on_with_the_weights_of_the_one_before(tmp_path):
    phases = [
        {"size": (16, 16), "steps": 2, "epochs": 30, "rate": 3e-2},
        {"size": (16, 24), "steps": 1, "epochs": 1, "rate": 1e-9},
    ]
    options = {"seed": 1, "title": "bars"}
    model, task, history = recipes.train_segmenter(
        fully_convolutional, photos_of_bars, tmp_path, phases=phases, **options
    )
    assert model.input_shape == (None, 16, 24, 3)
    assert len(task.train) == 1
    assert len(history.seconds) == 31
    assert evaluation.evaluate_segmenter(model, task.tests["bars"])["iou"] > 0.9, "learned in the first phase"


@pytest.mark.slow
def test_a_network_may_grow_from_phase_to_phase_but_not_shrink(tmp_path):
    phases = [
        {"size": (16, 16), "steps": 2, "epochs": 30, "rate": 3e-2},
        {"size": (16, 16), "steps": 1, "epochs": 1, "rate": 1e-9, "network": {"more": 2}},
    ]
    options = {"seed": 1, "title": "bars"}
    model, task, _ = recipes.train_segmenter(
        fully_convolutional, photos_of_bars, tmp_path / "grows", phases=phases, **options
    )
    assert model.get_layer("more1").weights
    assert evaluation.evaluate_segmenter(model, task.tests["bars"])["iou"] > 0.9, "it knows what it knew"
    with pytest.raises(ValueError, match="has no layers more0, more1"):
        recipes.train_segmenter(
            fully_convolutional,
            photos_of_bars,
            tmp_path / "shrinks",
            phases=[phases[1] | {"rate": 1e-3}, phases[0]],
            **options,
        )


def bright():
    """A combined model that calls bright pixels a hand."""
    photo = keras.Input((32, 64, 3), name="photo")
    mask = keras.ops.max(photo, axis=-1, keepdims=True)
    has_hand = BoundingBoxCropLayer(8, 8, min_area=0.002)(mask)["has_hand"]
    return keras.Model(photo, {"mask": mask, "has_hand": has_hand}, name="bright")


def test_what_a_segmenter_sees_is_there_to_learn_from(task):
    photos = np.zeros((6, 32, 64, 3), np.uint8)
    photos[:4, 8:20, 30:40] = 250  # the last two show nothing
    labels = np.array([0, 1, 0, NO_HAND, 1, NO_HAND])
    rotations = np.full(6, np.nan, np.float32)
    photos = Examples(
        "photos", photos=photos, labels=labels, rotations=rotations, class_names=task.class_names
    )
    seen = recipes.close_ups_of(bright(), photos, size=40)
    assert seen.labels.tolist() == [0, 1, 0, NO_HAND], "where no hand is seen there is nothing to learn"
    assert seen.masks.shape[1:] == (40, 40, 1)
    assert 0.2 < (seen.masks > 0).mean() < 0.4, "in close-up, with room about it"
    assert ((seen.photos > 127) == (seen.masks > 0)).all(), "the photo is cut where the mask is"


@pytest.mark.slow
def test_tuning_shows_the_classifier_photos_and_goes_on_from_what_it_knows(trained, task, tmp_path):
    classifier = trained[0].get_layer("bars")
    before = [weight.copy() for weight in classifier.get_weights()]
    photos = np.zeros((12, 32, 64, 3), np.uint8)
    photos[:, 8:20, 30:40] = 250
    hands = Examples(
        "photos",
        photos=photos,
        labels=np.arange(12) % 2,
        rotations=np.full(12, np.nan, np.float32),
        class_names=task.class_names,
    )
    options = {"epochs": 1, "seed": 1, "learning_rate": 1e-8}
    tuned, history = recipes.tune_classifier(bright(), classifier, hands, hands, tmp_path, **options)
    assert tuned.input_shape == (None, 32, 32, 4)
    assert len(history["val_loss"]) == 1
    for new, old in zip(tuned.get_weights()[1:], before[1:], strict=True):
        assert new.ndim < 2 or np.allclose(new, old, atol=1e-5)
    for now, old in zip(classifier.get_weights(), before, strict=True):
        assert np.array_equal(now, old), "the classifier itself stays as it is"
