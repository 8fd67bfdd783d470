"""Two trained looks become one model, with thresholds that photos asked for."""

import numpy as np
import pytest

from handvision.core.examples import Examples
from handvision.core.model_info import CloseUpInfo
from handvision.models import load_model
from handvision.models.export import model_info
from handvision.training import run_recipe, two_looks
from tests.helpers.small_looks import JOINED, leave_looks


@pytest.fixture
def parts(tmp_path, monkeypatch):
    monkeypatch.setenv("HANDVISION_RUNS_FOLDER", str(tmp_path))
    leave_looks(tmp_path)
    return tmp_path


def noise(count):
    photos = np.random.default_rng(count).integers(0, 256, (count, 60, 80, 3), dtype=np.uint8)
    return {"noise": Examples("noise", photos=photos)}


@pytest.mark.slow
def test_thresholds_are_chosen_on_photos_and_saved(parts, monkeypatch, capsys):
    asked = []

    def judged(which, kinds):
        asked.append((which, kinds))
        return {"fingers of one hand": noise(11), "no hand": noise(6)}

    monkeypatch.setattr(two_looks, "judged", judged)
    monkeypatch.setattr(two_looks, "choose_data", lambda *_: "real")
    model = load_model(run_recipe(JOINED, parts / "joined"))
    assert asked == [("validation", ("fingers of one hand", "no hand"))]
    assert model.input_shape[1:] == (128, 192, 3) and model.output["score"].shape[1] == 3
    assert "with_hand=11, without_hand=6" in capsys.readouterr().out
    believed = model_info(model).close_up
    assert np.isfinite(believed.presence_weights).all()
    assert believed != CloseUpInfo(64, 0.25)
    assert (parts / "joined" / "training" / "belief.json").is_file()


@pytest.mark.slow
def test_without_real_photos_the_thresholds_keep_their_defaults(parts, capsys):
    model = load_model(run_recipe(JOINED, parts / "joined"))
    assert "keeps its defaults" in capsys.readouterr().out
    assert model_info(model).close_up == CloseUpInfo(64, 0.25)


def test_a_look_that_is_not_trained_yet_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("HANDVISION_RUNS_FOLDER", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"finder\.keras: no such model; train it with"):
        run_recipe(JOINED, tmp_path / "joined")
