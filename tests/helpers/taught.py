"""Files of what was taught, with something changed."""

import json
from pathlib import Path
from typing import Any


def changed_file(taught: Any, path: Path, change: dict[str, Any]) -> Path:
    """The file that `taught` saves, with other values of its outermost names."""
    taught.save(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    return path
