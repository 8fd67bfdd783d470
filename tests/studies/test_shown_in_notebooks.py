"""What notebooks show beside tables: data at hand, augmented masks, the worst masks, the leak of a split."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from matplotlib import figure

from handvision.augment import Augmentation
from handvision.core.examples import Examples
from handvision.core.workspace import workspace
from handvision.datasets.catalog import CATALOG
from handvision.datasets.errors import DataUnavailable
from handvision.protocol import partitions
from handvision.studies import gallery, split_leak
from handvision.studies.augmented import augmented
from handvision.studies.data_tables import catalog_table, partitions_table, teacher_table
from handvision.studies.record import read_record
from handvision.studies.reference_rotation import reference_error
from handvision.studies.split_leak import leak_of_random_splits
from handvision.studies.study_tables import table_of
from handvision.studies.tables import DASH


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    for name in ("DATA", "RUNS"):
        monkeypatch.setenv(f"HANDVISION_{name}_FOLDER", str(tmp_path / name.lower()))
    monkeypatch.delenv("HANDVISION_ARCHIVES", raising=False)
    return tmp_path


@pytest.mark.slow
def test_the_teachers_table_names_sets_by_title_with_what_it_found():
    rows = {row[0]: row[1:] for row in teacher_table().cells}
    seen, found, terms = rows["HaGRID in small form"]
    assert (seen, found) == ("221", "261") and "CC BY-SA 4.0" in terms
    assert len(rows) == 9


def test_catalog_lists_every_set_and_that_none_is_at_hand():
    rows = catalog_table().cells
    assert [row[0] for row in rows] == [dataset.title for dataset in CATALOG.values()]
    assert {row[-1] for row in rows} == {"no"}


@pytest.mark.slow
def test_a_random_split_of_a_sequence_leaks():
    shares = list(leak_of_random_splits("rendered", seed=1).values())
    assert shares[0] > 0.95, "neighbouring frames stand on both sides"
    assert shares[1] < shares[0] - 0.2


@pytest.mark.slow
def test_the_study_of_leaks_compares_splits_by_frames_and_by_people(monkeypatch, capsys):
    frames = split_leak._rendered_sequences(seed=1)
    monkeypatch.setattr(split_leak, "load", lambda name: replace(frames, name=name))
    asked = []

    def accuracy(parts, angles, seed):
        asked.append((parts["train"].name, parts["test"].name, len(angles)))
        return len(asked) / 100

    monkeypatch.setattr(split_leak, "_accuracy", accuracy)
    split_leak.main()
    (path,) = workspace().runs.glob("comparisons/*.json")
    rows = table_of(read_record(path)).cells
    assert [row[0] for row in rows] == ["finger_digits"] * 5 + ["sign_language_digits"] * 3
    assert [row[2] for row in rows] == [f"{number}.0 %" for number in range(1, 9)]
    assert [angles for _, _, angles in asked] == [1, 1, 12, 1, 12, 1, 1, 12]
    learned, judged = asked[3][:2]
    assert learned.startswith("finger_digits") and judged == "sign_language_digits"
    assert "a split by person" in capsys.readouterr().out


def test_the_partitions_are_shown_with_counts_where_a_set_is_at_hand(monkeypatch):
    people = Examples("people", labels=np.zeros(40, int), groups=np.arange(40))

    def load(name):
        if name == "sign_language_digits":
            return people
        raise DataUnavailable(f"{name} is not at hand")

    monkeypatch.setattr(partitions, "load", load)
    rows = {row[0]: row[1:] for row in partitions_table(counted=True).cells}
    assert list(rows) == list(partitions.PARTITIONS)
    unit, _, *counts = rows["sign_language_digits"]
    assert unit == "person" and counts == ["28", "6", "6"]
    assert rows["massey"][2:] == (DASH,) * 3
    assert {row[3:] for row in partitions_table(counted=False).cells} == {(DASH,) * 3}


def test_augmented_keeps_directions_beside_their_pictures():
    masks = np.zeros((2, 32, 32, 1), np.uint8)
    masks[:, 4:16, 15:17] = 255
    examples = Examples(
        "up", masks=masks, labels=np.array([0, 1]), rotations=np.zeros(2, np.float32), class_names=("a", "b")
    )
    mirrored = Augmentation(flip_vertical=True)
    originals, versions, directions = augmented(mirrored, examples, versions=8)
    assert originals.shape == masks.shape
    assert directions.shape == (9, 2)
    for pictures, degrees in zip(versions, directions[1:], strict=True):
        for picture, angle in zip(pictures, degrees, strict=True):
            points_up = picture[:16].sum() > picture[16:].sum()
            assert abs(angle) == pytest.approx(0 if points_up else 180, abs=0.1)


def test_the_error_of_the_reference_is_measured_where_a_forearm_is_seen():
    upright = np.zeros((2, 64, 64, 1), np.uint8)
    upright[0, 20:40, 20:44] = 255
    upright[0, 40:, 26:38] = 255
    upright[1, 20:40, 20:44] = 255  # no forearm
    hands = Examples("hands", masks=upright, rotations=np.array([10, 0], np.float32))
    error = reference_error(hands)
    assert (error["n"], error["n_unknown"]) == (1, 1)
    assert 5 < error["mean_absolute_degrees"] < 15


def test_the_gallery_shows_the_worst_of_every_test(folders):
    photo = keras.Input((32, 32, 3))
    dark = keras.Model(photo, keras.layers.Conv2D(1, 1, activation="sigmoid", name="mask")(photo))
    masks = np.zeros((3, 32, 32, 1), np.uint8)
    masks[:2, 8:20, 8:20] = 255
    photos = np.repeat(masks, 3, axis=3)
    tests = {"rendered": Examples("hands & arms", photos=photos, masks=masks)}
    tests["without_hands"] = Examples("none", photos=photos, masks=np.zeros_like(masks))
    page = gallery.worst_masks(folders / "worst", dark, tests, count=2)
    assert "hands &amp; arms" in page.read_text()
    assert sorted(p.name for p in page.parent.iterdir()) == [
        "index.html",
        "rendered.png",
        "without_hands.png",
    ]


def test_the_gallery_shows_what_is_most_taken_for_a_hand_where_none_is(folders, monkeypatch):
    predicted = np.zeros((4, 8, 8, 1), np.uint8)
    predicted[1], predicted[3, :2] = 255, 255
    photos = np.arange(4, dtype=np.uint8)[:, None, None, None] * np.ones((1, 8, 8, 3), np.uint8)
    shown = []

    def show_worst(photos, masks, predicted, count):
        shown.extend(photos[:, 0, 0, 0].tolist())
        return figure.Figure()

    monkeypatch.setattr(gallery, "predict_masks", lambda model, photos: predicted)
    monkeypatch.setattr(gallery, "show_worst", show_worst)
    none = Examples("none", photos=photos, masks=np.zeros_like(predicted))
    gallery.worst_masks(folders, None, {"without_hands": none}, count=2)
    assert shown == [1, 3]
