"""Readers are trained the one way that notebooks, studies and the command share."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from handvision import evaluation, protocol
from handvision.augment.sequences import AugmentedSequence
from handvision.augment.transforms import Augmentation
from handvision.core.examples import NO_HAND, Examples
from handvision.core.geometry import sin_cos_from_degrees
from handvision.heads.losses import RotationLoss
from handvision.models import build_classifier, classify_masks
from handvision.models.layers import BoundingBoxCropLayer
from handvision.training import (
    ClassifierRecipe,
    TuningRecipe,
    close_ups_of,
    fit,
    platform,
    set_seed,
    train_classifier,
    tune_classifier,
)

pytestmark = pytest.mark.slow

SIZE = 48
TURNS = Augmentation(rotation_degrees=180)
RECIPE = ClassifierRecipe(
    product="bars",
    vocabulary="numbers",
    train=40,
    test=13,
    epochs=2,
    crop=32,
    augmentation=TURNS,
)


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
    return train_classifier(RECIPE, task, tmp_path_factory.mktemp("training"))


def test_the_trained_model_reads_masks_and_is_named(task, trained):
    reader, history = trained
    assert reader.get_layer("bars").input_shape == (None, 32, 32, 1)
    assert len(history["loss"]) == 2
    outputs = evaluation.model_outputs(reader, task.tests["bars"].masks)
    assert set(outputs) == {"gesture", "rotation", "has_hand"}


def test_without_the_crop_layer_the_whole_mask_is_shrunk(task, tmp_path):
    reader, _ = train_classifier(replace(RECIPE, epochs=1, crop_layer=False), task, tmp_path)
    assert set(evaluation.model_outputs(reader, task.tests["bars"].masks)) == {"gesture", "rotation"}


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
    seen = close_ups_of(bright(), photos, size=40)
    assert seen.labels.tolist() == [0, 1, 0, NO_HAND], "where no hand is seen there is nothing to learn"
    assert seen.masks.shape[1:] == (40, 40, 1)
    assert 0.2 < (seen.masks > 0).mean() < 0.4, "in close-up, with room about it"
    assert ((seen.photos > 127) == (seen.masks > 0)).all(), "the photo is cut where the mask is"


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
    recipe = TuningRecipe(product="tuned", test=12, epochs=1, learning_rate=1e-8)
    tuned, history = tune_classifier(recipe, bright(), classifier, hands, hands, tmp_path)
    assert tuned.input_shape == (None, 32, 32, 4)
    assert len(history["val_loss"]) == 1
    for new, old in zip(tuned.get_weights()[1:], before[1:], strict=True):
        assert new.ndim < 2 or np.allclose(new, old, atol=1e-5)
    for now, old in zip(classifier.get_weights(), before, strict=True):
        assert np.array_equal(now, old), "the classifier itself stays as it is"


def test_a_reader_trained_by_hand_has_the_same_weights(task, trained, tmp_path):
    """Of the losses, weights and steps that are written out here, whatever heads there are."""
    platform.prepare()

    def targets(indices, affines):
        rotations = [a.directions(r) for a, r in zip(affines, task.train.rotations[indices], strict=True)]
        known = np.isfinite(rotations).astype(np.float32)
        pairs = sin_cos_from_degrees(np.nan_to_num(rotations))
        weights = {"gesture": np.ones_like(known), "rotation": known}
        return {"gesture": task.train.one_hot()[indices], "rotation": pairs}, weights

    train = AugmentedSequence(task.train.masks, TURNS, targets, batch_size=32, seed=1)
    set_seed(1)
    classifier = build_classifier((32, 32, 1), 2, class_names=task.class_names, name="bars")
    model = classify_masks(classifier, (SIZE, SIZE, 1))
    warm_up = keras.optimizers.schedules.CosineDecay(
        2e-4, decay_steps=3.0, warmup_target=2e-3, warmup_steps=1.0
    )
    others = dict.fromkeys(("box", "crop", "has_hand"))
    model.compile(
        keras.optimizers.Adam(warm_up, global_clipnorm=1.0),
        loss={"gesture": "categorical_crossentropy", "rotation": RotationLoss(), **others},
        loss_weights={"gesture": 1.0, "rotation": 1.5, **dict.fromkeys(others, 1.0)},
        jit_compile=False,
    )
    fit(model, train, epochs=2, folder=tmp_path, seed=1, verbose=False)
    for ours, theirs in zip(trained[0].get_weights(), model.get_weights(), strict=True):
        assert np.array_equal(ours, theirs)
