"""How it is learned: epoch by epoch, with progress, early stopping and a checkpoint."""

import ctypes
import math
import numbers
import platform
import random
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np

from handvision.core.files import replacing
from handvision.core.hashing import hash_arrays, hash_json
from handvision.training.checkpoints import (
    arrays_of,
    assign,
    hash_sequence,
    read_checkpoint,
    set_epoch,
    without_automatic_names,
    write_checkpoint,
)

_SECONDS_BETWEEN_LINES = 30


class History(dict):
    """What Keras logged, a list with one number an epoch for each name ("loss", "val_loss", ...).

    Attributes:
        best_epoch: the epoch with the best monitored value, counted from 1.
        seconds: what each epoch took, training and validation, a list of float.
    """

    def __init__(self, logs=(), best_epoch: int = 0, seconds=()):
        super().__init__(logs)
        self.best_epoch = best_epoch
        self.seconds = list(seconds)


def set_seed(seed: int, deterministic: bool = True) -> None:
    """Seeds Python, NumPy and Keras. Call it before a model is built: its first weights come from it.

    Args:
        seed: an int >= 0.
        deterministic: under TensorFlow, also `enable_op_determinism`, so that two runs on one
            machine's CPU give the same bits. It stays on for the rest of the process, and from then
            on a random operation of TensorFlow itself fails without a seed.
    """
    if not isinstance(seed, numbers.Integral) or isinstance(seed, bool) or seed < 0:
        raise ValueError(f"seed is {seed!r}; use a whole number from 0 up")
    keras.utils.set_random_seed(int(seed) % 2**32)
    if deterministic and keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()


def fit(
    model: keras.Model,
    train: keras.utils.PyDataset,
    validation: keras.utils.PyDataset | None = None,
    *,
    epochs: int,
    folder: str | Path,
    seed: int,
    patience: int | None = None,
    monitor: str = "val_loss",
    title: str = "",
    verbose: bool = True,
    deterministic: bool = True,
) -> History:
    """Trains a compiled model, or goes on with the training that `folder` holds.

    After each epoch `folder/checkpoint.npz` is replaced. If it belongs to this very training (same
    seed, epochs, network, first weights, losses, and same first and last batch of the data), it is
    taken up after its last finished epoch, or just loaded if it was finished. If it belongs to
    another one, the training starts anew and says what differs.

    Args:
        model: compiled (`compile_classifier`, `compile_segmenter`). For the same result in two runs
            call `set_seed` before building it.
        train, validation: `PyDataset`s whose batches depend on nothing but (their seed, their
            attribute `epoch`, index). fit sets `epoch`: 0, 1, 2, ... while training; always 0 for
            validation, so that every epoch is judged by the same pictures.
        epochs: at most so many, counting those of an interrupted run.
        folder: made if need be; one training a folder.
        seed: an int >= 0; sets every generator anew at each epoch, those of Dropout layers included.
        patience: stop after so many epochs without a better `monitor`, and give the model the
            weights of the best epoch. `patience=epochs` never stops, yet takes the best weights.
            None: no early stopping, the last weights stay.
        monitor: the figure that decides; higher is better if its name ends in accuracy or iou.
        title: stands at the head of each line of progress.
        verbose: print one line an epoch, with the time left; in long epochs also one each half minute.
        deterministic: see `set_seed`.

    Returns:
        The history of all epochs, those of an interrupted run included.

    Raises:
        TypeError, ValueError: an argument is wrong; the message says which and what to do.
        FloatingPointError: the loss is no number any more.
    """
    _check_fit(model, train, validation, epochs, patience, monitor)
    set_seed(seed, deterministic)
    model.optimizer.build(model.trainable_variables)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    train, validation = _for_all_outputs(model, train), _for_all_outputs(model, validation)
    run = _Run(model, train, validation, epochs, folder, int(seed), patience, monitor, title, verbose)
    run.resume()
    if not run.finished and not run.complete:
        if keras.backend.backend() == "jax":
            # Builds losses and metrics. Keras would peek at a first batch for that, and where worker
            # threads draw the batches, what they drew ahead would shift the order of every epoch.
            model.test_on_batch(*train[0])
        model.fit(
            train,
            validation_data=validation,
            epochs=epochs,
            initial_epoch=run.epoch,
            callbacks=[run],
            verbose=0,
            shuffle=False,  # the sequence shuffles, as a function of (seed, epoch)
        )
    run.complete_run()
    return History(run.history, run.best_epoch, run.seconds)


