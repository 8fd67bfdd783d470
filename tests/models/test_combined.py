"""The combined model gives what its parts give, one after the other."""

import keras
import numpy as np
import pytest

from handvision.models import (
    build_classifier,
    build_unet,
    class_names,
    classify_masks,
    combine,
    shown_the_photo,
)
from handvision.models.layers import BilinearResize, BoundingBoxCropLayer, MainRegionLayer

from .conftest import brightness_segmenter, drawn_hands


def by_hand(segmenter, classifier, photos, main_region=True, **crop_options):
    """The parts, called one after the other."""
    mask = segmenter(photos)
    if main_region:
        mask = MainRegionLayer()(mask)
    found = BoundingBoxCropLayer(*classifier.input_shape[1:3], **crop_options)(mask)
    return {"mask": mask, **found, **classifier(found["crop"])}


@pytest.mark.slow
@pytest.mark.parametrize("options", [{}, {"min_area": 0.1, "margin": 0.3}, {"main_region": False}])
def test_it_gives_what_its_parts_give(unet, classifier, options):
    photos = drawn_hands(8)
    for segmenter in (unet, brightness_segmenter()):
        model = combine(segmenter, classifier, **options)
        answers = model(photos)
        assert set(answers) == {"mask", "box", "crop", "has_hand", "gesture", "rotation"}
        for name, expected in by_hand(segmenter, classifier, photos, **options).items():
            np.testing.assert_array_equal(answers[name], expected, err_msg=name)


def test_a_speck_far_from_the_hand_does_not_move_the_box(classifier):
    photos = np.zeros((2, 64, 48, 3), "float32")
    photos[:, 10:30, 10:30] = 1
    photos[1, 58:60, 44:46] = 1
    box = np.asarray(combine(brightness_segmenter(), classifier)(photos)["box"])
    np.testing.assert_array_equal(box, [[10, 10, 30, 30]] * 2)
    shared = np.asarray(combine(brightness_segmenter(), classifier, main_region=False)(photos)["box"])
    np.testing.assert_array_equal(shared[1], [10, 10, 46, 60])


def test_classify_masks_is_the_combined_model_without_its_segmenter(classifier):
    photos = drawn_hands(6)
    whole = combine(brightness_segmenter(), classifier)(photos)
    reader = classify_masks(classifier, (64, 48, 1))
    for name, answer in reader(whole["mask"]).items():
        np.testing.assert_array_equal(answer, whole[name], err_msg=name)


def test_shown_the_photo_a_classifier_answers_as_before_until_it_is_trained(classifier):
    photos = drawn_hands(6)
    before = combine(brightness_segmenter(), classifier)(photos)
    after = combine(brightness_segmenter(), shown_the_photo(classifier))(photos)
    assert set(after) == set(before)
    for name, answer in after.items():
        np.testing.assert_allclose(answer, before[name], atol=1e-5, err_msg=name)


def test_the_classifier_is_given_the_photo_where_the_mask_is_cut(seeing):
    photos = drawn_hands(6)
    answers = combine(brightness_segmenter(), seeing)(photos)
    found = BoundingBoxCropLayer(32, 32)(answers["mask"], photos=photos)
    both = np.concatenate([found["crop"], found["photo_crop"]], axis=-1)
    np.testing.assert_allclose(answers["gesture"], seeing(both)["gesture"], atol=1e-6)
    reader = classify_masks(seeing, (64, 48, 4))
    again = reader(np.concatenate([answers["mask"], photos], axis=-1))
    np.testing.assert_allclose(again["gesture"], answers["gesture"], atol=1e-6)
    blind = seeing(np.concatenate([found["crop"], np.zeros_like(found["photo_crop"])], axis=-1))
    assert np.abs(np.asarray(blind["gesture"]) - np.asarray(answers["gesture"])).max() > 0.01


