"""The command `handvision` as a whole: help, exit codes, and what each group of commands calls."""

import json
import sys

import pytest

from handvision.cli import main
from handvision.core.workspace import workspace

COMMANDS = (
    *("predict", "live", "bulk", "data", "data list", "data fetch", "data rendered"),
    *("train", "study", "release"),
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command, capsys):
    with pytest.raises(SystemExit, match="0"):
        main([*command.split(), "--help"])
    assert f"example: handvision {command}" in capsys.readouterr().out


# Arguments -> what the error says; all end with exit code 2.
REFUSED = {
    "data fetch hands_of_martians": "hands_of_martians",
    "study martians": "martians",
    "release martians": "martians",
    "release export": "MODEL.keras TARGET",
    "release export gone.keras out.onnx": "gone.keras",
    "train martians": "martians",
    "bulk gone/*.jpg --out o": "gone/*.jpg: nothing fits this wildcard",
    "bulk a.jpg --out o --workers 0": "workers is 0",
    "bulk a.jpg --out o --model m.keras": "m.keras: bulk reading runs .onnx files",
    "bulk a.jpg --out o --shard-size 0": "shard_size is 0",
    "train gone.json": "gone.json",
    "train": "finger_numbers",
    "train unet --seed -1": "SEED is -1",
}


@pytest.mark.parametrize("arguments", REFUSED)
def test_what_is_refused_is_named(arguments, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(arguments.split()) == 2
    assert REFUSED[arguments] in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_missing_package_is_named_with_what_to_install(monkeypatch, capsys):
    monkeypatch.delitem(sys.modules, "handvision.training", raising=False)
    monkeypatch.setitem(sys.modules, "keras", None)
    for name in [name for name in sys.modules if name.startswith("handvision.training.")]:
        monkeypatch.delitem(sys.modules, name)
    assert main(["train", "--list"]) == 2
    assert "pip install 'handvision[train]'" in capsys.readouterr().err


def test_recipes_are_listed(capsys):
    assert main(["train", "--list"]) == 0
    assert {"unet", "finger_numbers", "combined"} <= set(capsys.readouterr().out.split())


def test_data_sets_are_listed_with_what_is_at_hand(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HANDVISION_DATA_FOLDER", str(tmp_path))
    monkeypatch.delenv("HANDVISION_ARCHIVES", raising=False)
    assert main(["data", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.split()[0] == "finger_digits" for line in lines)


@pytest.mark.slow
def test_a_recipe_is_trained_from_its_file_as_from_its_name(tmp_path, monkeypatch, capsys):
    from handvision.training import recipes

    monkeypatch.setenv("HANDVISION_RUNS_FOLDER", str(tmp_path / "runs"))
    recipe = recipes.get("finger_numbers", "smoke", data="rendered")
    (tmp_path / "recipe.json").write_text(recipe.dumps(), "utf-8")
    assert main(["train", str(tmp_path / "recipe.json"), "--folder", str(tmp_path / "own")]) == 0
    assert main(["train", "finger_numbers", "--profile", "smoke", "--data", "rendered"]) == 0
    made = workspace().runs / "finger_numbers"
    assert (made / "finger_numbers.keras").is_file() and str(made) in capsys.readouterr().out
    written = [json.loads((folder / "recipe.json").read_text()) for folder in (made, tmp_path / "own")]
    assert written[0] == written[1]
