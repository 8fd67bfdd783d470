"""Every head of the package, with other fields than the defaults where it has any."""

from handvision.core.vocabularies import NUMBERS
from handvision.heads import (
    EmbeddingHead,
    GestureHead,
    HagridHead,
    HandednessHead,
    HandMaskHead,
    KeypointsHead,
    PresenceHead,
    RotationHead,
    TwentyGesturesHead,
)

HEADS = (
    PresenceHead(),
    GestureHead(NUMBERS),
    TwentyGesturesHead(),
    HagridHead(),
    RotationHead(),
    KeypointsHead(64),
    HandednessHead(),
    EmbeddingHead(16),
    HandMaskHead(),
)
