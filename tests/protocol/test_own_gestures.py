"""Which photos are taught and which are asked about, where a user's own gestures are judged."""

import numpy as np
import pytest

from handvision.core.examples import Examples
from handvision.protocol import own_gestures
from handvision.protocol.close_ups import UNSEEN_OF_HAGRID
from handvision.protocol.own_gestures import OTHERS_OF_HAGRID, GestureTest, gestures_to_choose_by

NAMES = (*UNSEEN_OF_HAGRID, *OTHERS_OF_HAGRID, "two_up")


@pytest.fixture(autouse=True)
def parts(monkeypatch):
    """Every gesture twice in every part; the value of a photo's pixels is its place among the parts."""

    def part(name, which):
        assert name == "hagrid"
        place = ("train", "validation", "test").index(which)
        labels = np.repeat(np.arange(len(NAMES)), 2)
        photos = [np.full((20 + i, 30, 3), place, np.uint8) for i in range(len(labels))]
        return Examples(f"part {which}", photos=photos, labels=labels, class_names=NAMES)

    monkeypatch.setattr(own_gestures, "part", part)
    drawn = Examples(
        "drawn",
        photos=np.zeros((3, 8, 8, 3), np.uint8),
        labels=np.array([0, 1, 2]),
        class_names=("five", "fist", "index"),
    )
    monkeypatch.setattr(own_gestures, "cached_render", lambda *_, split, **__: drawn)


def of_part(test: GestureTest, rows):
    return {int(photo[0, 0, 0]) for photo, chosen in zip(test.photos.photos, rows, strict=True) if chosen}


@pytest.mark.parametrize(("which", "parts_to_teach_from"), [("validation", {0, 1}), ("test", {0, 1, 2})])
def test_the_parts_photos_are_asked_about_and_earlier_ones_may_be_examples(which, parts_to_teach_from):
    six = own_gestures.own_gestures(which)["hagrid_unseen_gestures"]
    assert of_part(six, six.asked) == {max(parts_to_teach_from)}
    assert of_part(six, six.teachable) == parts_to_teach_from
    assert set(six.gestures[six.teachable]) == set(UNSEEN_OF_HAGRID)
    assert set(six.gestures[six.asked]) == set(NAMES) - {"two_up"}
    assert six.examples == (1, 5)


def test_three_gestures_have_photos_for_ten_examples():
    tests = own_gestures.own_gestures("test")
    three = tests["hagrid_call_mute_stop"]
    assert (three.taught, three.examples) == (("call", "mute", "stop"), (10,))
    assert set(three.gestures[three.asked]) == {"call", "mute", "stop", *OTHERS_OF_HAGRID}
    drawn = tests["rendered_unseen_gestures"]
    assert sorted(drawn.gestures) == ["five", "index"] and drawn.asked.all() and drawn.teachable.all()


def test_photos_are_turned_that_are_asked_about(monkeypatch):
    grey = np.tile(np.arange(30, dtype=np.uint8)[None, :, None], (20, 1, 3))
    photos = Examples("two", photos=[grey, grey], labels=np.array([0, 0]), class_names=("call",))
    one = GestureTest(photos, np.array([True, False]), np.array([False, True]), ("call",), (1,))
    first, second = own_gestures._turned(one).photos.photos
    np.testing.assert_array_equal(first, grey)
    assert second.shape == grey.shape and (second != grey).mean() > 0.5


def test_constants_are_never_chosen_by_test_photos():
    for test in gestures_to_choose_by().values():
        assert of_part(test, test.asked) == {0, 1}
        assert of_part(test, np.ones(len(test.photos), bool)) == {0, 1}


def test_an_unknown_part_is_named():
    with pytest.raises(ValueError, match="no part 'train' to ask about; they have validation, test"):
        own_gestures.own_gestures("train")
