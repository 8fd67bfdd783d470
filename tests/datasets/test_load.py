import shutil

import cv2
import numpy as np
import pytest

from handvision.core.examples import UNKNOWN
from handvision.datasets import catalog, copies, download, labelling
from handvision.datasets.errors import DataUnavailable
from handvision.datasets.labelling import reference_rotation
from handvision.datasets.load import load
from handvision.datasets.readers import READERS
from tests.helpers.archives import hand, packed, photo_of, picture, small_archive


@pytest.fixture
def dropped(data_folder):
    """The small archives of all data sets, dropped into `data/`."""
    for name, dataset in catalog.CATALOG.items():
        (data_folder / dataset.archive).write_bytes(packed(small_archive(name)))
    return data_folder


def iou(mask, truth):
    mask, truth = np.squeeze(mask) > 127, np.squeeze(truth) > 127
    return (mask & truth).sum() / (mask | truth).sum()


@pytest.mark.parametrize("name", list(READERS))
def test_every_reader_keeps_the_conventions(dropped, name):
    examples = load(name)
    assert len(examples) > 0 and "subset" in examples.source
    for photo in examples.photos if examples.photos is not None else []:
        assert photo.dtype == np.uint8 and photo.shape[-1] == 3
    for mask in examples.masks if examples.masks is not None else []:
        assert mask.dtype == np.uint8 and mask.shape[-1] == 1 and set(np.unique(mask)) <= {0, UNKNOWN, 255}
    if examples.labels is not None:
        assert examples.labels.max() < len(examples.class_names)
    assert len(examples.groups) == len(examples)


def test_finger_digits(dropped):
    digits = load("finger_digits")
    assert digits.masks.shape == (24, 60, 60, 1)
    assert digits.groups.tolist() == np.repeat([0, 1, 2, 10], 6).tolist()
    assert digits.labels.tolist() == list(range(6)) * 4
    assert np.abs(digits.rotations).max() < 3


def test_hand_gestures_count_their_test_frames_on_from_their_training_frames(dropped):
    gestures = load("hand_gestures")
    assert gestures.groups.tolist() == [*range(1, 12)] * 20
    assert gestures.labels.tolist() == np.repeat(np.arange(20), 11).tolist()


def test_sign_language_digits_are_raised_fingers(dropped):
    digits = load("sign_language_digits")
    assert digits.labels.tolist() == [1, 1, 2, 2, 3, 3, 4, 5, 5, 3, 3, 3, 3, 3, 3]
    assert digits.groups.tolist() == [0, 1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1]
    assert all(iou(mask, hand()) > 0.9 for mask in digits.masks)
    assert np.abs(digits.rotations).max() < 3


def test_hands_dataset_scales_boxes_and_labels_single_hands(dropped):
    hands = load("hands_dataset")
    assert hands.groups.tolist() == ["55", "7", "7"]
    assert hands.ids.tolist() == ["test/55_pic00001", "train/7_pic00001", "train/7_pic00002"]
    assert hands.labels.tolist() == [0, 4, -1]
    assert hands.boxes[1].tolist() == [[50, 100, 150, 300]]
    assert hands.boxes[2].shape == (2, 4)


def test_finger_counting_raw_and_composites_share_groups(dropped):
    raw, composites = load("finger_counting"), load("finger_counting_composites")
    truth = {group: number for group, number in zip(raw.groups, raw.labels, strict=True)}
    assert [truth[group] for group in composites.groups] == composites.labels.tolist()
    # In the small archive every composite of the training part shows the second raw photo.
    assert [group[-1] for group in composites.groups] == ["1"] * 5 + ["2"] * 5
    by_group = dict(zip(raw.groups, raw.masks, strict=True))
    assert all(iou(by_group[g], m) > 0.8 for g, m in zip(composites.groups, composites.masks, strict=True))


