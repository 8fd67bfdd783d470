"""Where things lie, and which profile, data and seed a run uses."""

import functools
import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

PROFILES = ("smoke", "quick", "full")
DATA_CHOICES = ("auto", "rendered", "real")

# Environment variable -> the field of `Workspace` that it sets.
FOLDER_VARIABLES = {
    "HANDVISION_MODELS_FOLDER": "models",
    "HANDVISION_DATA_FOLDER": "data",
    "HANDVISION_RUNS_FOLDER": "runs",
    "HANDVISION_CACHE_FOLDER": "cache",
    "HANDVISION_ARCHIVES": "archives",
}


@dataclass(frozen=True)
class Workspace:
    """The folders that the suite reads and writes; none of them has to exist.

    In a clone of the repository they are its own folders; for an installed package they lie where the
    system keeps a user's data. Each has an environment variable that names another one.

    Attributes:
        models: released models, HANDVISION_MODELS_FOLDER.
        data: data sets, which downloads land in, HANDVISION_DATA_FOLDER.
        runs: what runs write, HANDVISION_RUNS_FOLDER.
        cache: what can be made anew, HANDVISION_CACHE_FOLDER.
        archives: zips that were fetched by hand, HANDVISION_ARCHIVES; None without the variable.
        repository: the clone that the package is imported from; None for an installed package.
    """

    models: Path
    data: Path
    runs: Path
    cache: Path
    archives: Path | None = None
    repository: Path | None = None


def workspace() -> Workspace:
    """The workspace of this process: resolved once, and anew only if one of its variables changes."""
    return _resolve(tuple(os.environ.get(variable) for variable in FOLDER_VARIABLES))


@functools.lru_cache(maxsize=1)
def _resolve(values: tuple[str | None, ...]) -> Workspace:
    repository = _repository()
    if repository:
        folders = {name: repository / name for name in ("models", "data", "runs")}
        folders["cache"] = folders["runs"] / "cache"
    else:
        home = platformdirs.user_data_path("handvision", appauthor=False)
        folders = {name: home / name for name in ("models", "data", "runs")}
        folders["cache"] = platformdirs.user_cache_path("handvision", appauthor=False)
    named = {
        field: Path(value) for field, value in zip(FOLDER_VARIABLES.values(), values, strict=True) if value
    }
    return Workspace(**folders | named, repository=repository)


def _repository() -> Path | None:
    """The clone around this package, if there is one: it has models and a project file beside it."""
    folder = Path(__file__).resolve().parents[2]
    return folder if (folder / "pyproject.toml").is_file() and (folder / "models").is_dir() else None


@dataclass(frozen=True)
class Settings:
    """What the first cell of every notebook chooses.

    Attributes:
        profile: "smoke" (seconds, for tests), "quick" (minutes on two cores) or "full"
            (the training that made the released models).
        data: "auto" (real data where it is already at hand, rendered hands elsewhere),
            "rendered" or "real" (downloads what is missing).
        seed: the one seed of all generators, an int >= 0.
    """

    profile: str = "quick"
    data: str = "auto"
    seed: int = 1

    @classmethod
    def resolve(cls, profile: str = "quick", data: str = "auto", seed: int = 1) -> "Settings":
        """Settings from a notebook's parameters; HANDVISION_PROFILE, _DATA, _SEED win over them.

        Raises:
            ValueError: a value is not one of the choices; the message names it.
        """
        profile = os.environ.get("HANDVISION_PROFILE", profile)
        data = os.environ.get("HANDVISION_DATA", data)
        seed = os.environ.get("HANDVISION_SEED", seed)
        if profile not in PROFILES:
            raise ValueError(f"PROFILE is {profile!r}; use one of {', '.join(PROFILES)}")
        if data not in DATA_CHOICES:
            raise ValueError(f"DATA is {data!r}; use one of {', '.join(DATA_CHOICES)}")
        try:
            number = int(seed)
        except (TypeError, ValueError):
            number = -1
        if number < 0:
            raise ValueError(f"SEED is {seed!r}; use a whole number from 0 up")
        return cls(profile, data, number)
