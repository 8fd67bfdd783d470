"""Measures gestures of one's own: how well they are read from a few examples, and others refused.

    python -m handvision.studies.own_gestures --model FILE.onnx --python MEDIAPIPE/bin/python [--which test]

Beside `OwnGestures` stand k nearest neighbours on MediaPipe's 21 points, and what hands may be compared by:
points, embedding, the features before it, and two of them together. All see the same photos and draws. Of
all but `OwnGestures` the reject radius, and where there is a choice the mixture and k, are those that serve
train and validation photos best while they refuse others as often as is wanted; what they say of the
constants of `OwnGestures` is printed, which were chosen in the same way.

The record lands in `runs/comparisons/own_gestures.json`; what was read of photos is kept in
`runs/own_gestures/`.
"""

import argparse
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handvision.core.hand import Hand
from handvision.core.workspace import workspace
from handvision.evaluation.own_gestures import Answers, Read, answers, draws, nearest, over_draws, taught
from handvision.heads.embedding import shape_of
from handvision.inference.backends import RELEASED, open_backend
from handvision.inference.backends.onnx import OnnxBackend
from handvision.inference.hand_shapes import distances, shape_of_hand
from handvision.inference.own_gestures import OwnGestures
from handvision.models.export.features import with_features
from handvision.protocol.own_gestures import TAUGHT_FROM, GestureTest, gestures_to_choose_by, own_gestures
from handvision.protocol.partitions import digests
from handvision.studies.record import Variant, record_of_this_run
from handvision.studies.study_tables import table_of
from handvision.studies.surest_hands import SurestHands, look_with, look_with_teacher

DRAWS = 200
# Examples of each gesture -> share of other gestures that is to be refused.
REFUSED = {1: 0.6, 5: 0.85, 10: 0.85}
PEER = "mediapipe==0.10.21"
Hands = Sequence[Hand | None]
Compare = Callable[[Hands], NDArray[np.float64]]
# Number of examples -> what was chosen of a way's choices, and its reject radius.
Chosen = dict[int, tuple[str, float]]


@dataclass(frozen=True)
class Way:
    """A way to tell which gestures hands show, with what may be chosen about it.

    Attributes:
        name: for tables.
        reader: of READERS: whose hands it compares.
        choices: words for a choice -> distances between n hands (n, n), NaN where there is none, and k.
    """

    name: str
    reader: str
    choices: Mapping[str, tuple[Compare, int]]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, default=RELEASED, help="an .onnx file; by default the released")
    parser.add_argument("--python", type=Path, required=True, help=f"of an environment that has {PEER}")
    parser.add_argument(
        "--which", choices=tuple(TAUGHT_FROM), default="validation", help="test: once for a release"
    )
    parser.add_argument("--draws", type=int, default=DRAWS, help=f"of examples ({DRAWS})")
    options = parser.parse_args(arguments)
    readers, tests = readers_of(options.model, options.python), own_gestures(options.which)
    chosen = choose(readers, gestures_to_choose_by(), options.draws)
    first = next(iter(tests.values()))
    hands = readers["ours"].of(first.photos.require("photos"))
    record = record_of_this_run(
        "own_gestures",
        variants=tuple(judge(readers, chosen, tests, options.draws)),
        data={test: given.photos for test, given in tests.items()},
        partitions=digests(("hagrid",)),
        recipe={
            "model": open_backend(options.model).info.fingerprint,
            "peer": PEER,
            "which": options.which,
            "draws": options.draws,
        },
        measurements={
            "model": options.model.name,
            "chosen": chosen,
            "constants": constants(chosen[MIXED]),
            "milliseconds": milliseconds(options.model, first, hands),
        },
        unknown={"duration_seconds": "photos are read once, and kept"},
        # Nothing else is released.
        profile="full" if options.which == "test" and options.draws == DRAWS else "quick",
    )
    path = record.write(workspace().runs / "comparisons" / "own_gestures.json")
    print(f"\n{table_of(record)}\n")
    for name, value in record.measurements.items():
        print(f"{name}: {value}")
    print(f"written: {path}")


