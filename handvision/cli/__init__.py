"""The command `handvision`: reads hands, gets data, trains, measures and releases.

Each group of commands has a file of its own, which imports what it needs when it runs.
"""

import argparse
import io
import os
import signal
import sys
from types import FrameType
from typing import NoReturn

from handvision.cli import bulk, data, live, predict, release, study, teach, train

GROUPS = (predict, live, teach, bulk, data, train, study, release)

# A package that is missing -> the extra that brings it; others are of "train".
_EXTRAS = {
    **dict.fromkeys(("tf2onnx", "onnx", "ai_edge_litert"), "export"),
    **dict.fromkeys(("pyarrow", "fsspec", "ray"), "bulk"),
    "jax": "processes",
}


class Terminated(BaseException):
    """SIGTERM came. As KeyboardInterrupt it ends what runs, and files are closed on the way."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command.

    Returns:
        The exit status: 0 done, or nobody reads the output any more; 1 a part failed and the rest was done;
        2 the command or the model is wrong, or an output cannot be written; 130 and 143 it was stopped
        by Ctrl-C or SIGTERM.
    """
    # Names of files that the console's letters cannot say are escaped.
    for console in (sys.stdout, sys.stderr):
        if isinstance(console, io.TextIOWrapper):
            console.reconfigure(errors="backslashreplace")
    parser = argparse.ArgumentParser(prog="handvision", description="Reads hands in photos and videos.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for group in GROUPS:
        group.add_to(commands)
    options = parser.parse_args(arguments)
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        status = options.run(options)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        print("handvision: stopped by Ctrl-C; what was written until now is whole", file=sys.stderr)
        return 130
    except Terminated:
        print("handvision: stopped by SIGTERM; what was written until now is whole", file=sys.stderr)
        return 143
    except BrokenPipeError:
        # Whoever read our output has enough, as `head` does. What is left in the buffer goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except ModuleNotFoundError as error:
        needed = _EXTRAS.get(str(error.name), "train")
        print(f"handvision: {error}: pip install 'handvision[{needed}]'", file=sys.stderr)
    # RuntimeError is what data that cannot be had raise.
    except (OSError, ValueError, ImportError, RuntimeError) as error:
        print(f"handvision: {error}", file=sys.stderr)
    finally:
        signal.signal(signal.SIGTERM, before)
    return 2


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    raise Terminated
