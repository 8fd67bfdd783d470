"""One training by several processes: which of them this one is, and its share of every batch.

Keras on JAX does the rest. Every process holds all weights; its shares, side by side, are the whole batch, so
losses, metrics, gradients and batch norm are those of the whole batch, and every process learns the same.
"""

import contextlib
import os
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from handvision.core.checks import whole_number
from handvision.training.wrapping import WrappedSequence, like

# What `keras.distribution.initialize` reads.
ADDRESSES, COUNT, NUMBER = (
    f"KERAS_DISTRIBUTION_{name}" for name in ("JOB_ADDRESSES", "NUM_PROCESSES", "PROCESS_ID")
)
PULSE = "HANDVISION_PULSE"  # the file descriptor on which a launcher listens for signs of life

# A process that is dead or frozen for so long ends the others; JAX's own limit is 100.
_SILENT_SECONDS = 40
_WAIT_SECONDS = 3600  # for the slowest to make its data


@dataclass(frozen=True)
class Rank:
    """Which process this is.

    Attributes:
        number: from 0 up; 0 writes what is written.
        count: of all processes.
    """

    number: int = 0
    count: int = 1

    @property
    def writes(self) -> bool:
        return self.number == 0

    def rows(self, size: int) -> slice:
        """Its rows of a batch of `size`: as many as every process can have; what is left over, none has."""
        each = size // self.count
        return slice(self.number * each, (self.number + 1) * each)


ALONE = Rank()


def named(environment: Mapping[str, str] = os.environ) -> Rank:
    """The process that the environment says this is; ALONE where it says nothing.

    Raises:
        ValueError: it says something that cannot be; the message names the variable.
    """
    given = [name for name in (ADDRESSES, COUNT, NUMBER) if environment.get(name)]
    if not given:
        return ALONE
    if len(given) < 3:
        raise ValueError(
            f"{' and '.join(given)} are set; set {ADDRESSES}, {COUNT} and {NUMBER} together, or none"
        )
    count = whole_number(_number(environment, COUNT), 1, COUNT)
    number = whole_number(_number(environment, NUMBER), 0, NUMBER)
    if number >= count:
        raise ValueError(f"{NUMBER} is {number}; {COUNT} is {count}, so use 0 to {count - 1}")
    return Rank(number, count)


def join() -> Rank:
    """Makes this process one of those that train together, where the environment says so.

    Call it before a model is built, and before JAX computes anything. It waits for the others.

    Raises:
        ValueError: the environment is wrong, or Keras does not run on JAX.
    """
    rank = named()
    if not os.environ.get(COUNT) or keras.distribution.distribution() is not None:
        return rank
    if keras.backend.backend() != "jax":
        raise ValueError(f"KERAS_BACKEND is {keras.backend.backend()}; several processes train on jax alone")
    # Keras would import it, where it is installed, to seed it: ten seconds and 300 MB a process.
    sys.modules.setdefault("tensorflow", None)  # type: ignore[arg-type]
    import jax

    # Not keras.distribution.initialize, which does the same and leaves the limit at 100 seconds.
    jax.distributed.initialize(
        os.environ[ADDRESSES].split(",")[0],
        rank.count,
        rank.number,
        heartbeat_timeout_seconds=_SILENT_SECONDS,
    )
    keras.distribution.set_distribution(keras.distribution.DataParallel(auto_shard_dataset=False))
    if os.environ.get(PULSE):
        threading.Thread(target=_beat, args=(int(os.environ[PULSE]),), daemon=True).start()
    return rank


def current() -> Rank:
    """The process that this is, if it has joined others; else ALONE."""
    if keras.backend.backend() != "jax" or keras.distribution.distribution() is None:
        return ALONE
    import jax

    return Rank(jax.process_index(), jax.process_count())


@contextlib.contextmanager
def apart() -> Iterator[None]:
    """Within it, a model that this process builds is its own.

    Else Keras compares each first weight with those of the other processes, which may have ended.
    """
    before = keras.distribution.distribution()
    keras.distribution.set_distribution(None)
    try:
        yield
    finally:
        keras.distribution.set_distribution(before)


def wait_for_all(what: str) -> None:
    """Goes on when all processes have come here, however long their data take.

    Collective operations of JAX give up after 30 seconds, which is too short for that.
    """
    if current().count > 1:
        # JAX has no public barrier that waits.
        from jax._src.distributed import global_state

        global_state.client.wait_at_barrier(what, _WAIT_SECONDS * 1000)


def check_same(epoch: int, folder: Path) -> None:
    """That all processes go on from the same epoch: else they would wait for each other for ever.

    Raises:
        ValueError: they don't.
    """
    if current().count == 1:
        return
    from jax.experimental import multihost_utils

    epochs = np.ravel(multihost_utils.process_allgather(np.array(epoch))).tolist()
    if len(set(epochs)) > 1:
        raise ValueError(
            f"the processes find trainings after the epochs {epochs} in {folder}: let all see the same folder"
        )


# --- shares of batches --------------------------------------------------------------------------------


def shared(sequence: keras.utils.PyDataset, rank: Rank) -> keras.utils.PyDataset:
    """What one process sees of a sequence: of every batch its rows.

    All see as many batches, and as many pictures of each. A last batch with fewer pictures than there are
    processes is left out.

    Raises:
        ValueError: no batch has so many pictures.
    """
    return sequence if rank.count == 1 else _Shared(sequence, rank)


class _Shared(WrappedSequence):
    def __init__(self, sequence: keras.utils.PyDataset, rank: Rank):
        super().__init__(sequence, **like(sequence))
        self.rank = rank
        last = _size(sequence[len(sequence) - 1])
        self.batches = len(sequence) - (last < rank.count)
        if self.batches == 0:
            raise ValueError(
                f"a batch has {last} pictures for {rank.count} processes; raise batch_size or lower processes"
            )

    def __len__(self) -> int:
        return self.batches

    def __getitem__(self, index: int) -> Any:
        batch = self.sequence[index]
        rows = self.rank.rows(_size(batch))
        return keras.tree.map_structure(lambda array: array[rows], batch)


def _size(batch: Any) -> int:
    return len(keras.tree.flatten(batch)[0])


# --- signs of life ------------------------------------------------------------------------------------


class CountMoves(keras.callbacks.Callback):
    """Counts, for who launched this process, how often it began or ended a step: who waits is ahead of whom
    it waits for."""

    moves = 0

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        CountMoves.moves += 1

    on_train_batch_end = on_test_batch_begin = on_test_batch_end = on_train_batch_begin


def _beat(descriptor: int) -> None:
    while True:
        try:
            os.write(descriptor, f"{CountMoves.moves}\n".encode())
        except BrokenPipeError:  # nobody listens any more
            os._exit(1)
        time.sleep(1)


def _number(environment: Mapping[str, str], name: str) -> int:
    try:
        return int(environment[name])
    except ValueError:
        raise ValueError(f"{name} is {environment[name]!r}; use a whole number") from None