def readers_of(model: Path, python: Path) -> dict[str, SurestHands]:
    """Who looks at photos: name -> reader. What each saw is kept, by the model's fingerprint."""
    fingerprint = open_backend(model).info.fingerprint
    folder = workspace().runs / "own_gestures" / fingerprint
    folder.mkdir(parents=True, exist_ok=True)
    features = with_features(model, folder / "features.onnx")
    return {
        "ours": SurestHands(folder / "hands.npz", look_with(model), fingerprint),
        "features": SurestHands(folder / "features.npz", look_with(features), fingerprint),
        "mediapipe": SurestHands(folder.parent / "mediapipe.npz", look_with_teacher(python), PEER),
    }


def choose(
    readers: Mapping[str, SurestHands], choose_by: Mapping[str, GestureTest], count: int
) -> dict[str, Chosen]:
    """For each of WAYS, and each number of examples, what serves best by `count` draws."""
    chosen: dict[str, Chosen] = {}
    for way in WAYS:
        chosen[way.name] = {}
        for given in choose_by.values():
            hands = readers[way.reader].of(given.photos.require("photos"))
            for examples in given.examples:
                chosen[way.name][examples] = _best(way, given, hands, examples, count)
    return chosen


def judge(
    readers: Mapping[str, SurestHands],
    chosen: Mapping[str, Chosen],
    tests: Mapping[str, GestureTest],
    count: int,
) -> Iterator[Variant]:
    """`OwnGestures` and all of WAYS, on all tests, by `count` draws."""
    figures: dict[str, Any] = {}
    for test, given in tests.items():
        hands = readers["ours"].of(given.photos.require("photos"))
        figures[test] = _figures(given, dict.fromkeys(given.examples, (taught(hands), np.inf)), hands, count)
    yield Variant("ours", figures)
    for way in WAYS:
        figures = {}
        for test, given in tests.items():
            hands = readers[way.reader].of(given.photos.require("photos"))
            told: dict[int, tuple[Read, float]] = {}
            for examples in given.examples:
                choice, radius = chosen[way.name][examples]
                compare, neighbours = way.choices[choice]
                told[examples] = nearest(compare(hands), neighbours), radius
            figures[test] = _figures(given, told, hands, count)
        yield Variant(way.name, figures)


def constants(chosen: Chosen) -> dict[str, Any]:
    """What the choice for points and embedding says of the constants in `inference.own_gestures`.

    There radius and share are those of very many examples, and others the fewer there are:
    many + (one - many) / n.
    """
    one, five = chosen[1][1], chosen[5][1]
    return {
        "embedding_share": [chosen[1][0], chosen[5][0]],
        "radius_of_one": one,
        "radius_of_many": (5 * five - one) / 4,
    }


def milliseconds(model: Path, given: GestureTest, hands: Hands) -> dict[str, float]:
    """On one core: five gestures taught by 25 photos, reading of the photos included, and a hand named."""
    names = given.taught[:5]
    (draw,) = draws(given.gestures, given.teachable, names, 5, count=1)
    photos = given.photos.require("photos")
    backend = OnnxBackend(model, threads=1)
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        backend.run(
            np.zeros((1, backend.height, backend.width, 3), np.float32)
        )  # the first also pays for the start
        gestures, start = OwnGestures(), time.perf_counter()
        for name, rows in draw.items():
            gestures.teach(name, [photos[row] for row in rows], backend)
        teaching = time.perf_counter() - start
        start = time.perf_counter()
        read = [gestures.read(hand) for hand in hands if hand is not None and gestures.counts]
        reading = time.perf_counter() - start
    finally:
        os.sched_setaffinity(0, cores)
    return {"teach 25 photos": 1000 * teaching, "name a hand": 1000 * reading / max(1, len(read))}