def test_hgr1_masks_of_either_polarity_and_format(dropped):
    inverted = load("hgr1")
    assert "BMP" in inverted.source and "0 = skin" in inverted.source
    files = {
        name.replace(".bmp", ".png"): picture("png", hand()) if "skin" in name else data
        for name, data in small_archive("hgr1").items()
    }
    shutil.rmtree(dropped / "hgr1")
    (dropped / "hgr1.zip").write_bytes(packed(files))
    plain = load("hgr1")
    assert "PNG" in plain.source and "255 = skin" in plain.source
    assert all(np.array_equal(a, b) for a, b in zip(inverted.masks, plain.masks, strict=True))
    assert plain.groups.tolist() == [1, 2]


def test_massey_masks_are_what_is_not_black(dropped):
    massey = load("massey")
    assert all(iou(mask, hand()) > 0.95 for mask in massey.masks)
    assert [massey.class_names[label] for label in massey.labels] == ["0", "a", "z"] * 2
    assert massey.groups.tolist() == [1, 1, 1, 2, 2, 2]


def test_offices_have_nobody_in_them(dropped):
    offices = load("offices")
    assert offices.masks is None
    assert offices.groups.tolist() == ["office 1"]


def test_originals_are_brought_to_the_size_of_the_subset(dropped):
    files = small_archive("houses")
    large = np.zeros((480, 640, 3), np.uint8)
    (dropped / "houses.zip").write_bytes(packed({name: picture("jpg", large) for name in files}))
    assert load("houses").photos[0].shape == (240, 320, 3)


def test_missing_data_says_how_to_get_it(data_folder):
    with pytest.raises(DataUnavailable, match=r"handvision data fetch houses.*By hand.*houses\.zip"):
        load("houses")
    with pytest.raises(ValueError, match=r"no pictures 'castles'; there are .*houses"):
        load("castles")


def test_pictures_are_decoded_once_and_cannot_be_written_to(dropped):
    first = load("houses")
    assert load("houses") is first
    with pytest.raises(ValueError, match="read-only"):
        first.photos[0][:] = 0


def test_a_changed_file_is_read_anew(dropped):
    before = load("houses")
    white = np.full((60, 60, 3), 255, np.uint8)
    next(download.find("houses").rglob("10_kitchen.jpg")).write_bytes(picture("jpg", white))
    assert load("houses") is not before
    assert load("houses").photos[-1].min() == 255


def test_what_was_used_longest_ago_makes_room(dropped, monkeypatch):
    monkeypatch.setattr("handvision.datasets.load.MEMORY_BYTES", 1)
    houses = load("houses")
    assert load("houses") is houses, "one set is always kept"
    load("massey")
    assert load("houses") is not houses


def test_a_folder_is_listed_once_for_a_reading(dropped, monkeypatch):
    download.find("houses")
    listed = []
    real = copies.files_below
    monkeypatch.setattr(copies, "files_below", lambda folder: listed.append(folder) or real(folder))
    load("houses")
    assert len(listed) == 1


def test_picture_that_cannot_be_read_is_named(dropped):
    folder = download.find("houses")
    next(folder.rglob("10_kitchen.jpg")).write_bytes(b"no picture")
    with pytest.raises(DataUnavailable, match=r"10_kitchen\.jpg: no picture"):
        load("houses")


@pytest.mark.parametrize("angle", [0, 30, -90, 135, 180, -150])
def test_reference_rotation_is_counter_clockwise_from_up(angle):
    # A forearm from the border to the middle, with a palm at its end, turned about the middle.
    size, centre = 129, np.array([64.0, 64.0])
    direction = np.array([-np.sin(np.radians(angle)), -np.cos(np.radians(angle))])
    mask = np.zeros((size, size, 1), np.uint8)
    palm = tuple(int(v) for v in np.round(centre + 10 * direction))
    cv2.line(mask, palm, tuple(int(v) for v in np.round(centre - 200 * direction)), 255, 24)
    cv2.circle(mask, palm, 20, 255, -1)
    found = reference_rotation(mask[None])[0]
    assert abs((found - angle + 180) % 360 - 180) < 4
    assert -180 < found <= 180


