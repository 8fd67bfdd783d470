"""Releases models of a full run: `python -m handvision.release finger_numbers gestures`.

A released model is the `.keras` file of a run and the `.json` of facts that the same run wrote, side by side
in `models/`.
"""

import argparse
import shutil
import sys
from pathlib import Path

from handvision.facts import read_facts
from handvision.files import replacing
from handvision.models.store import MADE_BY, made_by
from handvision.settings import models_folder, runs_folder

LIMITS_MB = {"finger_numbers": 2, "gestures": 2, "unet": 8, "deeplab_v3_plus": 12, "combined": 10}


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
    notebook = made_by(name)
    model, facts = (runs_folder() / name / f"{name}{suffix}" for suffix in (".keras", ".json"))
    for path in (model, facts):
        if not path.is_file():
            raise FileNotFoundError(f"no {path}: run {notebook} with HANDVISION_PROFILE=full first")
    found = read_facts(facts)
    if found["profile"] != "full":
        raise ValueError(f"{name} comes from the profile {found['profile']!r}; only 'full' is released")
    if found["git"]["commit"] is None or found["git"]["dirty"]:
        raise ValueError(f"{name} was made by code that no commit holds; commit it and run again")
    size = model.stat().st_size / 2**20
    if size > LIMITS_MB[name]:
        raise ValueError(f"{name}.keras has {size:.1f} MiB; at most {LIMITS_MB[name]} MiB are released")
    for path in (model, facts):
        with replacing(models_folder() / path.name) as temporary:
            shutil.copyfile(path, temporary)
    return models_folder() / model.name


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="+", choices=tuple(MADE_BY))
    for name in parser.parse_args().names:
        print(f"released {release(name)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