def _best(way: Way, given: GestureTest, hands: Hands, examples: int, count: int) -> tuple[str, float]:
    """The choice that names most rightly, and the radius at which it refuses as often as is wanted."""
    best, found = -1.0, ("", 0.0)  # NaN, where nothing is asked about, is above nothing
    for choice, (compare, neighbours) in way.choices.items():
        told = _answers(given, nearest(compare(hands), neighbours), hands, examples, count)
        radius = told.radius_that_refuses(REFUSED[examples])
        accuracy, _ = over_draws(told.accuracy(radius))
        if accuracy > best:
            best, found = accuracy, (choice, radius)
    if best < 0:
        raise ValueError(
            f"{examples} examples of each of {', '.join(given.taught)} leave no photo of them to ask about; "
            "give more photos"
        )
    return found


def _figures(
    given: GestureTest, told: Mapping[int, tuple[Read, float]], hands: Hands, count: int
) -> dict[str, Any]:
    """Means over the draws, and the 5 % quantiles; `told`: number of examples -> reader and radius."""
    shows_taught = np.isin(given.gestures, given.taught)
    figures: dict[str, Any] = {
        "n": int((given.asked & shows_taught).sum()),
        "n_others": int((given.asked & ~shows_taught).sum()),
        "found": float(np.mean([hands[row] is not None for row in np.flatnonzero(given.asked).tolist()])),
        "baseline": 1 / len(given.taught),
    }
    for examples, (read, radius) in told.items():
        answered = _answers(given, read, hands, examples, count)
        shares = {"accuracy": answered.accuracy(radius), "refused": answered.refused(radius)}
        for name, of_draws in shares.items():
            figures[f"{name}_{examples}"], figures[f"{name}_{examples}_low"] = over_draws(of_draws)
    return figures


def _answers(given: GestureTest, read: Read, hands: Hands, examples: int, count: int) -> Answers:
    drawn = draws(given.gestures, given.teachable, given.taught, examples, count)
    found = np.array([hand is not None for hand in hands])
    return answers(read, drawn, given.gestures, given.asked, found)


# What hands are compared by -------------------------------------------------------------------------------


def by_shape(share: float) -> Compare:
    """Bones and embedding, as `OwnGestures` compares them, in another mixture."""
    return lambda hands: _between(
        hands,
        shape_of_hand,
        lambda shapes: distances(shapes, shapes, mirrored=True, share=share),
    )


def by_points(hands: Hands) -> NDArray[np.float64]:
    """21 points, scaled and turned upright; a left hand may be like a right one."""

    def between(shapes: NDArray[np.float64]) -> NDArray[np.float64]:
        mirrored = shapes * np.tile([-1.0, 1.0], shapes.shape[1] // 2)
        direct, across = (
            np.linalg.norm(shapes[:, None] - other[None], axis=2) for other in (shapes, mirrored)
        )
        return np.minimum(direct, across)

    return _between(hands, lambda hand: shape_of(hand.keypoints), between)


def _between(
    hands: Hands,
    shape: Callable[[Hand], NDArray[np.float64]],
    compare: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """(n, n) NaN where there is no hand."""
    rows = np.flatnonzero([hand is not None for hand in hands])
    between = np.full((len(hands), len(hands)), np.nan)
    if len(rows):
        shapes = np.stack([shape(hand) for hand in hands if hand is not None])
        between[np.ix_(rows, rows)] = compare(shapes)
    return between


def _shares(*shares: float) -> dict[str, tuple[Compare, int]]:
    return {f"{share:g}": (by_shape(share), 1) for share in shares}


MIXED = "points and embedding"
WAYS = (
    Way("MediaPipe's points, k nearest", "mediapipe", {f"k = {k}": (by_points, k) for k in (1, 3, 5)}),
    Way("points", "ours", _shares(0)),
    Way("embedding", "ours", _shares(1)),
    Way(MIXED, "ours", _shares(0.1, 0.25, 0.5, 0.75)),
    Way("features", "features", _shares(1)),
    Way("points and features", "features", _shares(0.1, 0.25, 0.5, 0.75)),
)

if __name__ == "__main__":
    main()
