import numpy as np
import pytest

from handvision.core.examples import Examples
from handvision.protocol import splits


@pytest.fixture
def frames():
    """Two classes of 100 frames each, out of order."""
    order = np.random.default_rng(0).permutation(200)
    return Examples("video", labels=(order // 100), groups=order % 100)


@pytest.fixture
def people():
    groups = np.repeat(np.arange(30), np.arange(1, 31))
    return Examples("people", labels=np.zeros(len(groups), int), groups=groups)


def test_blocks_follow_one_another_with_gaps(frames):
    parts = splits.block_split(frames, test=0.2, validation=0.1, gap=5)
    for label in (0, 1):
        spans = {
            part: np.sort(examples.groups[examples.labels == label]).tolist()
            for part, examples in parts.items()
        }
        assert spans == {"train": [*range(60)], "validation": [*range(65, 75)], "test": [*range(80, 100)]}


def test_no_share_no_gap(frames):
    parts = splits.block_split(frames, test=0.0, validation=0.1, gap=5)
    assert len(parts["test"]) == 0
    assert parts["validation"].groups.min() == 90 and parts["train"].groups.max() == 84


@pytest.mark.parametrize(
    "shares", [{"test": 1.0}, {"test": -0.1}, {"test": 0.6, "validation": 0.5}, {"gap": -1}]
)
def test_shares_out_of_range(frames, shares):
    with pytest.raises(ValueError, match="shares are in"):
        splits.block_split(frames, **shares)


def test_sequence_too_short(frames):
    with pytest.raises(ValueError, match="class 0 has 100 frames, too few"):
        splits.block_split(frames, gap=60)


def test_blocks_need_labels():
    with pytest.raises(ValueError, match="has no labels"):
        splits.block_split(Examples("x", groups=np.arange(3)))


def test_people_stay_together(people):
    parts = splits.group_split(people, seed=3)
    seen = [set(part.groups.tolist()) for part in parts.values()]
    assert set.union(*seen) == set(range(30)) and sum(map(len, seen)) == 30
    for part, share in splits.SHARES.items():
        assert abs(len(parts[part]) / len(people) - share) < 0.03


def test_group_split_has_a_seed(people):
    one, again, other = (splits.group_split(people, seed=seed)["test"].groups for seed in (1, 1, 2))
    assert np.array_equal(one, again) and not np.array_equal(one, other)


def test_a_group_larger_than_its_share_leaves_no_part_empty():
    lopsided = Examples("sessions", groups=np.array(["a"] * 98 + ["b", "c"]))
    parts = splits.group_split(lopsided)
    assert [len(part) for part in parts.values()] == [98, 1, 1]


@pytest.mark.parametrize("fractions", [{}, {"a": 0.5}, {"a": 1.5, "b": -0.5}])
def test_fractions_must_make_one(people, fractions):
    for split in (splits.group_split, splits.random_split):
        with pytest.raises(ValueError, match="together they are 1"):
            split(people, fractions)


def test_fewer_groups_than_parts():
    with pytest.raises(ValueError, match="2 groups cannot make 3 parts"):
        splits.group_split(Examples("two", groups=np.array([1, 2])))


def test_random_split_deals_every_picture_once(people):
    parts = splits.random_split(people, {"train": 0.8, "test": 0.2}, seed=1)
    assert [len(part) for part in parts.values()] == [372, 93]
    assert np.array_equal(np.sort(np.concatenate([p.groups for p in parts.values()])), people.groups)
