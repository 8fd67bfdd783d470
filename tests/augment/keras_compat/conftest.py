"""Folders of pictures."""

import itertools

import cv2
import pytest

from tests.helpers.noise import noise


@pytest.fixture
def folder(tmp_path):
    """Two classes, five PNG files each, and a file that is none."""
    for name, kind in itertools.product(("fist", "open"), range(5)):
        (tmp_path / name).mkdir(exist_ok=True)
        picture = noise(20, 24, 3, seed=kind).astype("uint8")
        cv2.imwrite(str(tmp_path / name / f"{kind}.png"), picture)
    (tmp_path / "fist" / "notes.txt").write_text("not a picture")
    return tmp_path
