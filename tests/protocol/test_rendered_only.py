"""`DATA="rendered"` opens no file of a data set, whatever is at hand."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from handvision import protocol
from handvision.datasets.load import load
from tests.helpers.archives import drop_archives

_watched: dict[str, list[str]] = {}


def _note_opened(event: str, arguments: tuple) -> None:
    if event == "open" and isinstance(arguments[0], str):
        for folder, opened in _watched.items():
            if arguments[0].startswith(folder):
                opened.append(arguments[0])


sys.addaudithook(_note_opened)  # for good: Python takes no hook back


@contextlib.contextmanager
def opened_below(folder: Path) -> Iterator[list[str]]:
    """The files below `folder` that anything in this process opens meanwhile."""
    _watched[str(folder)] = []
    try:
        yield _watched[str(folder)]
    finally:
        del _watched[str(folder)]


MAKERS = {
    "numbers": lambda: protocol.finger_numbers("rendered", 12, 6, seed=1, other_people=True),
    "gestures": lambda: protocol.gestures("rendered", 20, 20, seed=1),
    "segmentation": lambda: protocol.segmentation("rendered", 32, 8, 4, batch_size=4, steps=1, seed=1).train[
        0
    ],
    "photo test sets": lambda: protocol.photo_test_sets("rendered", 32, 6, seed=1),
    "photos to learn numbers": lambda: protocol.photo_training_set("rendered", 32, 6, seed=1),
    "without hands": lambda: protocol.negative_photos("rendered", "test", seed=1, count=2),
}


@pytest.mark.slow
@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_rendered_data_open_no_archive_that_is_at_hand(data_folder, make):
    drop_archives(data_folder)
    with opened_below(data_folder) as opened:
        made = make()
    assert opened == []
    if isinstance(made, protocol.Task):
        assert list(made.tests) == ["rendered"]


def test_the_watch_sees_what_a_reader_opens(data_folder):
    drop_archives(data_folder)
    with opened_below(data_folder) as opened:
        load("houses")
    assert {Path(file).suffix for file in opened} >= {".zip", ".jpg"}