def test_an_empty_photo_is_answered_without_nan(classifier):
    answers = combine(brightness_segmenter(), classifier)(np.zeros((2, 64, 48, 3), "float32"))
    assert not np.any(answers["has_hand"])
    assert all(np.isfinite(value).all() for value in answers.values())


def test_parts_share_their_weights_with_the_whole(classifier):
    reader = classify_masks(classifier, (40, 40, 1))
    assert {id(v) for v in classifier.trainable_variables} == {id(v) for v in reader.trainable_variables}


@pytest.mark.slow
def test_training_through_the_crop_moves_the_classifier():
    classifier = build_classifier((32, 32, 1), 6)
    reader = classify_masks(classifier, (40, 40, 1))
    before = classifier.get_layer("conv1_conv").get_weights()[0]
    losses = {"gesture": "categorical_crossentropy", "rotation": "mse"}
    reader.compile("adam", losses, jit_compile=False)
    masks = drawn_hands(8, 40, 40)[..., :1].round()
    targets = {"gesture": np.eye(6, dtype="float32")[[0, 1, 2, 3, 4, 5, 0, 1]], "rotation": np.ones((8, 2))}
    reader.fit(masks, targets, verbose=0)
    assert np.abs(classifier.get_layer("conv1_conv").get_weights()[0] - before).max() > 1e-5


@pytest.mark.slow
@pytest.mark.parametrize("sees", ["masks", "masks and photos"])
def test_it_travels_in_one_file(unet, classifier, seeing, sees, tmp_path):
    model = combine(unet, classifier if sees == "masks" else seeing, min_area=0.002)
    model.save(tmp_path / "combined.keras")
    loaded = keras.models.load_model(tmp_path / "combined.keras", safe_mode=True)
    photos = drawn_hands(5)
    before, after = model.predict(photos, verbose=0), loaded.predict(photos, verbose=0)
    assert set(before) == set(after)
    for name in before:
        np.testing.assert_array_equal(before[name], after[name], err_msg=name)
    assert class_names(loaded) == ("0", "1", "2", "3", "4", "5")
    assert {"unet", "crop", "classifier"} <= {layer.name for layer in loaded.layers}


@pytest.mark.slow
@pytest.mark.parametrize("build", [lambda c: combine(build_unet(), c), lambda c: c])
def test_the_defaults_fit_together(build):
    model = build(build_classifier())
    x = np.zeros((1, *model.input_shape[1:]), "float32")
    assert model(x)["gesture"].shape == (1, 6)


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda u, c: combine(c, u), "a segmenter turns photos .*'classifier' turns"),
        (lambda u, c: combine(u, u), "a classifier turns crops .*'unet' turns"),
        (lambda u, c: classify_masks(u), "a classifier turns crops"),
        (lambda u, c: classify_masks(c, (128, 128, 3)), r"mask_shape is \(128, 128, 3\)"),
        (lambda u, c: classify_masks(c, (None, None, 1)), r"mask_shape is \(None, None, 1\)"),
        (lambda u, c: classify_masks(shown_the_photo(c)), r"use \(height, width, 4\)"),
        (lambda u, c: classify_masks(c, threshold=7), "threshold is 7"),
        (lambda u, c: combine(build_unet((64, 64, 3), (4, 8), name="classifier"), c), "both named"),
    ],
)
def test_parts_that_do_not_fit_are_named(unet, classifier, make, words):
    with pytest.raises(ValueError, match=words):
        make(unet, classifier)


def test_without_the_crop_the_classifier_sees_the_whole_mask(classifier):
    reader = classify_masks(classifier, (64, 64, 1), crop=False)
    masks = drawn_hands(2, 64, 64)[..., :1].round()
    height, width, _ = classifier.input_shape[1:]
    shrunk = BilinearResize(height, width)(masks)
    np.testing.assert_array_equal(reader(masks)["gesture"], classifier(shrunk)["gesture"])
    assert set(reader.output) == {"gesture", "rotation"}
