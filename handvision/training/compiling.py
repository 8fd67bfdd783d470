"""What is learned: losses, metrics, and the learning rate from warm-up to zero."""

from collections.abc import Mapping

import keras

from handvision.heads.losses import CentreLoss, MapLoss, MaskIoU, MaskLoss
from handvision.models import heads_of_model
from handvision.training.platform import gpus
from handvision.training.slowed_adam import SlowedAdam


def compile_classifier(
    model: keras.Model,
    learning_rate: float = 1e-3,
    total_steps: int | None = None,
    loss_weights: Mapping[str, float] | None = None,
    jit_compile: bool | str | None = None,
    slowed: Mapping[str, float] | None = None,
) -> None:
    """Makes a reader ready to train: the losses and metrics of its heads, Adam.

    The norm of the whole gradient is limited to 1.

    Targets are a dict, name of a head -> (batch, ...), and sample weights a dict of the same keys, each
    (batch,): what `heads.HeadTargets` gives. What is not known has the weight 0: it adds nothing to loss or
    metric.

    Args:
        model: outputs a dict with at least one head. Other outputs (`crop`, `has_hand`, `box`) get no loss.
        learning_rate: of Adam; with `total_steps` its highest value.
        total_steps: all steps of the training (epochs * len(train)). With it the rate rises in a
            short warm-up and falls along a cosine to 0; without it, it is constant.
        loss_weights: name of a head -> weight of its loss, 0 or more; `Head.loss_weight` where left out.
        jit_compile: as in Keras. None: no XLA under TensorFlow without a GPU, where it slows small
            networks down; Keras chooses elsewhere.
        slowed: name of a layer -> its share of the learning rate, where it is not the whole.

    Raises:
        ValueError: the model has no head, a weight is of no head of it, or a number is out of its range.
    """
    heads = {head.name: head for head in heads_of_model(model)}
    weights = {name: head.loss_weight for name, head in heads.items()} | dict(loss_weights or {})
    if set(weights) != set(heads):
        unknown = ", ".join(sorted(set(weights) - set(heads)))
        raise ValueError(f"loss_weights are given for {unknown}; {model.name} has {', '.join(heads)}")
    for name, weight in weights.items():
        if not weight >= 0:
            raise ValueError(f"loss_weights[{name!r}] is {weight}; use 0 or more")
    model.compile(
        optimizer=_adam(learning_rate, total_steps, slowed),
        loss={name: heads[name].loss() if name in heads else None for name in model.output},
        loss_weights={name: weights.get(name, 1.0) for name in model.output},
        weighted_metrics={name: head.metrics() for name, head in heads.items()},
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


def compile_finder(model: keras.Model, learning_rate: float, total_steps: int) -> None:
    """Makes a segmenter with centres ready to train: the losses of its mask and of each map, Adam.

    Targets are what `protocol.finding_sequence.FindingSequence` gives: NaN where not known.
    """
    losses = {
        "mask": MaskLoss(),
        "centre": CentreLoss(),
        "extent": MapLoss(relative=True),
        "offset": MapLoss(),
        "direction": MapLoss(),
    }
    model.compile(
        optimizer=_adam(learning_rate, total_steps),
        loss=losses,
        loss_weights={"mask": 1.0, "centre": 1.0, "extent": 1.0, "offset": 0.5, "direction": 1.0},
        metrics={name: [MaskIoU(name="iou")] if name == "mask" else [] for name in losses},
        jit_compile=_jit(),
    )


def _adam(
    learning_rate: float, total_steps: int | None, slowed: Mapping[str, float] | None = None
) -> keras.optimizers.Optimizer:
    rate = _rate(learning_rate, total_steps)
    # Without the limit a few batches in the steep part of the schedule undo an epoch's progress.
    if slowed:
        return SlowedAdam(slowed, learning_rate=rate, global_clipnorm=1.0)
    return keras.optimizers.Adam(rate, global_clipnorm=1.0)


def _rate(
    learning_rate: float, total_steps: int | None
) -> float | keras.optimizers.schedules.LearningRateSchedule:
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


def _jit() -> bool | str:
    return False if keras.backend.backend() == "tensorflow" and not gpus() else "auto"


def _outputs(model: keras.Model) -> list[str] | str:
    output = model.output
    return sorted(output) if isinstance(output, dict) else str(getattr(output, "shape", type(output)))
