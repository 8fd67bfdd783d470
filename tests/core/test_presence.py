"""Two looks together."""

import numpy as np
import pytest

from handvision.core.presence import presence


@pytest.mark.parametrize(
    ("score", "close_look", "weights", "expected"),
    [
        (0.5, 0.5, (0, 1, 1), 0.5),
        (0.9, 0.5, (0, 1, 1), 0.9),  # one look that cannot say leaves it to the other
        (0.9, 0.9, (0, 1, 1), 81 / 82),
        (0.2, 0.7, (0, 0, 1), 0.7),
        (1.0, 0.0, (0, 1, 1), 0.5),  # no look is so sure that the other counts for nothing
    ],
)
def test_presence_is_of_both_looks(score, close_look, weights, expected):
    assert presence(score, close_look, weights) == pytest.approx(expected)


def test_many_at_once_are_each_as_alone():
    scores, close_looks, weights = np.array([0.1, 0.8]), np.array([0.3, 0.99]), (-1.0, 0.5, 2.0)
    together = presence(scores, close_looks, weights)
    alone = [presence(*pair, weights) for pair in zip(scores, close_looks, strict=True)]
    np.testing.assert_allclose(together, alone)
