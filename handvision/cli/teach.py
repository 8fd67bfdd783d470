"""`handvision teach`: gestures of one's own, from photos or a camera, kept in a small file."""

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from handvision.cli.group import new_command
from handvision.core.hand import Reading

SNAPSHOTS = 5
_PAUSE_SECONDS = 1.0  # time to move the hand a little


def add_to(commands: Any) -> None:
    command = new_command(
        commands,
        "teach",
        "a gesture of your own: its name, and one to a few photos of it, or the camera",
        "handvision teach spock 1.jpg 2.jpg 3.jpg --gestures mine.json",
    )
    command.add_argument("name", metavar="NAME", help="of the gesture; a known one gets more examples")
    command.add_argument("photos", nargs="*", metavar="FILE", help="photos, folders or videos of it")
    command.add_argument(
        "--camera",
        nargs="?",
        type=int,
        const=0,
        metavar="N",
        help=f"take {SNAPSHOTS} snapshots of the hand, one a second, with this camera (0)",
    )
    command.add_argument(
        "--gestures",
        default="gestures.json",
        metavar="FILE",
        help="the file of taught gestures, made if it is missing (gestures.json)",
    )
    command.add_argument("--forget", action="store_true", help="remove the gesture from the file")
    command.add_argument(
        "--sides",
        choices=("together", "apart"),
        help="of a new file: is a gesture the same with both hands (together)?",
    )
    command.add_argument("--model", metavar="FILE", help="a .onnx, .tflite or .keras file (the released one)")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Returns 1 where no example could be used, else 0."""
    from handvision.inference.own_gestures import OwnGestures
    from handvision.inference.predict import predict, stream

    _check(options)
    exists = Path(options.gestures).exists()
    gestures = OwnGestures.load(options.gestures) if exists else OwnGestures(options.sides or "together")
    if options.sides and options.sides != gestures.sides:
        raise ValueError(f"--sides {options.sides}: {options.gestures} has sides {gestures.sides}")
    if options.forget:
        if options.name not in gestures.counts:
            raise ValueError(f"{options.gestures} has no gesture {options.name!r}")
        gestures.forget(options.name)
        gestures.save(options.gestures)
        return 0
    if options.camera is None:
        readings = predict(options.photos, options.model, track=False)
    else:
        print(f"Hold {options.name!r} before the camera; move the hand a little.", file=sys.stderr)
        answers = (reading for _, reading in stream(options.camera, options.model, track=False))
        readings = list(snapshots(answers))
    before = gestures.counts.get(options.name, 0)
    for advice in gestures.teach(options.name, readings):
        print(advice, file=sys.stderr)
    count = gestures.counts.get(options.name, 0)
    if count == before:
        return 1
    gestures.save(options.gestures)
    print(f"{options.name}: {count} examples in {options.gestures}")
    return 0


def snapshots(readings: Iterable[Reading], clock: Callable[[], float] = time.monotonic) -> Iterator[Reading]:
    """The first few readings of a camera that show a hand, a second apart.

    Args:
        readings: one frame after the other.
        clock: gives seconds.
    """
    taken, next_at = 0, clock() + _PAUSE_SECONDS
    for reading in readings:
        if not reading.hands or clock() < next_at:
            continue
        taken, next_at = taken + 1, clock() + _PAUSE_SECONDS
        print(f"snapshot {taken} of {SNAPSHOTS}", file=sys.stderr, flush=True)
        yield reading
        if taken == SNAPSHOTS:
            return


def _check(options: argparse.Namespace) -> None:
    chosen = [bool(options.photos), options.camera is not None, options.forget]
    if sum(chosen) != 1:
        raise ValueError(f"teach {options.name}: give photos, or --camera, or --forget")
    if Path(options.gestures).suffix.lower() != ".json":
        raise ValueError(f"--gestures {options.gestures}: a file of taught gestures ends with .json")
