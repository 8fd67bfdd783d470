"""Tables of the records beside released models, as the cards show them: for notebooks."""

from handvision.core.workspace import workspace
from handvision.plotting import Table
from handvision.studies.cards import TABLES
from handvision.studies.record import read_record


def released_table(form: str, *names: str) -> Table | str:
    """A table of released records, or which of them there is none of yet.

    Args:
        form: one of `cards.TABLES`.
        names: of the records that the table is made of. One with a question mark, "?mediapipe_everyday", may
            be missing: the table does without it.

    Raises:
        ValueError: there is no such table.
    """
    if form not in TABLES:
        raise ValueError(f"there is no table {form!r}; there are {', '.join(TABLES)}")
    folder = workspace().models
    paths = {path.stem: path for path in (*folder.glob("*.json"), *folder.glob("comparisons/*.json"))}
    missing = [name for name in names if not name.startswith("?") and name not in paths]
    if missing:
        return f"{' and '.join(missing)}: not released yet, so there is no record to show"
    known = (name.removeprefix("?") for name in names)
    return TABLES[form](*(read_record(paths[name]) for name in known if name in paths))
