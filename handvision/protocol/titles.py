"""The test sets by their ids, which records keep, and their titles, which tables show.

A title may be reworded at any time; an id is for good.
"""

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
    "without_hands": "rooms and faces without a hand",
}

# A test set whose photos are turned: "<id>@any_rotation".
_VARIANTS = {"any_rotation": "any rotation"}


def title(test: str) -> str:
    """The title of a test set, or of a variant of one.

    Raises:
        KeyError: no test set has this id.
    """
    name, _, variant = test.partition("@")
    return f"{TITLES[name]}, {_VARIANTS[variant]}" if variant else TITLES[name]
