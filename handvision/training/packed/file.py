"""One file that holds all that the reader's training needs. It may come from anywhere, so all is checked."""

import io
import json
import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from handvision.core.close_ups import SIDE, CloseUps
from handvision.core.files import replacing
from handvision.core.hands import KEYPOINTS, SIDES, Hands
from handvision.core.vocabularies import OF_HEADS
from handvision.training import typed_json
from handvision.training.recipe import CloseReaderRecipe

FORMAT = "handvision packed close-ups 1"
LARGEST = 50_000_000  # bytes of a file
LARGEST_DECODED = 8 << 30  # bytes of all its pictures
PARTS = ("train", "validation")
# Of each close-up: the column's type, and its shape beside the number of close-ups.
_COLUMNS: Mapping[str, tuple[str, tuple[int, ...]]] = {
    "points": ("<f2", (KEYPOINTS, 2)),
    "boxes": ("<f4", (4,)),
    "rotations": ("<f4", ()),
    "handedness": ("|u1", ()),
    "present": ("|b1", ()),
    "shaped": ("|b1", ()),
    "pixels": ("<f4", ()),
    "source": ("|u1", ()),
    **{name: ("|i1", ()) for name in OF_HEADS},
    "picture_sizes": ("<u4", ()),
    "mask_sizes": ("<u4", ()),
}


@dataclass(frozen=True, kw_only=True)
class _Header:
    """What a file says of itself, as JSON.

    Attributes:
        sources: that the numbers of the column `source` stand for.
        weights: name of a layer -> how many arrays it has.
        recipe, side, mask_side, pretrained: as in `Pack`.
    """

    recipe: CloseReaderRecipe
    side: int
    mask_side: int
    sources: tuple[str, ...]
    weights: Mapping[str, int]
    pretrained: tuple[str, ...]
    format: str = FORMAT

    def __post_init__(self) -> None:
        for name in ("side", "mask_side"):
            side = getattr(self, name)
            if not 8 <= side <= SIDE:
                raise ValueError(f"{name} is {side}; use a whole number from 8 to {SIDE}")


@dataclass(frozen=True, eq=False)
class Pack:
    """A training in one file.

    Attributes:
        recipe: of the training.
        side, mask_side: of the pictures and the masks in pixels. Whatever they are, hands are measured in the
            pixels of a kept picture, `core.close_ups.SIDE` wide.
        weights: name of a layer -> the weights that it begins with.
        pretrained: names of the layers that do not learn, or slowly.
        train, validation: close-ups; their files are WebP.
    """

    recipe: CloseReaderRecipe
    side: int
    mask_side: int
    weights: Mapping[str, list[NDArray]]
    pretrained: tuple[str, ...]
    train: CloseUps
    validation: CloseUps


def write(pack: Pack, path: str | Path) -> None:
    """Writes a pack as an NPZ file without pickle.

    Raises:
        ValueError: it is larger than what `read` takes.
    """
    sources = tuple(sorted({*pack.train.sources.tolist(), *pack.validation.sources.tolist()}))
    header = _Header(
        recipe=pack.recipe,
        side=pack.side,
        mask_side=pack.mask_side,
        sources=sources,
        weights={name: len(arrays) for name, arrays in pack.weights.items()},
        pretrained=pack.pretrained,
    )
    text = json.dumps(typed_json.to_json(header))
    columns: dict[str, Any] = {"header": np.frombuffer(text.encode(), np.uint8)}
    for part in PARTS:
        columns |= {f"{part}/{name}": each for name, each in _columns(getattr(pack, part), sources).items()}
    for name, arrays in pack.weights.items():
        # Half precision holds the pretrained encoder's weights exactly.
        columns |= {f"weights/{name}/{i}": array.astype("<f2") for i, array in enumerate(arrays)}
    with replacing(path) as temporary:
        with temporary.open("wb") as file:
            np.savez(file, **columns)
        size = temporary.stat().st_size
        if size > LARGEST:
            raise ValueError(f"the pack has {size:,} bytes, the limit is {LARGEST:,}: pack fewer close-ups")


def read(path: str | Path) -> Pack:
    """What `write` wrote.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no packed training, or not whole; the message says what is wrong with it.
    """
    path = Path(path)
    size = path.stat().st_size
    if size > LARGEST:
        raise ValueError(f"{path.name} has {size:,} bytes; a packed training has {LARGEST:,} at most")
    try:
        with zipfile.ZipFile(path) as archive:
            return _pack({info.filename: _array(archive, info) for info in archive.infolist()})
    except KeyError as error:
        raise ValueError(f"{path.name} is no packed training: {error} is missing") from error
    except (zipfile.BadZipFile, ValueError, EOFError, RecursionError) as error:
        raise ValueError(f"{path.name} is no packed training, or not all of one: {error}") from error


