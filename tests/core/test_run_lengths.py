"""Run lengths are those that pycocotools reads."""

import numpy as np
import pytest
from pycocotools import mask as run_length_masks

from handvision.core.run_lengths import run_lengths


@pytest.mark.parametrize(
    ("mask", "counts"),
    [
        ([[0, 0], [0, 0]], [4]),
        ([[255, 255], [255, 255]], [0, 4]),
        ([[0, 255], [255, 0]], [1, 2, 1]),  # columns first
        ([[255, 0], [0, 0]], [0, 1, 3]),
    ],
)
def test_run_lengths_are_cocos(mask, counts):
    mask = np.array(mask, np.uint8)
    assert run_lengths(mask) == counts
    compressed = run_length_masks.frPyObjects({"size": [2, 2], "counts": counts}, 2, 2)
    np.testing.assert_array_equal(run_length_masks.decode(compressed) * 255, mask)
