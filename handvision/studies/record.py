"""The record beside a model or of a study: what was measured, on what data, and how it came about."""

import datetime
import json
import math
import numbers
import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from handvision.core.files import replacing
from handvision.core.workspace import workspace
from handvision.protocol.titles import title
from handvision.studies.describe import describe

SCHEMA = 2  # records without a number are of the first
# What changes the last digits of a training without being code or data.
VARIABLES = ("TF_ENABLE_ONEDNN_OPTS", "TF_NUM_INTRAOP_THREADS", "KERAS_BACKEND", "XLA_FLAGS")
PACKAGES = ("keras", "tensorflow", "tensorflow-cpu", "jax", "numpy", "opencv-python-headless", "scikit-learn")

Figures = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Variant:
    """One of the trainings or programs that a study compares.

    Attributes:
        name: in what it differs from the others.
        figures: as in `Record`.
        seed: of its training.
        details: more about it that JSON can hold: `weights`, their number; `training_masks`, figures of what
            it was trained on.
    """

    name: str
    figures: Figures
    seed: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """What was measured of a product or in a study, on what data, and how it came about.

    Numbers are rounded to 6 digits; what is NaN or infinite becomes None, arrays (a number for each picture)
    are left out, and keys become strings: an angle 30 becomes "30".

    Attributes:
        name: of the product (see `core.products`) or of the study (see `studies.ablations`).
        figures: id of a test set (see `protocol.titles`) -> figures, with `n`, the number of samples, and
            beside an accuracy or IoU its `baseline`.
        measurements: what belongs to no single test set.
        variants: of a study, which has no figures of its own.
        data: "train", "validation" and ids of test sets -> name, count, content hash and source, see
            `studies.describe`.
        partitions: data set -> part -> digest of who is in it, see `protocol.partitions`; None if unknown.
        recipe: of the training, as `training.Recipe.to_json` gives it.
        parts: name of a product that it was joined from -> SHA-256 of the file.
        seed, profile, duration_seconds: of the training.
        software: `python`, `backend`, `packages` with their versions, and `variables` of the environment.
        commit: of the code; None outside a clone.
        clean: whether the files were those of the commit; None outside a clone.
        hardware: `cpu`, `cores`, `gpu`, `system`.
        date: when it was written, ISO 8601, UTC.
        unknown: name of a field or of a part of one ("data.train") -> why it was not recorded.
        revisions: figures that were measured anew later: `tests`, `why`, `commit`, `date` and the figures
            `before`.
        schema: version of this format.

    Raises:
        ValueError: a test set is unknown, or a figure lacks its samples or its baseline.
        TypeError: something that JSON cannot hold.
    """

    name: str
    figures: Figures = field(default_factory=dict)
    measurements: Mapping[str, Any] = field(default_factory=dict)
    variants: tuple[Variant, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    partitions: Mapping[str, Mapping[str, str]] | None = None
    recipe: Mapping[str, Any] | None = None
    parts: Mapping[str, str] = field(default_factory=dict)
    seed: int | None = None
    profile: str | None = None
    duration_seconds: float | None = None
    software: Mapping[str, Any] = field(default_factory=dict)
    commit: str | None = None
    clean: bool | None = None
    hardware: Mapping[str, Any] = field(default_factory=dict)
    date: str | None = None
    unknown: Mapping[str, str] = field(default_factory=dict)
    revisions: tuple[Mapping[str, Any], ...] = ()
    schema: int = SCHEMA

    def __post_init__(self) -> None:
        for each in fields(self):
            if each.name != "variants":
                object.__setattr__(self, each.name, _plain(getattr(self, each.name), each.name))
        variants = tuple(
            Variant(**{key: _plain(value, f"variants.{v.name}.{key}") for key, value in vars(v).items()})
            for v in self.variants
        )
        object.__setattr__(self, "variants", variants)
        object.__setattr__(self, "revisions", tuple(self.revisions))
        if self.schema != SCHEMA:
            raise ValueError(f"{self.name}: a record of schema {self.schema}; this version reads {SCHEMA}")
        for figures in (self.figures, *(variant.figures for variant in variants)):
            _check_figures(figures, self.name)

    def write(self, path: str | Path) -> Path:
        """Writes the record as strict JSON; the file appears only once all is written."""
        path = Path(path)
        if path.suffix != ".json":
            raise ValueError(f"{path.name}: the file of a record ends in .json")
        text = json.dumps(asdict(self), indent=2, allow_nan=False, ensure_ascii=False)
        with replacing(path) as temporary:
            temporary.write_text(f"{text}\n", encoding="utf-8")
        return path


def record_of_this_run(name: str, figures: Figures | None = None, **more: Any) -> Record:
    """A record with the software, commit, hardware and time of this process.

    Args:
        name, figures: see `Record`.
        more: further fields of `Record`; `data` holds Examples and sequences.
    """
    import keras

    more["data"] = {key: describe(data) for key, data in more.get("data", {}).items()}
    commit, clean = _commit()
    return Record(
        name,
        figures or {},
        software={
            "python": platform.python_version(),
            "backend": keras.backend.backend(),
            "packages": {package: version for package in PACKAGES if (version := _version(package))},
            "variables": {key: os.environ[key] for key in VARIABLES if key in os.environ},
        },
        commit=commit,
        clean=clean,
        hardware=_hardware(),
        date=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        **more,
    )


def read_record(path: str | Path) -> Record:
    """What `Record.write` wrote.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is no record.
    """
    path = Path(path)
    try:
        found = json.loads(path.read_text("utf-8"), parse_constant=_refuse)
        variants = tuple(Variant(**variant) for variant in found.pop("variants", ()))
        return Record(**found, variants=variants)
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError(f"{path.name} is no record: {error}") from error


def _check_figures(figures: Figures, name: str) -> None:
    for test, result in figures.items():
        title(test)
        if "n" not in result:
            raise ValueError(f"{name}, {test}: figures without n, the number of samples")
        if any(key == "iou" or key.startswith("accuracy") for key in result) and "baseline" not in result:
            raise ValueError(f"{name}, {test}: an accuracy or IoU without its baseline")


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _plain(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        return {
            str(key): _plain(member, f"{name}.{key}")
            for key, member in value.items()
            if not isinstance(member, np.ndarray)
        }
    if isinstance(value, list | tuple | set):
        return [_plain(member, name) for member in value]
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    if value is None or isinstance(value, str):
        return value
    raise TypeError(f"{name} is a {type(value).__name__}, which JSON cannot hold")


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _commit() -> tuple[str | None, bool | None]:
    """The commit, and whether the files are its own; nothing is known outside a clone."""
    repository = workspace().repository
    if repository is None:
        return None, None

    def run(*arguments: str) -> str | None:
        try:
            done = subprocess.run(
                ["git", "-C", str(repository), *arguments],
                capture_output=True,
                text=True,
                timeout=20,
                check=True,
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout.strip()

    status = run("status", "--porcelain")
    return run("rev-parse", "--verify", "HEAD"), None if status is None else not status


def _hardware() -> dict:
    from handvision.training.platform import gpus

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"cpu": _cpu(), "cores": cores, "gpu": gpus(), "system": platform.system()}


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()
