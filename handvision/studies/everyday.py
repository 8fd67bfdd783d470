"""Judges a model on everyday photos, and prints its figures.

    python -m handvision.studies.everyday [--model FILE] [--which validation] [--kinds "no hand" ...]

All of the validation photos take some minutes; `--kinds` and `--limit` make it a quick look. With `--record`
the figures become the record of the joined model of the own run (`handvision train combined`):

    python -m handvision.studies.everyday --model runs/combined/combined.onnx --which test --record
"""

import argparse
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from handvision.core.examples import Examples, Pictures
from handvision.core.files import replacing
from handvision.core.hand import Reading
from handvision.evaluation.everyday import Figure, evaluate_everyday, to_json
from handvision.evaluation.everyday_kinds import Read
from handvision.evaluation.names import evaluate_names
from handvision.inference.backends import Backend, open_backend
from handvision.inference.predict import MOST_HANDS, predict
from handvision.plotting import Table, table
from handvision.protocol.everyday import JUDGED, PARTS, judged, named
from handvision.studies.combined import write_record
from handvision.studies.everyday_figures import Sets, interval


def reader_of(model: Any = None, vocabulary: str = "numbers") -> Read:
    """A model as a function from photos to readings, as `evaluate_everyday` takes it.

    Args:
        model: what `predict` takes: a path, a Keras model, a backend; by default the released model.
        vocabulary: that labels are of.
    """
    backend = open_backend(model)

    def read(photos: Pictures) -> list[Reading]:
        return predict(list(photos), backend, max_hands=MOST_HANDS, vocabulary=vocabulary)

    return read


def chosen_sets(
    which: str, kinds: Sequence[str] = (), limit: int | None = None
) -> dict[str, dict[str, Examples]]:
    """The everyday photos to judge by.

    Args:
        which: "validation", or "test", which is read once for a release.
        kinds: of truth, keys of `protocol.everyday.JUDGED`; all by default.
        limit: at most so many photos of a set, drawn at random, always the same.

    Raises:
        DataUnavailable: a data set is not at hand.
        ValueError: no such part or kind, or a limit below 1.
    """
    return few(judged(which, kinds), limit)


def few(sets: Sets, limit: int | None) -> dict[str, dict[str, Examples]]:
    """At most `limit` photos of each set, drawn at random, always the same; all if it is None.

    Raises:
        ValueError: a limit below 1.
    """
    if limit is not None and limit < 1:
        raise ValueError(f"limit is {limit}; use at least 1")
    return {
        kind: {name: photos if limit is None else _drawn(photos, limit) for name, photos in of_kind.items()}
        for kind, of_kind in sets.items()
    }


def chosen_names(backend: Backend, which: str, limit: int | None = None) -> dict[str, dict[str, Examples]]:
    """Photos of gestures that a model can name: vocabulary beside the numbers -> id -> photos.

    Other arguments and errors as for `chosen_sets`.
    """
    heads = [head.name for head in backend.heads]
    return few({name: photos for name, photos in named(which).items() if name in heads}, limit)


def figures_table(by_reader: Mapping[str, Sequence[Figure]], title: str = "") -> Table:
    """One row a figure, with its count; a column of values and one of intervals for each reader.

    Args:
        by_reader: name of a reader -> its figures. Where a reader has no such figure, there is a dash.
    """
    cells = {name: {(f.test, f.name): f.estimate for f in of_one} for name, of_one in by_reader.items()}
    rows = []
    for test, name in dict.fromkeys(key for of_one in cells.values() for key in of_one):
        estimates = [of_one.get((test, name)) for of_one in cells.values()]
        texts = [text for each in estimates for text in (_value(each), interval(each))]
        # Readers are asked the same, but each is judged on the hands that it found.
        rows.append((test, name, *texts, _counts(estimates)))
    columns = [column for name in by_reader for column in (name, "95 %")]
    return table(rows, ("photos", "figure", *columns, "n"), title)


def add_options(parser: argparse.ArgumentParser) -> None:
    """What a command that judges readers can be told: which part, which kinds, how many."""
    parser.add_argument(
        "--which", choices=PARTS, default=PARTS[0], help="the test part is read once for a release"
    )
    parser.add_argument(
        "--kinds", nargs="+", default=[], metavar="KIND", help=f"of {', '.join(JUDGED)} (all)"
    )
    parser.add_argument("--limit", type=int, help="at most so many photos of a set, to try it out")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")


def write(figures: Sequence[Figure], path: Path) -> None:
    """The figures as JSON."""
    with replacing(path) as temporary:
        temporary.write_text(to_json(figures), "utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", help=".onnx, .tflite or .keras; by default the released one")
    parser.add_argument("--record", action="store_true", help="of all photos: also write the model's record")
    add_options(parser)
    options = parser.parse_args(arguments)
    if options.record and (options.kinds or options.limit or options.model is None):
        parser.error("--record needs --model, and is of all photos: leave out --kinds and --limit")
    sets = chosen_sets(options.which, options.kinds, options.limit)
    backend = open_backend(options.model)
    figures = evaluate_everyday(reader_of(backend), sets)
    if not options.kinds:
        by_name = chosen_names(backend, options.which, options.limit)
        figures += evaluate_names(partial(reader_of, backend), by_name)
        sets |= by_name
    if options.json:
        write(figures, options.json)
    if options.record:
        print(f"written: {write_record(figures, sets, options.which, Path(options.model))}")
    print(figures_table({options.model or "released": figures}, f"Everyday photos, {options.which}"))


def _drawn(photos: Examples, limit: int) -> Examples:
    drawn = np.random.default_rng(0).permutation(len(photos))[:limit]
    return photos.take(np.sort(drawn))


def _value(estimate: Any) -> str:
    return "-" if estimate is None else str(estimate)


def _counts(estimates: Sequence[Any]) -> str:
    return "/".join(dict.fromkeys(str(each.n) for each in estimates if each is not None))


if __name__ == "__main__":
    main()
