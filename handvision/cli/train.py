"""`handvision train`: trains a network from its recipe."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handvision.cli.group import new_command
from handvision.core.workspace import DATA_CHOICES, PROFILES, Settings, workspace

if TYPE_CHECKING:
    from handvision.training import Recipe

_ALSO_CALLED = {"reader": "close_reader"}  # what people type


def add_to(commands: Any) -> None:
    command = new_command(
        commands,
        "train",
        "train a network, or go on with a training that was stopped",
        "handvision train finger_numbers --profile quick",
    )
    command.add_argument("recipe", nargs="?", metavar="RECIPE", help="a recipe's name, or its JSON file")
    command.add_argument("--list", action="store_true", help="name the recipes and stop")
    command.add_argument("--profile", choices=PROFILES, default="quick", help="of a named recipe (quick)")
    command.add_argument("--data", choices=DATA_CHOICES, default="auto", help="of a named recipe (auto)")
    command.add_argument("--seed", type=int, default=1, help="of a named recipe (1)")
    command.add_argument("--folder", metavar="FOLDER", help="of this training (runs/<model>)")
    way = command.add_mutually_exclusive_group()
    way.add_argument("--processes", type=int, metavar="N", help="of this machine, on JAX, train together")
    way.add_argument("--pack", metavar="FILE", help="write what the reader's training needs; train nothing")
    way.add_argument("--packed", metavar="FILE", help="train from such a file, on JAX, without data sets")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    name = _ALSO_CALLED.get(options.recipe, options.recipe)
    if options.packed:
        return _run_packed(options.packed, options.folder, name)
    if options.processes is not None or os.environ.get("KERAS_DISTRIBUTION_NUM_PROCESSES"):
        # Read when Keras is imported: no other backend trains by several processes.
        os.environ.setdefault("KERAS_BACKEND", "jax")
    from handvision.training import read_recipe, recipes, run_recipe

    if options.list:
        print("\n".join(recipes.names()))
        return 0
    if name is None:
        raise ValueError(f"name a recipe or its file; there are {', '.join(recipes.names())}")
    if name.endswith(".json"):
        recipe = read_recipe(Path(name))
    else:
        chosen = Settings.resolve(options.profile, options.data, options.seed)
        recipe = recipes.get(name, chosen.profile, data=chosen.data, seed=chosen.seed)
    if options.pack:
        return _pack(recipe, Path(options.pack))
    folder = Path(options.folder) if options.folder else workspace().runs / recipe.product
    if options.processes is not None:
        from handvision.training.launcher import train_in_processes

        train_in_processes(recipe, folder, options.processes)
    else:
        print(run_recipe(recipe, folder))
    return 0


def _pack(recipe: "Recipe", path: Path) -> int:
    from handvision.training.packed.packing import pack_close_reader
    from handvision.training.recipe import CloseReaderRecipe

    if not isinstance(recipe, CloseReaderRecipe):
        raise ValueError(f"{recipe.product} cannot be packed; the reader of close-ups can: close_reader")
    pack = pack_close_reader(recipe, path)
    size = path.stat().st_size / 1e6
    print(f"{path}: {len(pack.train)} close-ups and {len(pack.validation)} to watch, {size:.1f} MB")
    return 0


def _run_packed(path: str, folder: str | None, product: str | None) -> int:
    # Has to stand before the first import of Keras.
    os.environ.setdefault("KERAS_BACKEND", "jax")
    from handvision.training.packed.run import run_packed

    print(run_packed(path, folder, product))
    return 0
