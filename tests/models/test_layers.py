"""The layers do what their docstrings promise, most of all the crop between segmenter and classifier."""

import doctest
import sys

import cv2
import keras
import numpy as np
import pytest

import handvision.models.layers
from handvision.models.layers import (
    AttentionBlock,
    BilinearResize,
    BoundingBoxCropLayer,
    ClassProbabilities,
    MainRegionLayer,
    UnitVector,
)
from tests.helpers.exported import FORMATS
from tests.helpers.layers import check_layer_exports, check_layer_travels


def blobs(count, height, width, seed):
    """Random masks (count, height, width, 1) float32 in [0, 1]: a few ellipses and capsules, blurred."""
    rng = np.random.default_rng(seed)
    masks = np.zeros((count, height, width, 1), "float32")
    for mask in masks:
        canvas = np.zeros((height, width), "uint8")
        for _ in range(rng.integers(1, 5)):
            start, end = (tuple(int(v) for v in rng.uniform(0, (width, height))) for _ in range(2))
            cv2.line(canvas, start, end, 255, int(rng.integers(2, 12)))
            cv2.ellipse(
                canvas, start, (int(rng.integers(3, 15)), int(rng.integers(3, 15))), 30, 0, 360, 255, -1
            )
        mask[..., 0] = cv2.GaussianBlur(canvas, (5, 5), 0) / 255
    return masks


def run(layer, masks):
    return {name: np.asarray(value) for name, value in layer(masks).items()}


def tight_box(foreground):
    ys, xs = np.nonzero(foreground)
    return [xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]


@pytest.mark.parametrize("size", [(96, 96), (40, 64), (7, 5)])
@pytest.mark.parametrize("threshold", [0.5, 0.3])
def test_without_margin_the_crop_is_an_opencv_crop_resize_and_threshold(size, threshold):
    masks = blobs(20, 60, 80, seed=1)
    masks[:5] = np.random.default_rng(2).random((5, 60, 80, 1), "float32")  # noise up to the borders
    found = run(BoundingBoxCropLayer(*size, threshold=threshold, margin=0, keep_aspect=False), masks)
    for mask, crop, box in zip(masks[..., 0], found["crop"][..., 0], found["box"], strict=True):
        x0, y0, x1, y1 = tight_box(mask > threshold)
        assert box.tolist() == [x0, y0, x1, y1]
        resized = cv2.resize(mask[y0:y1, x0:x1], size[::-1], interpolation=cv2.INTER_LINEAR)
        clear = np.abs(resized - threshold) > 1e-3  # nearer than that is rounding
        assert np.array_equal(crop[clear], (resized > threshold)[clear])
        assert np.sum(~clear) <= max(1, 0.02 * clear.size)


@pytest.mark.parametrize("size", [(96, 96), (64, 96)])
def test_the_default_crop_is_an_opencv_crop_of_the_widened_box(size):
    masks = blobs(20, 60, 80, seed=3)
    found = run(BoundingBoxCropLayer(*size), masks)
    for mask, crop in zip(masks[..., 0], found["crop"][..., 0], strict=True):
        x0, y0, x1, y1 = tight_box(mask > 0.5)
        margin = 0.1 * max(x1 - x0, y1 - y0)
        width, height = x1 - x0 + 2 * margin, y1 - y0 + 2 * margin
        aspect = size[1] / size[0]
        width, height = max(width, height * aspect), max(height, width / aspect)
        left, top = (x0 + x1 - width) / 2, (y0 + y1 - height) / 2
        # Whole pixels of a picture with a black frame: right to half a pixel at each edge.
        pad = 100
        region = [round(v) + pad for v in (left, top, left + width, top + height)]
        cut = np.pad(mask, pad)[region[1] : region[3], region[0] : region[2]]
        expected = (cv2.resize(cut, size[::-1], interpolation=cv2.INTER_LINEAR) > 0.5).astype("uint8")
        # A mask's pixel is this large in the crop, and no edge may be further off than that.
        reach = np.ones((2 * int(np.ceil(size[0] / height)) + 1,) * 2, "uint8")
        assert (crop >= cv2.erode(expected, reach)).all()
        assert (crop <= cv2.dilate(expected, reach)).all()


