"""A record is strict JSON, says where it comes from, and refuses figures without samples or baseline."""

import json

import keras
import numpy as np
import pytest

from handvision.core.examples import Examples
from handvision.core.hashing import hash_examples
from handvision.studies.record import Record, Variant, read_record, record_of_this_run


def hands():
    return Examples(
        "two hands",
        masks=np.zeros((2, 4, 4, 1), np.uint8),
        labels=np.array([0, 1]),
        class_names=("0", "1"),
        source="made here",
    )


def figures(**changed):
    return {"rendered": {"n": np.int64(3), "accuracy": np.float32(2 / 3), "baseline": 0.5, **changed}}


def test_a_record_is_strict_json_and_comes_back_as_it_was(tmp_path):
    record = record_of_this_run(
        "unet",
        figures(by_angle={30: 0.5}, none=float("nan"), confusion=[[1, 0], [0, 1]], iou_per_image=np.ones(3)),
        variants=(Variant("without it", figures(), 2, {"weights": 7}),),
        data={"train": hands()},
        recipe={"epochs": 3},
        seed=1,
        profile="quick",
        duration_seconds=12.3456789,
    )
    path = record.write(tmp_path / "models" / "unet.json")

    def refuse(constant):
        raise AssertionError(constant)

    assert read_record(path) == record
    written = json.loads(path.read_text(), parse_constant=refuse)
    assert written["figures"]["rendered"] == {
        "n": 3,
        "accuracy": 0.666667,
        "baseline": 0.5,
        "by_angle": {"30": 0.5},
        "none": None,
        "confusion": [[1, 0], [0, 1]],
    }
    assert written["variants"][0]["details"] == {"weights": 7}
    assert (written["data"]["train"]["count"], written["data"]["train"]["hash"]) == (
        2,
        hash_examples(hands()),
    )
    assert (written["seed"], written["profile"], written["duration_seconds"]) == (1, "quick", 12.3457)
    assert written["software"]["packages"]["keras"] == keras.__version__
    assert written["hardware"]["cores"] >= 1 and written["hardware"]["cpu"]
    assert written["date"].endswith("+00:00")
    assert [p.name for p in path.parent.iterdir()] == ["unet.json"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"rendered": {"accuracy": 1.0, "baseline": 0.5}}, "figures without n"),
        ({"rendered": {"n": 3, "accuracy_upright": 1.0}}, "without its baseline"),
        ({"rendered": {"n": 3, "iou": 1.0}}, "without its baseline"),
        ({"rendered hands": {"n": 3}}, "no test set 'rendered hands'"),
    ],
)
def test_figures_without_samples_baseline_or_a_known_test_set_are_refused(wrong, says):
    with pytest.raises(ValueError, match=says):
        Record("unet", wrong)
    with pytest.raises(ValueError, match=says):
        Record("data", variants=(Variant("a", wrong),))


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[1, 2]",
        '{"name": NaN}',
        "{}",
        '{"name": "unet", "schema": 1}',
        '{"name": "unet", "metrics": {}}',
    ],
)
def test_a_broken_record_is_named(tmp_path, content):
    path = tmp_path / "bad.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=r"bad\.json is no record"):
        read_record(path)


def test_a_record_refuses_what_json_cannot_hold(tmp_path):
    with pytest.raises(TypeError, match=r"measurements\.model is a object"):
        Record("unet", measurements={"model": object()})
    with pytest.raises(ValueError, match=r"ends in \.json"):
        Record("unet").write(tmp_path / "facts.txt")
    assert list(tmp_path.iterdir()) == []
