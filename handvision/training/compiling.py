"""What is learned: losses, metrics, and the learning rate from warm-up to zero."""

import keras

from handvision.heads.losses import GestureAccuracy, MaskIoU, MaskLoss, RotationError, RotationLoss
from handvision.training.platform import gpus


def compile_classifier(
    model: keras.Model,
    learning_rate: float = 1e-3,
    total_steps: int | None = None,
    rotation_weight: float = 0.5,
    label_smoothing: float = 0.0,
    jit_compile: bool | str | None = None,
) -> None:
    """Makes a classifier ready to train: categorical cross-entropy, rotation loss, Adam.

    The norm of the whole gradient is limited to 1.

    Targets are a dict: `gesture` (batch, classes) one-hot or soft, `rotation` (batch, 2), the (sin,
    cos) of the hand's direction. Sample weights are a dict of the same keys, each (batch,). A
    rotation that is not known has weight 0 or is NaN: it adds nothing to loss or metric.

    Args:
        model: outputs a dict with `gesture` (softmax) and, if it has one, `rotation` (sin, cos).
            Other outputs (`crop`, `has_hand`, `box`) get no loss.
        learning_rate: of Adam; with `total_steps` its highest value.
        total_steps: all steps of the training (epochs * len(train)). With it the rate rises in a
            short warm-up and falls along a cosine to 0; without it, it is constant.
        rotation_weight: of the rotation loss, 1 - cos(error), beside the cross-entropy.
        label_smoothing: share of a one-hot target that is spread over all classes, in [0, 1).
        jit_compile: as in Keras. None: no XLA under TensorFlow without a GPU, where it slows small
            networks down; Keras chooses elsewhere.

    Raises:
        ValueError: the model has no `gesture` output, or a number is out of its range.
    """
    outputs = model.output if isinstance(model.output, dict) else {}
    if "gesture" not in outputs:
        raise ValueError(f"{model.name}: a classifier needs an output 'gesture', this has {_outputs(model)}")
    if rotation_weight < 0:
        raise ValueError(f"rotation_weight is {rotation_weight}; use 0 or more")
    if not 0 <= label_smoothing < 1:
        raise ValueError(f"label_smoothing is {label_smoothing}; use a number in [0, 1)")
    losses = {"gesture": keras.losses.CategoricalCrossentropy(label_smoothing=label_smoothing)}
    metrics = {"gesture": [GestureAccuracy(name="accuracy")]}
    if "rotation" in outputs:
        losses["rotation"] = RotationLoss()
        metrics["rotation"] = [RotationError(name="degrees")]
    model.compile(
        optimizer=_adam(learning_rate, total_steps),
        loss={name: losses.get(name) for name in outputs},
        loss_weights={name: rotation_weight if name == "rotation" else 1.0 for name in outputs},
        weighted_metrics=metrics,
        jit_compile=_jit() if jit_compile is None else jit_compile,
    )


def compile_segmenter(
    model: keras.Model,
    learning_rate: float = 1e-3,
    total_steps: int | None = None,
    dice_weight: float = 1.0,
    jit_compile: bool | str | None = None,
) -> None:
    """Makes a segmenter ready to train: binary cross-entropy plus soft Dice, Adam, mean IoU.

    The norm of the whole gradient is limited to 1.

    Targets are masks (batch, height, width, 1) float32, 1 = hand, 0 = background, NaN = not known:
    such pixels add nothing. Sample weights, if any, are (batch,).

    Args:
        model: photo -> one sigmoid mask.
        learning_rate, total_steps, jit_compile: as in `compile_classifier`.
        dice_weight: of the Dice loss beside the cross-entropy.

    Raises:
        ValueError: the model gives no single mask, or a number is out of its range.
    """
    shape = getattr(model.output, "shape", None)
    if shape is None or len(shape) != 4 or shape[-1] != 1:
        raise ValueError(
            f"{model.name}: a segmenter gives one mask (batch, height, width, 1), "
            f"this gives {_outputs(model)}"
        )
    if dice_weight < 0:
        raise ValueError(f"dice_weight is {dice_weight}; use 0 or more")
    model.compile(
        optimizer=_adam(learning_rate, total_steps),
        loss=MaskLoss(dice_weight),
        weighted_metrics=[MaskIoU(name="iou")],
        jit_compile=_jit() if jit_compile is None else jit_compile,
    )


def _adam(learning_rate: float, total_steps: int | None) -> keras.optimizers.Optimizer:
    # Without the limit a few batches in the steep part of the schedule undo an epoch's progress.
    return keras.optimizers.Adam(_rate(learning_rate, total_steps), global_clipnorm=1.0)


def _rate(learning_rate: float, total_steps: int | None):
    if not learning_rate > 0:
        raise ValueError(f"learning_rate is {learning_rate}; use a number above 0")
    if total_steps is None:
        return learning_rate
    if total_steps < 1:
        raise ValueError(f"total_steps is {total_steps}; use epochs * len(train), at least 1")
    warmup = max(1, min(500, total_steps // 20))
    # Integers would fail in the first step under TensorFlow (Keras 3.15).
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=learning_rate / 10,
        warmup_target=float(learning_rate),
        warmup_steps=float(warmup),
        decay_steps=float(max(1, total_steps - warmup)),
    )


def _jit():
    return False if keras.backend.backend() == "tensorflow" and not gpus() else "auto"


def _outputs(model) -> list[str] | str:
    output = model.output
    return sorted(output) if isinstance(output, dict) else str(getattr(output, "shape", type(output)))
