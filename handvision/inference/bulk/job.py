"""A whole job: which photos, who reads them, and where their rows go."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, replace
from functools import partial
from typing import Any

from tqdm import tqdm

from handvision.inference.bulk.engines import Engine, open_engine
from handvision.inference.bulk.folder import ResultFolder
from handvision.inference.bulk.manifest import Manifest
from handvision.inference.bulk.photos import PhotoList
from handvision.inference.bulk.rows import ReadingOptions, RowReader
from handvision.inference.bulk.shards import SHARD_SIZE, Shard, shards_of
from handvision.inference.bulk.work import MakeRead


def read_in_bulk(
    sources: Iterable[str | os.PathLike],
    out: str | os.PathLike,
    options: ReadingOptions | None = None,
    *,
    workers: int | None = None,
    address: str | None = None,
    resume: bool = False,
    shard_size: int = SHARD_SIZE,
    progress: bool = False,
    say: Callable[[str], object] = lambda line: None,
) -> Manifest:
    """Reads the hands of all photos of the sources into a folder; see `folder.ResultFolder`.

    Whatever workers die and whatever is read twice on the way, each photo is in the folder once, and its
    files are the same to the byte. A script that calls this needs `if __name__ == "__main__":`, since workers
    are processes that import it.

    Args:
        sources: see `photos.PhotoList`.
        out: a folder: new, empty, or of an earlier run of the same job.
        options: how photos are read.
        workers: processes, or actors on Ray; by default as many as there are cores.
        address: of a Ray cluster ("auto", "HOST:6379", "ray://HOST:10001", "local" for one that is started
            here); None is this machine alone, without Ray.
        resume: leaves shards alone that are in the folder as a whole; without it all are read anew.
        shard_size: photos of a shard. With another size it is another job.
        progress: shows a bar with rate and time left on stderr.
        say: is told who reads how much.

    Returns:
        What the folder's manifest says.

    Raises:
        FileNotFoundError: a source or the model is not there.
        FileExistsError: the folder holds the rows of another job.
        ValueError: an option is out of range.
        ImportError: Ray, or what opens a URL, is not installed.
        RuntimeError: a worker cannot begin, or the cluster is lost. What is read by then is whole.
    """
    options = options or ReadingOptions()
    if options.model is not None:
        options = replace(options, model=os.path.abspath(options.model))
    reader = RowReader(options)
    job = {"model": reader.backend.info.fingerprint, "options": asdict(options), "shard_size": shard_size}
    make_read = partial(RowReader, options, reader.identity)
    with PhotoList(sources) as photos, open_engine(workers, address) as engine:
        return run(
            photos,
            out,
            make_read,
            reader.identity,
            engine,
            job=job,
            resume=resume,
            shard_size=shard_size,
            progress=progress,
            say=say,
        )


def run(
    photos: PhotoList,
    out: str | os.PathLike,
    make_read: MakeRead,
    identity: str,
    engine: Engine,
    *,
    job: dict[str, Any] | None = None,
    resume: bool = False,
    shard_size: int = SHARD_SIZE,
    progress: bool = False,
    say: Callable[[str], object] = lambda line: None,
) -> Manifest:
    """As `read_in_bulk`, with any function that reads a photo; `identity` names what its rows depend on."""
    shards = partial(shards_of, photos, identity, shard_size)
    names = {shard.name for shard in shards()}
    folder = ResultFolder(out)
    folder.check_names(names)
    manifest = Manifest({**(job or {}), "engine": engine.name}, photos=len(photos))
    if resume:
        for outcome in filter(None, map(folder.outcome_of, sorted(names))):
            manifest.add(outcome, resumed=True)
    left = len(photos) - manifest.read
    count = len(names) - len(manifest.shards)
    say(f"{left} of {len(photos)} photos to read, in {count} shards, {engine.name}")
    to_read: Iterator[Shard] = (shard for shard in shards() if shard.name not in manifest.shards)
    bar = tqdm(total=left, unit="photo", disable=not progress)
    outcomes = engine.read(to_read, make_read)
    outcome = None
    try:
        with bar:
            for outcome in outcomes:
                folder.put(outcome)
                manifest.add(outcome)
                bar.update(outcome.photos)
    finally:
        outcomes.close()
        # Ctrl-C may have come when its rows were there and not counted yet.
        if outcome is not None and (put := folder.outcome_of(outcome.name)) is not None:
            manifest.add(put)
        folder.put_manifest(manifest.to_json())
    return manifest
