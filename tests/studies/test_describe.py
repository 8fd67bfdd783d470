"""The description of data changes with what they show, and with nothing else."""

import numpy as np
import pytest

from handvision.core.examples import Examples
from handvision.core.hashing import hash_examples
from handvision.studies.describe import describe


def hands(name="hands", value=255):
    masks = np.full((3, 8, 8, 1), value, np.uint8)
    return Examples(name, photos=masks.repeat(3, axis=3), masks=masks, source="made here")


class Batches:
    """Draws from Examples, as the sequences of trainings do."""

    def __init__(self, examples, share=0.5, workers=1):
        self.examples, self.share, self.workers, self.epoch = examples, share, workers, 0
        self.pictures = np.arange(100)
        self._cache = {"anything": object()}


def test_examples_are_described_by_their_content():
    assert describe(hands()) == {
        "name": "hands",
        "count": 3,
        "hash": hash_examples(hands()),
        "source": "made here",
    }


def test_a_sequence_names_its_sources_and_options():
    found = describe(Batches([hands(), hands("others", 0), hands()]))
    assert found["name"] == "Batches"
    assert [source["name"] for source in found["sources"]] == ["hands", "others"], "each source once"
    assert found["options"]["examples"] == [{"source": 0}, {"source": 1}, {"source": 0}]
    assert found["options"]["share"] == 0.5


@pytest.mark.parametrize(
    "changed",
    [Batches(hands(value=0)), Batches(hands(), share=0.6)],
    ids=["pictures", "option"],
)
def test_another_sequence_has_another_hash(changed):
    assert describe(changed)["hash"] != describe(Batches(hands()))["hash"]


def test_epoch_and_workers_do_not_count():
    later = Batches(hands(), workers=4)
    later.epoch = 7
    assert describe(later) == describe(Batches(hands()))


def test_a_sequence_inside_another_is_described_with_it():
    outer = Batches(hands())
    outer.share = Batches(hands("inner", 0))
    outer.share.share = outer  # and back
    assert [source["name"] for source in describe(outer)["sources"]] == ["hands", "inner"]
