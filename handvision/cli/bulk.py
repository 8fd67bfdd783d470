"""`handvision bulk`: reads the hands of more photos than one process can, into Parquet."""

import argparse
import sys
from typing import Any

from handvision.cli.group import new_command


def add_to(commands: Any) -> None:
    command = new_command(
        commands,
        "bulk",
        "read very many photos with many workers, into a folder of Parquet files",
        "handvision bulk lessons/ 'scans/**/*.jpg' list.txt --out readings --workers 8 --resume",
    )
    add = command.add_argument
    add(
        "sources",
        nargs="+",
        metavar="SOURCE",
        help="folder with all inside it, wildcard, .txt or .parquet list of paths, photo, or URL of these",
    )
    add("--out", metavar="FOLDER", required=True, help="a new folder, or that of the same job")
    add("--resume", action="store_true", help="go on: leave alone what is in FOLDER already")
    add("--workers", type=int, metavar="N", help="that read at the same time (one a core)")
    add("--address", metavar="ADDRESS", help="of a Ray cluster: auto, HOST:6379, ray://HOST:10001, or local")
    add("--shard-size", type=int, default=500, metavar="N", help="photos of a shard, which is one file (500)")
    add("--masks", action="store_true", help="also each hand's mask, as COCO's run lengths")
    add("--model", metavar="FILE", help="a .onnx file on every machine (the released one)")
    add("--max-hands", type=int, default=2, metavar="N", help="of a photo, 1 to 4 (2)")
    add("--vocabulary", default="numbers", metavar="WORDS", help="numbers, gestures or hagrid (numbers)")
    add("--max-megapixels", type=float, default=180, metavar="N", help="of a photo that is read (180)")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Returns 1 where a shard has failed or no photo could be read, else 0."""
    from handvision.inference.bulk.job import read_in_bulk
    from handvision.inference.bulk.rows import ReadingOptions

    manifest = read_in_bulk(
        options.sources,
        options.out,
        ReadingOptions(
            options.model, options.max_hands, options.vocabulary, options.masks, options.max_megapixels
        ),
        workers=options.workers,
        address=options.address,
        resume=options.resume,
        shard_size=options.shard_size,
        progress=sys.stderr.isatty(),
        say=lambda line: print(line, file=sys.stderr, flush=True),
    )
    print(f"{manifest.read - manifest.errors} read, {manifest.errors} could not be read", file=sys.stderr)
    for name, shard in manifest.failed.items():
        print(f"failed: {shard['photos']} photos ({name}): {shard['reason']}", file=sys.stderr)
    return 1 if manifest.failed or manifest.read == manifest.errors else 0
