"""Starts the processes of one training on this machine, and ends all when one is lost."""

import os
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from handvision.core.checks import whole_number
from handvision.core.files import replacing
from handvision.training.distribution import ADDRESSES, COUNT, NUMBER, PULSE
from handvision.training.recipe import Recipe
from handvision.training.running import check_processes

SILENT_SECONDS = 25  # without a sign of life, a process is frozen
BEHIND_SECONDS = 45  # in which nobody moved: who is behind the others is stuck
_GRACE_SECONDS = 5
_TAIL = 2000  # characters of what a lost process said


def train_in_processes(recipe: Recipe, folder: str | Path, count: int) -> None:
    """As `running.run_recipe`, by processes of this machine, on JAX. Starting again goes on.

    The first process says how it goes. When one dies or is stuck, all end within a minute.

    Args:
        recipe: a classifier's or a segmenter's.
        folder: of the training.
        count: of processes. The pictures of a batch are divided among them.

    Raises:
        ValueError: no such number, or another kind of recipe.
        RuntimeError: a process was lost; the message names it.
    """
    whole_number(count, 1, "processes")
    check_processes(recipe)
    path = Path(folder) / "recipe.json"
    with replacing(path) as unfinished:
        unfinished.write_text(recipe.dumps(), "utf-8")
    command = [sys.executable, "-m", "handvision", "train", str(path), "--folder", str(folder)]
    watch(command, count)


def watch(command: list[str], count: int) -> None:
    """Runs a command `count` times as the processes of one training, until all are done.

    Raises:
        RuntimeError: one was lost.
    """
    address = f"127.0.0.1:{_free_port()}"
    processes: list[_Process] = []
    clock = _Clock()
    with selectors.DefaultSelector() as selector, ExitStack() as stack:
        try:
            for number in range(count):
                process = stack.enter_context(_started(command, number, count, address))
                processes.append(process)
                selector.register(process.pulse, selectors.EVENT_READ, process)
            lost = ""
            while not lost and any(process.code is None for process in processes):
                # Before it is heard: what it said last then counts.
                for process in processes:
                    process.code = process.popen.poll()
                for key, _ in selector.select(0.2):
                    if not key.data.hear(clock.now()):
                        selector.unregister(key.fileobj)
                lost = _lost(processes, clock.now())
        finally:
            _end(processes)
    if lost:
        raise RuntimeError(lost)


class _Clock:
    """Seconds that this process has seen go by: not those in which it was stopped, and the others with it."""

    def __init__(self) -> None:
        self._seconds, self._last = 0.0, time.monotonic()

    def now(self) -> float:
        passed, self._last = time.monotonic() - self._last, time.monotonic()
        self._seconds += min(passed, 1.0)
        return self._seconds


@dataclass
class _Process:
    """A process of a training.

    Attributes:
        name: for people.
        popen: of it.
        pulse: where it gives signs of life, a file descriptor.
        errors: what it says on stderr, where it does not say it here.
        code: how it has ended; None while it runs.
        moves: see `distribution.CountMoves`.
        heard, moved: when it gave its last sign of life, None before the first; and when it last moved.
    """

    name: str
    popen: subprocess.Popen
    pulse: int
    errors: IO[bytes] | None
    code: int | None = None
    moves: int = 0
    heard: float | None = None
    moved: float = 0.0

    def hear(self, now: float) -> bool:
        """Takes signs of life; False where there will be none any more."""
        said = os.read(self.pulse, 4096)
        if not said:
            return False
        self.heard = now
        moves = int(said.split()[-1])
        if moves != self.moves:
            self.moves, self.moved = moves, now
        return True

    def last_words(self) -> str:
        if self.errors is None:
            return ""
        self.errors.seek(0)
        said = self.errors.read().decode(errors="replace").strip()
        return f"\n{said[-_TAIL:]}" if said else ""


def _lost(processes: list[_Process], now: float) -> str:
    """What happened, naming the process that the others were lost by; "" where all is well."""
    running = [process for process in processes if process.code is None]
    for process in processes:
        if code := process.code:
            # One that has waited in vain gives up, and is not the one that was waited for.
            behind = min(running, key=lambda other: other.moves, default=process)
            if code > 0 and behind.moves < process.moves:
                return f"{behind.name} is stuck: {process.name} has waited for it in vain"
            how = f"was killed by signal {-code}" if code < 0 else f"failed with exit code {code}"
            return f"{process.name} {how}; start again to go on from the last epoch{process.last_words()}"
    for process in running:
        if process.heard is not None and now - process.heard > SILENT_SECONDS:
            return f"{process.name} is frozen: no sign of life for {SILENT_SECONDS} seconds"
    behind = min(running, key=lambda other: other.moves, default=None)
    if (
        behind is not None
        and behind.moves < max(process.moves for process in running)
        and now - max(process.moved for process in running) > BEHIND_SECONDS
    ):
        return f"{behind.name} is stuck: the others have waited for it for {BEHIND_SECONDS} seconds"
    return ""


@contextmanager
def _started(command: list[str], number: int, count: int, address: str) -> Iterator[_Process]:
    """A process, and within, what belongs to it is open."""
    with ExitStack() as stack:
        pulse, theirs = os.pipe()
        stack.callback(os.close, pulse)
        # What the others would say beside the first, they keep until somebody asks.
        errors = stack.enter_context(tempfile.TemporaryFile()) if number else None
        try:
            popen = subprocess.Popen(
                command,
                env={**os.environ, **variables(number, count, address), PULSE: str(theirs)},
                pass_fds=[theirs],
                stdout=subprocess.DEVNULL if number else None,
                stderr=errors,
            )
        finally:
            os.close(theirs)
        yield _Process(f"process {number} of {count}", popen, pulse, errors)


def _end(processes: list[_Process]) -> None:
    """Asks those that run still to end, and kills those that can't."""
    for process in processes:
        process.popen.terminate()
    deadline = time.monotonic() + _GRACE_SECONDS
    for process in processes:
        try:
            process.popen.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.popen.kill()
            process.popen.wait()


def variables(number: int, count: int, address: str) -> Mapping[str, str]:
    """The environment of a process: what a cluster's machines set by hand."""
    return {"KERAS_BACKEND": "jax", ADDRESSES: address, COUNT: str(count), NUMBER: str(number)}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
