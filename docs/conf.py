"""The docs site: `make docs` builds it into runs/docs/, offline, from pages, notebooks and docstrings.

The source folder is the whole repository, so that links between pages hold on the site as they do in a clone:
no file is copied.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from handvision import __version__  # noqa: E402  # of this clone

project = "handvision"
author = "The handvision authors"
release = __version__
root_doc = "docs/index"
include_patterns = [
    "docs/**.md",
    "notebooks/*.ipynb",
    "6_finger_numbers_recognition/*.ipynb",
    "20_gestures_recognition/*.ipynb",
    "CombinedModels/*.ipynb",
    "data/README.md",
    "models/README.md",
    "examples/README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
]
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
]
html_theme = "furo"
html_title = "handvision"
html_extra_path = ["_root"]
html_show_sourcelink = False

# Notebooks are shown as they were executed: nothing runs here.
nb_execution_mode = "off"
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]

# Docstrings are plain English with `code`; shapes and units stand in the words, types in the signature.
default_role = "code"
autodoc_typehints = "none"
autodoc_member_order = "bysource"
napoleon_google_docstring = True
napoleon_use_ivar = True
napoleon_attr_annotations = False
python_use_unqualified_type_names = True