def test_a_photo_is_cut_where_its_mask_is():
    masks = blobs(4, 60, 80, seed=3)
    masks[0] = 0  # no hand, nothing to show
    photos = np.random.default_rng(4).random((4, 60, 80, 3), "float32")
    layer = BoundingBoxCropLayer(40, 48, margin=0, keep_aspect=False)
    found = {name: np.asarray(value) for name, value in layer(masks, photos=photos).items()}
    for name, value in run(layer, masks).items():
        np.testing.assert_array_equal(found[name], value, err_msg=name)
    assert found["photo_crop"].shape == (4, 40, 48, 3)
    assert not found["photo_crop"][0].any()
    for photo, crop, (x0, y0, x1, y1) in zip(
        photos[1:], found["photo_crop"][1:], found["box"][1:].astype(int), strict=True
    ):
        np.testing.assert_allclose(crop, cv2.resize(photo[y0:y1, x0:x1], (48, 40)), atol=1e-5)


def test_the_crop_is_binary_and_shows_the_hand_with_its_margin():
    found = run(BoundingBoxCropLayer(96, 96, margin=0.25), blobs(10, 60, 80, seed=4))
    assert set(np.unique(found["crop"])) == {0, 1}
    for crop in found["crop"][..., 0]:
        x0, y0, x1, y1 = tight_box(crop)
        assert max(x1 - x0, y1 - y0) == pytest.approx(96 / 1.5, abs=3)
        assert x0 + x1 == pytest.approx(96, abs=3) and y0 + y1 == pytest.approx(96, abs=3)


def test_a_hand_looks_the_same_wherever_it_stands():
    hand = blobs(1, 40, 30, seed=5)
    masks = np.zeros((3, 90, 90, 1), "float32")
    for mask, (top, left) in zip(masks, [(0, 0), (50, 60), (17, 31)], strict=True):
        mask[top : top + 40, left : left + 30] = hand[0]
    crops = run(BoundingBoxCropLayer(48, 48), masks)["crop"]
    assert np.array_equal(crops[0], crops[1]) and np.array_equal(crops[0], crops[2])


def test_keep_aspect_keeps_a_disc_round_and_stretching_fills_the_crop():
    masks = np.zeros((1, 60, 80, 1), "float32")
    cv2.ellipse(masks[0, ..., 0], (30, 30), (20, 10), 0, 0, 360, 1, -1)
    kept = tight_box(run(BoundingBoxCropLayer(96, 96), masks)["crop"][0, ..., 0])
    filled = tight_box(
        run(BoundingBoxCropLayer(96, 96, margin=0, keep_aspect=False), masks)["crop"][0, ..., 0]
    )
    assert (kept[2] - kept[0]) / (kept[3] - kept[1]) == pytest.approx(41 / 21, rel=0.08)
    assert filled == [0, 0, 96, 96]


def test_the_flag_is_false_exactly_for_empty_masks_and_nothing_is_nan():
    masks = np.zeros((4, 32, 40, 1), "float32")
    masks[1, 5, 7] = 0.51
    masks[2] = 0.5  # not above the threshold
    masks[3] = 1
    found = run(BoundingBoxCropLayer(16, 16), masks)
    assert found["has_hand"].tolist() == [[False], [True], [False], [True]]
    assert found["has_hand"].dtype == bool
    assert all(np.isfinite(value).all() for value in found.values())
    for empty in (0, 2):
        assert not found["crop"][empty].any() and not found["box"][empty].any()


@pytest.mark.parametrize("margin", [0, 0.1, 1])
@pytest.mark.parametrize("y, x", [(0, 0), (0, 39), (31, 0), (31, 39), (12, 20)])
def test_one_pixel_is_found(y, x, margin):
    masks = np.zeros((1, 32, 40, 1), "float32")
    masks[0, y, x] = 1
    found = run(BoundingBoxCropLayer(15, 15, margin=margin), masks)
    assert found["box"][0].tolist() == [x, y, x + 1, y + 1]
    assert found["crop"][0, 7, 7] == 1


