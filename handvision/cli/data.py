"""`handvision data`: the data sets and their download."""

import argparse
from typing import Any

from handvision.cli.group import new_command


def add_to(commands: Any) -> None:
    command = new_command(commands, "data", "list or fetch the data sets", "handvision data fetch hgr1")
    actions = command.add_subparsers(required=True, metavar="ACTION")
    listing = new_command(actions, "list", "all data sets, and which are at hand", "handvision data list")
    listing.set_defaults(run=list_all)
    fetching = new_command(
        actions, "fetch", "download what is missing", "handvision data fetch hgr1 finger_digits"
    )
    fetching.add_argument("names", nargs="*", metavar="NAME", help="data sets (all)")
    fetching.set_defaults(run=fetch)


def list_all(options: argparse.Namespace) -> int:
    from handvision.datasets.catalog import CATALOG
    from handvision.datasets.download import find

    for name, dataset in CATALOG.items():
        print(f"{name:22} {'at hand' if find(name) else 'missing':8} {dataset.title}")
    return 0


def fetch(options: argparse.Namespace) -> int:
    """Returns 1 where a data set could not be fetched, else 0."""
    from handvision.datasets import download

    return 1 if download.run(options.names) else 0
