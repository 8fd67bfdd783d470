"""The engine of one machine: processes that read shards, and are replaced when they die."""

import contextlib
import heapq
import multiprocessing
import os
import queue
import signal
import threading
import time
from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any, Self

from handvision.core.checks import whole_number
from handvision.inference.bulk.shards import Shard
from handvision.inference.bulk.work import ATTEMPTS, MakeRead, Outcome, failed, pause_after, read_shard

IN_FLIGHT = 2  # shards a worker: when it is done with one, it has the next at hand

# Fresh processes: a forked copy of one that runs threads may hang.
_CONTEXT = multiprocessing.get_context("spawn")


def read_in_processes(
    shards: Iterator[Shard], make_read: MakeRead, workers: int
) -> Generator[Outcome, None, None]:
    """The outcome of each shard once, as they come.

    A shard whose worker raises or dies is tried again, ATTEMPTS times in all; a worker that died is replaced.
    Shards are taken as workers want them: no more than IN_FLIGHT a worker are held.

    Args:
        make_read: makes the function that reads a photo; picklable.
        workers: processes, from 1 up.

    Raises:
        RuntimeError: a worker could not begin.
        ValueError: `workers` is no such number.
    """
    whole_number(workers, 1, "workers")
    waiting = _Waiting(shards)
    with contextlib.ExitStack() as stack:
        pool = [stack.enter_context(_Worker(make_read)) for _ in range(workers)]
        while True:
            for worker in pool:
                while len(worker.has) < IN_FLIGHT and (attempt := waiting.take()):
                    worker.give(attempt)
            seconds = waiting.seconds_to_next()
            if seconds is None and not any(worker.has for worker in pool):
                return
            if all(len(worker.has) == IN_FLIGHT for worker in pool):
                seconds = None
            speaking = wait([worker.connection for worker in pool], seconds)
            for worker in pool:
                if worker.connection in speaking:
                    yield from _heard(worker, waiting)


def _heard(worker: "_Worker", waiting: "_Waiting") -> Iterator[Outcome]:
    """An outcome, where a worker has one that is final."""
    try:
        said = worker.hear()
    except (EOFError, OSError):
        said = worker.replace(waiting)
    if said is None:
        return
    attempt = worker.has.popleft()
    if said.reason and attempt.number < ATTEMPTS:
        waiting.put_back(attempt)
    else:
        yield said


@dataclass(frozen=True, order=True)
class _Attempt:
    due: float  # by the monotonic clock
    order: int
    shard: Shard = field(compare=False)
    number: int = field(compare=False, default=1)


class _Waiting:
    """Shards that no worker has: those that are to be tried again, and those that were not tried yet."""

    def __init__(self, shards: Iterator[Shard]):
        self._fresh = enumerate(shards)
        self._again: list[_Attempt] = []

    def take(self) -> _Attempt | None:
        """What is due; None where there is nothing to do now."""
        if self._again and self._again[0].due <= time.monotonic():
            return heapq.heappop(self._again)
        fresh = next(self._fresh, None)
        return None if fresh is None else _Attempt(0, *fresh)

    def put_back(self, attempt: _Attempt) -> None:
        """It has failed, and is due after a pause."""
        due = time.monotonic() + pause_after(attempt.number)
        heapq.heappush(self._again, replace(attempt, due=due, number=attempt.number + 1))

    def give_back(self, attempt: _Attempt) -> None:
        """It was not begun."""
        heapq.heappush(self._again, attempt)

    def seconds_to_next(self) -> float | None:
        """Until something is due again; None where nothing is."""
        return max(0.0, self._again[0].due - time.monotonic()) if self._again else None


class _Worker:
    """A process that reads one shard after the other.

    Attributes:
        has: what it was given and has not answered yet; it is at work on the first.
        connection: what it says.
    """

    def __init__(self, make_read: MakeRead):
        self._make_read = make_read
        self.has: deque[_Attempt] = deque()
        self._false_starts = 0

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *error: Any) -> None:
        # A process whose connection ends goes at once, whatever it is doing.
        self.connection.close()
        self._process.join(5)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def give(self, attempt: _Attempt) -> None:
        self.has.append(attempt)
        # That it is dead is seen when it is listened to.
        with contextlib.suppress(ConnectionError):
            self.connection.send(attempt.shard)

    def hear(self) -> Outcome | None:
        """An outcome of what it was at work on; None where it says that it has begun.

        Raises:
            EOFError, OSError: it has died.
            RuntimeError: it could not begin.
        """
        said = self.connection.recv()
        if isinstance(said, Outcome):
            return said
        if said:
            raise RuntimeError(f"a worker could not begin: {said}")
        self._began, self._false_starts = True, 0
        return None

    def replace(self, waiting: _Waiting) -> Outcome | None:
        """Starts a new process for one that died: the outcome of what it was at work on, if it was.

        Raises:
            RuntimeError: ATTEMPTS of them have died before they could begin.
        """
        self.__exit__()
        died = f"a worker died (exit code {self._process.exitcode})"
        if not self._began:
            self._false_starts += 1
            if self._false_starts == ATTEMPTS:
                raise RuntimeError(f"{died} before it could begin, {ATTEMPTS} times")
        blamed = failed(self.has[0].shard, died) if self._began and self.has else None
        while len(self.has) > (blamed is not None):
            waiting.give_back(self.has.pop())
        self._start()
        return blamed

    def _start(self) -> None:
        self.connection, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_work, args=(theirs, self._make_read), daemon=True)
        self._began = False
        with _deaf_to_ctrl_c():
            self._process.start()
        theirs.close()


@contextlib.contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """What is started here never hears of Ctrl-C: the process that started it hears, and ends the others."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    # Python's tracker, which a first process brings with it, would unblock the signal again when it starts.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# --- in the worker ------------------------------------------------------------------------------------

_ALONE = 1  # exit code of a worker that nobody listens to any more


def _work(connection: Connection, make_read: MakeRead) -> None:
    """Says "" when it can begin, or why it cannot; then an outcome for each shard that comes."""
    shards: queue.SimpleQueue[Shard] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(connection, shards), daemon=True).start()
    try:
        read = make_read()
    except Exception as error:
        _say(connection, f"{type(error).__name__}: {error}")
        return
    _say(connection, "")
    while True:
        _say(connection, read_shard(shards.get(), read))


def _receive(connection: Connection, shards: "queue.SimpleQueue[Shard]") -> None:
    """Takes shards as they come, so that nobody waits for the other to listen."""
    while True:
        try:
            shards.put(connection.recv())
        except (EOFError, OSError):
            os._exit(_ALONE)


def _say(connection: Connection, what: Outcome | str) -> None:
    try:
        connection.send(what)
    except OSError:
        os._exit(_ALONE)
