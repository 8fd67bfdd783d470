"""Releases models and studies of a full run: `handvision release finger_numbers data`.

A released model is the `.keras` file of a run and the record that the same run wrote, side by side in
`models/`; a released study is its record alone, in `models/comparisons/`.
"""

import shutil
from pathlib import Path

from handvision.core.files import replacing
from handvision.core.products import find_product
from handvision.core.workspace import workspace
from handvision.studies.record import read_record
from handvision.studies.study_tables import how_to_run


def release(name: str) -> Path:
    """Copies a model and its record from `runs/<name>/` to `models/`; replaces what is there.

    Args:
        name: of a product.

    Returns:
        The released `.keras` file.

    Raises:
        ValueError: no model of the suite has this name, it is too large, or it does not come from the full
            profile on a clean commit.
        FileNotFoundError: it has not been run.
    """
    product = find_product(name)
    how = f"run {product.notebook} with HANDVISION_PROFILE=full"
    if product.command:
        how = f"run `{product.command}` and judge it by `python -m handvision.studies.everyday --record`"
    model, record = (workspace().runs / name / f"{name}{suffix}" for suffix in (".keras", ".json"))
    if not model.is_file():
        raise FileNotFoundError(f"no {model}: {how} first")
    _check(record, how)
    size = model.stat().st_size / 2**20
    if size > product.limit_mb:
        raise ValueError(f"{name}.keras has {size:.1f} MiB; at most {product.limit_mb} MiB are released")
    _copy(record, workspace().models)
    return _copy(model, workspace().models)


def release_study(name: str) -> Path:
    """Copies the record of a study (see `handvision.studies.ablations`) to `models/comparisons/`.

    Errors as `release`.
    """
    record = workspace().runs / "comparisons" / f"{name}.json"
    _check(record, f"run {how_to_run(name)}")
    return _copy(record, workspace().models / "comparisons")


def _check(path: Path, how: str) -> None:
    if not path.is_file():
        raise FileNotFoundError(f"no {path}: {how} first")
    record = read_record(path)
    if record.profile != "full":
        raise ValueError(f"{path.name} is of the profile {record.profile!r}; only 'full' is released: {how}")
    if record.commit is None or not record.clean:
        raise ValueError(f"{path.name} came from uncommitted code: commit it and {how}")


def _copy(path: Path, folder: Path) -> Path:
    with replacing(folder / path.name) as temporary:
        shutil.copyfile(path, temporary)
    return folder / path.name