def test_reference_rotation_is_unknown_without_a_forearm():
    floating = np.zeros((64, 64, 1), np.uint8)
    cv2.circle(floating, (32, 32), 12, 255, -1)
    fingertip = floating.copy()
    fingertip[:32, 30:34] = 255
    masks = np.stack([floating, fingertip, np.zeros_like(floating), np.full_like(floating, 255)])
    assert np.isnan(reference_rotation(masks)).all()
    assert reference_rotation(masks[:0]).shape == (0,)


def test_wall_may_be_lit_unevenly_and_nails_may_be_black():
    truth = hand(100, 100)
    photo = photo_of(truth).astype(float)
    y, x = np.mgrid[-1:1:100j, -1:1:100j]
    photo *= (1 - 0.3 * (x**2 + y**2) / 2)[..., None]
    photo[45:50, 48:53] = 5
    photo += np.random.default_rng(0).normal(0, 2, photo.shape)
    assert iou(labelling.hand_on_plain_wall(np.clip(photo, 0, 255).astype(np.uint8)), truth) > 0.95


def test_real_holes_stay_and_specks_go():
    truth = hand(100, 100)
    cv2.circle(truth, (50, 50), 8, 0, -1)
    photo = photo_of(truth)
    photo[60:62, 50:52] = (200, 200, 205)
    mask = labelling.hand_on_plain_wall(photo)[..., 0]
    assert mask[50, 50] == 0 and mask[61, 51] == 255


def test_sleeve_stays_out_of_skin():
    truth = hand(240, 320)
    photo = photo_of(truth, wall=(150, 155, 150), skin=(160, 100, 80))
    photo[200:][truth[200:] > 0] = (70, 80, 90)
    expected = truth.copy()
    expected[200:] = 0
    mask = labelling.skin_before_empty_frame(photo, np.full_like(photo, (150, 155, 150)))
    assert iou(mask, expected) > 0.9


def webcam_frame():
    """A hand with its forearm before a wall, and something else of the same colour far from it."""
    truth = hand(150, 200)
    photo = photo_of(truth, wall=(120, 140, 160), skin=(200, 140, 110))
    photo[5:25, 5:25] = (200, 140, 110)
    photo = cv2.add(photo, np.random.default_rng(0).integers(0, 9, photo.shape).astype(np.uint8))
    return photo, truth, np.array([[70, 45, 131, 106]], np.float32)  # around the disc


def test_a_hand_is_found_in_its_box_and_its_forearm_left_open():
    photo, truth, boxes = webcam_frame()
    x0, y0, x1, y1 = boxes[0].astype(int)
    weak = labelling.hands_in_boxes(photo, boxes)[..., 0]
    inner = np.s_[y0 + 4 : y1 - 4, x0 + 4 : x1 - 4]
    assert iou(weak[inner], truth[inner]) > 0.95
    assert (weak[y1 + 4 :][truth[y1 + 4 :] > 0] == UNKNOWN).mean() > 0.95
    assert not weak[5:25, 5:25].any(), "what is beside all boxes is no hand"


def test_a_box_that_its_hand_does_not_fill_is_unknown():
    photo, _, boxes = webcam_frame()
    boxes[0, 0] -= 60
    x0, y0, x1, y1 = boxes[0].astype(int).clip(0)
    weak = labelling.hands_in_boxes(photo, boxes)[..., 0]
    assert (weak[y0 + 4 : y1 - 4, x0 + 4 : x1 - 4] == UNKNOWN).all()
    for nothing_to_compare in (np.zeros((0, 4)), np.array([[0, 0, 200, 150]])):
        assert (labelling.hands_in_boxes(photo, nothing_to_compare) == UNKNOWN).all()


def test_nobody_before_the_wall_gives_an_empty_mask():
    wall = np.full((240, 320, 3), 150, np.uint8)
    assert not labelling.skin_before_empty_frame(wall, wall).any()
    assert labelling.hand_on_plain_wall(wall).shape == (240, 320, 1)
