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
