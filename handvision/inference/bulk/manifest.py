"""What a job was, and what came of it: the content of `manifest.json`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any

from handvision.inference.bulk.work import Outcome

FORMAT = 1
_PACKAGES = ("handvision", "numpy", "onnxruntime", "opencv-python-headless", "pillow", "pyarrow", "ray")


@dataclass
class Manifest:
    """Counts of a job as it goes on. It grows with the shards, not with the photos.

    Attributes:
        job: what reads: the model's fingerprint, the options, the engine.
        photos: of all shards.
        read: photos whose rows are in the folder, those with an error among them.
        errors: photos that could not be read.
        resumed: photos among `read` that an earlier run had read.
        shards: name -> photos and errors, of those whose rows are in the folder.
        failed: name -> photos and reason, of those that failed.
    """

    job: Mapping[str, Any]
    photos: int
    read: int = 0
    errors: int = 0
    resumed: int = 0
    shards: dict[str, dict[str, int]] = field(default_factory=dict)
    failed: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, outcome: Outcome, *, resumed: bool = False) -> None:
        """Counts what came of a shard, once however often it is told."""
        if outcome.name in self.shards:
            return
        if outcome.parquet is None:
            self.failed[outcome.name] = {"photos": outcome.photos, "reason": outcome.reason}
            return
        self.shards[outcome.name] = {"photos": outcome.photos, "errors": outcome.errors}
        self.read += outcome.photos
        self.errors += outcome.errors
        self.resumed += outcome.photos if resumed else 0

    @property
    def complete(self) -> bool:
        """Whether each photo was read or has failed: the job was not stopped."""
        return self.read + sum(shard["photos"] for shard in self.failed.values()) == self.photos

    def to_json(self) -> dict[str, Any]:
        """Sorted by name, whoever was faster."""
        return {
            "format": FORMAT,
            "complete": self.complete,
            **self.job,
            "versions": versions(),
            **{name: getattr(self, name) for name in ("photos", "read", "errors", "resumed")},
            "shards": dict(sorted(self.shards.items())),
            "failed": dict(sorted(self.failed.items())),
        }


def versions() -> dict[str, str]:
    """Of the packages that an answer depends on, of those that are installed."""
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found
