"""Downloads a file in as many attempts as make progress, goes on where it was cut, and verifies it."""

import base64
import contextlib
import errno
import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import requests
from tqdm import tqdm

from handvision.core.workspace import workspace
from handvision.datasets.catalog import Dataset, Kaggle
from handvision.datasets.errors import DataUnavailable, by_hand, disk_full, explained

TIMEOUT = (10, 30)  # seconds to connect, seconds between two pieces
ATTEMPTS = 5  # of a download that stops without progress
PAUSE = 1.0  # seconds before the next attempt, doubled each time
PIECE = 1 << 16  # what of a piece had come is lost when the connection is cut

Link = Callable[[], contextlib.AbstractContextManager[requests.Response]]


def download(dataset: Dataset, link: Link, file: str) -> Path:
    """Downloads one file into `data/.downloads`, in as many attempts as make progress, and verifies it."""
    folder = workspace().data / ".downloads"
    target, part = folder / file, folder / f"{file}.part"
    if target.is_file():  # verified by an earlier call that stopped at the next file
        return target
    failures, had = 0, -1
    while True:
        try:
            _transfer(dataset, link, part)
            break
        except OSError as error:  # requests' errors are OSErrors too
            if error.errno == errno.ENOSPC:
                part.unlink(missing_ok=True)
                raise disk_full(dataset, folder) from error
            if not _worth_another_try(error):
                raise explained(dataset, error) from error
            now = part.stat().st_size if part.exists() else 0
            failures = failures + 1 if now <= had else 1
            had = max(had, now)
            if failures >= ATTEMPTS:
                raise DataUnavailable(
                    f"{dataset.title}: the download of {file} was cut {failures} times after {now:,} bytes "
                    f"({error}). Run this again: it goes on from there. {by_hand(dataset)}"
                ) from error
            time.sleep(PAUSE * 2 ** (failures - 1))
    os.replace(part, target)
    _note(part).unlink(missing_ok=True)
    return target


def _transfer(dataset: Dataset, link: Link, part: Path) -> None:
    """One attempt: the rest of the file if the server can, else all of it. Checks length and MD5."""
    with contextlib.ExitStack() as stack:
        response = stack.enter_context(link())
        response.raise_for_status()
        length = response.headers.get("Content-Length")
        size = int(length) if length and "Content-Encoding" not in response.headers else None
        etag = response.headers.get("ETag")
        announced = re.search(r"md5=([^,\s]+)", response.headers.get("x-goog-hash", ""))
        md5 = announced[1] if announced else None
        # The same file as the part was begun with? Kaggle's addresses change, so the address is no sign.
        sign = {"size": size, "etag": etag, "md5": md5}
        have = part.stat().st_size if part.exists() else 0
        if have and not ((etag or md5) and size and have <= size and _read_note(part) == sign):
            have = 0
        if have and size is not None and have < size:
            headers = {"Range": f"bytes={have}-", "Accept-Encoding": "identity"}
            if etag and not etag.startswith("W/"):
                headers["If-Range"] = etag
            address = response.url
            response.close()
            response = stack.enter_context(
                requests.get(address, stream=True, timeout=TIMEOUT, headers=headers)
            )
            response.raise_for_status()
            if response.status_code != 206:  # the server sends all of it
                have = 0
        _note(part).write_text(json.dumps(sign))
        if size is None or have < size:
            bar = tqdm(
                total=size, initial=have, desc=f"Downloading {dataset.title}", unit="B", unit_scale=True
            )
            with bar, open(part, "ab" if have else "wb") as out:
                for piece in response.iter_content(PIECE):
                    out.write(piece)
                    bar.update(len(piece))
    got = part.stat().st_size
    if size is not None and got < size:
        raise ConnectionError(f"{got:,} of {size:,} bytes came")
    if md5 and _md5(part) != md5:
        part.unlink()
        resumed = " (the part that an earlier run left was wrong)" if have else ""
        raise DataUnavailable(
            f"{dataset.title}: the file that came is not the one that the server announced: its MD5 differs"
            f"{resumed}. It was deleted; run this again. {by_hand(dataset)}"
        )


def links(dataset: Dataset) -> dict[str, Link]:
    """File name -> a call that asks the server for the whole file and returns the streaming answer."""
    source = dataset.source
    if isinstance(source, Kaggle):
        return {dataset.archive: lambda: _ask_kaggle(source)}

    def ask(url: str) -> Link:
        return lambda: requests.get(
            url, stream=True, timeout=TIMEOUT, headers={"Accept-Encoding": "identity"}
        )

    return {f"{dataset.name}-{url.rsplit('/', 1)[1]}": ask(url) for url in source.urls}


@contextlib.contextmanager
def _ask_kaggle(source: Kaggle) -> Iterator[requests.Response]:
    """Kaggle's answer to "download": the two clients know the protocol and the user's credentials."""
    # Imported late: readers of local data need none of it.
    from kagglesdk.datasets.types.dataset_api_service import ApiDownloadDatasetRequest

    request = ApiDownloadDatasetRequest()
    request.owner_slug, request.dataset_slug = source.handle.split("/")
    if source.version:
        request.dataset_version_number = source.version
    with _kaggle_client() as client, client.datasets.dataset_api_client.download_dataset(request) as response:
        yield response


def _kaggle_client() -> Any:
    choice = os.environ.get("HANDVISION_KAGGLE_CLIENT", "kagglehub")
    if choice == "kagglehub":  # needs no account for public data sets
        from kagglehub.clients import build_kaggle_client

        try:
            return build_kaggle_client()
        except ValueError as error:  # it read a broken kaggle.json
            raise DataUnavailable(f"{error}. Correct or remove it: public sets need no account.") from error
    if choice == "kaggle":
        from kaggle.api.kaggle_api_extended import KaggleApi

        api = KaggleApi()
        try:
            api.authenticate()
        except SystemExit as error:  # it prints help and leaves
            raise DataUnavailable(
                "HANDVISION_KAGGLE_CLIENT is 'kaggle', and that client found no valid credentials. Put a "
                "token into KAGGLE_API_TOKEN or ~/.kaggle/access_token, or unset HANDVISION_KAGGLE_CLIENT: "
                "public data sets need no account."
            ) from error
        return api.build_kaggle_client()
    raise DataUnavailable(f"HANDVISION_KAGGLE_CLIENT is {choice!r}; use 'kagglehub' or 'kaggle'")


def _worth_another_try(error: OSError) -> bool:
    if isinstance(error, requests.HTTPError):
        return error.response is not None and error.response.status_code in (429, 500, 502, 503, 504)
    return isinstance(
        error,
        ConnectionError
        | requests.ConnectionError
        | requests.Timeout
        | requests.exceptions.ChunkedEncodingError,
    )


def _note(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _read_note(part: Path) -> dict | None:
    try:
        return json.loads(_note(part).read_text())
    except (OSError, ValueError):
        return None


def _md5(file: Path) -> str:
    with open(file, "rb") as stream:
        digest = hashlib.file_digest(stream, "md5").digest()
    return base64.b64encode(digest).decode()
