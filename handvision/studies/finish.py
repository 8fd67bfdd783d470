"""The tail of a notebook: saves the model, writes its record, and compares it with what is released."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from handvision.core.products import find_product
from handvision.core.workspace import Settings, workspace
from handvision.models.zoo import save_model
from handvision.plotting import Table
from handvision.studies.record import Figures, record_of_this_run
from handvision.studies.tables import closing_table
from handvision.training import Recipe

if TYPE_CHECKING:
    import keras


def finish(
    name: str,
    model: "keras.Model",
    figures: Figures,
    *,
    settings: Settings,
    data: Mapping[str, Any],
    recipe: Recipe,
    seconds: float | None = None,
    partitions: Mapping[str, Mapping[str, str]] | None = None,
    measurements: Mapping[str, Any] | None = None,
    claims: Mapping[str, float] | None = None,
) -> Table:
    """Leaves `<name>.keras` and its record `<name>.json` in `runs/<name>/`.

    Args:
        name: of the product.
        model: what was trained.
        figures: id of a test set -> what was measured on it.
        settings: of the run.
        data: "train", "validation" and ids of test sets -> Examples, or sequences that draw from some.
        recipe: of the training.
        seconds: that the training took; None if nothing was trained.
        partitions: of the data, see `Record`.
        measurements: what belongs to no single test set.
        claims: see `tables.closing_table`.

    Returns:
        This run beside the released model, the published claims and the baselines.

    Raises:
        ValueError: no product has this name, or a figure lacks its samples or its baseline.
    """
    find_product(name)  # it is one, or this says which there are
    folder = workspace().runs / name
    save_model(model, folder / f"{name}.keras")
    record = record_of_this_run(
        name,
        figures,
        measurements=measurements or {},
        data=data,
        partitions=partitions,
        recipe=recipe.to_json(),
        seed=settings.seed,
        profile=settings.profile,
        duration_seconds=seconds,
    )
    record.write(folder / f"{name}.json")
    return closing_table(name, record.figures, claims)
