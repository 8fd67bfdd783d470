"""The command `python -m handvision predict PATH...`: reads hands in pictures, folders and videos."""

import argparse
import contextlib
import sys
from dataclasses import replace

import numpy as np

from handvision.inference.predict import Reading, stream
from handvision.media.sinks import OverlayWriter, write_csv, write_json


def main(arguments: list[str] | None = None) -> int:
    """Runs the command.

    Returns:
        The exit status: 0 all read; 1 a path is missing, empty or unreadable (the rest was read); 2 the
        command or the model is wrong, or an output cannot be written.
    """
    options = _parser().parse_args(arguments)
    try:
        readings = _read(options)
        if options.csv:
            write_csv(readings, options.csv)
        if options.json:
            write_json(readings, options.json)
    except (OSError, ValueError) as error:
        print(f"handvision: {error}", file=sys.stderr)
        return 2
    print("\n".join(_lines(readings)))
    failed = sum(bool(reading.error) for reading in readings)
    print(f"{len(readings) - failed} read, {failed} could not be read", file=sys.stderr)
    return 1 if failed or not readings else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m handvision", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("predict", help="gesture, rotation and box of the hand in each picture")
    command.add_argument("paths", nargs="+", metavar="PATH", help="picture, folder of pictures, or video")
    command.add_argument("--model", metavar="FILE", help="a combined .keras model (the released or last one)")
    command.add_argument("--csv", metavar="FILE", help="write the readings as CSV")
    command.add_argument("--json", metavar="FILE", help="write the readings as JSON")
    command.add_argument("--overlay", metavar="FOLDER", help="write pictures and videos with what was read")
    command.add_argument("--batch-size", type=int, default=32, metavar="N", help="pictures at once (32)")
    return parser


def _read(options) -> list[Reading]:
    readings = []
    with contextlib.ExitStack() as stack:
        writer = stack.enter_context(OverlayWriter(options.overlay)) if options.overlay else None
        progress = sys.stderr.isatty()
        for photo, reading in stream(
            options.paths, options.model, batch_size=options.batch_size, progress=progress
        ):
            if writer:
                writer.write(photo, reading)
            # Nothing below needs masks, and a long video has many.
            readings.append(replace(reading, soft_mask=np.zeros((0, 0), np.float32)))
    return readings


def _lines(readings: list[Reading]) -> list[str]:
    rows = [("picture", "label", "probability", "rotation", "box x0 y0 x1 y1")]
    for r in readings:
        name = r.source if r.frame is None else f"{r.source} frame {r.frame}"
        if r.error:
            rows.append((name, "-", "-", "-", "could not be read"))
        elif not r.has_hand:
            rows.append((name, "no hand", "-", "-", "-"))
        else:
            box = " ".join(f"{edge:.0f}" for edge in r.box)
            rows.append((name, r.label, f"{100 * r.probability:.1f} %", f"{round(r.rotation_degrees)}°", box))
    widths = [max(len(row[i]) for row in rows) for i in range(5)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


if __name__ == "__main__":
    sys.exit(main())