def _check_fit(model, train, validation, epochs, patience, monitor):
    if not getattr(model, "compiled", False):
        raise ValueError(f"{model.name} is not compiled: call compile_classifier or compile_segmenter first")
    for name, data in (("train", train), ("validation", validation)):
        if data is None and name == "validation":
            continue
        if not isinstance(data, keras.utils.PyDataset):
            raise TypeError(f"{name} is a {type(data).__name__}; give a keras.utils.PyDataset")
        if len(data) == 0:
            raise ValueError(f"{name} has no batches")
    if not isinstance(epochs, numbers.Integral) or epochs < 1:
        raise ValueError(f"epochs is {epochs!r}; use a whole number from 1 up")
    if patience is not None:
        if not isinstance(patience, numbers.Integral) or patience < 1:
            raise ValueError(f"patience is {patience!r}; use a whole number from 1 up, or None")
        if validation is None and monitor.startswith("val_"):
            raise ValueError(f"early stopping watches {monitor!r}, which needs validation data")


class _Run(keras.callbacks.Callback):
    """One training: seeds each epoch, keeps score, writes the checkpoint, reports."""

    def __init__(self, model, train, validation, epochs, folder, seed, patience, monitor, title, verbose):
        super().__init__()
        self.network, self.train, self.validation = model, train, validation
        self.epochs, self.seed, self.patience, self.monitor = int(epochs), seed, patience, monitor
        self.path = folder / "checkpoint.npz"
        self.prefix = f"{title}: " if title else ""
        self.verbose = verbose
        self.epoch, self.history, self.seconds = 0, {}, []
        self.best_epoch, self.best_value, self.best_weights = 0, None, None
        self.complete = False
        self.fingerprint = self._fingerprint()

    # Keras calls these.

    def on_epoch_begin(self, epoch, logs=None):
        # Keras itself calls train.on_epoch_end() once before the first epoch, and its worker threads
        # start to draw batches right after this callback: so the epoch is set here, not counted.
        set_epoch(self.train, epoch)
        # Not keras.utils.set_random_seed: TensorFlow would prepare its graphs anew, up to seconds an epoch.
        random.seed(_derived_seed(self.seed, epoch))
        np.random.seed(_derived_seed(self.seed, epoch))  # noqa: NPY002 (what others may still draw from)
        for i, state in enumerate(_seed_states(self.network)):
            state.assign(np.array([_derived_seed(self.seed, epoch, i), 0], dtype=state.dtype))
        self.started = self.last_line = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        if batch == 0:
            _keep_freed_memory()
        now, steps = time.perf_counter(), len(self.train)
        if now - self.last_line > _SECONDS_BETWEEN_LINES and batch + 1 < steps:
            self.last_line = now
            left = (now - self.started) / (batch + 1) * (steps - batch - 1)
            place = f"epoch {self.epoch + 1}/{self.epochs}, step {batch + 1}/{steps}"
            self._say(f"{place}  [{_duration(left)} to the end of the epoch]")

    def on_test_begin(self, logs=None):
        set_epoch(self.validation, 0)

    def on_epoch_end(self, epoch, logs=None):
        logs = {name: float(value) for name, value in logs.items()}
        if not math.isfinite(logs["loss"]):
            raise FloatingPointError(
                f"the loss is {logs['loss']} in epoch {epoch + 1}: lower the learning rate, "
                "or look for NaN in the data"
            )
        self.epoch = epoch + 1
        for name, value in logs.items():
            self.history.setdefault(name, []).append(value)
        self._keep_score(logs)
        self.seconds.append(round(time.perf_counter() - self.started, 3))
        self._report(logs)
        self._write()
        if self.finished:
            self.network.stop_training = True

    # The rest is ours.

    @property
    def finished(self) -> bool:
        waited = self.epoch - self.best_epoch
        return self.epoch >= self.epochs or (self.patience is not None and waited >= self.patience)

    def resume(self):
        """Takes up what the folder holds, if it is this very training."""
        if not self.path.exists():
            return
        try:
            state, arrays = read_checkpoint(self.path)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            self._say(f"{self.path.name} cannot be read ({error}): starting anew", always=True)
            return
        found = state["fingerprint"]
        differing = sorted(k for k in {*found, *self.fingerprint} if found.get(k) != self.fingerprint.get(k))
        if differing:
            self._say(
                f"the folder {self.path.parent.name} holds another training (it differs in "
                f"{', '.join(differing)}): starting anew, its checkpoint will be replaced",
                always=True,
            )
            if differing == ["first weights"]:
                self._say("to take it up, call set_seed and build the model again before fit", always=True)
            return
        assign(self.network.weights, arrays["weights"])
        assign(self.network.optimizer.variables, arrays["optimizer"])
        self.best_weights = arrays["best"] or None
        for name in ("epoch", "history", "seconds", "best_epoch", "best_value", "complete"):
            setattr(self, name, state[name])
        if self.complete:
            self._say(f"this training is done ({self.epoch} epochs): loaded from {self.path.parent.name}")
        else:
            self._say(f"going on after epoch {self.epoch}")

    def complete_run(self):
        """Gives the model its final weights, and marks the checkpoint as complete."""
        if self.complete:
            return
        if self.best_weights is not None:
            assign(self.network.weights, self.best_weights)
            self._say(f"took the weights of epoch {self.best_epoch}: {self.monitor} {self.best_value:.4g}")
        self.best_weights, self.complete = None, True
        self._write()

    def _keep_score(self, logs):
        value = logs.get(self.monitor)
        if value is None:
            if self.patience is not None:
                raise ValueError(f"monitor is {self.monitor!r}; this training has {', '.join(logs)}")
            self.best_epoch = self.epoch
            return
        if not math.isfinite(value):
            return
        higher_is_better = self.monitor.endswith(("accuracy", "iou"))
        best = self.best_value
        if best is None or (value > best if higher_is_better else value < best):
            self.best_epoch, self.best_value = self.epoch, value
            if self.patience is not None:
                self.best_weights = arrays_of(self.network.weights)

    def _report(self, logs):
        parts = []
        for name, value in sorted(logs.items(), key=lambda item: item[0] != "loss"):
            if not name.startswith("val_"):
                other = logs.get(f"val_{name}")
                parts.append(f"{name} {value:.3g}" + (f" (val {other:.3g})" if other is not None else ""))
        left = np.mean(self.seconds) * (self.epochs - self.epoch)
        left = "done" if self.finished else f"{_duration(left)} left"
        line = f"epoch {self.epoch:>{len(str(self.epochs))}}/{self.epochs}  {', '.join(parts)}"
        self._say(f"{line}  [{_duration(self.seconds[-1])}, {left}]")

    def _say(self, text, always=False):
        if self.verbose or always:
            print(self.prefix + text, flush=True)

    def _write(self):
        state = {
            name: getattr(self, name)
            for name in ("fingerprint", "epoch", "history", "seconds", "best_epoch", "best_value", "complete")
        }
        arrays = {
            "weights": arrays_of(self.network.weights),
            "optimizer": arrays_of(self.network.optimizer.variables),
            "best": self.best_weights or [],
        }
        with replacing(self.path) as path:
            write_checkpoint(path, state, arrays)

    def _fingerprint(self) -> dict:
        network = self.network
        return {
            "seed": self.seed,
            "epochs": self.epochs,
            "early stopping": [self.patience, self.monitor],
            "network": hash_json(without_automatic_names(network.get_config())),
            "first weights": hash_arrays(arrays_of(network.weights) + arrays_of(network.optimizer.variables)),
            "losses": hash_json(without_automatic_names(network.get_compile_config())),
            "training data": hash_sequence(self.train),
            "validation data": hash_sequence(self.validation),
            "backend": f"{keras.backend.backend()}, keras {keras.__version__}",
        }


