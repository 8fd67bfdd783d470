"""What all commands share: help with an example."""

import argparse
from typing import Any


def new_command(commands: Any, name: str, summary: str, example: str) -> argparse.ArgumentParser:
    """A subcommand whose help ends with an example."""
    return commands.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=f"example: {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
