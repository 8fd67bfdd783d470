"""Which data a task takes, said loudly."""

import numpy as np

from handvision import protocol
from handvision.core.examples import Examples
from handvision.datasets import download
from handvision.protocol.task import subset


def test_auto_takes_rendered_hands_and_says_what_is_missing(capsys):
    assert protocol.choose_data("auto", ("finger_digits",)) == "rendered"
    printed = capsys.readouterr().out
    assert "not at hand: finger_digits" in printed
    assert "rendered hands only" in printed


def test_real_fetches_what_is_optional_and_auto_does_without(monkeypatch):
    fetched = []
    monkeypatch.setattr(download, "fetch", fetched.append)
    assert protocol.choose_data("real", ("finger_digits",), ("houses",)) == "real"
    assert fetched == ["finger_digits", "houses"]
    monkeypatch.setattr(download, "find", lambda name: name if name == "finger_digits" else None)
    assert protocol.choose_data("auto", ("finger_digits",), ("houses",)) == "real"


def test_a_subset_is_always_the_same_ones_of_all_classes():
    examples = Examples("labels", labels=np.tile(np.arange(6), 100))
    chosen = subset(examples, 100)
    assert np.array_equal(chosen.labels, subset(examples, 100).labels)
    assert len(np.unique(chosen.labels)) == 6
    assert len(subset(examples, 1000)) == 600