def decoded(files: Sequence[bytes], side: int, mode: str) -> NDArray[np.uint8]:
    """(n, side, side, 3) pictures for the mode "RGB", (n, side, side) masks for "L".

    Raises:
        ValueError: a file is no WebP picture of that size.
    """
    shape = (len(files), side, side) + ((3,) if mode == "RGB" else ())
    if math.prod(shape) > LARGEST_DECODED:
        raise ValueError(f"{len(files)} pictures of {side} pixels would fill {math.prod(shape):,} bytes")
    pictures = np.empty(shape, np.uint8)
    for i, file in enumerate(files):
        try:
            with Image.open(io.BytesIO(file), formats=["WEBP"]) as picture:
                if picture.size != (side, side):
                    raise ValueError(f"picture {i} has {picture.size} pixels instead of {(side, side)}")
                pictures[i] = np.asarray(picture.convert(mode))
        except (OSError, Image.DecompressionBombError) as error:
            raise ValueError(f"picture {i} cannot be decoded: {error}") from error
    return pictures


def _columns(close_ups: CloseUps, sources: Sequence[str]) -> dict[str, NDArray]:
    hands = close_ups.hands
    values: dict[str, Any] = {
        "points": hands.keypoints[:, :, :2],
        "boxes": hands.boxes,
        "rotations": hands.rotations,
        "handedness": [SIDES.index(side) for side in hands.handedness.tolist()],
        "present": close_ups.present,
        "shaped": close_ups.shaped,
        "pixels": close_ups.pixels,
        "source": [sources.index(source) for source in close_ups.sources.tolist()],
        **close_ups.labels,
        "picture_sizes": [len(file) for file in close_ups.pictures],
        "mask_sizes": [len(file) for file in close_ups.masks],
    }
    columns = {name: np.asarray(values[name], kind) for name, (kind, _) in _COLUMNS.items()}
    for name in ("pictures", "masks"):
        columns[name] = np.frombuffer(b"".join(getattr(close_ups, name)), np.uint8)
    return columns


def _array(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> NDArray:
    """A member as an array, once its size is known to be what its header says: headers are not believed."""
    encrypted = info.flag_bits & 1
    if info.compress_type != zipfile.ZIP_STORED or encrypted:
        raise ValueError(f"{info.filename} is {'encrypted' if encrypted else 'compressed'}")
    with archive.open(info) as member:
        version = np.lib.format.read_magic(member)
        if version != (1, 0):
            raise ValueError(f"{info.filename} is an array of version {version}, not (1, 0)")
        shape, by_columns, dtype = np.lib.format.read_array_header_1_0(member)
        content = member.read()
    if dtype.hasobject or by_columns or len(content) != math.prod(shape) * dtype.itemsize:
        raise ValueError(f"{info.filename} holds {len(content)} bytes for {shape} of {dtype}")
    return np.frombuffer(content, dtype).reshape(shape)


def _pack(members: Mapping[str, NDArray]) -> Pack:
    content = json.loads(bytes(members["header.npy"]))
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f"its header does not say {FORMAT!r}")
    header = typed_json.from_json(_Header, content)
    weights = {
        name: [members[f"weights/{name}/{i}.npy"].astype(np.float32) for i in range(count)]
        for name, count in header.weights.items()
    }
    train, validation = (_close_ups(members, part, header.sources) for part in PARTS)
    return Pack(
        recipe=header.recipe,
        side=header.side,
        mask_side=header.mask_side,
        weights=weights,
        pretrained=header.pretrained,
        train=train,
        validation=validation,
    )


def _close_ups(members: Mapping[str, NDArray], part: str, sources: Sequence[str]) -> CloseUps:
    columns = {name: members[f"{part}/{name}.npy"] for name in (*_COLUMNS, "pictures", "masks")}
    count = len(columns["present"])
    for name, (kind, shape) in _COLUMNS.items():
        found = columns[name]
        if found.dtype != np.dtype(kind) or found.shape != (count, *shape):
            raise ValueError(
                f"{part}/{name} is {found.dtype} {found.shape} instead of {kind} {(count, *shape)}"
            )
    named: dict[str, Sequence[str]] = {
        "handedness": SIDES,
        "source": sources,
        **OF_HEADS,
    }
    for name, names in named.items():
        if count and columns[name].max() >= len(names):
            raise ValueError(f"{part}/{name} has the number {columns[name].max()}, but {len(names)} names")
    return CloseUps(
        _files(columns["pictures"], columns["picture_sizes"], f"{part}/pictures"),
        _files(columns["masks"], columns["mask_sizes"], f"{part}/masks"),
        Hands(
            boxes=columns["boxes"],
            keypoints=columns["points"],
            handedness=np.array(SIDES)[columns["handedness"]],
            rotations=columns["rotations"],
        ),
        columns["present"],
        {name: columns[name].astype(np.int64) for name in OF_HEADS},
        columns["shaped"],
        columns["pixels"],
        np.array(sources, str)[columns["source"]],
    )


def _files(content: NDArray, sizes: NDArray, name: str) -> list[bytes]:
    ends = np.cumsum(sizes, dtype=np.int64)
    if content.dtype != np.uint8 or content.ndim != 1 or (len(ends) and ends[-1] != len(content)):
        raise ValueError(f"{name} holds {content.size} bytes, its sizes say {int(sizes.sum())}")
    return [
        content[end - size : end].tobytes() for size, end in zip(sizes.tolist(), ends.tolist(), strict=True)
    ]
