"""The engines that read shards: who, and how many."""

import contextlib
import os
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import partial

from handvision.core.checks import whole_number
from handvision.inference.bulk.pool import read_in_processes
from handvision.inference.bulk.shards import Shard
from handvision.inference.bulk.work import MakeRead, Outcome


@dataclass(frozen=True)
class Engine:
    """What reads shards.

    Attributes:
        name: for people.
        read: the outcome of each shard once, as they come. It takes shards as it needs them.
    """

    name: str
    read: Callable[[Iterator[Shard], MakeRead], Generator[Outcome, None, None]]


@contextlib.contextmanager
def open_engine(workers: int | None = None, address: str | None = None) -> Iterator[Engine]:
    """Processes of this machine, or actors of the Ray cluster at an address, which is left at the end.

    Args:
        workers: by default as many as there are cores, here or in the cluster.
        address: of the cluster; "local" starts a Ray here.

    Raises:
        ValueError: `workers` is no whole number from 1 up.
        ImportError: Ray is not installed.
        ConnectionError: there is no cluster at the address.
    """
    if address is None:
        yield processes(workers)
        return
    from handvision.inference.bulk.on_ray import joined, read_on_ray

    with joined(address) as cores:
        count = cores if workers is None else whole_number(workers, 1, "workers")
        name = f"by {count} actor{'' if count == 1 else 's'} on Ray ({address})"
        yield Engine(name, partial(read_on_ray, workers=count))


def processes(workers: int | None = None) -> Engine:
    """Processes of this machine, by default one a core.

    Raises:
        ValueError: `workers` is no whole number from 1 up.
    """
    count = _cores() if workers is None else whole_number(workers, 1, "workers")
    name = f"by {count} process{'' if count == 1 else 'es'}"
    return Engine(name, partial(read_in_processes, workers=count))


def _cores() -> int:
    """That this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
