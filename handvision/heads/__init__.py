"""What a network says of a hand: one file for each answer.

A head is one answer, from its training to its drawing. To add one, write a file here with a subclass of
`Head` under `@register`, and import it below: readers, trainings, exports, readings, overlays and tables know
it from then on.

Importing this package loads no Keras: what decodes and draws needs NumPy and OpenCV alone.
"""

from handvision.heads.base import Head
from handvision.heads.decoding import decode_hand
from handvision.heads.embedding import EmbeddingHead
from handvision.heads.gesture import GestureHead, HagridHead, TwentyGesturesHead
from handvision.heads.hand_mask import HandMaskHead
from handvision.heads.handedness import HandednessHead
from handvision.heads.keypoints import KeypointsHead, tight_box
from handvision.heads.presence import PresenceHead
from handvision.heads.registry import heads_of, register, registered
from handvision.heads.rotation import RotationHead
from handvision.heads.targets import HeadTargets

__all__ = [
    "EmbeddingHead",
    "GestureHead",
    "HagridHead",
    "HandMaskHead",
    "HandednessHead",
    "Head",
    "HeadTargets",
    "KeypointsHead",
    "PresenceHead",
    "RotationHead",
    "TwentyGesturesHead",
    "decode_hand",
    "heads_of",
    "register",
    "registered",
    "tight_box",
]
