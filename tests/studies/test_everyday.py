"""One command judges a model on everyday photos."""

import json

import numpy as np
import pytest

from handvision.core.examples import Examples, Hands
from handvision.evaluation.estimates import Estimate, proportion
from handvision.evaluation.everyday import Figure
from handvision.studies import everyday


@pytest.fixture
def rooms(monkeypatch):
    """Five empty photos in place of all sets."""
    photos = Examples("rooms", photos=np.zeros((5, 48, 64, 3), np.uint8), hands=[Hands()] * 5)
    asked = []

    def judged(which, kinds):
        asked.append((which, list(kinds)))
        return {"no hand": {"rooms_without_hands": photos}}

    monkeypatch.setattr(everyday, "judged", judged)
    return asked


def test_the_released_model_finds_no_hand_in_black_photos(rooms, tmp_path, capsys):
    written = tmp_path / "figures.json"
    everyday.main(["--which", "test", "--kinds", "no hand", "--limit", "3", "--json", str(written)])
    assert rooms == [("test", ["no hand"])]
    shown = capsys.readouterr().out
    assert "Everyday photos, test" in shown and "rooms_without_hands" in shown
    found, together = json.loads(written.read_text("utf-8"))
    assert (found["test"], found["name"]) == ("rooms_without_hands", "a hand is found")
    assert (found["value"], found["n"]) == (0.0, 3)
    assert together["name"] == "a hand is found where none is"


@pytest.mark.parametrize(
    "more", [[], ["--model", "a.onnx", "--limit", "3"], ["--model", "a.onnx", "--kinds", "no hand"]]
)
def test_a_record_is_of_a_named_model_and_all_photos(more, capsys):
    with pytest.raises(SystemExit, match="2"):
        everyday.main(["--record", *more])
    assert "--record needs --model, and is of all photos" in capsys.readouterr().err


def test_a_limit_draws_the_same_photos_each_time(rooms):
    first, second = (everyday.chosen_sets("test", (), 2)["no hand"]["rooms_without_hands"] for _ in range(2))
    assert len(first) == 2 and np.array_equal(first.photos, second.photos)
    with pytest.raises(ValueError, match="limit is 0"):
        everyday.chosen_sets("test", (), 0)


def test_readers_stand_beside_each_other():
    ours = [Figure("set", "number right", proportion([True, False])), Figure("set", "recall", proportion([]))]
    peer = [
        Figure("set", "number right", proportion([False] * 3)),
        Figure("set", "rotation error", Estimate(3.2, 2.5, 3.9, 7, "degrees")),
    ]
    rows = everyday.figures_table({"ours": ours, "peer": peer}).cells
    assert rows == (
        ("set", "number right", "50.0 %", "9.5-90.5", "0.0 %", "0.0-56.1", "2/3"),
        ("set", "recall", "-", "", "-", "", "0"),
        ("set", "rotation error", "-", "", "3.2 degrees", "2.5-3.9", "7"),
    )
