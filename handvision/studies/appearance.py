"""Measures what a photo's look costs: no colour, gloves, and hands far away.

    python -m handvision.studies.appearance [--model FILE] [--which test] [--limit N]

Everyday photos of one hand are read in colour and as gray, sepia and near-infrared cameras see them;
rendered hands bare and in gloves of six kinds, and ever smaller before a plain wall. Without `--limit` the
record lands in `runs/comparisons/appearance.json`; `handvision release appearance` puts it beside the
released models.
"""

import argparse
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from handvision.core.examples import Examples, concatenate
from handvision.core.workspace import workspace
from handvision.evaluation.everyday_kinds import NUMBER_RIGHT, Read, judge_numbers
from handvision.inference.backends import RELEASED, open_backend
from handvision.protocol import appearances
from handvision.protocol.everyday import PARTS
from handvision.protocol.partitions import digests
from handvision.studies.everyday import few, reader_of
from handvision.studies.everyday_figures import tests_of
from handvision.studies.record import record_of_this_run
from handvision.studies.study_tables import table_of

NAME = "appearance"
# A size is read where this share of the numbers is right, there and at every larger size.
READ = 0.8


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default=RELEASED, help=".onnx, .tflite or .keras; by default the released")
    parser.add_argument("--which", choices=PARTS, default=PARTS[0], help="test: once for a release")
    parser.add_argument("--limit", type=int, help="at most so many photos of a set, to try it out")
    options = parser.parse_args(arguments)
    backend = open_backend(options.model)
    sets = few(appearances.judged(options.which), options.limit)
    record = record_of_this_run(
        NAME,
        measurements=judge(reader_of(backend), sets),
        data=tests_of(sets),
        partitions=digests(appearances.SETS),
        recipe={"model": backend.info.fingerprint, "which": options.which},
        profile="smoke" if options.limit else "full",
        unknown={"duration_seconds": "nothing was trained"},
    )
    print(table_of(record))
    if options.limit is None:
        print(f"written: {record.write(workspace().runs / 'comparisons' / f'{NAME}.json')}")


def judge(read: Read, sets: Mapping[str, Mapping[str, Examples]]) -> dict[str, Any]:
    """What a reader makes of each look of the photos.

    Args:
        read: photos -> readings.
        sets: see `protocol.appearances.judged`.

    Returns:
        `looks` and `sizes`: rows of `photos`, `look` (a size: share of the photo's height), and for `number
        right` and `a hand is found` an estimate with its interval and count; and `smallest`.
    """
    # Some of the sets have masks, which nobody asks for here.
    counted = [replace(photos, masks=None) for photos in sets["everyday"].values()]
    everyday = concatenate(counted, "everyday photos of one hand")
    hands = sets["rendered"]["rendered_mesh_hands"]
    looks = _rows(read, everyday.name, appearances.without_colour(everyday))
    looks += _rows(read, "rendered hands", appearances.in_gloves(hands))
    sizes = _rows(read, "rendered hands far away", appearances.far_away(hands))
    return {"looks": looks, "sizes": sizes, "smallest": smallest(sizes)}


def smallest(sizes: Sequence[Mapping[str, Any]]) -> float | None:
    """The least size at which hands are read, and so at every larger one; see READ.

    Args:
        sizes: rows of `judge`, from large to small.
    """
    read = itertools.takewhile(lambda row: row[NUMBER_RIGHT]["value"] >= READ, sizes)
    return min((row["look"] for row in read), default=None)


def _rows(read: Read, photos: str, by_look: Mapping[Any, Examples]) -> list[dict[str, Any]]:
    rows = []
    for look, examples in by_look.items():
        estimates, _ = judge_numbers(read, examples)
        rows.append({"photos": photos, "look": look} | {n: asdict(each) for n, each in estimates.items()})
    return rows


if __name__ == "__main__":
    main()
