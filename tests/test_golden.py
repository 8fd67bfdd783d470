"""The released models still answer what they answered when they were released, on rendered pictures."""

import json

import pytest

from tests.helpers.golden import ANSWERS, answer, readings, released

GOLDEN = json.loads(ANSWERS.read_text("utf-8"))


def compare(answers, expected):
    """Labels are equal; figures are within what another processor's rounding may do."""
    assert len(answers) == len(expected)
    for number, (got, wanted) in enumerate(zip(answers, expected, strict=True)):
        where = f"picture {number}: {got} instead of {wanted}"
        assert got.get("label") == wanted.get("label"), where
        for name, tolerance in (("probability", 0.01), ("area", 0.002), ("box", 1)):
            if name in wanted:
                assert got[name] == pytest.approx(wanted[name], abs=tolerance), where
        if wanted.get("rotation_degrees") is not None:
            away = (got["rotation_degrees"] - wanted["rotation_degrees"] + 180) % 360 - 180
            assert abs(away) <= 1, where


@pytest.mark.slow
@pytest.mark.parametrize("name", GOLDEN)
def test_a_released_model_answers_as_it_did(name):
    compare(answer(name), GOLDEN[name])


def test_by_default_predict_answers_as_the_released_model():
    compare(readings(None), GOLDEN["combined"])


def test_the_golden_answers_show_hands_and_none():
    labels = [each["label"] for each in GOLDEN["combined"]]
    assert "" in labels and len(set(labels)) > 3
    assert released("combined").is_file()
