"""What the lectures need on Colab and Kaggle: badges, and a first cell that installs the package there.

Both name the repository's address, which stands in pyproject.toml alone. After a release has put it there,
`python notebooks/platforms.py` writes it into the lectures.
"""

import sys
import tomllib
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from notebooks.run import NOTEBOOKS  # noqa: E402  # a script finds its neighbours by the line above

_BADGE = "[![Open in"  # how a line of badges begins
_INSTALL = """if not find_spec("handvision"):  # on Colab and Kaggle
    %pip install -q "handvision @ git+{address}\""""
_IMPORT = "from importlib.util import find_spec\n\n"


def address() -> str:
    """Of the repository, as pyproject.toml has it."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    return project["urls"]["Repository"]


def badges(path: str, repository: str) -> str:
    """The line of badges of a notebook.

    Args:
        path: of the notebook in the repository.
        repository: its address, at GitHub: neither Colab nor Kaggle opens others.
    """
    place = repository.removeprefix("https://").removeprefix("github.com/")
    colab = f"https://colab.research.google.com/github/{place}/blob/main/{path}"
    kaggle = f"https://kaggle.com/kernels/welcome?src={repository}/blob/main/{path}"
    return (
        f"{_BADGE} Colab](https://colab.research.google.com/assets/colab-badge.svg)]({colab}) "
        f"{_BADGE} Kaggle](https://kaggle.com/static/images/open-in-kaggle.svg)]({kaggle})"
    )


def equip(notebook: dict[str, Any], path: str, repository: str) -> None:
    """Puts badges into the first cell, and what installs the package into the one with the parameters.

    Where both stand already, they get this address.
    """
    first, parameters = notebook["cells"][:2]
    lines = [line for line in _source(first).split("\n") if not line.startswith(_BADGE)]
    title, rest = lines[0], "\n".join(lines[1:]).lstrip("\n")
    text = f"{title}\n\n{badges(path, repository)}\n\n{rest}"
    first["source"] = text.splitlines(keepends=True)
    own = _source(parameters).removeprefix(_IMPORT).split("\n\nif not find_spec")[0]
    code = f"{_IMPORT}{own}\n\n{_INSTALL.format(address=repository)}"
    parameters["source"] = code.splitlines(keepends=True)


def _source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def main() -> None:
    import nbformat

    for path in NOTEBOOKS:
        notebook = nbformat.read(REPOSITORY / path, as_version=4)
        equip(notebook, path, address())
        for cell in notebook.cells[:2]:
            cell.source = _source(cell)
        nbformat.write(notebook, REPOSITORY / path)


if __name__ == "__main__":
    main()