def _for_all_outputs(model, sequence):
    """The sequence, with targets for outputs that get no loss: Keras's metrics want one for each."""
    if sequence is None or not isinstance(model.output, dict):
        return sequence
    targets = sequence[0][1]
    missing = sorted(set(model.output) - set(targets)) if isinstance(targets, Mapping) else []
    return _Padded(sequence, missing) if missing else sequence


class _Padded(keras.utils.PyDataset):
    """Another sequence whose batches carry zeros as targets (and weights) of the outputs in `missing`."""

    def __init__(self, sequence, missing: list[str]):
        super().__init__(sequence.workers, sequence.use_multiprocessing, sequence.max_queue_size)
        self.sequence, self.missing = sequence, missing

    def __len__(self):
        return len(self.sequence)

    def __getitem__(self, index):
        inputs, *dicts = self.sequence[index]
        zeros = np.zeros((len(next(iter(dicts[0].values()))), 1), np.float32)
        return inputs, *({**known, **dict.fromkeys(self.missing, zeros)} for known in dicts)

    @property
    def epoch(self) -> int:
        return self.sequence.epoch

    @epoch.setter
    def epoch(self, value: int):
        self.sequence.epoch = value

    def on_epoch_begin(self):
        self.sequence.on_epoch_begin()

    def on_epoch_end(self):
        self.sequence.on_epoch_end()


def _keep_freed_memory():
    """Lets the process keep what it frees, for the next step.

    TensorFlow's generator data set (2.21) tells glibc to give freed memory back at once. Every step then
    asks the kernel for the same pages again, which doubles the CPU time of a small network's step.
    It does so when the first batch is drawn: so this must come after it.
    """
    if platform.libc_ver()[0] != "glibc":
        return
    set_option = ctypes.CDLL(None).mallopt
    trim_threshold, mmap_threshold = -1, -3  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD of malloc.h
    set_option(mmap_threshold, 1 << 30)
    set_option(trim_threshold, (1 << 31) - 1)


def _derived_seed(*parts: int) -> int:
    return int(np.random.SeedSequence(parts).generate_state(1)[0] >> 1)  # 31 bits fit every backend


def _seed_states(model) -> list:
    return [v for v in model.variables if v.path.endswith("seed_generator_state")]


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
