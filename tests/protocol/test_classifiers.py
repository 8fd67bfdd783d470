"""Masks to learn from are kept apart from masks that judge."""

import numpy as np
import pytest

from handvision import protocol
from handvision.core.examples import NO_HAND, Examples
from handvision.synthesis import rendered


@pytest.mark.slow
@pytest.mark.parametrize(("make", "classes"), [(protocol.finger_numbers, 6), (protocol.gestures, 20)])
def test_rendered_masks_of_every_class_for_learning_and_judging(make, classes):
    task = make("rendered", 40, 20, seed=1)
    assert task.data == "rendered"
    assert len(task.class_names) == classes
    assert task.train.masks.shape == (40, protocol.MASK_SIZE, protocol.MASK_SIZE, 1)
    assert len(np.unique(task.train.labels[task.train.labels != NO_HAND])) == classes
    judged = task.tests["rendered"]
    assert not any((judged.masks[:, None] == task.train.masks[None]).all(axis=(2, 3, 4)).ravel())


@pytest.mark.slow
def test_half_of_the_rendered_training_masks_are_rough():
    clean = rendered.render(8, size=protocol.MASK_SIZE, seed=1, photos=False)
    task = protocol.finger_numbers("rendered", 8, 4, seed=1, negatives=0)
    same = (task.train.masks == clean.masks).all(axis=(1, 2, 3))
    assert same[::2].all()
    assert not same[1::2].all()


@pytest.mark.slow
def test_a_twelfth_of_what_classifiers_learn_from_is_no_hand():
    task = protocol.finger_numbers("rendered", 50, 6, seed=1)
    assert (task.train.labels == NO_HAND).sum() == 4
    assert len(task.negatives) == 6
    assert (protocol.finger_numbers("rendered", 50, 6, seed=1, negatives=0).train.labels >= 0).all()


def test_a_close_up_keeps_the_hand_and_drops_the_rest():
    mask = np.zeros((120, 160, 1), np.uint8)
    mask[40:80, 100:120] = 255
    close, whole = protocol.close_up(Examples("masks", masks=np.stack([mask, np.zeros_like(mask)]))).masks
    assert close.shape == (60, 40, 1)
    assert (close > 0).sum() == (mask > 0).sum()
    assert whole.shape == mask.shape
