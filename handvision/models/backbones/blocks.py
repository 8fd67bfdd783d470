"""Small pieces that several models are built of."""

import keras


def conv_block(
    x, filters, kernel=3, *, stride=1, dilation=1, separable=False, activation=True, scale="ones", name
):
    """Convolution, batch norm and, with `activation`, ReLU.

    (batch, h, w, c) -> (batch, ceil(h / stride), ceil(w / stride), filters). With `separable` each channel
    is filtered alone and a 1x1 convolution mixes them: a third of the time where pixels are many, in
    training as well. Batch norm's momentum is 0.9: with Keras's default of 0.99 the validation figures
    of a short training are wild for the first epochs. `scale` is what its scale begins with: with "zeros"
    nothing comes out before training.
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


def residual_block(x, filters, *, stride=1, activation=True, scale="ones", name):
    """Two convolutions around a shortcut: (b, h, w, c) -> (b, ceil(h / stride), ceil(w / stride), filters).

    `activation` is the ReLU after the sum, `scale` as in `conv_block` that of what is added to the shortcut.
    """
    shortcut = x
    if stride > 1 or x.shape[-1] != filters:
        shortcut = conv_block(x, filters, 1, stride=stride, activation=False, name=f"{name}_shortcut")
    x = conv_block(x, filters, stride=stride, name=f"{name}_1")
    x = conv_block(x, filters, activation=False, scale=scale, name=f"{name}_2")
    x = keras.layers.Add(name=f"{name}_add")([x, shortcut])
    return keras.layers.ReLU(name=f"{name}_relu")(x) if activation else x


def check_photo_shape(input_shape, smallest=32):
    """Raises ValueError unless `input_shape` is (height, width, 3) of fixed, large enough sides."""
    if len(input_shape) != 3 or input_shape[2] != 3 or any(not s or s < smallest for s in input_shape[:2]):
        raise ValueError(
            f"input_shape is {input_shape}; use (height, width, 3) with at least {smallest} pixels each"
        )
