"""ResNets: a narrow one of the suite's own, and ResNet50 of keras.applications.

He et al., Deep residual learning, https://arxiv.org/abs/1512.03385.
"""

from collections.abc import Sequence

import keras
from keras import ops

from handvision.models.backbones.blocks import conv_block, residual_block
from handvision.models.backbones.registry import Backbone, Pretrained, register

# What ResNet50 gives at each level: the last layer there.
_RESNET50_LEVELS = (
    "conv1_relu",
    "conv2_block3_out",
    "conv3_block4_out",
    "conv4_block6_out",
    "conv5_block3_out",
)


def light_resnet(photo: keras.KerasTensor, channels: Sequence[int]) -> list[keras.KerasTensor]:
    """A convolution at a half of the photo's size, then two residual blocks at each level."""
    x = conv_block(photo, channels[0], stride=2, name="stem")
    levels = [x]
    for stage, filters in enumerate(channels[1:], 1):
        x = residual_block(x, filters, stride=2, name=f"stage{stage}_block1")
        x = residual_block(x, filters, name=f"stage{stage}_block2")
        levels.append(x)
    return levels


def resnet50(photo: keras.KerasTensor, channels: Sequence[int]) -> list[keras.KerasTensor]:
    """64, 256, 512, 1024 and 2048 channels, whatever `channels` asks for."""
    # The published weights were trained on BGR in 0 to 255 with the means taken off.
    x = keras.layers.Rescaling(255.0, offset=[-123.68, -116.779, -103.939], name="imagenet_scale")(photo)
    model = keras.applications.ResNet50(weights=None, include_top=False, input_tensor=ops.flip(x, axis=-1))
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.9
    return [model.get_layer(name).output for name in _RESNET50_LEVELS[: len(channels)]]


def _load_resnet50(model: keras.Model) -> None:
    try:
        published = keras.applications.ResNet50(weights="imagenet", include_top=False)
    except Exception as error:  # what a failed download raises is a bare Exception
        raise FileNotFoundError(
            f"the ImageNet weights of ResNet50 could not be had ({error}): connect once, put the file into "
            "~/.keras/models, or build with weights=None"
        ) from error
    weights = {layer.name: layer.get_weights() for layer in published.layers if layer.weights}
    for layer in model.layers:
        if layer.name in weights:
            layer.set_weights(weights[layer.name])


register(Backbone("light_resnet", light_resnet, levels=6))
register(
    Backbone(
        "resnet50",
        resnet50,
        levels=len(_RESNET50_LEVELS),
        pretrained=Pretrained(
            name="imagenet",
            source="keras.applications.ResNet50 (downloads 95 MB once)",
            version="1",
            checksum="md5:4d473c1dd8becc155b73f8504c6f6626",
            licence="MIT (He et al.)",
            load=_load_resnet50,
        ),
    )
)
