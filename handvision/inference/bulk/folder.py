"""The folder of a job's results: a Parquet file a shard, what failed, and a manifest.

    rows/<shard>.parquet   whole shards, and nothing else: the folder is one table
    failed/<shard>.json    shards that failed: why, and their photos
    manifest.json          what the job was, and what came of it

A file appears under its name when it is complete.
"""

import json
import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

from handvision.core.files import replacing
from handvision.inference.bulk.schema import facts_of
from handvision.inference.bulk.work import Outcome

ROWS, FAILED, MANIFEST = "rows", "failed", "manifest.json"


class ResultFolder:
    """Where one job puts its results. One job at a time may write here.

    Args:
        path: a new folder, an empty one, or that of an earlier run of the same job.

    Raises:
        OSError: the folder cannot be written to.
    """

    def __init__(self, path: str | os.PathLike):
        self.path = Path(path)
        for name in (ROWS, FAILED):
            (self.path / name).mkdir(parents=True, exist_ok=True)
        # What a run that was killed was writing.
        for unfinished in self.path.rglob(".*.parquet"):
            unfinished.unlink()

    def check_names(self, names: Collection[str]) -> None:
        """Refuses a folder with rows that are not of these shards: photos would be in it twice.

        Raises:
            FileExistsError: there are such rows.
        """
        found = {path.name for path in (self.path / ROWS).iterdir()}
        others = sorted(found - {self._rows(name).name for name in names})
        if others:
            raise FileExistsError(
                f"{self.path / ROWS} holds {len(others)} files of another job ({others[0]}): other photos,"
                " another model or other options. Name a new folder, or remove this one"
            )

    def outcome_of(self, name: str) -> Outcome | None:
        """What came of a shard in an earlier run; None where it is not here as a whole."""
        try:
            facts = facts_of(self._rows(name))
        # Not there, or harmed since: it is read again.
        except (FileNotFoundError, ValueError):
            facts = None
        return None if facts is None else Outcome(name, b"", **facts)

    def put(self, outcome: Outcome) -> None:
        """Puts the rows of a shard down, or why there are none."""
        told = self.path / FAILED / f"{outcome.name}.json"
        if outcome.parquet is None:
            _write_json(told, {"reason": outcome.reason, "photos": list(outcome.paths)})
        else:
            with replacing(self._rows(outcome.name)) as unfinished:
                unfinished.write_bytes(outcome.parquet)
            told.unlink(missing_ok=True)

    def put_manifest(self, content: dict[str, Any]) -> None:
        _write_json(self.path / MANIFEST, content)

    def _rows(self, name: str) -> Path:
        return self.path / ROWS / f"{name}.parquet"


def _write_json(path: Path, content: dict[str, Any]) -> None:
    with replacing(path) as unfinished:
        text = json.dumps(content, indent=1) + "\n"
        unfinished.write_text(text, "utf-8", errors="backslashreplace")
