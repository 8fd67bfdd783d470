"""`handvision predict`: reads the hands in pictures, folders and videos."""

import argparse
import contextlib
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from handvision.cli.group import new_command
from handvision.core.hand import Reading

# The name stands last, so that lines can be printed as they come.
COLUMNS = "{:<12} {:>11} {:>8}  {:<20}  {}"
HEADER = COLUMNS.format("label", "probability", "rotation", "box x0 y0 x1 y1", "picture")

_Answer = tuple[NDArray | None, Reading]


def add_to(commands: Any) -> None:
    command = new_command(
        commands,
        "predict",
        "gesture, rotation and box of the hands in each picture",
        "handvision predict desk.jpg holidays/ clip.mp4 --csv hands.csv --overlay drawn/",
    )
    command.add_argument(
        "paths", nargs="+", metavar="PATH", help="picture, folder, video, wildcard, or a camera's number"
    )
    add_reading_options(command, of="a picture")
    command.add_argument(
        "--track",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="follow hands through videos (yes), or read every frame by itself",
    )
    command.add_argument(
        "--json", metavar="FILE", help="write the same rows as JSON; as JSON lines if FILE ends in .jsonl"
    )
    command.add_argument("--overlay", metavar="FOLDER", help="write pictures and videos with what was read")
    command.add_argument("--batch-size", type=int, metavar="N", help="pictures at once (32; of a camera 1)")
    command.add_argument(
        "--max-megapixels", type=float, default=180, metavar="N", help="of a picture that is read (180)"
    )
    command.set_defaults(run=run)


def add_reading_options(command: argparse.ArgumentParser, of: str) -> None:
    """What reads, how many hands, and by which words: the same for every command that reads hands."""
    command.add_argument("--model", metavar="FILE", help="a .onnx, .tflite or .keras file (the released one)")
    command.add_argument("--max-hands", type=int, default=2, metavar="N", help=f"of {of}, 1 to 4 (2)")
    command.add_argument(
        "--vocabulary", default="numbers", metavar="WORDS", help="numbers, gestures or hagrid (numbers)"
    )
    command.add_argument("--gestures", metavar="FILE", help="name hands by those of `handvision teach`")
    command.add_argument("--csv", metavar="FILE", help="write the readings as CSV, a row for each hand")


def run(options: argparse.Namespace) -> int:
    """Returns 1 where a path was missing, empty, cut off or unreadable, else 0."""
    from handvision.inference.predict import stream
    from handvision.media.outputs import check_outputs
    from handvision.media.sinks import OverlayWriter, csv_sink, json_sink
    from handvision.media.sources import items_of

    paths = [camera_or_path(path) for path in options.paths]
    outputs = {f"--{name}": getattr(options, name) for name in ("csv", "json", "overlay")}
    outputs = {name: path for name, path in outputs.items() if path is not None}
    files = [path for path in items_of(paths)[0] if isinstance(path, Path)]
    check_outputs([*files, *(path for path in paths if isinstance(path, str))], outputs)
    count = failed = 0
    with contextlib.ExitStack() as stack:
        answers = stream(
            paths,
            options.model,
            max_hands=options.max_hands,
            vocabulary=options.vocabulary,
            track=options.track,
            batch_size=options.batch_size,
            max_megapixels=options.max_megapixels,
            progress=sys.stderr.isatty() and not sys.stdout.isatty(),
        )
        answers = named(answers, options.gestures)
        sinks = []
        if options.csv is not None:
            sinks.append(stack.enter_context(csv_sink(options.csv)))
        if options.json is not None:
            sinks.append(stack.enter_context(json_sink(options.json)))
        if options.overlay is not None:
            sinks.append(stack.enter_context(OverlayWriter(options.overlay)).write)
        print(HEADER, flush=True)
        for photo, reading in answers:
            for write in sinks:
                write(photo, reading)
            print("\n".join(lines(reading)), flush=True)
            count += not reading.error
            failed += bool(reading.error)
    print(f"{count} read, {failed} could not be read", file=sys.stderr)
    return 1 if failed or not count else 0


def camera_or_path(path: str) -> str | int:
    """A whole number is a camera, unless there is a file of this name."""
    return int(path) if path.isascii() and path.isdigit() and not Path(path).exists() else path


def named(answers: Iterable[_Answer], gestures: str | None) -> Iterable[_Answer]:
    """The same answers; with the gestures of a file as labels, where one is given."""
    if gestures is None:
        return answers
    from handvision.inference.own_gestures import OwnGestures, name_hands

    taught = OwnGestures.load(gestures)
    return ((photo, reading) for photo, each in answers for reading in name_hands([each], taught))


def lines(reading: Reading) -> list[str]:
    """A line for each hand, or one that says why there is none."""
    name = reading.source if reading.frame is None else f"{reading.source} frame {reading.frame}"
    numbers = ["" if hand.track is None else f" hand {hand.track}" for hand in reading.hands]
    if reading.error:
        return [COLUMNS.format("-", "-", "-", "could not be read", name)]
    if not reading.hands:
        return [COLUMNS.format("no hand", "-", "-", "-", name)]
    return [
        COLUMNS.format(
            hand.label or "-",
            f"{100 * hand.probability:.1f} %",
            f"{hand.rotation_degrees:.0f}°",
            " ".join(f"{edge:.0f}" for edge in hand.box),
            f"{name}{number}",
        )
        for hand, number in zip(reading.hands, numbers, strict=True)
    ]
