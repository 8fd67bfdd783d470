"""Every registered backbone gives a level at each halving of the size, and any segmenter takes it."""

import keras
import numpy as np
import pytest

from handvision.models import build_deeplab_v3_plus, build_unet
from handvision.models.backbones import Backbone, get_backbone, list_backbones, register, registry

CHANNELS = (8, 12, 16, 24)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(64, 96), (50, 61)])
@pytest.mark.parametrize("name", list_backbones())
def test_each_level_halves_the_size(name, size):
    features = get_backbone(name).features(keras.Input((*size, 3)), CHANNELS)
    sizes = [tuple(level.shape[1:3]) for level in features]
    assert sizes == [tuple(-(-side // 2**level) for side in size) for level in range(1, 5)]


@pytest.mark.slow
@pytest.mark.parametrize("build", [build_unet, build_deeplab_v3_plus])
@pytest.mark.parametrize("name", list_backbones())
def test_any_segmenter_takes_any_backbone(name, build):
    model = build((50, 61, 3), backbone=name, channels=CHANNELS)
    assert model.output_shape == (None, 50, 61, 1)


@pytest.mark.parametrize("name", list_backbones())
def test_pretrained_weights_say_where_they_come_from(name):
    pretrained = get_backbone(name).pretrained
    if pretrained is not None:
        assert pretrained.checksum.partition(":")[0] in ("sha256", "md5")
        assert pretrained.licence and pretrained.version and pretrained.source


def test_a_backbone_is_one_registration(monkeypatch):
    def pooled(photo, channels):
        levels = []
        for level, filters in enumerate(channels):
            photo = keras.layers.Conv2D(filters, 1, strides=2, padding="same", name=f"pooled{level}")(photo)
            levels.append(photo)
        return levels

    monkeypatch.setattr(registry, "_BACKBONES", dict(registry._BACKBONES))
    register(Backbone("pooled", pooled, levels=4))
    assert "pooled0" in {layer.name for layer in build_unet((64, 64, 3), (4, 8), "pooled").layers}
    with pytest.raises(ValueError, match="two backbones are called 'pooled'"):
        register(Backbone("pooled", pooled, levels=4))


@pytest.mark.slow
def test_resnet50_sees_what_it_was_trained_on(tmp_path):
    model = build_deeplab_v3_plus((64, 48, 3), "resnet50")
    photo = np.random.default_rng(0).random((1, 64, 48, 3), "float32")
    seen = keras.Model(model.input, model.get_layer("conv1_pad").input)(photo)
    expected = keras.applications.resnet50.preprocess_input(photo * 255)
    np.testing.assert_allclose(seen, expected, atol=1e-3)
    momenta = {x.momentum for x in model.layers if isinstance(x, keras.layers.BatchNormalization)}
    assert momenta == {0.9}

    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_array_equal(model(photo), loaded(photo))


@pytest.mark.slow
def test_resnet50_takes_the_published_weights_by_name(monkeypatch):
    published = keras.applications.ResNet50(weights=None, include_top=False)
    original = keras.applications.ResNet50
    monkeypatch.setattr(
        keras.applications,
        "ResNet50",
        lambda weights, **options: published if weights else original(weights=None, **options),
    )
    model = build_deeplab_v3_plus((64, 48, 3), "resnet50", "imagenet")
    for name in ("conv1_conv", "conv4_block6_3_conv"):
        for ours, theirs in zip(
            model.get_layer(name).get_weights(), published.get_layer(name).get_weights(), strict=True
        ):
            np.testing.assert_array_equal(ours, theirs)


def test_without_network_the_weights_of_resnet50_are_an_error(monkeypatch):
    def offline(**options):
        raise Exception("URL fetch failure: no route to host")

    monkeypatch.setattr(keras.applications, "ResNet50", offline)
    with pytest.raises(FileNotFoundError, match=r"could not be had \(URL fetch failure.*connect once"):
        get_backbone("resnet50").load_weights(None, "imagenet")
