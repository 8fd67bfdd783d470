"""Fixed sets of everyday photos, to validate and to test on: what people photograph, as large as it is.

One function for each kind of truth. All photos of a part are there, of people, places and recordings that no
training has seen (`partitions`); what a teacher labelled is no truth and is in none of them.
"""

from collections.abc import Callable, Collection
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from handvision.core.examples import NO_HAND, Examples, Hands
from handvision.core.vocabularies import HAGRID
from handvision.datasets.readers import find_reader
from handvision.datasets.readers.hagrid import IDLE
from handvision.datasets.readers.people_photos import WITHOUT_HANDS
from handvision.protocol.combined import rotated_photos
from handvision.protocol.numbered import numbered_photos
from handvision.protocol.partitions import part
from handvision.protocol.titles import title
from handvision.synthesis.persons import render_persons
from handvision.synthesis.rendered import cached_render

# Kinds of photos without a hand: their folder in `people_without_hands` -> the id of their set.
KINDS_WITHOUT_HANDS = {
    "faces_plain": "plain_faces_without_hands",
    "portraits": "portraits_without_hands",
    "portraits_wide": "wide_portraits_without_hands",
    "street_head": "street_heads_without_hands",
    "street_legs": "legs_without_hands",
    "webcam": "webcam_without_hands",
    "rooms": "rooms_without_hands",
}
PARTS = ("validation", "test")
# The divided sets (`partitions`) that the photos come from, and what archives hold them.
SETS = (
    *("hagrid_numbers", "hand_gesture_yolov8", "ten_people", "hands_dataset", "finger_counting"),
    *("sign_language_digits", "rock_paper_scissors", "eduart", "people_without_hands", "people_photos"),
    *("clothing_co_parsing", "hgr1"),
)
DATA_SETS = tuple(dict.fromkeys(find_reader(name).dataset for name in SETS))
ANY_ROTATION = ("finger_counting_last_fifth", "sign_language_digits_people")
# Of rendered pictures: seed, how many, and sizes. Hands of persons are small in the picture.
SEED = 0
PERSONS, PERSON_SIZE = 320, (480, 640)
MESH_HANDS, MESH_SIZE = 240, 320


def counted(which: str) -> dict[str, Examples]:
    """Photos whose surest hand raises a known number of fingers; other hands may be idle.

    Args:
        which: "validation" or "test".

    Returns:
        Id (`titles.TITLES`) -> Examples with `labels` 0 to 5, photos as they were read.

    Raises:
        DataUnavailable: a data set is not at hand.
        ValueError: another part than these.
    """
    _check(which)
    people, raw, webcam = numbered_photos(which)
    return _named(
        which,
        {
            "hagrid_counts": _labelled(part("hagrid_numbers", which)),
            "hand_gesture_yolov8_counts": _labelled(part("hand_gesture_yolov8", which)),
            "ten_people_counts": _labelled(part("ten_people", which)),
            "hands_dataset_one_hand": webcam,
            "finger_counting_last_fifth": raw,
            "sign_language_digits_people": people,
        },
    )


def boxed(which: str) -> dict[str, Examples]:
    """Photos in which every hand has its box; those of which one may lack it are left out.

    Arguments, returns (`boxes` of every photo) and errors as for `counted`.
    """
    _check(which)
    sets = {
        "hands_dataset_boxes": part("hands_dataset", which),
        "rock_paper_scissors_boxes": part("rock_paper_scissors", which),
        "eduart_boxes": part("eduart", which),
    }
    return _named(which, {name: _where(photos, _all_boxed) for name, photos in sets.items()})


def without_hands(which: str) -> dict[str, Examples]:
    """Photos that show no hand, by what they show instead. A kind of which the part has none is left out.

    Arguments, returns (`hands` are empty) and errors as for `counted`.
    """
    _check(which)
    photos, people = part("people_without_hands", which), part("people_photos", which)
    kinds = _folders(photos)
    sets = {name: photos.take(kinds == kind) for kind, name in KINDS_WITHOUT_HANDS.items()}
    sets["web_portraits_without_hands"] = people.take(_folders(people) == WITHOUT_HANDS)
    return _named(which, {name: some for name, some in sets.items() if len(some)})


def with_pixel_classes(which: str) -> dict[str, Examples]:
    """Photos of whole people with masks: 0 where certainly no hand is, UNKNOWN on skin, gloves and rings.

    Arguments, returns and errors as for `counted`.
    """
    _check(which)
    return _named(which, {"clothing_co_parsing_pixels": part("clothing_co_parsing", which)})


def directed(which: str) -> dict[str, Examples]:
    """Photos with a hand that points up, down, left or right: its rotation is known to a quarter turn.

    Arguments and errors as for `counted`.

    Returns:
        Id -> Examples whose `hands` have a box each, and rotations where they point, NaN where they do not.
    """
    _check(which)
    pointing = _where(part("eduart", which), lambda hands: bool(np.isfinite(hands.rotations).any()))
    return _named(which, {"eduart_directions": pointing})


