"""The reader's training from a pack: what `handvision train close_reader --packed FILE` does."""

from functools import partial
from pathlib import Path

import keras

from handvision.core.workspace import workspace
from handvision.models.close_reader import build_close_reader
from handvision.models.zoo import save_model
from handvision.training.close_reader_draws import draws_of, heads_of_close_reader
from handvision.training.compiling import compile_classifier
from handvision.training.fitting import History, fit, set_seed
from handvision.training.packed.file import Pack, read
from handvision.training.packed.sequence import PackedSequence
from handvision.training.recipe import write_recipe


def run_packed(path: str | Path, folder: str | Path | None = None, product: str | None = None) -> Path:
    """Trains what a pack holds, or goes on with the training that `folder` holds.

    Args:
        path: of the pack.
        folder: of this training (`runs/<product>`).
        product: what the pack is expected to make; None for anything.

    Returns:
        The file of the model, `<product>.keras` in the folder.

    Raises:
        ValueError: the file is no pack, or of another product.
        RuntimeError: Keras does not run on JAX.
    """
    if keras.backend.backend() != "jax":
        raise RuntimeError(
            f"a packed training runs under JAX, Keras uses {keras.backend.backend()}: set KERAS_BACKEND=jax"
        )
    pack = read(path)
    recipe = pack.recipe
    if product not in (None, recipe.product):
        raise ValueError(f"{Path(path).name} holds the training of {recipe.product}, not of {product}")
    folder = workspace().runs / recipe.product if folder is None else Path(folder)
    write_recipe(recipe, folder)
    model, _ = train_packed(pack, folder / "training")
    return save_model(model, folder / f"{recipe.product}.keras")


def train_packed(pack: Pack, folder: str | Path) -> tuple[keras.Model, History]:
    """Trains the whole network, its encoder included: frozen, or by `recipe.encoder_rate`.

    Args:
        pack: see `file.read`.
        folder: of the training.

    Raises:
        ValueError: the pack's weights or pictures do not fit.
    """
    recipe = pack.recipe
    heads = heads_of_close_reader(recipe.crop)
    set_seed(recipe.seed)
    model = build_close_reader(heads, recipe.crop, **recipe.network, name=recipe.product)
    _begin(model, pack)
    compile_classifier(
        model,
        recipe.learning_rate,
        recipe.epochs * recipe.steps,
        loss_weights=recipe.loss_weights,
        slowed=dict.fromkeys(pack.pretrained, recipe.encoder_rate) if recipe.encoder_rate else {},
    )
    cut = partial(PackedSequence, side=pack.side, mask_side=pack.mask_side)
    history = fit(
        model,
        *draws_of(recipe, heads, cut, pack.train, pack.validation),
        epochs=recipe.epochs,
        folder=folder,
        seed=recipe.seed,
        title=recipe.product,
    )
    return model, history


def _begin(model: keras.Model, pack: Pack) -> None:
    """The pack's weights, layer by layer; layers that are pretrained learn only where the recipe says so."""
    layers = {layer.name: layer for layer in model.layers if layer.weights}
    if set(layers) != set(pack.weights) or not set(pack.pretrained) <= set(layers):
        differ = sorted(set(layers) ^ set(pack.weights) | set(pack.pretrained) - set(layers))
        raise ValueError(f"the pack is of another network: {', '.join(differ)} stand in one of them alone")
    for name, layer in layers.items():
        shapes = [tuple(weight.shape) for weight in layer.weights]
        given = [array.shape for array in pack.weights[name]]
        if given != shapes:
            raise ValueError(f"the pack's weights of {name} have shapes {given}; the network wants {shapes}")
        layer.set_weights(pack.weights[name])
        layer.trainable = name not in pack.pretrained or pack.recipe.encoder_rate > 0
