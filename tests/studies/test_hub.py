"""The folder of a model for the Hub: its figures are those of the record."""

import json
from pathlib import Path

import pytest

from handvision.cli import main
from handvision.core.products import PRODUCTS
from handvision.studies.hub import front_matter, hub_card, write_hub_folder
from handvision.studies.record import read_record

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", PRODUCTS)
def test_the_front_matter_is_read_back_and_quotes_the_record(name):
    yaml = pytest.importorskip("yaml")
    text = hub_card(ROOT, PRODUCTS[name])
    _, matter, body = text.split("---\n", 2)
    read = yaml.safe_load(matter)
    record = read_record(ROOT / "models" / f"{name}.json")
    assert read == json.loads(json.dumps(front_matter(PRODUCTS[name], record)))
    assert read["library_name"] == "keras"
    (index,) = read["model-index"]
    values = {metric["value"] for result in index["results"] for metric in result["metrics"]}
    known = {
        round(v, 4) for figures in record.figures.values() for v in figures.values() if isinstance(v, float)
    }
    assert values and values <= known
    assert "surveillance" in body and "](../" not in body, "links lead into the repository"


def test_the_folder_holds_model_record_and_card(tmp_path, capsys):
    folder = tmp_path / "hub"
    assert main(["release", "hub", "finger_numbers", str(folder)]) == 0
    assert {path.name for path in folder.iterdir()} == {
        "finger_numbers.keras",
        "finger_numbers.json",
        "README.md",
    }
    assert main(["release", "hub", "finger_numbers"]) == 2
    assert "needs a model's name and a new folder" in capsys.readouterr().err


def test_what_is_not_released_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no unet.keras and no unet.json"):
        write_hub_folder(tmp_path, "unet", tmp_path / "hub")
    with pytest.raises(ValueError, match="vnet"):
        write_hub_folder(ROOT, "vnet", tmp_path / "hub")
