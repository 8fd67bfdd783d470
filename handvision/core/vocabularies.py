"""What hands may say: the names that labels point to, in their order."""

NUMBERS = ("0", "1", "2", "3", "4", "5")

GESTURES = (
    "pinch, three fingers up",
    "index",
    "victory",
    "thumb, index, middle",
    "four",
    "five",
    "three (thumb on little)",
    "thumb on ring",
    "thumb on middle",
    "ok (thumb on index)",
    "L",
    "I love you",
    "C",
    "crossed fingers",
    "fist",
    "call me (thumb, little)",
    "little",
    "thumbs up",
    "beak closed",
    "beak open",
)

# Of HaGRID, by its own words, and a hand that shows none of them. Its call, rock, ok, mute, like and stop are
# not here: no training may know their names, since gestures that only users teach are judged by them.
HAGRID = (
    "dislike",
    "fist",
    "four",
    "one",
    "palm",
    "peace",
    "peace_inverted",
    "stop_inverted",
    "three",
    "three2",
    "two_up",
    "two_up_inverted",
    "no_gesture",
)

# Name of a head -> what it names hands by, in the order of its labels. "gesture" has the numbers.
OF_HEADS = {"gesture": NUMBERS, "gestures": GESTURES, "hagrid": HAGRID}
