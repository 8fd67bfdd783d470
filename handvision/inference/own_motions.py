"""Gestures that move (a swipe, a wave, a circle): a hand's path over about a second, taught by a few clips.

An experiment: measured on rendered clips alone, see `benchmarks/motions.py`. Only where the hand goes
counts, not what it shows; `OwnGestures` says that.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from handvision.core.geometry import box_middle, box_side
from handvision.core.hand import Hand, Reading
from handvision.inference.own_gestures import likeliest
from handvision.inference.taught_files import read_taught, write_taught
from handvision.inference.teaching_advice import Advice

if TYPE_CHECKING:
    import keras

FORMAT, VERSION = "handvision own motions", 1
ENOUGH = 3  # examples
STEPS = 16  # of a path, evenly in time
# See `reject_radius`. Of other motions on rendered validation clips, eight in ten are refused with one
# example, nine in ten with three.
_RADIUS_OF_ONE, _RADIUS_OF_MANY = 0.6, 0.375
_BAND = 4  # so many steps one path may be ahead of the other
_LITTLE = 0.15  # of the hand's side: a path that strays as little has no direction to rely on
_LEAST_SEEN = 0.5  # of the frames that a hand is to be seen in
_DIGITS = 3  # of a path's numbers in a file
WINDOWS = (0.7, 1.0, 1.4)  # seconds that a motion may take where nobody says when it begins
_Path = NDArray[np.float64]  # (STEPS, 2), see path_of


class OwnMotions:
    """Motions that a user has taught. A clip shows the motion whose example its path is most like, or none.

    Example:
        >>> motions = OwnMotions()
        >>> motions.teach("swipe", ["1.mp4", "2.mp4", "3.mp4"])
        >>> for reading, name in motions.watch(reading for _, reading in handvision.live()):
        ...     print(name or "", end="")
    """

    def __init__(self) -> None:
        self._examples: dict[str, list[_Path]] = {}

    @property
    def counts(self) -> dict[str, int]:
        """Name of a motion -> how many examples it has, in the order of teaching."""
        return {name: len(paths) for name, paths in self._examples.items()}

    def teach(
        self,
        name: str,
        clips: Sequence[Sequence[Reading] | str | os.PathLike],
        model: "keras.Model | str | os.PathLike | None" = None,
    ) -> list[Advice]:
        """Adds examples of a motion, new or known.

        Args:
            name: of the motion.
            clips: each one motion from its beginning to its end: the path of a video, or the readings of its
                frames in order. Of several hands the one that goes farthest counts.
            model: that reads videos; the released one by default.

        Returns:
            What would make the motion surer. Clips in which no hand can be followed are left out and named.

        Raises:
            ValueError: the name is empty; there are no clips; readings have no time.
            FileNotFoundError, TypeError: as `predict`.
        """
        if not isinstance(name, str) or not name.strip():
            raise ValueError(f"name is {name!r}; give the motion a name")
        if isinstance(clips, str | os.PathLike) or not len(clips):
            raise ValueError(f"clips of {name!r} are {clips!r}; give a list of one or more")
        paths = [path_of(_readings(clip, model)) for clip in clips]
        known = [path for path in paths if path is not None]
        if known:
            self._examples.setdefault(name, []).extend(known)
        return self._advice(name, [place for place, path in enumerate(paths, 1) if path is None])

    def forget(self, name: str) -> None:
        """Removes a motion with all its examples.

        Raises:
            KeyError: there is no such motion.
        """
        if name not in self._examples:
            raise KeyError(f"there is no motion {name!r}; there are: {', '.join(self._examples) or 'none'}")
        del self._examples[name]

    def read(self, clip: Sequence[Reading]) -> tuple[str | None, float]:
        """The motion that a clip shows from its beginning to its end, and how probable it is; None: none.

        Raises:
            ValueError: no motion was taught; readings have no time.
        """
        if not self._examples:
            raise ValueError("no motion was taught yet: call teach, or load a file")
        path = path_of(clip)
        return (None, 1.0) if path is None else likeliest(list(self._examples), self._energies(path))

    def watch(self, readings: Iterable[Reading]) -> Iterator[tuple[Reading, str | None]]:
        """Yields each reading of a camera or video, and the name of the motion that ends with it, if any.

        What was named once is not named again: the next motion begins after it.
        """
        recent: list[Reading] = []
        for reading in readings:
            recent = [each for each in recent if _seconds(each) >= _seconds(reading) - WINDOWS[-1]]
            recent.append(reading)
            name = self._ending(recent)
            if name is not None:
                recent = []
            yield reading, name

    def save(self, path: str | os.PathLike) -> None:
        """Writes a small JSON file.

        Raises:
            OSError: it cannot be written.
        """
        motions = [
            {"name": name, "examples": np.stack(paths).round(_DIGITS).tolist()}
            for name, paths in self._examples.items()
        ]
        write_taught(path, FORMAT, VERSION, {"motions": motions})

    @classmethod
    def load(cls, path: str | os.PathLike) -> "OwnMotions":
        """What `save` wrote. It belongs to no model: a path is a path.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: it is something else, or of another version.
        """
        return read_taught(path, FORMAT, VERSION, cls._from_json)

    @classmethod
    def _from_json(cls, content: dict[str, Any]) -> "OwnMotions":
        motions = cls()
        for each in content["motions"]:
            paths = np.array(each["examples"], np.float64)
            if paths.shape[1:] != (STEPS, 2) or not len(paths) or not np.isfinite(paths).all():
                raise ValueError(
                    f"examples of {each['name']!r} are {paths.shape}; each is ({STEPS}, 2), all finite"
                )
            motions._examples[str(each["name"])] = list(paths)
        return motions

    def _energies(self, path: _Path) -> list[float]:
        return [
            float((distances(path, np.stack(paths)).min() / reject_radius(len(paths))) ** 2)
            for paths in self._examples.values()
        ]

    def _ending(self, recent: Sequence[Reading]) -> str | None:
        """The surest motion that fills one of WINDOWS up to the last reading."""
        end = _seconds(recent[-1])
        told: list[tuple[float, str | None]] = []
        for window in WINDOWS:
            clip = [reading for reading in recent if _seconds(reading) >= end - window]
            if end - _seconds(recent[0]) >= 0.9 * window:
                name, probability = self.read(clip)
                told.append((probability if name is not None else 0.0, name))
        return max(told, key=lambda each: each[0])[1] if told else None

    def _advice(self, name: str, lost: Sequence[int]) -> list[Advice]:
        notes = []
        if lost:
            places = ", ".join(map(str, lost))
            message = f"{name}: no hand could be followed in clips {places}: left out; hold it in view"
            notes.append(Advice("no hand", message, (name,)))
        count = self.counts.get(name, 0)
        if count < ENOUGH:
            message = f"{name}: {count} of {ENOUGH} examples; {ENOUGH - count} more make it surer"
            notes.append(Advice("few", message, (name,)))
        if not count:
            return notes
        own = np.stack(self._examples[name])
        near = reject_radius(len(own)) / 2
        for other, paths in self._examples.items():
            if other != name and min(distances(path, np.stack(paths)).min() for path in own) < near:
                message = f"{name} and {other} can hardly be told apart; change one of them"
                notes.append(Advice("alike", message, (name, other)))
        return notes


def reject_radius(examples: int) -> float:
    """Within this distance of its nearest example a path shows a motion: less where more were taught."""
    return _RADIUS_OF_MANY + (_RADIUS_OF_ONE - _RADIUS_OF_MANY) / examples


def path_of(clip: Sequence[Reading]) -> _Path | None:
    """(STEPS, 2) where the hand that goes farthest goes, evenly in time; None where no hand can be followed.

    About the path's own middle, x to the right and y up, of mean square 1; less where a hand strays little.

    Raises:
        ValueError: a reading has no time: it is of no video.
    """
    seen: dict[int | None, list[tuple[float, Hand]]] = {}
    for reading in clip:
        for hand in reading.hands:
            # Without a track, hands are followed by being the surest.
            if hand.track is not None or hand is reading.hands[0]:
                seen.setdefault(hand.track, []).append((_seconds(reading), hand))
    least = max(2, _LEAST_SEEN * len(clip))
    paths = [_evenly(frames) for frames in seen.values() if len(frames) >= least]
    if not paths:
        return None
    strays = [float(np.square(path).sum(axis=1).mean()) for path in paths]
    farthest = int(np.argmax(strays))
    return paths[farthest] / np.sqrt(strays[farthest] + _LITTLE**2)


def distances(path: _Path, others: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) by dynamic time warping, from each of (n, STEPS, 2) paths: 0 the same, about 1 another motion."""
    squared = np.square(path[None, :, None] - others[:, None]).sum(axis=-1)  # (n, STEPS, STEPS)
    total = np.full((len(others), STEPS + 1, STEPS + 1), np.inf)
    total[:, 0, 0] = 0
    for i in range(STEPS):
        for j in range(max(0, i - _BAND), min(STEPS, i + _BAND + 1)):
            before = np.minimum(np.minimum(total[:, i, j], total[:, i, j + 1]), total[:, i + 1, j])
            total[:, i + 1, j + 1] = squared[:, i, j] + before
    return np.sqrt(total[:, -1, -1] / STEPS)


def _evenly(frames: Sequence[tuple[float, Hand]]) -> _Path:
    """In sides of the hand's box, about the path's middle, y up."""
    seconds = np.array([each for each, _ in frames])
    middles = np.stack([box_middle(hand.box) for _, hand in frames]).astype(np.float64)
    side = max(float(np.median([box_side(hand.box) for _, hand in frames])), 1.0)
    at = np.linspace(seconds[0], seconds[-1], STEPS)
    path = np.column_stack([np.interp(at, seconds, column) for column in middles.T]) * (1, -1) / side
    return path - path.mean(axis=0)


def _seconds(reading: Reading) -> float:
    if reading.time_seconds is None:
        raise ValueError(f"the reading of {reading.source!r} has no time; give the readings of a video")
    return reading.time_seconds


def _readings(
    clip: Sequence[Reading] | str | os.PathLike, model: "keras.Model | str | os.PathLike | None"
) -> Sequence[Reading]:
    if not isinstance(clip, str | os.PathLike):
        return clip
    from handvision.inference.predict import predict

    return predict(clip, model)
