"""U-Net and DeepLabV3+: any size in, a mask of that size out, and they learn."""

import keras
import numpy as np
import pytest

from handvision.models import build_deeplab_v3_plus, build_unet

from .conftest import drawn_hands, shake

SEGMENTERS = {"unet": build_unet, "deeplab": build_deeplab_v3_plus}


@pytest.mark.slow
@pytest.mark.parametrize("size", [(64, 64), (48, 80), (33, 47), (50, 61)])
@pytest.mark.parametrize("kind", ["unet", "deeplab"])
def test_the_mask_has_the_photos_size_whatever_it_is(kind, size):
    model = shake(SEGMENTERS[kind]((*size, 3)))
    masks = np.asarray(model(drawn_hands(3, *size)))
    assert masks.shape == (3, *size, 1) and masks.dtype == "float32"
    assert masks.min() >= 0 and masks.max() <= 1
    assert np.ptp(masks, axis=(1, 2)).min() > 1e-3  # no constant answers
    assert model.output_names == ["mask"] and model.inputs[0].name == "photo"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["unet", pytest.param("deeplab", marks=pytest.mark.soak)])
def test_they_learn_to_find_bright_hands(kind):
    photos = drawn_hands(80, 48, 48)
    masks = (photos.mean(axis=3, keepdims=True) > 0.5).astype("float32")
    keras.utils.set_random_seed(0)
    model = SEGMENTERS[kind]((48, 48, 3))
    model.compile(keras.optimizers.Adam(3e-3), "binary_crossentropy", jit_compile=False)
    model.fit(photos[:64], masks[:64], batch_size=8, epochs=6, verbose=0)
    found = model.predict(photos[64:], verbose=0) > 0.5
    truth = masks[64:] > 0.5
    assert np.sum(found & truth) / np.sum(found | truth) > 0.75


def test_every_level_of_the_unet_matters():
    # With the deepest level silenced the answer changes, and with a skip silenced too.
    photos = drawn_hands(2)
    model = shake(build_unet((64, 48, 3), channels=(4, 8, 12)))
    whole = np.asarray(model(photos))
    for name in ("encoder2_norm", "encoder1_norm", "encoder0_norm"):
        kept = model.get_layer(name).get_weights()
        model.get_layer(name).set_weights([np.zeros_like(w) for w in kept[:2]] + kept[2:])
        assert np.abs(np.asarray(model(photos)) - whole).max() > 1e-3, name
        model.get_layer(name).set_weights(kept)


@pytest.mark.slow
def test_a_refined_unet_answers_as_before_until_it_learns():
    photos = drawn_hands(2)
    shape, channels = (64, 48, 3), (4, 8, 12)
    before = shake(build_unet(shape, channels=channels))
    refined = build_unet(shape, channels=channels, refine=(1, 0, 2))
    for layer in before.layers:
        refined.get_layer(layer.name).set_weights(layer.get_weights())
    np.testing.assert_allclose(refined(photos), before(photos), atol=1e-6)
    added = {layer.name.removesuffix("_add") for layer in refined.layers if layer.name.endswith("_add")}
    assert added == {"decoder0_block0", "deepest_block0", "deepest_block1"}
    for block in sorted(added):
        scale = refined.get_layer(f"{block}_2_norm").gamma
        scale.assign(scale + 1)
        assert np.abs(refined(photos) - before(photos)).max() > 1e-3, block
        scale.assign(scale - 1)


@pytest.mark.slow
@pytest.mark.parametrize("aspp, decoder", [(False, True), (True, False), (False, False)])
def test_deeplab_without_its_parts_for_comparison(aspp, decoder):
    model = build_deeplab_v3_plus((64, 48, 3), aspp=aspp, decoder=decoder)
    names = " ".join(layer.name for layer in model.layers)
    assert ("aspp_rate" in names) == aspp and ("decoder" in names) == decoder
    assert model.output_shape == (None, 64, 48, 1)


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: build_unet((128, 128, 1)), r"input_shape is \(128, 128, 1\)"),
        (lambda: build_unet((None, None, 3)), "at least 32"),
        (lambda: build_unet((16, 128, 3)), "at least 32"),
        (lambda: build_unet(channels=(16,)), "at least two levels"),
        (lambda: build_unet(channels=(16, 0)), "at least two levels"),
        (lambda: build_unet(channels=(4, 8), refine=(1, 1, 1)), "use none, or 2 numbers of blocks"),
        (lambda: build_unet(channels=(4, 8), refine=(1, -1)), "0 or more each"),
        (lambda: build_deeplab_v3_plus((128, 3)), r"input_shape is \(128, 3\)"),
        (
            lambda: build_deeplab_v3_plus(backbone="vgg"),
            "backbone is 'vgg'; use one of .*light_resnet, resnet50",
        ),
        (
            lambda: build_deeplab_v3_plus(weights="imagenet"),
            "'imagenet' for backbone 'light_resnet'; use None",
        ),
        (lambda: build_deeplab_v3_plus(channels=(8, 8)), r"channels is \(8, 8\); use one number for each"),
        (lambda: build_deeplab_v3_plus(backbone="resnet50", weights="coco"), "weights is 'coco'"),
    ],
)
def test_bad_arguments_are_named(make, words):
    with pytest.raises(ValueError, match=words):
        make()
