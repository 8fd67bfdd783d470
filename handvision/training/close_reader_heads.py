"""What the reader of close-ups answers."""

from handvision.core.vocabularies import NUMBERS
from handvision.heads import (
    EmbeddingHead,
    GestureHead,
    HandednessHead,
    HandMaskHead,
    Head,
    KeypointsHead,
    PresenceHead,
    RotationHead,
    TwentyGesturesHead,
)


def heads_of_close_reader(size: int) -> tuple[Head, ...]:
    """What the reader of close-ups of `size` pixels answers."""
    return (
        PresenceHead(),
        GestureHead(NUMBERS),
        TwentyGesturesHead(),
        RotationHead(),
        KeypointsHead(size),
        HandednessHead(),
        EmbeddingHead(),
        HandMaskHead(),
    )
