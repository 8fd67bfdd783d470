"""A reader in place of a model, for tests of engines: its rows follow from a photo's bytes, and it can fail.

Workers import this file, so it imports little.
"""

import hashlib
import os
import signal
import time
from pathlib import Path

from handvision.inference.bulk.rows import Row, error_row

BROKEN, DIE, DIE_ONCE, RAISE, RAISE_ONCE, SLOW = (b"broken", b"die", b"die 1", b"raise", b"raise 1", b"slow")


def stub_reader():
    """As `RowReader(...)`: what a worker makes once."""
    return read_stub


def read_stub(path: str) -> list[Row]:
    content = Path(path).read_bytes()
    first_time = content in (DIE_ONCE, RAISE_ONCE) and not Path(f"{path}.tried").exists()
    if first_time:
        Path(f"{path}.tried").touch()
    if content == DIE or (content == DIE_ONCE and first_time):
        os.kill(os.getpid(), signal.SIGKILL)
    if content == RAISE or (content == RAISE_ONCE and first_time):
        raise OSError("the network is away")
    if content == SLOW:
        time.sleep(0.2)
    if content == BROKEN:
        return [error_row(path, f"{path}: no picture that can be read")]
    return [row(path)]


def row(path: str) -> Row:
    """Of a photo with one hand; its name says all."""
    seed = hashlib.sha256(Path(path).name.encode()).digest()
    hand = {
        "label": str(seed[0] % 6),
        "probability": seed[1] / 255,
        "presence": seed[2] / 255,
        "rotation_degrees": float(seed[3]),
        "box": {"x0": 0.0, "y0": 1.0, "x1": float(seed[4]), "y1": 300.5},
        "handedness": None,
        "handedness_probability": None,
        "keypoints": [{"x": float(byte), "y": 1.5, "score": 1.0} for byte in seed[:21]],
        "mask": None,
    }
    return {"picture": path, "frame": None, "height": 480, "width": 640, "error": None, "hands": [hand]}


def write_photos(folder: Path, count: int, **special: bytes) -> Path:
    """Files `0000.jpg`, `0001.jpg`, ...; `_7=BROKEN` says what number 7 is."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / f"{number:04}.jpg").write_bytes(special.get(f"_{number}", b"photo"))
    return folder


def rows_of(out: Path) -> list[Row]:
    """All rows of a result, sorted by picture."""
    import pyarrow.parquet as pq

    return sorted(pq.read_table(out / "rows").to_pylist(), key=lambda row: row["picture"])


def bytes_of(out: Path) -> dict[str, bytes]:
    """Of all files of rows."""
    return {path.name: path.read_bytes() for path in (out / "rows").iterdir()}
