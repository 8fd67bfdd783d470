"""Everyday photos: HaGRID, Hand Gesture Recognition, ten people and EduArt's gestures."""

from dataclasses import replace

import numpy as np
import pytest

from handvision.core.vocabularies import NUMBERS
from handvision.datasets import catalog, download
from handvision.datasets.errors import DataUnavailable
from handvision.datasets.load import load
from tests.helpers.archives import packed, picture, small_archive

CENTRAL = [15, 22.5, 45, 37.5]  # the box "0.5 0.5 0.5 0.25" of a photo of 60x60


@pytest.fixture
def drop(data_folder):
    """Drops the small archive of a data set into `data/`, with some files changed or added."""

    def dropped(name, changes=None):
        files = small_archive(name) | (changes or {})
        (data_folder / catalog.row(name).archive).write_bytes(packed(files))

    return dropped


@pytest.fixture
def broken(drop):
    """A data set of which one file, found by the end of its name, was overwritten after unpacking."""

    def overwritten(name, end, content):
        drop(name)
        next(download.find(name).rglob(f"*{end}")).write_text(content)

    return overwritten


def test_hagrid_has_gestures_numbers_and_idle_hands(drop):
    drop("hagrid")
    gestures, numbers = load("hagrid"), load("hagrid_numbers")
    named = [gestures.class_names[label] if label >= 0 else "" for label in gestures.labels]
    assert dict(zip(gestures.groups.tolist(), named, strict=True)) == {
        f"{gesture}_{n}": "" if gesture == "no_gesture" else gesture
        for gesture in ("call", "fist", "stop_inverted", "no_gesture")
        for n in (0, 2)
    }
    by_group = dict(zip(numbers.groups.tolist(), numbers.labels.tolist(), strict=True))
    assert numbers.class_names == NUMBERS
    assert by_group == {
        "call_0": 2,
        "call_2": 2,
        "fist_0": 0,
        "fist_2": 0,
        "stop_inverted_0": 5,
        "stop_inverted_2": 5,
        "no_gesture_0": -1,
        "no_gesture_2": -1,
    }


def test_hagrid_names_a_folder_that_is_no_gesture(drop, monkeypatch):
    wrong = {"photos/wave/wave_000.jpg": small_archive("hagrid")["photos/call/call_000.jpg"]}
    photos = catalog.row("hagrid").contents[0]
    more = replace(catalog.row("hagrid"), contents=(replace(photos, subset=photos.subset + 1),))
    monkeypatch.setitem(catalog.CATALOG, "hagrid", more)
    drop("hagrid", wrong)
    with pytest.raises(
        DataUnavailable, match=r"wave_000\.jpg: 'wave' is no gesture of HaGRID; .*call, .*two_up"
    ):
        load("hagrid")


def test_hand_gesture_yolov8_has_boxes_sure_numbers_and_series(drop):
    drop("hand_gesture_yolov8")
    photos = load("hand_gesture_yolov8")
    assert photos.labels.tolist() == [1, 4, 5, 2, -1]
    assert photos.boxes[0].tolist() == [CENTRAL]
    assert photos.boxes[2].tolist() == [[0, 0, 60, 60]]
    assert photos.groups.tolist() == [
        "20230313 46",
        "20230313 46",
        "20230313 152",
        "20230314 camera",
        "screenshots",
    ]


def test_hand_gesture_yolov8_as_its_authors_packed_it(data_folder, monkeypatch):
    photo = picture("jpg", np.zeros((60, 60, 3), np.uint8))
    names = (
        "IMG-20230312-WA0064_jpg",
        "IMG-20230312-WA0440_jpg",
        "IMG-20230312-WA0137_jpg",
        "IMG-20230312-WA0671_jpg",
    )
    lines = (
        b"2 0.5 0.5 0.5 0.25\n",
        b"0 0.5 0.5 0.5 0.25\n",
        b"1 0.5 0.5 0.5 0.25\n4 0.1 0.1 0.1 0.1\n",
        b"2 0.5 0.5 0.5 0.25\n",
    )
    files = {f"x/train/images/{name}.jpg": photo for name in names}
    files |= {f"x/train/labels/{name}.txt": some for name, some in zip(names, lines, strict=True)}
    row = catalog.row("hand_gesture_yolov8")
    contents = tuple(replace(content, original=4) for content in row.contents)
    monkeypatch.setitem(catalog.CATALOG, "hand_gesture_yolov8", replace(row, contents=contents))
    (data_folder / row.archive).write_bytes(packed(files))
    photos = load("hand_gesture_yolov8")
    assert "original" in photos.source
    by_group = {
        group: hands.labels.tolist() for group, hands in zip(photos.groups, photos.hands, strict=True)
    }
    # Series of one place share a group; the authors' "five" may be a fist.
    assert photos.groups.tolist().count("carved sofa and desk") == 2
    assert by_group["20230312 137"] == [4, 2]
    assert by_group["20230312 671"] == [5], "corrected: its authors say 1"
    assert sorted(photos.labels.tolist()) == [-1, -1, 1, 5]


