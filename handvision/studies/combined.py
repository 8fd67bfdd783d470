"""The record of a joined model of two looks: how it does on everyday photos, and what it was made of."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from handvision.core.products import find_product
from handvision.core.workspace import workspace
from handvision.evaluation.everyday import Figure
from handvision.inference.backends import open_backend
from handvision.protocol import close_ups, everyday
from handvision.protocol.partitions import digests
from handvision.studies.everyday_figures import Sets, by_test, tests_of, together
from handvision.studies.record import record_of_this_run
from handvision.training.checkpoints import read_checkpoint

NAME = "combined"


def write_record(figures: Sequence[Figure], sets: Sets, which: str, model: Path) -> Path:
    """Writes `runs/combined/combined.json` beside the model that `handvision train combined` has joined.

    Args:
        figures: of the model, of all photos of a part.
        sets: those photos.
        which: the part.
        model: the file that was judged: the joined model itself, or its export.

    Raises:
        FileNotFoundError: the joined model, or one that it was joined from, is not in the folder of runs.
        ValueError: the file holds other weights than the joined model.
    """
    runs = workspace().runs
    joined = runs / NAME / f"{NAME}.keras"
    if not joined.is_file():
        raise FileNotFoundError(f"no {joined}: run `handvision train {NAME} --data real` first")
    judged, own = open_backend(model).info, open_backend(joined).info
    if judged.fingerprint != own.fingerprint or judged.close_up != own.close_up:
        raise ValueError(f"{model} is another model than {joined}: export that one, or judge it itself")
    assert judged.close_up is not None
    parts = find_product(NAME).parts
    recipes = {name: _recipe(name) for name in (*parts, NAME)}
    seconds, unknown = _seconds(parts)
    record = record_of_this_run(
        NAME,
        by_test(figures, sets),
        measurements={
            "part": which,
            "together": together(figures),
            "believed": asdict(judged.close_up),
            "chosen": _chosen(runs / NAME),
            "judged": {"file": model.name, "megabytes": model.stat().st_size / 2**20},
        },
        data=tests_of(sets),
        partitions=digests(dict.fromkeys((*everyday.SETS, *close_ups.SETS))),
        recipe=recipes,
        parts={name: _sha256(runs / name / f"{name}.keras") for name in parts},
        seed=recipes[NAME]["seed"],
        profile="full",
        duration_seconds=seconds,
        unknown=unknown
        | {"data.train": "its parts draw from many sets, which their recipes name and `partitions` divides"},
    )
    return record.write(runs / NAME / f"{NAME}.json")


def _recipe(name: str) -> dict[str, Any]:
    path = workspace().runs / name / "recipe.json"
    if not path.is_file():
        raise FileNotFoundError(f"no {path}: run `handvision train {name} --data real` first")
    recipe: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return recipe


def _chosen(folder: Path) -> dict[str, Any] | None:
    """What the thresholds were chosen by; None where they are the defaults."""
    path = folder / "training" / "belief.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


def _seconds(parts: Sequence[str]) -> tuple[float | None, dict[str, str]]:
    """What the trainings of the parts took together; or why that is not known."""
    paths = [workspace().runs / name / "training" / "checkpoint.npz" for name in parts]
    missing = [path.parent.parent.name for path in paths if not path.is_file()]
    if missing:
        return None, {"duration_seconds": f"the checkpoint of {' and '.join(missing)} is gone"}
    return sum(sum(read_checkpoint(path)[0]["seconds"]) for path in paths), {}


def _sha256(path: Path) -> str:
    if not path.is_file():
        raise FileNotFoundError(f"no {path}: run `handvision train {path.stem} --data real` first")
    return hashlib.sha256(path.read_bytes()).hexdigest()
