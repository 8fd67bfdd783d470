"""The test sets by their ids, which records keep, and their titles, which tables show.

A title may be reworded at any time; an id never changes.
"""

from collections.abc import Mapping
from dataclasses import replace

from handvision.core.examples import Examples

TITLES = {
    "rendered": "rendered hands never seen",
    "finger_digits_last_fifth": "Finger Digits, last fifth of every sequence",
    "finger_digits_random": "Finger Digits, random part",
    "hand_gestures_test": "the archive's test part",
    "sign_language_digits_people": "people of Sign Language Digits left out",
    "sign_language_digits_all": "other people (Sign Language Digits)",
    "finger_counting_all": "another person (Finger Counting)",
    "finger_counting_last_fifth": "Finger Counting, last fifth",
    "hands_dataset_one_hand": "webcam frames with one hand (HandsDataset)",
    "sign_language_digits_composites": "people never seen (Sign Language Digits) over rooms never seen",
    "finger_counting_composites": "Finger Counting composites, last fifth",
    "hgr1_people_4_5": "HGR1, people 4 and 5",
    "hands_dataset_boxes": "webcam frames with boxes (HandsDataset)",
    "without_hands": "rooms and faces without a hand",
    "hagrid_counts": "phone and webcam photos, each of another person (HaGRID)",
    "hand_gesture_yolov8_counts": "photos of places left out (Hand Gesture Recognition)",
    "ten_people_counts": "webcam people left out (Hand-dataset)",
    "rock_paper_scissors_boxes": "webcam frames with boxes (Rock Paper Scissors)",
    "eduart_boxes": "wide webcam frames with boxes (EduArt)",
    "plain_faces_without_hands": "faces before a plain wall, without a hand",
    "portraits_without_hands": "portraits without a hand",
    "wide_portraits_without_hands": "people farther off, without a hand",
    "street_heads_without_hands": "heads and shoulders in the street, without a hand",
    "legs_without_hands": "bare legs, without a hand",
    "webcam_without_hands": "people before a webcam, without a hand",
    "rooms_without_hands": "rooms without people",
    "web_portraits_without_hands": "portraits from the web, without a hand",
    "clothing_co_parsing_pixels": "people in the street, with pixels that are no hand (Clothing Co-Parsing)",
    "eduart_directions": "pointing hands, directions to a quarter turn (EduArt)",
    "rendered_persons": "rendered persons with hands",
    "rendered_mesh_hands": "rendered hands, any rotation",
    "hagrid_gestures": "gestures by name, each of another person (HaGRID)",
    "rendered_mesh_gestures": "rendered hands that show the twenty gestures, any rotation",
    "hagrid_unseen_gestures": "six gestures that no training names (HaGRID)",
    "hagrid_call_mute_stop": "three of them, of many photos (HaGRID: call, mute, stop)",
    "rendered_unseen_gestures": "six rendered gestures that no training names",
    "skin_colour_negatives": "negatives: masks of skin's colour where no hand is",
}

# A test set whose photos are rotated: "<id>@any_rotation".
VARIANTS = {"any_rotation": "any rotation"}


def title(test: str) -> str:
    """The title of a test set ("rendered") or of a variant of one ("hands_dataset_one_hand@any_rotation").

    Raises:
        ValueError: there is no test set, or no variant, of this id; the message lists those that there are.
    """
    test_set, at, variant = test.partition("@")
    if test_set not in TITLES:
        raise ValueError(f"no test set {test_set!r}; there are {', '.join(TITLES)}")
    if at and variant not in VARIANTS:
        raise ValueError(f"no variant {variant!r} of a test set; there are {', '.join(VARIANTS)}")
    return f"{TITLES[test_set]}, {VARIANTS[variant]}" if at else TITLES[test_set]


def named(tests: Mapping[str, Examples]) -> dict[str, Examples]:
    """The test sets under their ids, each with its title as its name.

    Raises:
        ValueError: an id is not in the table.
    """
    return {test: replace(examples, name=title(test)) for test, examples in tests.items()}
