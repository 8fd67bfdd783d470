"""Test sets have an id for records and a title for readers."""

import numpy as np
import pytest

from handvision.core.examples import Examples
from handvision.protocol.titles import TITLES, named, title


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("rendered", "rendered hands never seen"),
        ("hgr1_people_4_5", "HGR1, people 4 and 5"),
        ("finger_counting_last_fifth@any_rotation", "Finger Counting, last fifth, any rotation"),
    ],
)
def test_an_id_has_a_title(test, expected):
    assert title(test) == expected
    assert named({test: Examples("read", labels=np.zeros(3))})[test].name == expected


@pytest.mark.parametrize("test", ["rendred", "", "rendered@upside_down", "rendered@"])
def test_an_unknown_id_is_refused_with_those_that_there_are(test):
    with pytest.raises(ValueError, match=r"there are (rendered, finger_digits_last_fifth|any_rotation)"):
        title(test)


def test_no_two_test_sets_have_the_same_title():
    assert len(set(TITLES.values())) == len(TITLES)
