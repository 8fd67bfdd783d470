"""Nobody stands in two parts, and the parts are those that the released models were made with."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from handvision import protocol
from handvision.core.examples import NO_HAND, Examples
from handvision.protocol import partitions
from handvision.protocol.partitions import (
    PARTITIONS,
    Follows,
    Groups,
    Hashed,
    Listed,
    Partition,
    digest,
    digests,
    ids,
    part,
)


@pytest.fixture
def people(monkeypatch):
    """Two sets of the same people, and of some of their own; no file is read."""
    sets = {
        "streets": Examples("streets", labels=np.zeros(40, int), groups=np.repeat(np.arange(20), 2)),
        "faces": Examples("faces", labels=np.zeros(45, int), groups=np.repeat(np.arange(5, 20), 3)),
    }
    monkeypatch.setattr(partitions, "load", sets.__getitem__)
    monkeypatch.setitem(PARTITIONS, "streets", Partition("street", Groups()))
    return sets


@pytest.mark.slow
def test_no_id_stands_in_two_parts_of_any_set(archives):
    for name in PARTITIONS:
        who = ids(name)
        assert all(who.values()), f"{name}: a part is empty: {who}"
        if name == "finger_digits_random":
            continue  # whose frames are neighbours: that is what it is there to show
        for (one, some), (other, others) in itertools.combinations(who.items(), 2):
            assert not set(some) & set(others), f"{name}: {one} and {other} share"


@pytest.mark.slow
def test_the_teachers_labels_have_no_test_part(archives):
    taught = ids("people_photos_teacher")
    assert list(taught) == ["train", "validation"]
    assert not {*taught["train"], *taught["validation"]} & set(ids("people_photos")["test"])


@pytest.mark.slow
def test_composites_and_masks_follow_their_photos(archives):
    for leader, follower in (
        ("finger_counting", "finger_counting_composites"),
        ("hands_dataset", "hands_dataset_masks"),
    ):
        for which in ids(follower):
            leading, following = set(part(leader, which).groups), set(part(follower, which).groups)
            assert following <= leading


def test_sets_without_a_licence_have_no_training_part(archives):
    for name in ("ten_people", "eduart", "eduart_numbers"):
        with pytest.raises(ValueError, match="has no part 'train'; it has validation, test"):
            part(name, "train")


@pytest.mark.slow
def test_frames_of_a_video_keep_their_distance(archives):
    frames = {which: part("finger_digits", which).groups for which in ("train", "validation", "test")}
    assert frames["validation"].min() - frames["train"].max() > 50
    assert frames["test"].min() - frames["validation"].max() > 50


@pytest.mark.slow
def test_real_tasks_say_their_partitions_and_keep_them(archives):
    task = protocol.finger_numbers("real", 24, 12, seed=1, other_people=True, negatives=0)
    assert list(task.tests) == [
        "finger_digits_last_fifth",
        "finger_counting_all",
        "sign_language_digits_people",
        "rendered",
    ]
    assert set(task.partitions) == {"sign_language_digits", "finger_digits", "rooms", "hands_dataset"}
    assert task.partitions["finger_digits"] == digest("finger_digits")
    left_out = part("sign_language_digits", "test")
    assert task.tests["sign_language_digits_people"].groups.tolist() == left_out.groups.tolist()


@pytest.mark.slow
def test_photo_test_sets_are_those_held_out(archives):
    tests = protocol.photo_test_sets("real", 32, 50, seed=1)
    assert list(tests)[1:] == [
        f"{name}{variant}"
        for name in (
            "sign_language_digits_people",
            "finger_counting_last_fifth",
            "hands_dataset_one_hand",
        )
        for variant in ("", "@any_rotation")
    ]
    trained = protocol.photo_training_set("real", 32, 6, seed=1, versions=2)
    assert (trained.labels == NO_HAND).any() and len(np.unique(trained.labels)) == 7
    for name in ("sign_language_digits", "finger_counting", "hands_dataset"):
        assert not set(part(name, "train").groups) & set(part(name, "test").groups)


def test_the_same_people_stand_in_the_same_part_of_two_sets(people, monkeypatch):
    monkeypatch.setitem(PARTITIONS, "faces", Partition("face", Follows("streets")))
    streets, faces = ids("streets"), ids("faces")
    for which in streets:
        assert set(faces[which]) == set(streets[which]) & {str(i) for i in range(5, 20)}


def test_people_of_a_set_of_its_own_are_dealt_and_those_it_shares_are_not(people, monkeypatch):
    people["faces"] = replace(people["faces"], groups=np.repeat(np.arange(10, 25), 3))
    monkeypatch.setitem(PARTITIONS, "faces", Partition("face", Follows("streets", otherwise=Groups())))
    streets, faces = ids("streets"), ids("faces")
    assert sorted(itertools.chain(*faces.values())) == [str(i) for i in range(10, 25)]
    for which, other in itertools.permutations(streets, 2):
        assert not set(faces[which]) & set(streets[other])
    monkeypatch.setitem(PARTITIONS, "faces", Partition("face", Follows("streets")))
    with pytest.raises(ValueError, match=r"faces: streets has no group '20', so its part is unknown"):
        ids("faces")


def test_hashed_people_stay_where_they_are_when_others_come(people, monkeypatch):
    monkeypatch.setitem(PARTITIONS, "streets", Partition("street", Hashed()))
    before = ids("streets")
    people["streets"] = Examples("streets", labels=np.zeros(4000, int), groups=np.arange(4000))
    after = ids("streets")
    assert all(set(before[which]) <= set(after[which]) for which in before)
    assert [len(after[which]) / 4000 for which in after] == pytest.approx([0.7, 0.15, 0.15], abs=0.05)
    assert sum(map(len, after.values())) == 4000


def test_listed_people_are_the_test(people, monkeypatch):
    monkeypatch.setitem(PARTITIONS, "streets", Partition("street", Listed(test=("3", "7"))))
    assert ids("streets")["test"] == ["3", "7"]
    assert len(part("streets", "train")) == 36
    with pytest.raises(ValueError, match="streets has no part 'validation'; it has train, test"):
        part("streets", "validation")


def test_a_digest_changes_with_who_is_there_and_not_with_their_order(people):
    before = digest("streets")
    people["streets"] = people["streets"].take(np.arange(40)[::-1])
    assert digest("streets") == before
    people["streets"] = replace(people["streets"], groups=people["streets"].groups + 1)
    assert digests(["streets"])["streets"] != before


def test_an_unknown_set_is_refused_with_those_that_there_are():
    with pytest.raises(ValueError, match="no set 'mnist' is divided; there are finger_digits, "):
        part("mnist", "train")
