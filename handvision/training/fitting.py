"""The training loop: epoch by epoch, with a checkpoint after each, so that a killed training goes on."""

import math
import numbers
import random
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from handvision.core.files import replacing
from handvision.training.checkpoints import (
    arrays_of,
    assign,
    fingerprint,
    read_checkpoint,
    set_epoch,
    write_checkpoint,
)
from handvision.training.distribution import ALONE, CountMoves, check_same, current, shared, wait_for_all
from handvision.training.flow_classes import check_classes
from handvision.training.padding import padded
from handvision.training.progress import Progress


class History(dict[str, list[float]]):
    """What Keras logged, a list with one number an epoch for each name ("loss", "val_loss", ...).

    Attributes:
        seconds: what each epoch took, training and validation, a list of float.
    """

    def __init__(self, logs: Mapping[str, list[float]] | None = None, seconds: Iterable[float] = ()):
        super().__init__(logs or {})
        self.seconds = list(seconds)


def set_seed(seed: int) -> None:
    """Seeds Python, NumPy and Keras. Call it before a model is built: its first weights come from it.

    Raises:
        ValueError: the seed is not a whole number from 0 up.
    """
    if not isinstance(seed, numbers.Integral) or isinstance(seed, bool) or seed < 0:
        raise ValueError(f"seed is {seed!r}; use a whole number from 0 up")
    keras.utils.set_random_seed(int(seed) % 2**32)