def test_a_full_mask_fills_the_crop_but_for_the_margin():
    found = run(BoundingBoxCropLayer(60, 60, margin=0.25), np.ones((1, 32, 32, 1), "float32"))
    assert found["box"][0].tolist() == [0, 0, 32, 32]
    assert tight_box(found["crop"][0, ..., 0]) == [10, 10, 50, 50]
    assert run(BoundingBoxCropLayer(60, 60, margin=0), np.ones((1, 32, 32, 1), "float32"))["crop"].all()


@pytest.mark.parametrize(
    "rows, columns, box",
    [
        (slice(0, 9), slice(10, 20), [10, 0, 20, 9]),
        (slice(23, 32), slice(10, 20), [10, 23, 20, 32]),
        (slice(10, 20), slice(0, 9), [0, 10, 9, 20]),
        (slice(10, 20), slice(31, 40), [31, 10, 40, 20]),
    ],
)
def test_outside_of_the_picture_is_background(rows, columns, box):
    masks = np.zeros((1, 32, 40, 1), "float32")
    masks[0, rows, columns] = 1
    found = run(BoundingBoxCropLayer(24, 24, margin=0.2), masks)
    assert found["box"][0].tolist() == box
    crop = found["crop"][0, ..., 0]
    assert not np.concatenate(
        [crop[:3].ravel(), crop[-3:].ravel(), crop[:, :3].ravel(), crop[:, -3:].ravel()]
    ).any()
    assert crop[8:16, 8:16].all()


def test_min_area_calls_a_speck_no_hand():
    masks = np.zeros((2, 20, 50, 1), "float32")
    masks[0, :2, :5] = 1  # exactly one hundredth
    masks[1, :2, :6] = 1
    found = run(BoundingBoxCropLayer(8, 8, min_area=0.01), masks)
    assert found["has_hand"].tolist() == [[False], [True]]
    assert not found["crop"][0].any() and not found["box"][0].any()


def test_files_of_the_first_releases_open():
    config = BoundingBoxCropLayer(8, 8).get_config()
    assert BoundingBoxCropLayer.from_config(config | {"min_extent": 0.0}).get_config() == config
    with pytest.raises(ValueError, match="min_extent is no longer an option"):
        BoundingBoxCropLayer.from_config(config | {"min_extent": 0.1})


