"""Everyday photos to test on: each truth is known, and how many there are is fixed."""

from pathlib import Path

import numpy as np
import pytest

from handvision.core.examples import NO_HAND, UNKNOWN, Examples
from handvision.core.vocabularies import GESTURES
from handvision.protocol import everyday
from handvision.protocol.partitions import part
from handvision.protocol.titles import title

# Of the reduced archives: kind of truth -> id -> photos to validate with, photos to test on.
COUNTS = {
    "fingers of one hand": {
        "hagrid_counts": (44, 87),
        "hand_gesture_yolov8_counts": (103, 61),
        "ten_people_counts": (57, 28),
        "hands_dataset_one_hand": (172, 161),
        "finger_counting_last_fifth": (144, 287),
        "sign_language_digits_people": (189, 189),
    },
    "boxes of every hand": {
        "hands_dataset_boxes": (172, 161),
        "rock_paper_scissors_boxes": (180, 173),
        "eduart_boxes": (173, 190),
    },
    "no hand": {
        "plain_faces_without_hands": (5, 41),
        "portraits_without_hands": (27, 19),
        "wide_portraits_without_hands": (2, 7),
        "street_heads_without_hands": (73, 58),
        "legs_without_hands": (22, 20),
        "webcam_without_hands": (19, 17),
        "rooms_without_hands": (27, 21),
        "web_portraits_without_hands": (25, 32),
    },
    "pixels that are no hand": {"clothing_co_parsing_pixels": (32, 30)},
    "directions": {"eduart_directions": (75, 151)},
}


@pytest.mark.slow
@pytest.mark.parametrize("which", everyday.PARTS)
def test_the_truth_of_every_set_is_known(archives, which):
    for name, photos in everyday.counted(which).items():
        assert set(photos.labels.tolist()) <= set(range(6)), name
        assert photos.name == f"{title(name)}, {which}"
    for name, photos in everyday.boxed(which).items():
        assert all(len(hands) and np.isfinite(hands.boxes).all() for hands in photos.hands), name
    for name, photos in everyday.without_hands(which).items():
        assert len(photos) and all(len(hands) == 0 for hands in photos.hands), name
    for photos in everyday.with_pixel_classes(which).values():
        assert all(set(np.unique(mask)) <= {0, UNKNOWN} for mask in photos.masks)
    for photos in everyday.directed(which).values():
        assert all(np.isfinite(hands.rotations).any() for hands in photos.hands)


@pytest.mark.slow
def test_each_is_of_the_part_that_was_asked_for(archives):
    for sets in everyday.EVERYDAY.values():
        validation, test = sets("validation"), sets("test")
        for name in set(validation) & set(test):
            assert not set(validation[name].groups.tolist()) & set(test[name].groups.tolist()), name


@pytest.mark.slow
def test_photos_that_may_lack_a_box_are_left_out(archives, monkeypatch):
    asked = []

    def with_doubtful(name, which):
        # The training part of the small archive has a frame that may lack a box.
        asked.append(name)
        return part(name, "validation" if name in ("eduart", "hands_dataset") else "train")

    monkeypatch.setattr(everyday, "part", with_doubtful)
    frames = part("rock_paper_scissors", "train")
    doubtful = [
        photo for photo, hands in zip(frames.ids, frames.hands, strict=True) if np.isnan(hands.boxes).any()
    ]
    assert doubtful, "the small archive has one"
    left = everyday.boxed("test")["rock_paper_scissors_boxes"]
    assert "rock_paper_scissors" in asked and not set(doubtful) & set(left.ids.tolist())


def test_gestures_have_the_names_of_their_vocabulary(monkeypatch):
    names = ("call", "fist", "palm")
    photos = Examples(
        "hagrid",
        photos=np.zeros((4, 8, 8, 3), np.uint8),
        labels=np.array([0, 2, NO_HAND, 1]),
        class_names=names,
    )
    asked = []
    monkeypatch.setattr(everyday, "part", lambda *one: asked.append(one) or photos)
    monkeypatch.setattr(everyday, "MESH_HANDS", 3)
    monkeypatch.setattr(everyday, "MESH_SIZE", 48)
    named = everyday.named("validation")
    assert asked == [("hagrid", "validation")]
    ((_, shown),) = named["hagrid"].items()
    # Nobody may learn the name of "call".
    assert [shown.class_names[label] for label in shown.labels] == ["palm", "no_gesture", "fist"]
    ((_, hands),) = named["gestures"].items()
    assert hands.class_names == GESTURES and len(hands) == 3


def test_there_is_nothing_to_train_on_here():
    for sets in everyday.EVERYDAY.values():
        with pytest.raises(
            ValueError, match="everyday photos have no part 'train'; they have validation, test"
        ):
            sets("train")


def test_the_readme_has_the_counts():
    readme = (Path(__file__).parents[2] / "data" / "README.md").read_text("utf-8")
    for kind, sets in COUNTS.items():
        for name, (validation, test) in sets.items():
            assert f"| {kind} | `{name}` | {title(name)} | {validation} | {test} |" in readme


def test_judged_kinds_are_chosen_by_name(archives):
    validation, test = (everyday.judged(which, ["masks", "no hand"]) for which in everyday.PARTS)
    # Two of HGR1's people are kept back, and there is nobody left to validate on.
    assert (list(validation), list(test)) == (["no hand"], ["masks", "no hand"])
    with pytest.raises(ValueError, match="no kind 'cats'; they have fingers of one hand, "):
        everyday.judged("test", ["cats"])


def test_rotated_photos_show_the_same_numbers(archives):
    upright, rotated = everyday.counted("validation"), everyday.rotated("validation")
    for name in everyday.ANY_ROTATION:
        turned = rotated[f"{name}@any_rotation"]
        assert turned.labels.tolist() == upright[name].labels.tolist()
        assert not np.array_equal(turned.photos[0], upright[name].photos[0])


def test_rendered_pictures_have_complete_hands(monkeypatch):
    monkeypatch.setattr(everyday, "PERSONS", 2)
    monkeypatch.setattr(everyday, "PERSON_SIZE", (96, 128))
    monkeypatch.setattr(everyday, "MESH_HANDS", 2)
    monkeypatch.setattr(everyday, "MESH_SIZE", 64)
    for photos in everyday.rendered("validation").values():
        assert all(len(hands) for hands in photos.hands) and photos.masks is not None
        assert all(np.isfinite(hands.keypoints).all() for hands in photos.hands)
        assert all(set(hands.handedness) <= {"left", "right"} for hands in photos.hands)
