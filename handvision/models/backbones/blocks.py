"""Small pieces that several models are built of."""

import keras


def conv_block(
    x: keras.KerasTensor,
    filters: int,
    kernel: int = 3,
    *,
    stride: int = 1,
    dilation: int = 1,
    separable: bool = False,
    activation: bool = True,
    scale: str = "ones",
    name: str,
) -> keras.KerasTensor:
    """Convolution, batch norm and, with `activation`, ReLU.

    (batch, h, w, c) -> (batch, ceil(h / stride), ceil(w / stride), filters). With `separable` each channel
    is filtered alone and a 1x1 convolution mixes them: a third of the time where pixels are many, in
    training as well. Batch norm's momentum is 0.9: with Keras's default of 0.99 the validation figures
    of a short training are wild for the first epochs. `scale` is its initial gamma: with "zeros" the block
    outputs 0 at first.
    """
    options = {
        "kernel_size": kernel,
        "strides": stride,
        "dilation_rate": dilation,
        "padding": "same",
        "use_bias": False,
        "name": f"{name}_conv",
    }
    if separable:
        x = keras.layers.SeparableConv2D(filters, **options)(x)
    else:
        x = keras.layers.Conv2D(filters, kernel_initializer="he_normal", **options)(x)
    x = keras.layers.BatchNormalization(momentum=0.9, gamma_initializer=scale, name=f"{name}_norm")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x) if activation else x


def residual_block(
    x: keras.KerasTensor,
    filters: int,
    *,
    stride: int = 1,
    activation: bool = True,
    scale: str = "ones",
    name: str,
) -> keras.KerasTensor:
    """Two convolutions around a shortcut: (b, h, w, c) -> (b, ceil(h / stride), ceil(w / stride), filters).

    `activation` is the ReLU after the sum; `scale`, see `conv_block`, is of what is added to the shortcut:
    with "zeros" the block starts as identity.
    """
    shortcut = x
    if stride > 1 or x.shape[-1] != filters:
        shortcut = conv_block(x, filters, 1, stride=stride, activation=False, name=f"{name}_shortcut")
    x = conv_block(x, filters, stride=stride, name=f"{name}_1")
    x = conv_block(x, filters, activation=False, scale=scale, name=f"{name}_2")
    x = keras.layers.Add(name=f"{name}_add")([x, shortcut])
    return keras.layers.ReLU(name=f"{name}_relu")(x) if activation else x


def check_photo_shape(input_shape: tuple[int, ...], smallest: int = 32) -> None:
    """Raises ValueError unless `input_shape` is (height, width, 3) of fixed, large enough sides."""
    if len(input_shape) != 3 or input_shape[2] != 3 or any(not s or s < smallest for s in input_shape[:2]):
        raise ValueError(
            f"input_shape is {input_shape}; use (height, width, 3) with at least {smallest} pixels each"
        )
