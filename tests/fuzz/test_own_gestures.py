"""Damaged and made-up files of taught gestures: they are read, or refused by name."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handvision.inference.own_gestures import OwnGestures
from tests.helpers.gesturing import several, show

from .damage import damaged


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("gestures") / "mine.json"
    gestures = OwnGestures(sides="apart")
    for name in ("fist", "L"):
        gestures.teach(name, several(name, range(2)))
    gestures.save(path)
    return path.read_bytes()


def check_is_read_or_refused(path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        gestures = OwnGestures.load(path)
    except ValueError as error:
        assert str(error).startswith(f"{path} is no file of taught gestures: ")
        return
    hand = show("L", 5, model=gestures.model)
    if gestures.counts and len(next(iter(gestures._examples.values()))[0]) == _numbers_of(hand):
        name, probability = gestures.read(hand)
        assert name is None or name in gestures.counts
        assert 0 <= probability <= 1


def _numbers_of(hand) -> int:
    one = OwnGestures()
    one.teach("one", hand)
    return one._examples["one", ""].shape[1]


@given(choice=st.data())
def test_a_damaged_file_of_gestures_is_read_or_refused_by_name(choice, whole, tmp_path):
    check_is_read_or_refused(tmp_path / "mine.json", choice.draw(damaged([whole])))


ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.just(10**400)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    key=st.sampled_from(("format", "version", "model", "sides", "gestures", "name", "side", "examples")),
    value=ANYTHING,
)
def test_a_file_with_one_entry_of_any_kind_is_read_or_refused_by_name(key, value, whole, tmp_path):
    content = json.loads(whole)
    place = content if key in content else content["gestures"][0]
    place[key] = value
    check_is_read_or_refused(tmp_path / "mine.json", json.dumps(content).encode())


def test_a_file_nested_without_end_is_refused(tmp_path):
    check_is_read_or_refused(tmp_path / "mine.json", b"[" * 100_000)
