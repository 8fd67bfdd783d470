"""A model that reads pictures: single ones by the batch, the frames of a video each after the last."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from handvision.core.geometry import Letterbox, letterbox
from handvision.core.hand import Hand, Reading
from handvision.inference.backends import Backend
from handvision.inference.decode import hands_of
from handvision.inference.follow import Follower
from handvision.inference.vocabularies import check_vocabulary
from handvision.media.arrays import as_uint8
from handvision.media.sources import Picture

MOST_HANDS = 4

Answer = tuple[NDArray[np.uint8] | None, Reading]
_Input = tuple[NDArray, Letterbox]  # a photo in the model's size, and where it lies there


class Session:
    """A model, and what it follows: answers pictures with readings.

    Args:
        backend: the model.
        max_hands: of a picture, 1 to MOST_HANDS.
        vocabulary: of VOCABULARIES.
        track: follows hands through videos; else every frame is read by itself.

    Raises:
        ValueError: the model lacks the vocabulary.
    """

    def __init__(self, backend: Backend, max_hands: int, vocabulary: str, track: bool):
        self.backend, self.max_hands, self.track = backend, max_hands, track
        check_vocabulary(backend, vocabulary)
        self.vocabulary = vocabulary
        self._follower: Follower | None = None
        self._video = ("", (0, 0))  # that is followed: its source and size

    def answer(self, pictures: Sequence[Picture]) -> list[Answer]:
        """Each picture, as uint8 RGB, with its reading."""
        inputs = [None if picture.photo is None else self._input(picture.photo) for picture in pictures]
        alone = {
            row: given
            for row, (picture, given) in enumerate(zip(pictures, inputs, strict=True))
            if given and not (self._is_followed(picture) and self.backend.follows)
        }
        found = dict(zip(alone, self._look_at(list(alone.values())), strict=True))
        answers: list[Answer] = []
        for row, (picture, given) in enumerate(zip(pictures, inputs, strict=True)):
            if picture.photo is None or given is None:
                reading = Reading(source=picture.source, frame=picture.frame, error=picture.error)
                answers.append((None, reading))
                continue
            hands = self._follow(picture, given, found.get(row))
            answers.append((as_uint8(picture.photo), self._reading(picture, hands)))
        return answers

    def _input(self, photo: NDArray) -> _Input:
        place = letterbox(photo.shape[:2], (self.backend.height, self.backend.width))
        return place.fit(photo), place

    def _look_at(self, inputs: Sequence[_Input]) -> list[list[Hand]]:
        """The hands of each picture, which is read by itself."""
        if not inputs:
            return []
        outputs = self.backend.run(np.stack([_as_float(photo) for photo, _ in inputs]))
        return [
            hands_of(
                {name: value[row] for name, value in outputs.items()}, place, self.backend, self.vocabulary
            )
            for row, (_, place) in enumerate(inputs)
        ]

    def _follow(self, picture: Picture, given: _Input, found: list[Hand] | None) -> list[Hand]:
        """The hands of a picture, those of a video with their numbers; `found` are those of a first look."""
        if found is not None and not self._is_followed(picture):
            return found
        video = (picture.source, given[1].from_size)
        if self._follower is None or video != self._video or picture.frame == 0:
            self._video = video
            self._follower = Follower(self.backend, self.vocabulary, self.max_hands)
        assert picture.time_seconds is not None
        if found is not None:
            return self._follower.number(found, picture.time_seconds)
        photo, place = given
        return self._follower.look(_as_float(photo), place, picture.time_seconds)

    def _is_followed(self, picture: Picture) -> bool:
        return self.track and picture.frame is not None and picture.time_seconds is not None

    def _reading(self, picture: Picture, hands: Sequence[Hand]) -> Reading:
        assert picture.photo is not None
        return Reading(
            source=picture.source,
            frame=picture.frame,
            time_seconds=picture.time_seconds,
            size=picture.photo.shape[:2],
            hands=tuple(hands[: self.max_hands]),
        )


def check_count(name: str, value: int, most: int | None = None) -> None:
    """Raises ValueError unless `value` is a whole number from 1 to `most`."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1 or (most and value > most):
        limits = f"1 to {most}" if most else "1 up"
        raise ValueError(f"{name} is {value!r}; use a whole number from {limits}")


def _as_float(photo: NDArray) -> NDArray[np.float32]:
    return photo.astype(np.float32) / np.float32(255) if photo.dtype == np.uint8 else photo
