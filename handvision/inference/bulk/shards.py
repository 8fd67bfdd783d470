"""The photos of a job in shards: each is read as a whole, has its own name, and is one file of results."""

import hashlib
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from handvision.core.checks import whole_number

SHARD_SIZE = 500  # photos: about a minute of one core's work, which is what a stop loses at most


@dataclass(frozen=True)
class Shard:
    """Some photos that are read together.

    Attributes:
        name: a hash of the photos' paths and of what reads them: the same photos, read the same way, are in
            the file of the same name, whoever reads them.
        paths: sorted.
    """

    name: str
    paths: tuple[str, ...]


def shards_of(paths: Iterable[str], identity: str, size: int = SHARD_SIZE) -> Iterator[Shard]:
    """Shards of `size` photos, the last of what is left; no more than one is held.

    Args:
        paths: sorted, each once.
        identity: of what reads them, see `RowReader.identity`.

    Raises:
        ValueError: the size is no whole number from 1 up.
    """
    whole_number(size, 1, "shard_size")
    remaining = iter(paths)
    while some := tuple(itertools.islice(remaining, size)):
        yield Shard(_name(some, identity), some)


def _name(paths: tuple[str, ...], identity: str) -> str:
    digest = hashlib.sha256(identity.encode())
    for path in paths:
        # No path holds a zero byte.
        digest.update(b"\0" + path.encode("utf-8", errors="surrogateescape"))
    return digest.hexdigest()[:32]
