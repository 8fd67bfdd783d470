"""What colour, gloves and distance cost a reader that tells hands by their skin."""

import json
from dataclasses import replace

import numpy as np
import pytest

from handvision.core.examples import Examples, Hands
from handvision.core.hand import Hand, Reading
from handvision.core.vocabularies import NUMBERS
from handvision.imaging.skin_colour import skin_mask
from handvision.protocol import appearances
from handvision.studies import appearance
from handvision.studies.record import Record
from handvision.studies.study_tables import table_of

SIDE, SKIN, WALL = 64, (200, 150, 120), (160, 160, 160)


@pytest.fixture
def sets():
    """Three photos of a square of skin, a third of a blue photo's width, as if each showed its number."""
    photos = np.full((3, SIDE, SIDE, 3), (40, 60, 160), np.uint8)
    masks = np.zeros((3, SIDE, SIDE, 1), np.uint8)
    photos[:, 20:40, 20:40], masks[:, 20:40, 20:40] = SKIN, 255
    hands = [Hands(np.array([[20, 20, 40, 40]], np.float32))] * 3
    labels = np.array([2, 2, 5])
    examples = Examples("squares", photos, masks, labels=labels, hands=hands, class_names=NUMBERS)
    everyday = {"hagrid_counts": replace(examples, masks=None), "hands_dataset_one_hand": examples}
    return {"everyday": everyday, "rendered": {"rendered_mesh_hands": examples}}


def read_skin(photos):
    """Every hand shows two fingers, where at least 1,000 pixels, or a tenth of them, have skin's colour."""
    readings = []
    for photo in photos:
        pixels = int((np.asarray(skin_mask(photo)) > 0).sum())
        seen = pixels >= min(1000, photo.shape[0] * photo.shape[1] / 11)
        hand = Hand(label="2", probability=0.9, presence=0.9, box=np.zeros(4, np.float32))
        readings.append(Reading(hands=(hand,) if seen else ()))
    return readings


def test_every_look_is_judged_and_the_smallest_size_that_is_read_is_told(sets):
    measured = appearance.judge(read_skin, sets)
    right = {row["look"]: row["number right"]["value"] for row in measured["looks"]}
    assert right["in colour"] == right["bare hand"] == pytest.approx(2 / 3)
    assert right["gray"] == right["blue glove"] == right["black glove"] == 0
    assert [row["look"] for row in measured["sizes"]] == list(appearances.SIZES)
    assert all(row["a hand is found"]["value"] == 1 for row in measured["sizes"])
    assert measured["smallest"] is None  # two of three numbers are right, not eight in ten


def test_the_smallest_size_has_no_unread_size_above_it():
    def rows(*shares):
        sizes = (0.2, 0.1, 0.05)
        return [{"look": s, "number right": {"value": v}} for s, v in zip(sizes, shares, strict=True)]

    assert appearance.smallest(rows(0.9, 0.8, 0.7)) == 0.1
    assert appearance.smallest(rows(0.9, 0.7, 0.9)) == 0.2
    assert appearance.smallest(rows(0.7, 0.9, 0.9)) is None


def test_a_far_hand_has_the_size_that_is_asked_for(sets):
    for size, photos in appearances.far_away(sets["rendered"]["rendered_mesh_hands"]).items():
        (x0, y0, x1, y1) = photos.boxes[0][0]
        assert max(x1 - x0, y1 - y0) == pytest.approx(size * 960, abs=0.01)
        assert np.abs([x0 + x1 - 1280, y0 + y1 - 960]).max() <= 2
        skin, wall = (np.abs(photos.photos[0] - np.array(tone)).sum(axis=2) for tone in (SKIN, WALL))
        skin = skin < wall
        assert skin.sum() == pytest.approx((size * 960) ** 2, rel=0.15)
        rows, columns = np.nonzero(skin)
        assert abs(rows.mean() - 479.5) < 2 and abs(columns.mean() - 639.5) < 2


def test_the_command_prints_a_trial_and_records_all(sets, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("HANDVISION_RUNS_FOLDER", str(tmp_path))
    monkeypatch.setattr(appearances, "judged", lambda which: sets)
    monkeypatch.setattr(appearance, "reader_of", lambda backend: read_skin)
    monkeypatch.setattr(appearance, "digests", lambda names: {name: {"test": "12"} for name in names})
    appearance.main(["--limit", "2"])
    assert "sepia" in capsys.readouterr().out and not list(tmp_path.iterdir())
    appearance.main(["--which", "test"])
    record = Record(**json.loads((tmp_path / "comparisons/appearance.json").read_text()))
    shown = str(table_of(record))
    assert "hand of 3.5 % of the photo's height" in shown and "wool glove" in shown
    assert record.recipe["which"] == "test" and record.profile == "full"