def fit(
    model: keras.Model,
    train: keras.utils.PyDataset,
    validation: keras.utils.PyDataset | None = None,
    *,
    epochs: int,
    folder: str | Path,
    seed: int,
    title: str = "",
    verbose: bool = True,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> History:
    """Trains a compiled model, or goes on with the training that `folder` holds.

    After each epoch `folder/checkpoint.npz` is replaced. If it belongs to this very training (same
    seed, epochs, network, first weights, losses, and same first and last batch of the data), it is
    taken up after its last finished epoch, or just loaded if it was finished. If it belongs to
    another one, the training starts anew and says what differs.

    Where this process trains with others (see `distribution.join`), it takes its share of every batch,
    and only the first of them writes.

    Args:
        model: compiled (`compile_classifier`, `compile_segmenter`). For the same result in two runs
            call `set_seed`, and `platform.make_deterministic`, before building it.
        train, validation: `PyDataset`s whose batches depend on nothing but (their seed, their
            attribute `epoch`, index). fit sets `epoch`: 0, 1, 2, ... while training; always 0 for
            validation, so that every epoch is measured on the same pictures.
        epochs: so many, counting those of an interrupted run.
        folder: made if need be; one training a folder.
        seed: an int >= 0; sets every generator anew at each epoch, those of Dropout layers included.
        title: stands at the head of each line of progress.
        verbose: print one line an epoch, with the time left; in long epochs also one each half minute.
        callbacks: more callbacks of Keras.

    Returns:
        The history of all epochs, those of an interrupted run included.

    Raises:
        TypeError, ValueError: an argument is wrong; the message says which and what to do.
        FloatingPointError: the loss is no number any more.
    """
    _check_fit(model, train, validation, epochs)
    rank = current()
    wait_for_all(f"fit {Path(folder).name}")
    set_seed(seed)
    model.optimizer.build(model.trainable_variables)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    train, validation = padded(model, train), None if validation is None else padded(model, validation)
    progress = Progress(title, int(epochs), verbose)
    run = _Run(model, train, validation, int(epochs), folder / "checkpoint.npz", int(seed), progress)
    run.resume()
    check_same(run.epoch, folder)
    if run.epoch < epochs:
        train, validation = shared(train, rank), None if validation is None else shared(validation, rank)
        if keras.backend.backend() == "jax":
            # Builds losses and metrics. Keras would peek at a first batch for that, and where worker
            # threads draw the batches, what they drew ahead would shift the order of every epoch.
            model.test_on_batch(*train[0])
        model.fit(
            train,
            validation_data=validation,
            epochs=epochs,
            initial_epoch=run.epoch,
            callbacks=[*callbacks, run] if rank == ALONE else [*callbacks, CountMoves(), run],
            verbose=0,
            shuffle=False,  # the sequence shuffles, as a function of (seed, epoch)
        )
    return History(run.history, run.seconds)


def _check_fit(model: keras.Model, train: Any, validation: Any, epochs: Any) -> None:
    if not getattr(model, "compiled", False):
        raise ValueError(f"{model.name} is not compiled: call compile_classifier or compile_segmenter first")
    for name, data in (("train", train), ("validation", validation)):
        if data is None and name == "validation":
            continue
        if not isinstance(data, keras.utils.PyDataset):
            raise TypeError(f"{name} is a {type(data).__name__}; give a keras.utils.PyDataset")
        if len(data) == 0:
            raise ValueError(f"{name} has no batches")
        check_classes(model, data)
    if not isinstance(epochs, numbers.Integral) or epochs < 1:
        raise ValueError(f"epochs is {epochs!r}; use a whole number from 1 up")


class _Run(keras.callbacks.Callback):
    """One training: seeds each epoch, keeps the history, writes the checkpoint."""

    def __init__(
        self,
        network: keras.Model,
        train: keras.utils.PyDataset,
        validation: keras.utils.PyDataset | None,
        epochs: int,
        path: Path,
        seed: int,
        progress: Progress,
    ):
        super().__init__()
        self.network, self.train, self.validation = network, train, validation
        self.path, self.seed, self.progress = path, seed, progress
        self.epochs, self.epoch = epochs, 0  # those that are finished
        self.history: dict[str, list[float]] = {}
        self.seconds: list[float] = []
        self.fingerprint = fingerprint(network, train, validation, seed, epochs)

    def resume(self) -> None:
        """Takes up what the folder holds, if it is this very training."""
        if not self.path.exists():
            return
        try:
            state, arrays = read_checkpoint(self.path)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            self.progress.warn(f"{self.path.name} cannot be read ({error}): starting anew")
            return
        found = state["fingerprint"]
        differing = sorted(k for k in {*found, *self.fingerprint} if found.get(k) != self.fingerprint.get(k))
        if differing:
            self.progress.warn(
                f"the folder {self.path.parent.name} holds another training (it differs in "
                f"{', '.join(differing)}): starting anew, its checkpoint will be replaced"
            )
            if differing == ["first weights"]:
                self.progress.warn("to take it up, call set_seed and build the model again before fit")
            return
        assign(self.network.weights, arrays["weights"])
        assign(self.network.optimizer.variables, arrays["optimizer"])
        self.epoch, self.history, self.seconds = state["epoch"], state["history"], state["seconds"]
        done = self.epoch >= self.epochs
        self.progress.say(
            f"this training is done ({self.epoch} epochs): loaded from {self.path.parent.name}"
            if done
            else f"going on after epoch {self.epoch}"
        )

    # Keras calls these.

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        # Keras itself calls train.on_epoch_end() once before the first epoch, and its worker threads
        # start to draw batches right after this callback: so the epoch is set here, not counted.
        set_epoch(self.train, epoch)
        # Not keras.utils.set_random_seed: TensorFlow would prepare its graphs anew, up to seconds an epoch.
        random.seed(_derived_seed(self.seed, epoch))
        np.random.seed(_derived_seed(self.seed, epoch))  # noqa: NPY002 (what others may still draw from)
        for i, state in enumerate(_seed_states(self.network)):
            state.assign(np.array([_derived_seed(self.seed, epoch, i), 0], dtype=state.dtype))
        self.progress.begin_epoch()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self.progress.step(self.epoch + 1, batch + 1, len(self.train))

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        set_epoch(self.validation, 0)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        figures = {name: float(value) for name, value in (logs or {}).items()}
        if not math.isfinite(figures["loss"]):
            raise FloatingPointError(
                f"the loss is {figures['loss']} in epoch {epoch + 1}: lower the learning rate, "
                "or look for NaN in the data"
            )
        self.epoch = epoch + 1
        for name, value in figures.items():
            self.history.setdefault(name, []).append(value)
        self.seconds.append(self.progress.seconds())
        self.progress.epoch(self.epoch, figures, self.seconds)
        self._write()

    def _write(self) -> None:
        if not current().writes:
            return
        state = {name: getattr(self, name) for name in ("fingerprint", "epoch", "history", "seconds")}
        arrays = {
            "weights": arrays_of(self.network.weights),
            "optimizer": arrays_of(self.network.optimizer.variables),
        }
        with replacing(self.path) as path:
            write_checkpoint(path, state, arrays)


def _derived_seed(*parts: int) -> int:
    return int(np.random.SeedSequence(parts).generate_state(1)[0] >> 1)  # 31 bits fit every backend


def _seed_states(model: keras.Model) -> list[keras.Variable]:
    return [v for v in model.variables if v.path.endswith("seed_generator_state")]
