"""The command `handvision`: reads hands, gets data, trains, measures and releases.

Each group of commands has a file of its own, which imports what it needs when it runs.
"""

import argparse
import sys

from handvision.cli import data, predict, release, study, train

GROUPS = (predict, data, train, study, release)


def main(arguments: list[str] | None = None) -> int:
    """Runs the command.

    Returns:
        The exit status: 0 done; 1 a part failed and the rest was done; 2 the command or the model is wrong,
        or an output cannot be written.
    """
    parser = argparse.ArgumentParser(prog="handvision", description="Reads hands in photos and videos.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for group in GROUPS:
        group.add_to(commands)
    options = parser.parse_args(arguments)
    try:
        return options.run(options)
    except ModuleNotFoundError as error:
        needed = {"tf2onnx": "export", "onnx": "export", "ai_edge_litert": "export"}.get(
            str(error.name), "train"
        )
        print(f"handvision: {error}: pip install 'handvision[{needed}]'", file=sys.stderr)
    # RuntimeError is what data that cannot be had raise.
    except (OSError, ValueError, ImportError, RuntimeError) as error:
        print(f"handvision: {error}", file=sys.stderr)
    return 2
