"""Damaged and made-up archives and model files: unpacked inside their folder, or refused."""

import io
import shutil
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handvision.datasets.catalog import row
from handvision.datasets.errors import DataUnavailable
from handvision.datasets.unpacking import unpack
from tests.helpers.archives import data_folder, packed, small_archive

from .damage import damaged

__all__ = ["data_folder"]

NAME = "finger_digits"
WHOLE = packed(small_archive(NAME))


@pytest.fixture
def folder(data_folder):
    """The data folder, with a file beside it that nobody may touch."""
    (data_folder.parent / "precious.txt").write_text("here")
    return data_folder


def try_to_unpack(folder, content: bytes) -> bool:
    """Whether it was unpacked; nothing but its own folder may have changed."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    archive = folder / "archive.zip"
    archive.write_bytes(content)
    try:
        made = unpack(row(NAME), [archive])
    except DataUnavailable as error:
        assert row(NAME).title in str(error)
        assert [path.name for path in folder.iterdir()] == ["archive.zip"], "something was left"
        return False
    finally:
        assert sorted(path.name for path in folder.parent.iterdir()) == ["data", "home", "precious.txt"]
    assert made == folder / NAME
    assert all(path.is_dir() or (path.is_file() and not path.is_symlink()) for path in made.rglob("*"))
    return True


def test_the_whole_archive_is_unpacked(folder):
    assert try_to_unpack(folder, WHOLE)


@given(content=damaged([WHOLE]))
def test_a_damaged_archive_is_unpacked_whole_or_not_at_all(content, folder):
    try_to_unpack(folder, content)


@given(
    name=st.one_of(
        st.text(max_size=12),
        st.lists(st.sampled_from(("..", ".", "", "a", "\\", "C:", "0_1.png", "~")), max_size=5).map("/".join),
    ),
    mode=st.sampled_from((0o100644, 0o120777, 0o020666, 0o060666, 0o010666, 0o140777, 0o104755, 0)),
    content=st.binary(max_size=40),
)
def test_no_member_lands_outside_or_becomes_anything_but_a_file(name, mode, content, folder):
    stream = io.BytesIO(WHOLE)
    with zipfile.ZipFile(stream, "a") as archive:
        try:
            member = zipfile.ZipInfo(name)
        except ValueError:
            return
        member.external_attr = mode << 16
        try:
            archive.writestr(member, content)
        except (UnicodeEncodeError, UserWarning):
            return
    try_to_unpack(folder, stream.getvalue())
