"""Photos of gestures that no training has named, as a user's own: some to teach, others to ask about.

`protocol.close_ups` keeps their shapes out of what embeddings learn, in every part.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from handvision.core.examples import Examples, concatenate
from handvision.core.geometry import Affine
from handvision.core.vocabularies import GESTURES
from handvision.protocol.close_ups import UNSEEN_OF_HAGRID, UNSEEN_RENDERED
from handvision.protocol.partitions import part
from handvision.synthesis.rendered import cached_render

# Of HaGRID, what is shown but not taught, and the gestures of which there are photos enough for ten examples.
OTHERS_OF_HAGRID = ("fist", "four", "one", "palm", "peace", "three")
MANY_OF_HAGRID = ("call", "mute", "stop")
# Of which parts examples are where photos of a part are asked about: of few gestures one part has enough.
TAUGHT_FROM = {"validation": ("train", "validation"), "test": ("train", "validation", "test")}
SEED = 0
DRAWN, SIZE = 20 * len(GESTURES), 320  # rendered pictures


@dataclass(frozen=True)
class GestureTest:
    """Photos of gestures, and which of them may be examples.

    Attributes:
        photos: with `labels`, which point to gestures.
        teachable: (n,) booleans: what examples are drawn from.
        asked: (n,) booleans: what is asked about, unless it is an example.
        taught: names of the gestures that are taught; the others are to be refused.
        examples: how many of each gesture: one or more numbers, each a test of its own.
    """

    photos: Examples
    teachable: NDArray[np.bool_]
    asked: NDArray[np.bool_]
    taught: tuple[str, ...]
    examples: tuple[int, ...]

    @property
    def gestures(self) -> NDArray[np.str_]:
        """(n,) what each photo shows."""
        return np.array(self.photos.class_names)[self.photos.require("labels")]


def own_gestures(which: str) -> dict[str, GestureTest]:
    """The tests of a part: id (`titles.TITLES`) -> photos of gestures.

    Args:
        which: "validation" or "test": the part whose photos are asked about. Examples are of the parts before
            it as well, rendered ones of this part alone.

    Raises:
        DataUnavailable: HaGRID is not at hand.
        ValueError: another part than these.
    """
    if which not in TAUGHT_FROM:
        raise ValueError(
            f"own gestures have no part {which!r} to ask about; they have {', '.join(TAUGHT_FROM)}"
        )
    six = _of_hagrid(TAUGHT_FROM[which], asked=(which,))
    drawn = cached_render(DRAWN, SIZE, SEED, "gestures", split=which, mesh=1.0, mirror=0.5, workers=2)
    drawn = drawn.take(np.isin(np.array(drawn.class_names)[drawn.require("labels")], UNSEEN_RENDERED))
    every = np.ones(len(drawn), bool)
    return {
        "hagrid_unseen_gestures": six,
        "hagrid_unseen_gestures@any_rotation": _turned(replace(six, examples=(5,))),
        "hagrid_call_mute_stop": _many(six),
        "rendered_unseen_gestures": GestureTest(drawn, every, every, UNSEEN_RENDERED, (10,)),
    }


def gestures_to_choose_by() -> dict[str, GestureTest]:
    """Tests that constants are chosen by: as those of HaGRID in `own_gestures`, asked about both other parts.

    Validation alone has 30 photos. Points of training photos were learned, their gestures' names were not.
    """
    six = _of_hagrid(TAUGHT_FROM["validation"], asked=TAUGHT_FROM["validation"])
    return {"hagrid_unseen_gestures": six, "hagrid_call_mute_stop": _many(six)}


def _of_hagrid(taught_from: tuple[str, ...], asked: tuple[str, ...]) -> GestureTest:
    parts = [
        _showing(part("hagrid", each), UNSEEN_OF_HAGRID + (OTHERS_OF_HAGRID if each in asked else ()))
        for each in taught_from
    ]
    photos = concatenate(parts, f"HaGRID, gestures to teach, {', '.join(asked)}")
    is_asked = np.repeat([each in asked for each in taught_from], [len(each) for each in parts])
    every = GestureTest(photos, is_asked, is_asked, UNSEEN_OF_HAGRID, (1, 5))
    return replace(every, teachable=np.isin(every.gestures, UNSEEN_OF_HAGRID))


def _many(six: GestureTest) -> GestureTest:
    """Not asked about gestures that are neither taught nor shapes of their own to refuse."""
    asked = six.asked & np.isin(six.gestures, MANY_OF_HAGRID + OTHERS_OF_HAGRID)
    return replace(six, taught=MANY_OF_HAGRID, examples=(10,), asked=asked)


def _showing(photos: Examples, gestures: tuple[str, ...]) -> Examples:
    return photos.take(np.isin(photos.require("labels"), [photos.class_names.index(one) for one in gestures]))


def _turned(test: GestureTest) -> GestureTest:
    """Each photo that is asked about rotated about its middle by an angle of its own, its border replicated.

    Examples that are drawn from these photos are rotated, too.
    """
    photos = list(test.photos.require("photos"))
    rng = np.random.default_rng(SEED)
    for row in np.flatnonzero(test.asked).tolist():
        height, width = photos[row].shape[:2]
        turn = Affine.rotation(float(rng.uniform(-180, 180)), (width / 2, height / 2))
        photos[row] = turn.warp(photos[row], height, width, border="nearest")
    return replace(test, photos=replace(test.photos, photos=photos))
