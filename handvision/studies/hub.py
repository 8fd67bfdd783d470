"""A released model as a folder for the Hugging Face Hub: `handvision release hub combined FOLDER`.

The folder holds the model's files, its record, and a README with front matter, all figures of it from the
record. Whoever owns the place on the Hub uploads it.
"""

import json
import re
import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from handvision.core.files import new_folder
from handvision.core.products import Product, find_product
from handvision.plotting import percent
from handvision.studies import cards, tables
from handvision.studies.record import Record, read_record

TASKS = {
    "unet": "image-segmentation",
    "deeplab_v3_plus": "image-segmentation",
    "combined": "keypoint-detection",
}
_CLASSIFIES = "image-classification"
_LINK = re.compile(r"\]\((?!https?://|#)([^)]+)\)")


def write_hub_folder(root: Path, name: str, folder: str | Path) -> Path:
    """Writes the folder of a released model.

    Args:
        root: of the repository, whose `models/` holds the release.
        name: of a product.
        folder: a new one, or an empty one.

    Returns:
        The folder.

    Raises:
        ValueError: no model of the suite has this name.
        FileNotFoundError: it is not released.
        FileExistsError: the folder is not empty.
    """
    product = find_product(name)
    files = [root / "models" / f"{name}.keras", root / "models" / f"{name}.json"]
    if missing := [path.name for path in files if not path.is_file()]:
        raise FileNotFoundError(f"{name} is not released: no {' and no '.join(missing)} in models/")
    exported = root / "handvision" / "released" / f"{name}.onnx"
    with new_folder(folder) as unfinished:
        for path in [*files, *([exported] if exported.is_file() else [])]:
            shutil.copyfile(path, unfinished / path.name)
        (unfinished / "README.md").write_text(hub_card(root, product), encoding="utf-8")
    return Path(folder)


def hub_card(root: Path, product: Product) -> str:
    """The README of a model on the Hub: front matter, uses, facts and prose."""
    folder = root / "models"
    record = read_record(folder / f"{product.name}.json")
    text = "\n\n".join([f"# handvision: {product.title}", cards.uses(folder), cards.section(folder, product)])
    address = f"{_address(root)}/blob/main"
    # Links of the card start in models/; the Hub has none of these files.
    links = _LINK.sub(lambda link: f"]({address}/{_in_repository(link.group(1))})", text)
    return f"---\n{_yaml(front_matter(product, record))}---\n\n{links}"


def front_matter(product: Product, record: Record) -> dict[str, Any]:
    """What the Hub reads: library, licence, data sets and figures, each with its test set."""
    task = TASKS.get(product.name, _CLASSIFIES)
    learned = [name for name, parts in (record.partitions or {}).items() if "train" in parts]
    results: list[dict[str, Any]] = [
        {
            "task": {"type": task},
            "dataset": {"name": called, "type": "handvision"},
            "metrics": [
                {"type": _metric(called), "name": f"baseline {percent(baseline)}", "value": round(value, 4)}
            ],
        }
        for called, (value, baseline) in tables.headlines(record.figures).items()
    ]
    matter = {
        "library_name": "keras",
        "license": "other",
        "license_name": "mit-code-weights-by-training-data",
        "license_link": "README.md",
        "pipeline_tag": task,
        "tags": ["hands", "gesture-recognition", "hand-pose", "handvision"],
        "datasets": learned,
        "metrics": sorted({metric["type"] for result in results for metric in result["metrics"]}),
        "model-index": [{"name": f"handvision-{product.name}", "results": results}],
    }
    return {key: value for key, value in matter.items() if value}


def _metric(called: str) -> str:
    return "mean_iou" if called.endswith(tables.MEASURES["iou"]) else "accuracy"


def _in_repository(link: str) -> str:
    return link.removeprefix("../") if link.startswith("../") else f"models/{link}"


def _address(root: Path) -> str:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    return project["urls"]["Repository"]


def _yaml(matter: Mapping[str, Any]) -> str:
    """A key on each line; values as JSON, which YAML holds."""
    return "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in matter.items())
