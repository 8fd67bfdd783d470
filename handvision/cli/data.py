"""`handvision data`: the data sets, their download, sets that are drawn, and labels by a teacher."""

import argparse
from typing import Any

from handvision.cli.group import new_command
from handvision.synthesis.strata import SPLITS


def add_to(commands: Any) -> None:
    command = new_command(
        commands, "data", "list, fetch, render or label data sets", "handvision data fetch hgr1"
    )
    actions = command.add_subparsers(required=True, metavar="ACTION")
    listing = new_command(actions, "list", "all data sets, and which are at hand", "handvision data list")
    listing.set_defaults(run=list_all)
    fetching = new_command(
        actions, "fetch", "download what is missing", "handvision data fetch hgr1 finger_digits"
    )
    fetching.add_argument("names", nargs="*", metavar="NAME", help="data sets (all)")
    fetching.set_defaults(run=fetch)
    _add_rendered(actions)
    _add_teach_labels(actions)


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


def render(options: argparse.Namespace) -> int:
    from handvision.synthesis.rendered_set import write_rendered_set

    folder = write_rendered_set(
        options.out,
        options.count,
        size=options.size,
        seed=options.seed,
        split=options.split,
        task=options.task,
        mesh=options.mesh,
        several=options.several,
        empty=options.empty,
        persons=options.persons,
        photo_format=options.format,
        workers=options.workers,
    )
    print(folder)
    return 0


def _add_rendered(actions: Any) -> None:
    command = new_command(
        actions,
        "rendered",
        "draw photos of hands, with masks and COCO key points, into a new folder",
        "handvision data rendered --count 5000 --out hands",
    )
    add = command.add_argument
    add("--count", type=int, required=True, help="number of photos")
    add("--out", metavar="FOLDER", required=True, help="a new folder, or an empty one")
    add("--size", type=int, default=256, help="width and height in pixels, 32 to 1024 (256)")
    add("--seed", type=int, default=0, help="the same seed draws the same files (0)")
    add("--split", choices=SPLITS, default="train", help="whose hands and colours: splits share none (train)")
    add(
        "--task",
        choices=("numbers", "gestures", "poses"),
        default="numbers",
        help="what hands show; poses are any, without a label (numbers)",
    )
    add("--mesh", type=float, metavar="SHARE", help="of photos with mesh hands (0.8; 1 for poses)")
    add("--several", type=float, default=0.15, metavar="SHARE", help="of those with two or three (0.15)")
    add("--empty", type=float, default=0.05, metavar="SHARE", help="of photos without a hand (0.05)")
    add("--persons", type=float, default=0, metavar="SHARE", help="of photos with a whole person (0)")
    add("--format", choices=("jpeg", "png"), default="jpeg", help="of the photos (jpeg)")
    add("--workers", type=int, default=1, help="processes that draw (1)")
    command.set_defaults(run=render)


def teach_labels(options: argparse.Namespace) -> int:
    """Writes the teacher's table anew, and in a clone also what data/README.md says of it."""
    from pathlib import Path

    from handvision.core.workspace import workspace
    from handvision.studies import teacher

    teacher.label(Path(options.python), options.names or teacher.LABELLED)
    if root := workspace().repository:
        teacher.write_report(root / "data" / "README.md")
    return 0


def _add_teach_labels(actions: Any) -> None:
    command = new_command(
        actions,
        "teach-labels",
        "label training and validation photos by MediaPipe Hands, which lives in an environment of its own",
        "handvision data teach-labels --python MEDIAPIPE/bin/python",
    )
    command.add_argument("names", nargs="*", metavar="NAME", help="pictures to label (all)")
    command.add_argument("--python", required=True, help="the interpreter that has mediapipe==0.10.21")
    command.set_defaults(run=teach_labels)
