"""The engine of many machines: actors on Ray Data that read shards."""

import contextlib
import itertools
import logging
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import ray
from ray.data import ActorPoolStrategy, DataContext
from ray.data.exceptions import ExecutionTimeoutError

from handvision.inference.bulk.pool import IN_FLIGHT
from handvision.inference.bulk.shards import Shard
from handvision.inference.bulk.work import ATTEMPTS, MakeRead, Outcome, failed, pause_after, read_shard

# Half a core an actor: where actors take all cores, Ray Data waits for ever (ray#44687); and when a machine
# is lost, the others have room for its actors.
_CORES_OF_AN_ACTOR = 0.5
# Shards are handed to Ray Data by the wave, so that what it holds does not grow with the job. A wave's end,
# when some actors have nothing to do, is a small part of it.
_WAVE = 16  # shards an actor
# Without a shard from any actor for so long, Ray is stuck, and the wave is given to it anew.
_STUCK_SECONDS = 3600
_STORE_BYTES = 256 << 20  # of a Ray that is started here: some waves of paths and rows


def read_on_ray(shards: Iterator[Shard], make_read: MakeRead, workers: int) -> Generator[Outcome, None, None]:
    """As `pool.read_in_processes`, by actors of the Ray that this process has `joined`.

    Raises:
        RuntimeError: an actor could not begin, or the cluster is lost.
        ValueError: the cluster has no room for so many actors.
    """
    cores = _cores()
    if workers * _CORES_OF_AN_ACTOR > cores:
        raise ValueError(f"workers is {workers}; {cores} cores of the cluster have room for {2 * cores}")
    waves: deque[_Wave] = deque()
    while wave := waves.popleft() if waves else _Wave(tuple(itertools.islice(shards, _WAVE * workers))):
        time.sleep(wave.pause)
        left = {shard.name: shard for shard in wave.shards}
        again = []
        try:
            for outcome in _outcomes(wave, make_read, workers):
                shard = left.pop(outcome.name, None)
                if shard is None:  # Ray has read it twice
                    continue
                if outcome.reason and wave.attempt < ATTEMPTS:
                    again.append(shard)
                else:
                    yield outcome if not outcome.reason else failed(shard, outcome.reason)
        except (ray.exceptions.RayError, ExecutionTimeoutError) as error:
            _check_cluster(error)
            if wave.suspected and len(wave.shards) == 1:
                yield failed(*wave.shards, f"an actor died ({_first_line(error)})")
            else:
                waves.extend(_halves(tuple(left.values()), wave.attempt))
        if again:
            waves.append(_Wave(tuple(again), wave.attempt + 1, pause=pause_after(wave.attempt)))


@dataclass(frozen=True)
class _Wave:
    """Shards that are read together, and the number of the attempt.

    Attributes:
        pause: seconds to wait before.
        suspected: one of them has killed ATTEMPTS actors; which one, is found by halves.
    """

    shards: tuple[Shard, ...]
    attempt: int = 1
    pause: float = 0.0
    suspected: bool = False

    def __bool__(self) -> bool:
        return bool(self.shards)


def _halves(shards: Sequence[Shard], attempt: int) -> list[_Wave]:
    middle = (len(shards) + 1) // 2
    parts = (tuple(shards[:middle]), tuple(shards[middle:]))
    return [_Wave(part, attempt, suspected=True) for part in parts if part]


def _outcomes(wave: _Wave, make_read: MakeRead, workers: int) -> Iterator[Outcome]:
    """Of the shards of a wave, as they come; without the paths of those that failed."""
    items = [{"name": shard.name, "paths": list(map(os.fsencode, shard.paths))} for shard in wave.shards]
    actors = min(workers, len(items))
    read = ray.data.from_items(items, override_num_blocks=len(items)).map(
        _Actor,  # type: ignore[arg-type]  # a class is called once it is made
        fn_constructor_args=(make_read,),
        compute=ActorPoolStrategy(size=actors, max_tasks_in_flight_per_actor=IN_FLIGHT),
        num_cpus=_CORES_OF_AN_ACTOR,
        max_restarts=-1,
        max_task_retries=0 if wave.suspected else ATTEMPTS - 1,
    )
    for row in read.iter_rows():
        if row["unfit"]:
            raise RuntimeError(f"an actor could not begin: {row['unfit']}")
        yield Outcome(row["name"], row["parquet"] or None, row["photos"], row["errors"], row["reason"])


class _Actor:
    """Makes its reader once, and reads one shard after the other."""

    def __init__(self, make_read: MakeRead):
        self._unfit = ""
        try:
            self._read = make_read()
        # An actor that cannot begin would be started again and again: it says so instead.
        except Exception as error:
            self._unfit = f"{type(error).__name__}: {error}"

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        shard = Shard(row["name"], tuple(os.fsdecode(path) for path in row["paths"]))
        outcome = failed(shard, self._unfit) if self._unfit else read_shard(shard, self._read)
        return {
            "name": outcome.name,
            "parquet": outcome.parquet or b"",
            "photos": outcome.photos,
            "errors": outcome.errors,
            "reason": outcome.reason,
            "unfit": self._unfit,
        }


# --- the cluster --------------------------------------------------------------------------------------


@contextlib.contextmanager
def joined(address: str) -> Iterator[int]:
    """Within it, this process is a driver of a cluster; gives how many cores the cluster has.

    Args:
        address: of the cluster; "local" is a Ray that is started here, and ends. A process that is a driver
            already stays the one that it is.

    Raises:
        ConnectionError: there is no cluster at the address.
    """
    begin = not ray.is_initialized()
    own: dict[str, Any] = {"include_dashboard": False, "object_store_memory": _STORE_BYTES}
    if begin:
        with _own_sigterm():
            more = own if address == "local" else {}
            ray.init(address, log_to_driver=False, logging_level=logging.ERROR, **more)
    _configure()
    try:
        yield _cores()
    finally:
        if begin:
            ray.shutdown()


def _cores() -> int:
    return int(ray.cluster_resources().get("CPU", 0))


def _check_cluster(error: Exception) -> None:
    """Raises RuntimeError where it was not a shard that failed, but Ray."""
    if isinstance(error, ray.exceptions.ActorDiedError) and "creation task" in str(error):
        raise RuntimeError(f"an actor could not begin: {error}") from error
    try:
        cores = _cores()
    except Exception as lost:
        raise RuntimeError(f"the cluster is lost: {lost}") from error
    if not cores:
        raise RuntimeError("the cluster is lost: it has no cores any more") from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


@contextlib.contextmanager
def _own_sigterm() -> Iterator[None]:
    """Ray takes SIGTERM for itself; who handles it already goes on doing so."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, before)


def _configure() -> None:
    """We show progress ourselves, and tell what failed."""
    context = DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    context.execution_no_progress_timeout_s = _STUCK_SECONDS
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)
