"""Where things lie, and which profile, data and seed a run uses."""

import os
from dataclasses import dataclass
from pathlib import Path

PROFILES = ("smoke", "quick", "full")
DATA_CHOICES = ("auto", "rendered", "real")

REPOSITORY = Path(__file__).resolve().parents[2]


def models_folder() -> Path:
    """The folder of the released models: `models/`, or what HANDVISION_MODELS_FOLDER names."""
    return Path(os.environ.get("HANDVISION_MODELS_FOLDER", REPOSITORY / "models"))


def data_folder() -> Path:
    """The folder that downloads land in: `data/`, or what HANDVISION_DATA_FOLDER names."""
    return Path(os.environ.get("HANDVISION_DATA_FOLDER", REPOSITORY / "data"))


def runs_folder() -> Path:
    """The folder that runs write into: `runs/`, or what HANDVISION_RUNS_FOLDER names."""
    return Path(os.environ.get("HANDVISION_RUNS_FOLDER", REPOSITORY / "runs"))


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
