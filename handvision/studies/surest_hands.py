"""The surest hand of each of many photos, read once: later runs of a study take it from a file."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from handvision.core.files import replacing
from handvision.core.hand import Hand
from handvision.core.hands import KEYPOINTS
from handvision.core.hashing import hash_arrays
from handvision.datasets.teacher.ask import Teacher
from handvision.inference.predict import predict

Photos = Sequence[NDArray[np.uint8]] | NDArray[np.uint8]
Look = Callable[[Photos], list[Hand | None]]


class SurestHands:
    """A reader that remembers: points and embedding of each photo's surest hand, by the photo's content.

    Args:
        file: an `.npz` that is made, or goes on.
        look: reads photos that are not known yet.
        model: what hands are said to be read by.
    """

    def __init__(self, file: Path, look: Look, model: str) -> None:
        self._file, self._look, self._model = file, look, model
        self._known: dict[str, Hand | None] = {}
        if file.is_file():
            with np.load(file, allow_pickle=False) as stored:
                rows = zip(stored["photos"].tolist(), stored["points"], stored["embeddings"], strict=True)
                self._known = {photo: self._hand(*told) for photo, *told in rows}

    def of(self, photos: Photos) -> list[Hand | None]:
        """The surest hand of each photo; None where there is none."""
        keys = [hash_arrays([photo]) for photo in photos]
        new = {key: photo for key, photo in zip(keys, photos, strict=True) if key not in self._known}
        if new:
            self._known |= zip(new, self._look(list(new.values())), strict=True)
            self._write()
        return [self._known[key] for key in keys]

    def _hand(self, points: NDArray[np.float32], embedding: NDArray[np.float32]) -> Hand | None:
        if not np.isfinite(points).all():
            return None
        return Hand(keypoints=points, embedding=embedding, model=self._model)

    def _write(self) -> None:
        found = [hand for hand in self._known.values() if hand is not None]
        none = Hand(embedding=np.zeros(found[0].embedding.shape if found else 0, np.float32))
        hands = [hand or none for hand in self._known.values()]
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with replacing(self._file) as temporary:
            np.savez(
                temporary,
                photos=np.array(list(self._known)),
                points=np.stack([hand.keypoints for hand in hands]),
                embeddings=np.stack([hand.embedding for hand in hands]),
            )


def look_with(model: Path) -> Look:
    """What `predict` reads with a model.

    Raises:
        ValueError: the model gives no key points, or no embedding.
    """

    def look(photos: Photos) -> list[Hand | None]:
        hands = [
            next(iter(reading.hands), None)
            for reading in predict(list(photos), model, max_hands=1, progress=True)
        ]
        for hand in hands:
            if hand and not (np.isfinite(hand.keypoints).all() and hand.embedding.size):
                raise ValueError(f"{model} gives no key points, or no embedding; give a model that has both")
        return hands

    return look


def look_with_teacher(python: Path) -> Look:
    """MediaPipe Hands 0.10.21 on the whole photo, run by the interpreter of an environment that has it.

    Its first hand counts, and hands that it is less sure of than by its own default. No embedding.
    """

    def look(photos: Photos) -> list[Hand | None]:
        hands: list[Hand | None] = []
        views = [[(0, 0, photo.shape[1], photo.shape[0], 0)] for photo in photos]
        with Teacher(python) as teacher:
            for photo, found in zip(photos, teacher.hands(zip(photos, views, strict=True)), strict=True):
                size = np.array(photo.shape[1::-1])
                hands.append(_pointed(np.array(found[0]["points"]) * size) if found else None)
        return hands

    return look


def _pointed(points: NDArray[np.float64]) -> Hand:
    keypoints = np.ones((KEYPOINTS, 3), np.float32)
    keypoints[:, :2] = points
    return Hand(keypoints=keypoints)
