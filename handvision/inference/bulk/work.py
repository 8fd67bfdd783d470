"""What a worker of any engine does: it reads a shard as a whole, and says what came of it."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass

from handvision.inference.bulk.rows import Read
from handvision.inference.bulk.schema import to_parquet
from handvision.inference.bulk.shards import Shard

ATTEMPTS = 3  # of a shard, before it has failed
PAUSE_SECONDS = 1.0  # before the second attempt; four times as long before the third

MakeRead = Callable[[], Read]  # run once in each worker, so it has to be picklable


@dataclass(frozen=True)
class Outcome:
    """What came of a shard.

    Attributes:
        name: of the shard.
        parquet: the file of its rows; None where it failed.
        photos: how many it has.
        errors: how many of them have rows with an error.
        reason: why it failed; "" where it did not.
        paths: of its photos, where it failed.
    """

    name: str
    parquet: bytes | None = None
    photos: int = 0
    errors: int = 0
    reason: str = ""
    paths: tuple[str, ...] = ()


def read_shard(shard: Shard, read: Read) -> Outcome:
    """Reads all photos of a shard; it fails where `read` raises, whatever it raises."""
    rows = []
    errors = 0
    path = ""
    try:
        for path in shard.paths:
            of_photo = read(path)
            errors += any(row["error"] is not None for row in of_photo)
            rows += of_photo
        photos = len(shard.paths)
        parquet = to_parquet(rows, {"photos": photos, "errors": errors})
        return Outcome(shard.name, parquet, photos, errors)
    # It is told, tried again, and told again: nothing is hidden.
    except Exception as error:
        return failed(shard, f"{path}: {''.join(traceback.format_exception_only(error)).strip()}")


def failed(shard: Shard, reason: str) -> Outcome:
    return Outcome(shard.name, photos=len(shard.paths), reason=reason, paths=shard.paths)


def pause_after(attempt: int) -> float:
    """Seconds to wait after a failed attempt, counted from 1."""
    return PAUSE_SECONDS * 4 ** (attempt - 1)
