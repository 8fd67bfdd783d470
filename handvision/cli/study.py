"""`handvision study`: what each part of a training is worth; and the cards that quote the records."""

import argparse
from typing import Any

from handvision.cli.group import new_command


def add_to(commands: Any) -> None:
    command = new_command(
        commands,
        "study",
        "measure what each part of a training is worth, on real data; or write the cards from the records",
        "handvision study attention data\n         handvision study cards",
    )
    command.add_argument(
        "names",
        nargs="+",
        metavar="NAME",
        help="data, attention, people, segmenter, unet_recipe, reader_data or finder_parts; or: cards",
    )
    command.add_argument("--profile", help="smoke, quick or full (full)", default="full")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    if options.names == ["cards"]:
        return cards()
    from handvision.core.workspace import Settings
    from handvision.studies import ablations

    for name in options.names:
        if name not in ablations.ABLATIONS:
            raise ValueError(f"no ablation is called {name!r}; there are {', '.join(ablations.ABLATIONS)}")
    settings = Settings.resolve(options.profile, "real")
    for name in options.names:
        print(f"=== {name}: {ablations.run(name, settings)}", flush=True)
    return 0


def cards() -> int:
    """Writes models/README.md and the README's table anew from the records."""
    from handvision.core.workspace import workspace
    from handvision.studies.cards import write

    root = workspace().repository
    if root is None:
        raise ValueError("the cards belong to a clone of the repository: run this in one")
    changed = write(root)
    print("\n".join(f"written: {path.relative_to(root)}" for path in changed) or "nothing changed")
    return 0
