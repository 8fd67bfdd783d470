"""Photos without a hand."""

import numpy as np
import pytest

from handvision import protocol
from handvision.core.examples import NO_HAND


@pytest.mark.slow
def test_negatives_are_others_in_every_part():
    parts = [protocol.negative_photos("rendered", part, seed=1, count=3) for part in ("train", "test")]
    assert all((part.labels == NO_HAND).all() for part in parts)
    assert not parts[0].masks.any()
    assert not np.isin(parts[0].groups, parts[1].groups).any()
