"""Gestures of one's own: taught by a few examples, at once, and refused where they are not shown."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from handvision.core.hand import Hand, Reading
from handvision.inference.hand_shapes import (
    BONE_NUMBERS,
    different,
    distances,
    embedding_share,
    shape_of_hand,
)
from handvision.inference.taught_files import read_taught, write_taught
from handvision.inference.teaching_advice import Advice, advice_on_examples, advice_on_photos

if TYPE_CHECKING:
    import keras

FORMAT, VERSION = "handvision own gestures", 1
SIDES = ("together", "apart")

# Within this distance of its nearest example a hand shows a gesture: of one example, of very many. Chosen so
# that of gestures that were not taught, one example refuses 60 %, five 85 % (photos: see `hand_shapes`).
_RADIUS_OF_ONE, _RADIUS_OF_MANY = 0.62, 0.52
_SHARPNESS = 4.0  # of probabilities: a hand at an example's very place is 98 % sure
_Key = tuple[str, str]  # a gesture's name and, where sides are apart, its side
_Shapes = NDArray[np.float64]  # (n, d), see shape_of_hand


class OwnGestures:
    """Gestures that a user has taught. A hand shows the gesture of the example that it is most like, or none.

    Hands are compared by `Hand.keypoints` and `Hand.embedding`: place, size and direction in the picture do
    not count.

    Args:
        sides: "together": a gesture is the same with the left hand and the right; "apart": a hand is only
            like examples of its own side, so that left and right may be two gestures.

    Attributes:
        model: fingerprint of the model that read the examples; "" before the first.

    Example:
        >>> gestures = OwnGestures()
        >>> for advice in gestures.teach("spock", ["1.jpg", "2.jpg", "3.jpg"]):
        ...     print(advice)
        >>> gestures.save("mine.json")
        >>> gestures.read(handvision.predict("desk.jpg")[0].hands[0])
        ("spock", 0.93)
    """

    def __init__(self, sides: str = "together"):
        if sides not in SIDES:
            raise ValueError(f"sides is {sides!r}; use one of {', '.join(SIDES)}")
        self.sides = sides
        self.model = ""
        self._examples: dict[_Key, _Shapes] = {}
        self._unlike: dict[_Key, float] = {}  # how many of the examples are not nearly the same

    @property
    def counts(self) -> dict[str, int]:
        """Name of a gesture -> how many examples it has, in the order of teaching."""
        counts: dict[str, int] = {}
        for (name, _), examples in self._examples.items():
            counts[name] = counts.get(name, 0) + len(examples)
        return counts

    def teach(
        self, name: str, examples: Any, model: "keras.Model | str | os.PathLike | None" = None
    ) -> list[Advice]:
        """Adds examples of a gesture, new or known.

        Args:
            name: of the gesture.
            examples: `Hand`s, `Reading`s, or what `predict` takes (paths, arrays); one or a list. Of a
                reading the surest hand counts.
            model: that reads pictures; the released one by default.

        Returns:
            What would make the gesture surer, all at once; empty where nothing would. Examples that no hand
            was found in are left out and named here.

        Raises:
            ValueError: the name is empty; there are no examples; an example was read by another model than
                those before, or by one without key points and embedding.
            FileNotFoundError, TypeError: as `predict`.
        """
        if not isinstance(name, str) or not name.strip():
            raise ValueError(f"name is {name!r}; give the gesture a name")
        readings = _readings(examples, model)
        if not readings:
            raise ValueError(f"there are no examples of {name!r}; give at least one")
        hands = [reading.hands[0] for reading in readings if reading.hands]
        read_by = self._checked_model(hands)
        notes = advice_on_photos(name, readings)
        added: dict[_Key, list[_Shapes]] = {}
        for hand in hands:
            added.setdefault(self._key(name, hand), []).append(shape_of_hand(hand))
        if self.sides == "apart" and (unknown := added.pop((name, ""), [])):
            message = f"{name}: {len(unknown)} of {len(readings)} examples left out: left hand or right?"
            notes.append(Advice("unknown side", message, (name,)))
        for key, shapes in added.items():
            self.model = read_by
            self._add(key, np.stack(shapes))
        return notes + [advice for key in added for advice in self._advice(key)]

    def forget(self, name: str) -> None:
        """Removes a gesture with all its examples.

        Raises:
            KeyError: there is no such gesture.
        """
        if name not in self.counts:
            raise KeyError(f"there is no gesture {name!r}; there are: {', '.join(self.counts) or 'none'}")
        for key in [key for key in self._examples if key[0] == name]:
            del self._examples[key], self._unlike[key]
        if not self._examples:
            self.model = ""

    def read(self, hand: Hand) -> tuple[str | None, float]:
        """The gesture that a hand shows and how probable it is; None where it shows none of those taught.

        Raises:
            ValueError: no gesture was taught; the hand was read by another model than the examples.
        """
        if not self._examples:
            raise ValueError("no gesture was taught yet: call teach, or load a file")
        self._checked_model([hand])
        shape, (_, side) = shape_of_hand(hand), self._key("", hand)
        keys = [key for key in self._examples if key[1] == side]
        return likeliest([name for name, _ in keys], self._energies(shape, keys))

    def save(self, path: str | os.PathLike) -> None:
        """Writes a small JSON file, which `load` and the page read.

        Raises:
            OSError: it cannot be written.
        """
        gestures = [
            {"name": name, "side": side, "examples": examples.round(_DIGITS).tolist()}
            for (name, side), examples in self._examples.items()
        ]
        content = {"model": self.model, "sides": self.sides, "gestures": gestures}
        write_taught(path, FORMAT, VERSION, content)

    @classmethod
    def load(cls, path: str | os.PathLike, model: str = "") -> "OwnGestures":
        """What `save` wrote, here or in the page.

        Args:
            model: fingerprint of the model that will read hands, if that is known already.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: it is something else, of a newer version, or its examples were read by another model.
        """
        gestures = read_taught(path, FORMAT, VERSION, cls._from_json)
        if model and gestures._examples and gestures.model != model:
            raise ValueError(f"{path}: {_other_model(gestures.model, model)}")
        return gestures

    @classmethod
    def _from_json(cls, content: dict[str, Any]) -> "OwnGestures":
        gestures = cls(content["sides"])
        gestures.model = str(content["model"])
        for each in content["gestures"]:
            key = str(each["name"]), str(each["side"])
            if not each["examples"] or (key[1] not in (("",) if gestures._mirrored else ("left", "right"))):
                raise ValueError(f"gesture {key[0]!r} has no examples, or the side {key[1]!r}")
            gestures._add(key, _shapes_from_json(each["examples"]))
        sizes = {shapes.shape[1] for shapes in gestures._examples.values()}
        if len(sizes) > 1:
            raise ValueError(f"its examples have unequal lengths, {sorted(sizes)}")
        return gestures

    @property
    def _mirrored(self) -> bool:
        return self.sides == "together"

    def _checked_model(self, hands: list[Hand]) -> str:
        """Fingerprint of the one model that read all of these hands and the examples."""
        model = self.model if self._examples else (hands[0].model if hands else "")
        for hand in hands:
            if hand.model != model:
                raise ValueError(_other_model(model, hand.model))
        return model

    def _key(self, name: str, hand: Hand) -> _Key:
        return name, "" if self._mirrored else hand.handedness

    def _add(self, key: _Key, shapes: _Shapes) -> None:
        together = np.concatenate([self._examples[key], shapes]) if key in self._examples else shapes
        self._examples[key] = together
        self._unlike[key] = different(together, mirrored=self._mirrored)

    def _energies(self, shape: NDArray[np.float64], keys: list[_Key]) -> list[float]:
        """Of each gesture, the squared distance to its nearest example, in its reject radii."""
        if not keys:
            return []
        examples, unlike = [self._examples[key] for key in keys], [self._unlike[key] for key in keys]
        counts = [len(each) for each in examples]
        shares = np.repeat([embedding_share(each) for each in unlike], counts)
        distance = distances(shape[None], np.concatenate(examples), mirrored=self._mirrored, share=shares)[0]
        nearest = np.minimum.reduceat(distance, np.cumsum([0, *counts[:-1]]))
        # The more the examples of a gesture differ, the less may a hand differ from all of them.
        return ((nearest / [reject_radius(each) for each in unlike]) ** 2).tolist()

    def _advice(self, key: _Key) -> list[Advice]:
        others = {
            _title(other): examples
            for other, examples in self._examples.items()
            if other != key and other[1] == key[1]
        }
        return advice_on_examples(_title(key), self._examples[key], others, mirrored=self._mirrored)


def reject_radius(examples: float) -> float:
    """How far a hand may be from the nearest of so many unlike examples of a gesture to be taken for it."""
    return _RADIUS_OF_MANY + (_RADIUS_OF_ONE - _RADIUS_OF_MANY) / examples


def likeliest(names: Sequence[str], energies: Sequence[float]) -> tuple[str | None, float]:
    """The name of the least energy and how probable it is; None where all are above 1.

    None of them is one more choice, as probable as a gesture whose nearest example is a radius away.
    """
    choices, all_energies = [*names, None], np.array([*energies, 1.0])
    weights = np.exp(_SHARPNESS * (all_energies.min() - all_energies))
    best = int(weights.argmax())
    return choices[best], float(weights[best] / weights.sum())


def name_hands(readings: Iterable[Reading], gestures: OwnGestures) -> Iterator[Reading]:
    """The same readings with the taught gestures as labels; "", with probability 0, where none is shown."""
    for reading in readings:
        yield replace(reading, hands=tuple(_named(hand, gestures) for hand in reading.hands))


def _named(hand: Hand, gestures: OwnGestures) -> Hand:
    name, probability = gestures.read(hand)
    return replace(hand, label=name or "", probability=probability if name is not None else 0.0)


def _title(key: _Key) -> str:
    return f"{key[0]} ({key[1]} hand)" if key[1] else key[0]


def _readings(examples: Any, model: "keras.Model | str | os.PathLike | None") -> list[Reading]:
    listed = [examples] if isinstance(examples, Hand | Reading) else examples
    if isinstance(listed, list | tuple):
        if all(isinstance(example, Hand | Reading) for example in listed):
            return [one if isinstance(one, Reading) else Reading(hands=(one,)) for one in listed]
        if any(isinstance(example, Hand | Reading) for example in listed):
            raise TypeError("examples are hands and pictures, mixed: call teach once for each kind")
    from handvision.inference.predict import predict

    return predict(listed, model)


def _other_model(taught: str, reading: str) -> str:
    return (
        f"the gestures were taught with the model {taught!r}, and {reading!r} reads now; what one model sees "
        "another does not: read with the first, or teach the gestures anew"
    )


# Files --------------------------------------------------------------------------------------------------

_DIGITS = 4


def _shapes_from_json(value: Any) -> _Shapes:
    shapes = np.array(value, np.float64)
    if shapes.ndim != 2 or shapes.shape[1] <= BONE_NUMBERS or not np.isfinite(shapes).all():
        raise ValueError(
            f"examples of a gesture are {shapes.shape}; each is {BONE_NUMBERS} numbers of bones, then the "
            "embedding, all finite"
        )
    return shapes
