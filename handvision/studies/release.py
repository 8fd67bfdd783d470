"""Releases models and comparisons of a full run: `python -m handvision.studies.release finger_numbers data`.

A released model is the `.keras` file of a run and the `.json` of facts that the same run wrote, side by side
in `models/`; a released comparison is its facts alone, in `models/comparisons/`.
"""

import argparse
import shutil
import sys
from pathlib import Path

from handvision.core.files import replacing
from handvision.core.products import PRODUCTS, find_product
from handvision.core.workspace import models_folder, runs_folder
from handvision.plotting import percent
from handvision.studies.ablations import COMPARISONS
from handvision.studies.record import read_facts
from handvision.studies.tables import comparison_report

# Comparisons that are no trainings.
MEASURED_BY = {"mediapipe": "benchmarks/photo_to_gesture.py"}


def release(name: str) -> Path:
    """Copies a model and its facts from `runs/<name>/` to `models/`; replaces what is there.

    Args:
        name: "finger_numbers", "gestures", "unet", "deeplab_v3_plus" or "combined".

    Returns:
        The released `.keras` file.

    Raises:
        ValueError: no model of the suite has this name, it is too large, or it does not come from the full
            profile on a clean commit.
        FileNotFoundError: it has not been run.
    """
    how = f"run {find_product(name).notebook} with HANDVISION_PROFILE=full"
    model, facts = (runs_folder() / name / f"{name}{suffix}" for suffix in (".keras", ".json"))
    if not model.is_file():
        raise FileNotFoundError(f"no {model}: {how} first")
    _check(facts, how)
    size = model.stat().st_size / 2**20
    limit = find_product(name).limit_mb
    if size > limit:
        raise ValueError(f"{name}.keras has {size:.1f} MiB; at most {limit} MiB are released")
    _copy(facts, models_folder())
    return _copy(model, models_folder())


def release_comparison(name: str) -> Path:
    """Copies the facts of a comparison (see `handvision.studies.ablations`) to `models/comparisons/`.

    Errors as `release`.
    """
    facts = runs_folder() / "comparisons" / f"{name}.json"
    _check(facts, "run " + MEASURED_BY.get(name, f"python -m handvision.studies.ablations {name}"))
    return _copy(facts, models_folder() / "comparisons")


def _check(facts: Path, how: str) -> None:
    if not facts.is_file():
        raise FileNotFoundError(f"no {facts}: {how} first")
    found = read_facts(facts)
    if found["profile"] != "full":
        raise ValueError(
            f"{facts.name} is of the profile {found['profile']!r}; only 'full' is released: {how}"
        )
    if found["git"]["commit"] is None or found["git"]["dirty"]:
        raise ValueError(f"{facts.name} was made by code that no commit holds; commit it and {how}")


def _copy(path: Path, folder: Path) -> Path:
    with replacing(folder / path.name) as temporary:
        shutil.copyfile(path, temporary)
    return folder / path.name


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="+", choices=(*PRODUCTS, *COMPARISONS, *MEASURED_BY))
    for name in parser.parse_args().names:
        released = release(name) if name in PRODUCTS else release_comparison(name)
        print(f"released {released}")
        print("for its card in models/README.md:")
        if name in PRODUCTS:
            for what, share in read_facts(released.with_suffix(".json"))["metrics"]["summary"].items():
                print(f"| {what} | {percent(share)} |")
        else:
            print(comparison_report(name).markdown())
    return 0


if __name__ == "__main__":
    sys.exit(main())
