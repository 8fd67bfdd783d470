"""The two looks, untrained and small, where trainings leave them."""

from pathlib import Path

from handvision.core.vocabularies import NUMBERS
from handvision.heads import GestureHead, HandMaskHead, KeypointsHead, PresenceHead, RotationHead
from handvision.models import build_unet, save_model
from handvision.models.close_reader import build_close_reader
from handvision.training import TwoLooksRecipe

HEADS = (PresenceHead(), GestureHead(NUMBERS), RotationHead(), KeypointsHead(64), HandMaskHead())
JOINED = TwoLooksRecipe(product="combined", data="rendered", photo_size=(128, 192), hands=3)


def leave_looks(runs: Path) -> None:
    """Writes `finder` and `close_reader` into a folder of runs."""
    made = {
        "finder": build_unet((64, 96, 3), (8, 12, 16), centres=8, name="finder"),
        "close_reader": build_close_reader(HEADS, 64, "plain", width=16, dense=24, name="close_reader"),
    }
    for name, model in made.items():
        save_model(model, runs / name / f"{name}.keras")