def test_ten_people_are_mirrored_back_and_some_are_counted(drop):
    marked = np.zeros((48, 64, 3), np.uint8)
    marked[:, :16] = 255
    drop("ten_people", {"photos/aries/ar0.jpg": picture("jpg", marked)})
    photos = load("ten_people")
    assert photos.groups.tolist() == ["aries", "aries", "hendrik"]
    assert photos.labels.tolist() == [5, -1, 0]
    assert photos.photos[0][:, -16:].mean() > 250 and photos.photos[0][:, :16].mean() < 5


def test_eduart_has_boxes_gestures_and_directions_of_every_hand(drop):
    drop("eduart")
    photos, numbers = load("eduart"), load("eduart_numbers")
    assert photos.class_names == ("pointing", "stop", "thumbs_up")
    assert photos.groups.tolist() == ["cabinets", "office", "office", *["cabinets"] * 4]
    rotations = [hands.rotations.tolist() for hands in photos.hands]
    unknown = np.nan
    # What the files call "left" points to image-right: it is the person's left.
    expected = [[unknown], [180, unknown], [-90], [unknown], [90], [unknown], [0]]
    for found, wanted in zip(rotations, expected, strict=True):
        np.testing.assert_array_equal(found, wanted)
    assert [hands.labels.tolist() for hands in photos.hands] == [[2], [0, -1], [0], [-1], [0], [1], [0]]
    assert [hands.labels.tolist() for hands in numbers.hands] == [[1], [1, -1], [1], [-1], [1], [5], [1]]
    assert photos.labels.tolist() == [2, -1, 0, -1, 0, 1, 0], "two hands have no label together"
    np.testing.assert_array_equal(photos.rotations[:3], [unknown, unknown, -90])
    np.testing.assert_allclose(photos.boxes[1], [CENTRAL, [48, 48, 60, 60]])


@pytest.mark.parametrize(
    ("name", "end", "content", "message"),
    [
        ("eduart", "frame_up00009.txt", "7 0.5 0.5 0.1 0.1", r"frame_up00009\.txt: .*a class from 0 to 6"),
        ("eduart", "frame_up00009.txt", "6 0.5 0.5 0.1", r"frame_up00009\.txt: .*four numbers are wanted"),
        ("eduart", "frame_up00009.txt", "up 0.5", r"frame_up00009\.txt: 'up 0\.5' is no line of a box"),
        (
            "eduart",
            "frame_up00009.txt",
            "6 0.9 0.5 0.4 0.1",
            r"frame_up00009\.txt: .*0\.9.*outside the picture",
        ),
        ("eduart", "frame_up00009.txt", "6 0.5 0.5 0 0.1", r"frame_up00009\.txt: .*is empty"),
        (
            "hand_gesture_yolov8",
            "labels.csv",
            "file,repo_label,x_center,y_center,width,height,use\nphotos/a.jpg,6,0.5,0.5,0.1,0.1,yes\n",
            r"labels\.csv: photos/a\.jpg has the label '6'; labels are 1 to 5",
        ),
        (
            "hand_gesture_yolov8",
            "labels.csv",
            "file,repo_label,x_center,y_center,width,height,use\n"
            "photos/IMG-20230313-WA0046_jpg.rf.0a.jpg,5,0.1,0.5,0.5,0.1,yes\n",
            r"labels\.csv: the box .*outside the picture",
        ),
        ("ten_people", "hen69.jpg", "", r"hen69\.jpg: the file is empty"),
    ],
)
def test_what_is_wrong_is_named(broken, name, end, content, message):
    broken(name, end, content)
    with pytest.raises(DataUnavailable, match=message):
        load(name)


def test_hands_without_a_line_are_unknown_and_not_absent(broken):
    broken("hand_gesture_yolov8", "labels.csv", "file,repo_label,x_center,y_center,width,height,use\n")
    photos = load("hand_gesture_yolov8")
    assert all(len(hands) == 1 and np.isnan(hands.boxes).all() for hands in photos.hands)
