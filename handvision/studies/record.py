"""The measured facts beside a saved model: what was measured, on what data, and how it came about."""

import datetime
import json
import math
import numbers
import os
import platform
import subprocess
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import keras
import numpy as np

from handvision.core.examples import Examples
from handvision.core.files import replacing
from handvision.core.hashing import hash_examples
from handvision.core.workspace import REPOSITORY
from handvision.training.platform import gpus

# What changes the last digits of a training without being code or data.
VARIABLES = ("TF_ENABLE_ONEDNN_OPTS", "TF_NUM_INTRAOP_THREADS", "KERAS_BACKEND", "XLA_FLAGS")
PACKAGES = ("keras", "tensorflow", "tensorflow-cpu", "jax", "numpy", "opencv-python-headless", "scikit-learn")


def write_facts(
    path: str | Path,
    metrics: dict,
    *,
    datasets: dict[str, Examples | str] | None = None,
    seed: int | None = None,
    profile: str | None = None,
    duration_seconds: float | None = None,
    **more,
) -> dict:
    """Writes the measured facts beside a model, as strict JSON: figures, data, and how they came about.

    Numbers are rounded to 6 digits; what is NaN or infinite becomes null. Keys become strings (an
    angle 30 becomes "30"). Package versions, variables that choose kernels, git
    commit, hardware and date are added.

    Args:
        path: ends in .json; replaced only once all is written.
        metrics: figures, nested as you like, with split names and sample counts in it.
        datasets: name -> Examples (its count, content hash and source are written) or hash.
        seed, profile, duration_seconds: of the training.
        more: anything else that JSON can hold (epochs, hyperparameters, notes).

    Returns:
        What was written, as `read_facts` gives it.
    """
    path = Path(path)
    if path.suffix != ".json":
        raise ValueError(f"{path.name}: the file of facts ends in .json")
    facts = {
        "metrics": metrics,
        "datasets": {name: _describe(data) for name, data in (datasets or {}).items()},
        "seed": seed,
        "profile": profile,
        "duration_seconds": duration_seconds,
        **more,
        "packages": {name: version for name in PACKAGES if (version := _version(name))},
        "python": platform.python_version(),
        "backend": keras.backend.backend(),
        "variables": {name: os.environ[name] for name in VARIABLES if name in os.environ},
        "git": _git(),
        "hardware": _hardware(),
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }
    facts = _plain(facts)
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(facts, indent=2, allow_nan=False, ensure_ascii=False) + "\n", "utf-8")
    return facts


def figures_only(results: Mapping[str, Mapping]) -> dict[str, dict]:
    """Results without their arrays of one number a picture: what a `.json` of facts keeps."""
    return {
        name: {key: value for key, value in result.items() if not isinstance(value, np.ndarray)}
        for name, result in results.items()
    }


def read_facts(path: str | Path) -> dict:
    """What `write_facts` wrote.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is not the JSON of `write_facts`.
    """
    path = Path(path)
    try:
        facts = json.loads(path.read_text("utf-8"), parse_constant=_refuse)
    except ValueError as error:
        raise ValueError(f"{path.name} holds no facts: {error}") from error
    if not isinstance(facts, dict) or "metrics" not in facts:
        raise ValueError(f"{path.name} holds no facts: it has no 'metrics'")
    return facts


def _refuse(constant):
    raise ValueError(f"{constant} is not JSON")


def _plain(value, name="facts"):
    if isinstance(value, Mapping):
        return {str(key): _plain(member, f"{name}.{key}") for key, member in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist(), name)
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


def _describe(data):
    if isinstance(data, Examples):
        return {"name": data.name, "count": len(data), "hash": hash_examples(data), "source": data.source}
    return data


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _git() -> dict:
    """The commit, and whether files differ from it; nothing is known outside a clone."""

    def run(*arguments):
        try:
            done = subprocess.run(
                ["git", "-C", str(REPOSITORY), *arguments],
                capture_output=True,
                text=True,
                timeout=20,
                check=True,
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout.strip()

    status = run("status", "--porcelain")
    return {"commit": run("rev-parse", "--verify", "HEAD"), "dirty": None if status is None else bool(status)}


def _hardware() -> dict:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"cpu": _cpu(), "cores": cores, "gpu": gpus(), "system": platform.system()}


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()
