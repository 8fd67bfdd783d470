"""Close-ups of hands as they are kept: small pictures with what is known of each hand, in one file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handvision.core.files import replacing
from handvision.core.hands import HAND_FIELDS, Hands

# How many times the hand's longer side a kept picture is wide: room for turning and shifting the close-up.
REACH = 2.2
# Side of a kept picture in pixels.
SIDE = 224


@dataclass(frozen=True, eq=False)
class CloseUps:
    """`n` square pictures, each around one hand or around something that is none.

    Attributes:
        pictures: n JPEG files (bytes) of SIDE x SIDE pixels, RGB.
        masks: n PNG files (bytes) of the same size, 0, 255 or UNKNOWN; empty where no mask is known.
        hands: n rows, one hand each, in pixels of its picture. `labels` are not used.
        present: (n,) bool, whether there is a hand. Where there is none, the box is what was taken for one.
        labels: name of a head (`vocabularies.OF_HEADS`) -> (n,) int64, -1 where not known.
        shaped: (n,) bool, whether the hand's shape may be learned for comparing gestures.
        pixels: (n,) float32, the hand's longer side in the photo that it was cut from.
        sources: (n,) str, the data set.
    """

    pictures: list[bytes]
    masks: list[bytes]
    hands: Hands
    present: NDArray[np.bool_]
    labels: Mapping[str, NDArray[np.int64]]
    shaped: NDArray[np.bool_]
    pixels: NDArray[np.float32]
    sources: NDArray[np.str_]

    def __post_init__(self) -> None:
        columns = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "labels"}
        lengths = {name: len(value) for name, value in (columns | dict(self.labels)).items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"close-ups have fields of unequal length: {lengths}")

    def __len__(self) -> int:
        return len(self.pictures)

    def take(self, rows: NDArray) -> "CloseUps":
        """The close-ups of some rows, whole numbers or a boolean each, in that order."""
        rows = np.flatnonzero(rows) if np.asarray(rows).dtype == bool else np.asarray(rows, int)
        return CloseUps(
            [self.pictures[row] for row in rows],
            [self.masks[row] for row in rows],
            self.hands.take(rows),
            self.present[rows],
            {name: labels[rows] for name, labels in self.labels.items()},
            self.shaped[rows],
            self.pixels[rows],
            self.sources[rows],
        )


def together(parts: Sequence[CloseUps]) -> CloseUps:
    """All close-ups of several parts, in order."""
    if not parts:
        raise ValueError("no close-ups to put together")

    def column(name: str) -> NDArray:
        return np.concatenate([getattr(part, name) for part in parts])

    hands = {name: np.concatenate([getattr(part.hands, name) for part in parts]) for name in HAND_FIELDS}
    return CloseUps(
        [picture for part in parts for picture in part.pictures],
        [mask for part in parts for mask in part.masks],
        Hands(**hands),
        column("present"),
        {name: np.concatenate([part.labels[name] for part in parts]) for name in parts[0].labels},
        column("shaped"),
        column("pixels"),
        column("sources"),
    )


def write(close_ups: CloseUps, path: str | Path) -> None:
    """Writes them into one `.npz` file, which appears at `path` only when it is whole."""
    columns: dict[str, Any] = {name: getattr(close_ups.hands, name) for name in HAND_FIELDS}
    columns |= {name: getattr(close_ups, name) for name in ("present", "shaped", "pixels", "sources")}
    columns |= {f"label_{name}": labels for name, labels in close_ups.labels.items()}
    for name in ("pictures", "masks"):
        files = getattr(close_ups, name)
        columns[name] = np.frombuffer(b"".join(files), np.uint8)
        columns[f"{name}_ends"] = np.cumsum([len(file) for file in files])
    with replacing(Path(path)) as temporary, temporary.open("wb") as file:
        np.savez(file, **columns)


def read(path: str | Path) -> CloseUps:
    """What `write` wrote.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file holds no close-ups.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            columns = {name: stored[name] for name in stored.files}
        files = {
            name: [bytes(one) for one in np.split(columns[name], columns[f"{name}_ends"][:-1])]
            for name in ("pictures", "masks")
        }
        prefix = "label_"
        return CloseUps(
            files["pictures"],
            files["masks"],
            Hands(**{name: columns[name] for name in HAND_FIELDS}),
            columns["present"],
            {name[len(prefix) :]: each for name, each in columns.items() if name.startswith(prefix)},
            columns["shaped"],
            columns["pixels"],
            columns["sources"],
        )
    except (KeyError, ValueError, EOFError) as error:
        raise ValueError(f"{path} holds no close-ups: {error}") from error
