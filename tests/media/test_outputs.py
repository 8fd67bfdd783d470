"""Outputs that would harm a photo or each other are refused before any work."""

import pytest
from PIL import Image

from handvision.media.outputs import check_outputs


@pytest.fixture
def photos(tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    for name in ("in/a.jpg", "in/b.jpg"):
        Image.new("RGB", (8, 8)).save(tmp_path / name)
    (tmp_path / "link").symlink_to(tmp_path / "in/a.jpg")
    monkeypatch.chdir(tmp_path)


REFUSED = {
    "the name after --csv is forgotten": (
        ["in/b.jpg"],
        {"--csv": "in/a.jpg"},
        "--csv in/a.jpg is named like",
    ),
    "an input": (["in/a.jpg"], {"--csv": "in/a.jpg"}, "--csv in/a.jpg is one of the files to read"),
    "an input, written otherwise": (["in/a.jpg"], {"--json": "in/../in/a.jpg"}, "one of the files to read"),
    "an input, by a link": (["link"], {"--json": "in/a.jpg"}, "one of the files to read"),
    "a video that is not there yet": (["in/a.jpg"], {"--csv": "new.mp4"}, "named like a picture or video"),
    "one file for both": (["in/a.jpg"], {"--csv": "r", "--json": "./r"}, "--csv and --json are both ./r"),
    "the folder that is read": (["in"], {"--overlay": "in"}, "--overlay in is the folder that in is in"),
    "the folder of a photo": (["in/a.jpg"], {"--overlay": "in/"}, "the folder that in/a.jpg is in"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_would_do_harm_is_refused(case, photos):
    inputs, outputs, message = REFUSED[case]
    with pytest.raises(ValueError, match=message):
        check_outputs(inputs, outputs)


def test_other_outputs_are_fine(photos):
    check_outputs(["in", "in/a.jpg"], {"--csv": "in/r.csv", "--json": "r.json", "--overlay": "in/drawn"})
