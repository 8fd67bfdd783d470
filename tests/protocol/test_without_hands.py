"""Photos without a hand."""

import numpy as np

from handvision import protocol
from handvision.core.examples import NO_HAND


def test_photos_without_hands_are_others_in_every_part():
    parts = [protocol.photos_without_hands("rendered", part, seed=1, count=3) for part in ("train", "test")]
    assert all((part.labels == NO_HAND).all() for part in parts)
    assert not parts[0].masks.any()
    assert not np.isin(parts[0].groups, parts[1].groups).any()