def rotated(which: str) -> dict[str, Examples]:
    """Photos of one hand with its number (`ANY_ROTATION`), each rotated by an angle of its own.

    Arguments, returns (ids are "<id>@any_rotation") and errors as for `counted`.
    """
    sets = counted(which)
    return _named(which, {f"{name}@any_rotation": rotated_photos(sets[name], SEED) for name in ANY_ROTATION})


def masked(which: str) -> dict[str, Examples]:
    """Photos with hand-made masks of hand and forearm: HGR1, which has people to test on alone.

    Arguments, returns (`masks` are 0 or 255; nothing for "validation") and errors as for `counted`.
    """
    _check(which)
    return _named(which, {"hgr1_people_4_5": part("hgr1", which)} if which == "test" else {})


def rendered(which: str) -> dict[str, Examples]:
    """Rendered persons with all that is known of their hands, and single mesh hands of any rotation.

    They are drawn once (about a quarter of an hour) and kept in the folder of runs. Every person has a hand
    in view; bodies, hands, skin tones and rooms are of the part alone.

    Arguments and returns (photos, masks and complete `hands`) as for `counted`; ValueError for another part.
    """
    _check(which)
    persons = render_persons(PERSONS, PERSON_SIZE, SEED, split=which, empty=0.0, workers=2, cached=True)
    hands = cached_render(MESH_HANDS, MESH_SIZE, SEED, split=which, mesh=1.0, workers=2)
    return _named(which, {"rendered_persons": persons, "rendered_mesh_hands": hands})


def named(which: str) -> dict[str, dict[str, Examples]]:
    """Photos of one gesture that a vocabulary beside the numbers has a name for.

    Arguments and errors as for `counted`.

    Returns:
        Vocabulary of `handvision.predict` -> id -> Examples with `labels` of its names.
    """
    _check(which)
    photos = part("hagrid", which)
    shown = [photos.class_names[label] if label != NO_HAND else IDLE for label in photos.require("labels")]
    known = np.array([name in HAGRID for name in shown])
    of_hagrid = replace(
        photos.take(known),
        class_names=HAGRID,
        labels=np.array([HAGRID.index(name) for name in shown if name in HAGRID]),
    )
    hands = cached_render(MESH_HANDS, MESH_SIZE, SEED, split=which, task="gestures", mesh=1.0, workers=2)
    return {
        "hagrid": _named(which, {"hagrid_gestures": of_hagrid}),
        "gestures": _named(which, {"rendered_mesh_gestures": hands}),
    }


# Kind of truth -> its sets of a part.
EVERYDAY: dict[str, Callable[[str], dict[str, Examples]]] = {
    "fingers of one hand": counted,
    "boxes of every hand": boxed,
    "no hand": without_hands,
    "pixels that are no hand": with_pixel_classes,
    "directions": directed,
}
# With what is made of photos, or rendered: all that `handvision.evaluation.evaluate_everyday` judges.
JUDGED = EVERYDAY | {
    "fingers of one hand, any rotation": rotated,
    "masks": masked,
    "rendered": rendered,
}


def judged(which: str, kinds: Collection[str] = ()) -> dict[str, dict[str, Examples]]:
    """The sets to judge a reader by: kind of truth -> id -> Examples. A kind without photos is left out.

    Args:
        which: "validation" or "test".
        kinds: of `JUDGED`, such as "no hand"; all by default.

    Raises:
        DataUnavailable: a data set is not at hand.
        ValueError: another part than these, or no such kind.
    """
    _check(which)
    for kind in kinds:
        if kind not in JUDGED:
            raise ValueError(f"everyday photos have no kind {kind!r}; they have {', '.join(JUDGED)}")
    sets = {kind: JUDGED[kind](which) for kind in kinds or JUDGED}
    return {kind: of_kind for kind, of_kind in sets.items() if of_kind}


def _check(which: str) -> None:
    if which not in PARTS:
        raise ValueError(f"everyday photos have no part {which!r}; they have {', '.join(PARTS)}")


def _named(which: str, sets: dict[str, Examples]) -> dict[str, Examples]:
    return {name: replace(photos, name=f"{title(name)}, {which}") for name, photos in sets.items()}


def _labelled(photos: Examples) -> Examples:
    return photos.take(photos.require("labels") != NO_HAND)


def _where(photos: Examples, holds: Callable[[Hands], bool]) -> Examples:
    return photos.take(np.array([holds(hands) for hands in photos.require("hands")], bool))


def _all_boxed(hands: Hands) -> bool:
    return bool(np.isfinite(hands.boxes).all())


def _folders(photos: Examples) -> NDArray[np.str_]:
    return np.array([one.split("/")[0] for one in photos.require("ids").tolist()], str)