@pytest.mark.parametrize("size", [(64, 64), (61, 83)])
def test_the_main_region_is_a_connected_component_that_opencv_finds(size):
    masks = blobs(20, *size, seed=5)
    kept = np.asarray(MainRegionLayer()(masks)) > 0.5
    fewer = 0
    for mask, region in zip(masks[..., 0] > 0.5, kept[..., 0], strict=True):
        rows, columns = (-(-side // 2) for side in size)
        halved = np.zeros((2 * rows, 2 * columns), bool)
        halved[: size[0], : size[1]] = mask
        halved = halved.reshape(rows, 2, columns, 2).any(axis=(1, 3)).astype("uint8")
        _, labels = cv2.connectedComponents(halved, connectivity=8)
        labels = labels.repeat(2, axis=0).repeat(2, axis=1)[: size[0], : size[1]]
        (label,) = np.unique(labels[region])
        assert np.array_equal(region, mask & (labels == label))
        fewer += region.sum() < mask.sum()
    assert fewer > 5, "the test needs masks of several regions"


def test_the_main_region_keeps_its_soft_edge_and_one_region_changes_nothing():
    mask = np.zeros((1, 60, 80, 1), "float32")
    mask[0, 11:40, 13:42] = 1
    mask = cv2.GaussianBlur(mask[0], (3, 3), 0)[None, ..., None]
    kept = np.asarray(MainRegionLayer()(mask))
    np.testing.assert_array_equal(kept, mask)


def test_of_nothing_nothing_is_the_main_region():
    assert not np.asarray(MainRegionLayer()(np.full((2, 20, 30, 1), 0.4, "float32"))).any()


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: MainRegionLayer(threshold=1), "threshold is 1"),
        (lambda: MainRegionLayer(reach=0), "reach is 0"),
        (lambda: MainRegionLayer()(np.zeros((2, 8, 8, 3), "float32")), r"got \(2, 8, 8, 3\)"),
        (lambda: MainRegionLayer()(np.zeros((2, 8, 8, 1), "uint8")), "Divide by 255"),
        (lambda: BoundingBoxCropLayer(0, 96), "height is 0"),
        (lambda: BoundingBoxCropLayer(96, 9.5), "width is 9.5"),
        (lambda: BoundingBoxCropLayer(96, 96, threshold=1), "threshold is 1"),
        (lambda: BoundingBoxCropLayer(96, 96, threshold=128), "threshold is 128"),
        (lambda: BoundingBoxCropLayer(96, 96, margin=-0.1), "margin is -0.1"),
        (lambda: BoundingBoxCropLayer(96, 96, margin=float("nan")), "margin is nan"),
        (lambda: BoundingBoxCropLayer(96, 96, min_area=1), "min_area is 1"),
        (lambda: BoundingBoxCropLayer(9, 9)(np.zeros((2, 8, 8, 3), "float32")), r"got \(2, 8, 8, 3\)"),
        (lambda: BoundingBoxCropLayer(9, 9)(np.zeros((2, 8, 8), "float32")), r"got \(2, 8, 8\)"),
        (lambda: BoundingBoxCropLayer(9, 9)(keras.Input((None, 8, 1))), "must be fixed"),
        (lambda: BoundingBoxCropLayer(9, 9)(np.zeros((2, 8, 8, 1), "uint8")), "Divide by 255"),
        (
            lambda: BoundingBoxCropLayer(9, 9)(np.full((2, 8, 8, 1), 255, "float32")),
            r"masks are floats in \[0, 1\]; got values up to 255. Divide by 255",
        ),
        (
            lambda: BoundingBoxCropLayer(9, 9)(
                np.ones((1, 8, 8, 1), "float32"), np.full((1, 8, 8, 3), 200.0, "float32")
            ),
            "photos are floats .* up to 200",
        ),
        (
            lambda: BoundingBoxCropLayer(9, 9)(np.zeros((2, 8, 8, 1)), photos=np.zeros((2, 9, 8, 3))),
            r"masks are \(2, 8, 8, 1\), photos \(2, 9, 8, 3\)",
        ),
        (
            lambda: BoundingBoxCropLayer(9, 9)(
                np.zeros((2, 8, 8, 1)), photos=np.zeros((2, 8, 8, 3), "uint8")
            ),
            "photos are floats",
        ),
        (lambda: AttentionBlock(num_heads=0), "num_heads is 0"),
        (lambda: AttentionBlock(key_dim=-4), "key_dim is -4"),
        (lambda: AttentionBlock(dropout=1), "dropout is 1"),
        (lambda: AttentionBlock()(np.zeros((2, 8, 8), "float32")), r"got \(2, 8, 8\)"),
        (lambda: AttentionBlock()(keras.Input((None, 8, 4))), "fixed size"),
        (lambda: ClassProbabilities(["one"]), "at least two"),
        (lambda: ClassProbabilities(["a", "a"]), "distinct"),
        (lambda: BilinearResize(0, 3), "height is 0"),
    ],
)
def test_bad_parameters_and_inputs_are_named(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_attention_scores_are_shares_and_reach_across_the_map():
    block = AttentionBlock(num_heads=2, key_dim=8)
    features = np.random.default_rng(0).normal(size=(2, 5, 4, 16)).astype("float32")
    output, scores = block(features, return_attention_scores=True)
    assert scores.shape == (2, 2, 20, 20)
    np.testing.assert_allclose(np.sum(scores, axis=-1), 1, rtol=1e-5)
    np.testing.assert_array_equal(output, block(features))

    touched = features.copy()
    touched[:, 0, 0] *= -1
    assert np.abs(np.asarray(block(touched) - output))[:, -1, -1].max() > 1e-4


def test_attention_is_what_keras_multi_head_attention_computes():
    block = AttentionBlock(num_heads=2, key_dim=8)
    features = np.random.default_rng(0).normal(size=(2, 5, 4, 16)).astype("float32")
    output = block(features)
    peer = keras.layers.MultiHeadAttention(2, 8)
    tokens = features.reshape(2, 20, 16)
    normed = block.norm(tokens + np.asarray(block.position))
    peer.build(normed.shape, normed.shape)
    kernel, bias = (np.asarray(w) for w in block.project.weights)
    peer.set_weights(
        [
            part.reshape(*shape)
            for weights in zip(np.split(kernel, 3, axis=1), np.split(bias, 3), strict=True)
            for part, shape in zip(weights, [(16, 2, 8), (2, 8)], strict=True)
        ]
        + [np.asarray(block.merge.kernel).reshape(2, 8, 16), np.asarray(block.merge.bias)]
    )
    expected = tokens + np.asarray(peer(normed, normed))
    np.testing.assert_allclose(np.asarray(output).reshape(2, 20, 16), expected, atol=1e-5)


def test_a_unit_vector_of_nothing_is_nothing_and_trains_on():
    vectors = keras.Variable([[0.0, 0.0], [3.0, -4.0], [1e-30, 0.0]])
    unit = np.asarray(UnitVector()(vectors))
    np.testing.assert_allclose(unit[1], [0.6, -0.8], rtol=1e-6)
    assert np.isfinite(unit).all()

    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(2, kernel_initializer="zeros"), UnitVector()]
    )
    model.compile("sgd", "mse", jit_compile=False)
    model.train_on_batch(np.ones((4, 3), "float32"), np.ones((4, 2), "float32"))
    assert all(np.isfinite(w).all() for w in model.get_weights())


