"""`handvision predict`: reads the hands in pictures, folders and videos."""

import argparse
import contextlib
import sys
from typing import Any

from handvision.cli.group import new_command
from handvision.core.hand import Reading


def add_to(commands: Any) -> None:
    command = new_command(
        commands,
        "predict",
        "gesture, rotation and box of the hands in each picture",
        "handvision predict desk.jpg holidays/ clip.mp4 --csv hands.csv --overlay drawn/",
    )
    command.add_argument("paths", nargs="+", metavar="PATH", help="picture, folder of pictures, or video")
    command.add_argument("--model", metavar="FILE", help="a .onnx, .tflite or .keras file (the released one)")
    command.add_argument("--max-hands", type=int, default=2, metavar="N", help="of a picture, 1 to 4 (2)")
    command.add_argument("--csv", metavar="FILE", help="write the readings as CSV, a row for each hand")
    command.add_argument("--json", metavar="FILE", help="write the same rows as JSON")
    command.add_argument("--overlay", metavar="FOLDER", help="write pictures and videos with what was read")
    command.add_argument("--batch-size", type=int, default=32, metavar="N", help="pictures at once (32)")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Returns 1 where a path was missing, empty or unreadable, else 0."""
    from handvision.inference.predict import stream
    from handvision.media.sinks import OverlayWriter, csv_sink, json_sink

    lines, count, failed = [("picture", "label", "probability", "rotation", "box x0 y0 x1 y1")], 0, 0
    with contextlib.ExitStack() as files:
        sinks = []
        if options.csv:
            sinks.append(files.enter_context(csv_sink(options.csv)))
        if options.json:
            sinks.append(files.enter_context(json_sink(options.json)))
        if options.overlay:
            sinks.append(files.enter_context(OverlayWriter(options.overlay)).write)
        answers = stream(
            options.paths,
            options.model,
            max_hands=options.max_hands,
            batch_size=options.batch_size,
            progress=sys.stderr.isatty(),
        )
        for photo, reading in answers:
            for write in sinks:
                write(photo, reading)
            lines += _lines(reading)
            count += 1
            failed += bool(reading.error)
    widths = [max(len(line[i]) for line in lines) for i in range(5)]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    print(f"{count - failed} read, {failed} could not be read", file=sys.stderr)
    return 1 if failed or not count else 0


def _lines(reading: Reading) -> list[tuple[str, str, str, str, str]]:
    """A line for each hand, or one that says why there is none."""
    name = reading.source if reading.frame is None else f"{reading.source} frame {reading.frame}"
    if reading.error:
        return [(name, "-", "-", "-", "could not be read")]
    if not reading.hands:
        return [(name, "no hand", "-", "-", "-")]
    return [
        (
            name,
            hand.label,
            f"{100 * hand.probability:.1f} %",
            f"{hand.rotation_degrees:.0f}°",
            " ".join(f"{edge:.0f}" for edge in hand.box),
        )
        for hand in reading.hands
    ]
