"""`handvision study`: what each part of a training is worth."""

import argparse
from typing import Any

from handvision.cli.group import new_command


def add_to(commands: Any) -> None:
    command = new_command(
        commands,
        "study",
        "measure what each part of a training is worth, on real data",
        "handvision study attention data",
    )
    command.add_argument(
        "names", nargs="+", metavar="NAME", help="ablations: data, attention, people, segmenter"
    )
    command.add_argument("--profile", help="smoke, quick or full (full)", default="full")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    from handvision.core.workspace import Settings
    from handvision.studies.ablations import COMPARISONS, compare

    for name in options.names:
        if name not in COMPARISONS:
            raise ValueError(f"no ablation is called {name!r}; there are {', '.join(COMPARISONS)}")
    settings = Settings.resolve(options.profile, "real")
    for name in options.names:
        print(f"=== {name}: {compare(name, settings)}", flush=True)
    return 0
