"""What is said when a data set cannot be had: which set and file, why, and what to do."""

import shutil
from pathlib import Path

from handvision.core.workspace import workspace
from handvision.datasets.catalog import Dataset, Kaggle


class DataUnavailable(RuntimeError):
    """A data set cannot be had. The message names the set and the file, and says what to do."""


def missing(dataset: Dataset) -> DataUnavailable:
    return DataUnavailable(
        f"{dataset.title} ({dataset.name}) is not on this machine. Run "
        f"`handvision data fetch {dataset.name}`. {by_hand(dataset)}"
    )


def explained(dataset: Dataset, error: OSError) -> DataUnavailable:
    response = getattr(error, "response", None)  # an HTTP error of requests has one
    status = response.status_code if response is not None else None
    where = dataset.source.page
    if status in (401, 403) and isinstance(dataset.source, Kaggle):
        also = " (Kaggle says so, too, of a data set that was withdrawn)" if status == 403 else ""
        return DataUnavailable(
            f"{dataset.title}: Kaggle refused the credentials that it was given, {status}{also}. Correct "
            "them (KAGGLE_API_TOKEN, ~/.kaggle/access_token, KAGGLE_USERNAME and KAGGLE_KEY, or kaggle.json) "
            f"or remove them: public data sets need no account. {by_hand(dataset)}"
        )
    if status in (404, 410):
        return DataUnavailable(
            f"{dataset.title}: there is no such data set at {where} any more ({status}). {by_hand(dataset)}"
        )
    return DataUnavailable(f"{dataset.title}: the download from {where} failed: {error}. {by_hand(dataset)}")


def by_hand(dataset: Dataset) -> str:
    return (
        f"By hand: download the zip from {dataset.source.page} and put it into {workspace().data} "
        f"as {dataset.archive}."
    )


def only_as_archive(dataset: Dataset) -> DataUnavailable:
    return DataUnavailable(
        f"{dataset.title}: its pictures were chosen from {dataset.source.page}, and nobody offers them for "
        f"download. Put {dataset.archive} into {workspace().data}, or name its folder in HANDVISION_ARCHIVES."
    )


def disk_full(dataset: Dataset, folder: Path, needed: int | None = None) -> DataUnavailable:
    wants = f"needs {needed:,} bytes, " if needed else ""
    free = shutil.disk_usage(folder).free
    return DataUnavailable(
        f"{dataset.title}: the disk is full: {wants}{folder} has {free:,} bytes free. "
        "What was half written is gone. Make room, or name another folder in HANDVISION_DATA_FOLDER."
    )


def corrupt(dataset: Dataset, names: str, error: Exception) -> DataUnavailable:
    return DataUnavailable(
        f"{dataset.title}: {names} is corrupted ({error}). Delete it and run this again. {by_hand(dataset)}"
    )