def test_resizing_leaves_batch_norm_alone():
    inputs = keras.Input((4, 4, 3))
    norm = keras.layers.BatchNormalization()
    model = keras.Model(inputs, norm(BilinearResize(8, 8)(inputs)))
    model(np.ones((2, 4, 4, 3), "float32"))
    assert not np.asarray(norm.moving_mean).any()


# Every layer with other arguments than its defaults, and the shape of its input.
LAYERS = {
    "BoundingBoxCropLayer": (
        lambda: BoundingBoxCropLayer(9, 7, 0.4, 0.2, False, 0.01, name="crop"),
        (16, 20, 1),
    ),
    "MainRegionLayer": (lambda: MainRegionLayer(0.4, 0.5, name="main_region"), (16, 20, 1)),
    "AttentionBlock": (lambda: AttentionBlock(2, 8, 0.1, name="attention"), (4, 5, 16)),
    "ClassProbabilities": (lambda: ClassProbabilities(["fist", "palm"], name="gesture"), (8,)),
    "UnitVector": (lambda: UnitVector(name="rotation"), (2,)),
    "BilinearResize": (lambda: BilinearResize(9, 7, name="resize"), (4, 5, 3)),
}
# These take several inputs, and travel in tests/models/test_finding.py.
OF_SEVERAL_INPUTS = {"CloseUpLayer", "PeaksLayer", "RetakeLayer", "SquareLayer"}


def test_every_layer_is_checked_here():
    assert sorted({*LAYERS, *OF_SEVERAL_INPUTS}) == sorted(handvision.models.layers.__all__)


@pytest.mark.parametrize("name", LAYERS)
def test_layers_travel_in_a_file(name, tmp_path):
    make, shape = LAYERS[name]
    check_layer_travels(make(), shape, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("name", LAYERS)
def test_layers_answer_alike_when_exported(name, kind, tmp_path):
    make, shape = LAYERS[name]
    check_layer_exports(make(), shape, tmp_path, kind)


@pytest.mark.parametrize("layer", handvision.models.layers.__all__)
def test_the_example_runs(layer):
    module = sys.modules[getattr(handvision.models.layers, layer).__module__]
    results = doctest.testmod(module)
    assert results.attempted and not results.failed
