"""Facts beside a model are strict JSON and say where they come from."""

import json

import keras
import numpy as np
import pytest

from handvision.core.examples import Examples, Hands
from handvision.core.hashing import hash_examples
from handvision.studies.record import read_facts, write_facts


def hands(**changed):
    fields = {
        "name": "two hands",
        "masks": np.zeros((2, 4, 4, 1), np.uint8),
        "labels": np.array([0, 1]),
        "groups": np.array(["anna", "ben"]),
        "hands": [Hands(boxes=np.zeros((1, 4))), Hands()],
        "class_names": ("0", "1"),
        "source": "made here",
    }
    return Examples(**{**fields, **changed})


def test_facts_are_strict_json_and_say_where_they_come_from(tmp_path):
    path = tmp_path / "models" / "bars.json"
    written = write_facts(
        path,
        {
            "test": {
                "accuracy": np.float32(2 / 3),
                "n": np.int64(3),
                "by_angle": {30: 0.5},
                "none": float("nan"),
            },
            "confusion": np.eye(2, dtype=int),
        },
        datasets={"two hands": hands()},
        seed=1,
        profile="quick",
        duration_seconds=12.3456789,
        epochs=3,
    )

    def refuse(constant):
        raise AssertionError(constant)

    facts = json.loads(path.read_text(), parse_constant=refuse)
    assert facts == written == read_facts(path)
    assert facts["metrics"]["test"] == {"accuracy": 0.666667, "n": 3, "by_angle": {"30": 0.5}, "none": None}
    assert facts["metrics"]["confusion"] == [[1, 0], [0, 1]]
    assert facts["datasets"]["two hands"]["count"] == 2
    assert facts["datasets"]["two hands"]["hash"] == hash_examples(hands())
    assert (facts["seed"], facts["profile"], facts["epochs"], facts["duration_seconds"]) == (
        1,
        "quick",
        3,
        12.3457,
    )
    assert facts["packages"]["keras"] == keras.__version__
    assert facts["hardware"]["cores"] >= 1
    assert facts["hardware"]["cpu"]
    assert set(facts["git"]) == {"commit", "dirty"}
    assert facts["date"].endswith("+00:00")
    assert [p.name for p in path.parent.iterdir()] == ["bars.json"]


def test_content_hash_follows_the_content_alone():
    same = hash_examples(hands())
    assert same == hash_examples(hands(name="other title", source="elsewhere"))
    masks = np.zeros((2, 4, 4, 1), np.uint8)
    masks[1, 2, 3] = 255
    changes = [
        {"masks": masks},
        {"labels": np.array([1, 0])},
        {"groups": np.array(["anna", "bob"])},
        {"hands": [Hands(), Hands(boxes=np.zeros((1, 4)))]},
        {"class_names": ("0", "2")},
        {"rotations": np.array([0, np.nan], np.float32)},
    ]
    hashes = {same, *(hash_examples(hands(**change)) for change in changes)}
    assert len(hashes) == 1 + len(changes)
    # Names kept as Python objects are the same names.
    named = hands(groups=np.array(["anna", "bob"], dtype=object))
    assert hash_examples(named) == hash_examples(hands(groups=np.array(["anna", "bob"])))


@pytest.mark.parametrize("content", ["{", "[1, 2]", '{"metrics": NaN}', "{}"])
def test_broken_facts_are_named(tmp_path, content):
    path = tmp_path / "bad.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=r"bad\.json holds no facts"):
        read_facts(path)


def test_facts_refuse_what_json_cannot_hold(tmp_path):
    with pytest.raises(TypeError, match=r"facts\.metrics\.model is a object"):
        write_facts(tmp_path / "facts.json", {"model": object()})
    with pytest.raises(ValueError, match=r"ends in \.json"):
        write_facts(tmp_path / "facts.txt", {})
    assert list(tmp_path.iterdir()) == []
