from dataclasses import replace

import numpy as np
import pytest

from handvision.core.examples import NO_HAND, Examples, concatenate, resize


def square(size, name="squares", count=3):
    """Photos with one white square a quarter of the picture wide, at their centre."""
    masks = np.zeros((count, size, size, 1), np.uint8)
    low, high = size * 3 // 8, size * 5 // 8
    masks[:, low:high, low:high] = 255
    return Examples(
        name,
        photos=np.repeat(masks, 3, axis=3),
        masks=masks,
        labels=np.arange(count),
        groups=np.arange(count),
        boxes=[np.array([[low, low, high, high]], np.float32)] * count,
        class_names=("a", "b", "c"),
    )


def test_take_keeps_order_and_follows_booleans():
    examples = square(16)
    assert examples.take([2, 0]).labels.tolist() == [2, 0]
    assert examples.take(examples.labels > 0).labels.tolist() == [1, 2]
    assert len(examples.take([])) == 0


def test_one_hot_rows_prefer_nothing_where_there_is_no_hand():
    examples = Examples("some", labels=np.array([2, NO_HAND]), class_names=("a", "b", "c", "d"))
    rows = examples.one_hot()
    assert rows.dtype == np.float32
    assert rows.tolist() == [[0, 0, 1, 0], [0.25] * 4]
    with pytest.raises(ValueError, match="squares has no labels"):
        replace(square(16), labels=None).one_hot()


def test_concatenated_groups_never_meet():
    joined = concatenate([square(16, "left"), square(16, "right")], "both")
    assert len(joined) == 6
    assert len(set(joined.groups)) == 6


def test_concatenate_keeps_what_all_parts_know():
    bare = Examples("bare", masks=np.zeros((2, 16, 16, 1), np.uint8), class_names=("a", "b", "c"))
    joined = concatenate([square(16), bare], "both")
    assert joined.photos is None
    assert joined.masks.shape == (5, 16, 16, 1)


@pytest.mark.parametrize("size", [24, 64, 100])
def test_resize_moves_pictures_masks_and_boxes_alike(size):
    resized = resize(square(64), size, size)
    ys, xs = np.nonzero(resized.masks[0, :, :, 0])
    found = [xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]
    assert np.abs(np.array(found) - resized.boxes[0][0]).max() <= 1
    assert set(np.unique(resized.masks)) <= {0, 255}


def test_resize_pads_instead_of_stretching():
    wide = Examples("wide", photos=[np.full((10, 40, 3), 200, np.uint8)])
    photo = resize(wide, 40, 40).photos[0]
    assert (photo[15:25] == 200).all()
    assert (photo[:15] == 0).all()
    assert (photo[25:] == 0).all()
