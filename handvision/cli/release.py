"""`handvision release`: what a full run made becomes a released model, and an export of one."""

import argparse
import hashlib
from pathlib import Path
from typing import Any

from handvision.cli.group import new_command


def add_to(commands: Any) -> None:
    command = new_command(
        commands,
        "release",
        "copy the models or ablations of a full run into models/, or export a model, or make its Hub folder",
        "handvision release combined\n"
        "         handvision release export models/combined.keras combined.onnx combined.tflite\n"
        "         handvision release hub combined runs/hub/combined",
    )
    command.add_argument(
        "names",
        nargs="+",
        metavar="NAME",
        help="models and ablations; or: export MODEL.keras TARGET...; or: hub NAME FOLDER",
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    first, *others = options.names
    if first == "export":
        return export(others)
    if first == "hub":
        return hub(others)
    from handvision.core.products import PRODUCTS
    from handvision.studies.release import release, release_study

    for name in options.names:
        released = release(name) if name in PRODUCTS else release_study(name)
        print(f"released {released}")
        if name in PRODUCTS:
            digest = hashlib.sha256(released.read_bytes()).hexdigest()
            version = PRODUCTS[name].version + 1
            print(f'for handvision/core/products.py: version={version}, sha256="{digest}"')
    print("now run `handvision study cards`: the cards and the README quote the records")
    return 0


def export(paths: list[str]) -> int:
    """Writes the model for other runtimes, and keeps only files that answer as Keras does."""
    if len(paths) < 2:
        raise ValueError("export needs a model and targets: export MODEL.keras TARGET.onnx TARGET.tflite")
    from handvision.models import load_model
    from handvision.studies.exports import export_and_check

    model = load_model(paths[0])
    for target in map(Path, paths[1:]):
        report = export_and_check(model, target)
        print(f"{target}: {target.stat().st_size / 2**20:.1f} MiB, {report}")
    return 0


def hub(words: list[str]) -> int:
    """Writes a released model, its record and its card into a folder for the Hugging Face Hub."""
    from handvision.core.workspace import workspace

    if len(words) != 2:
        raise ValueError("hub needs a model's name and a new folder: hub combined runs/hub/combined")
    root = workspace().repository
    if root is None:
        raise ValueError("released models are in a clone of the repository: run this in one")
    from handvision.studies.hub import write_hub_folder

    print(write_hub_folder(root, *words))
    return 0
