"""A tiny packed training, of whatever close-ups."""

from dataclasses import replace

from handvision.core.close_ups import CloseUps
from handvision.models import build_close_reader
from handvision.training import recipes
from handvision.training.close_reader_draws import heads_of_close_reader
from handvision.training.packed.file import Pack
from handvision.training.packed.packing import MASK, PICTURE


def small_pack(train: CloseUps, validation: CloseUps, **changes) -> Pack:
    """A pack for a small network, its encoder as it is at random; `changes` of its recipe."""
    recipe = recipes.get("close_reader", "smoke", data="rendered")
    network = {"dense": 16, "width": 32, "backbone": "plain"}  # compiled in seconds
    changes = {"crop": 64, "batch_size": 8, "network": network} | changes
    recipe = replace(recipe, **changes)
    model = build_close_reader(heads_of_close_reader(recipe.crop), recipe.crop, **recipe.network)
    layers = [layer for layer in model.layers if layer.weights]
    return Pack(
        recipe=recipe,
        side=PICTURE,
        mask_side=MASK,
        weights={layer.name: layer.get_weights() for layer in layers},
        pretrained=tuple(layer.name for layer in layers if layer.name.startswith("encoder")),
        train=train,
        validation=validation,
    )
