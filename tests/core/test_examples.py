from dataclasses import replace

import numpy as np
import pytest

from handvision.core.examples import NO_HAND, UNKNOWN, Examples, Hands, concatenate, resize


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
        ids=np.array([f"{name}_{i}" for i in range(count)]),
        hands=[Hands(boxes=[[low, low, high, high]])] * count,
        class_names=("a", "b", "c"),
    )


def test_take_keeps_order_and_follows_booleans():
    examples = square(16)
    assert examples.take([2, 0]).labels.tolist() == [2, 0]
    assert examples.take([2, 0]).ids.tolist() == ["squares_2", "squares_0"]
    assert examples.take(examples.labels > 0).labels.tolist() == [1, 2]
    assert len(examples.take([])) == 0


@pytest.mark.parametrize(
    "field", ["photos", "masks", "labels", "rotations", "groups", "ids", "hands", "boxes"]
)
def test_a_field_that_must_be_there_is_given_or_named(field):
    examples = replace(square(16, "left"), rotations=np.zeros(3, np.float32))
    np.testing.assert_equal(examples.require(field), getattr(examples, field))
    with pytest.raises(ValueError, match=f"left has no {field}: give examples with {field}"):
        Examples("left").require(field)


def test_one_hot_rows_prefer_nothing_where_there_is_no_hand():
    examples = Examples("some", labels=np.array([2, NO_HAND]), class_names=("a", "b", "c", "d"))
    rows = examples.one_hot()
    assert rows.dtype == np.float32
    assert rows.tolist() == [[0, 0, 1, 0], [0.25] * 4]
    with pytest.raises(ValueError, match="squares has no labels"):
        replace(square(16), labels=None).one_hot()


def test_concatenated_groups_and_ids_never_meet():
    joined = concatenate([square(16, "left"), square(16, "right")], "both")
    assert len(joined) == 6
    assert len(set(joined.groups)) == len(set(joined.ids)) == 6
    assert concatenate([square(16), replace(square(16), ids=None)], "both").ids is None


def test_what_one_part_lacks_is_unknown_and_nothing_that_another_knows_is_lost():
    points = np.ones((2, 21, 2), np.float32)
    rendered = replace(
        square(16, "rendered", 2),
        labels=None,
        groups=None,
        rotations=np.array([10, -20], np.float32),
        hands=[Hands(keypoints=points[i : i + 1]) for i in range(2)],
    )
    photos = replace(square(16, "photos"), hands=None)
    joined = concatenate([rendered, photos], "both")
    assert joined.labels.tolist() == [NO_HAND, NO_HAND, 0, 1, 2]
    np.testing.assert_array_equal(joined.rotations, np.float32([10, -20, np.nan, np.nan, np.nan]))
    np.testing.assert_array_equal(joined.keypoints[:2], points)
    assert np.isnan(joined.keypoints[2:]).all()
    assert joined.groups is None, "a split must know the groups of all pictures"


@pytest.mark.parametrize("field", ["photos", "masks"])
def test_a_part_without_the_pictures_of_the_others_is_named(field):
    bare = replace(square(16, "bare"), **{field: None})
    with pytest.raises(ValueError, match=f"bare has no {field}"):
        concatenate([square(16), bare], "both")


def test_key_points_are_given_for_pictures_of_one_hand():
    one = Hands(keypoints=np.ones((1, 21, 2)))
    examples = Examples("mixed", hands=[one, Hands()])
    assert examples.keypoints.shape == (2, 21, 2)
    assert np.isnan(examples.keypoints[1]).all() and examples.boxes is None
    two = Examples("two", hands=[Hands(keypoints=np.ones((2, 21, 2)))])
    with pytest.raises(ValueError, match="picture 0 has 2 hands"):
        _ = two.keypoints
    with pytest.raises(ValueError, match=r"hands\[0\] is ndarray"):
        Examples("raw", hands=[np.zeros((1, 4))])


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


def weak(*, unknown):
    """A mask whose left third is hand, and whose right third is not known."""
    mask = np.zeros((12, 12, 1), np.uint8)
    mask[:, :4] = 255
    mask[:, 8:] = unknown
    return Examples("weak", masks=[mask])


@pytest.mark.parametrize("size", [6, 12, 24])
def test_what_is_unknown_stays_unknown_at_another_size(size):
    row = resize(weak(unknown=UNKNOWN), size, size).masks[0, size // 2, :, 0]
    third = size // 3
    assert row.tolist() == [255] * third + [0] * third + [UNKNOWN] * third


def test_a_pixel_is_known_where_its_unknown_part_cannot_change_it():
    # Each pixel of the small mask is the mean of four: three hand and one unknown, three and one, ...
    mask = np.array([[255, 255, 0, 0, 255, UNKNOWN], [255, UNKNOWN, 0, UNKNOWN, 0, UNKNOWN]], np.uint8)[
        ..., None
    ]
    small = resize(Examples("weak", masks=[mask]), 1, 3)
    assert small.masks[0, 0, :, 0].tolist() == [255, 0, UNKNOWN]


@pytest.mark.parametrize("size", [(96, 128), (50, 70), (300, 200)])
def test_hands_move_with_their_pixels(size):
    photo = np.zeros((120, 160, 3), np.uint8)
    photo[50:72, 30:52] = 255  # the centre of the square is at (41, 61)
    points = np.full((1, 21, 2), (41, 61), np.float32)
    resized = resize(Examples("point", photos=[photo], hands=[Hands(keypoints=points)]), *size)
    light = resized.photos[0, ..., 0].astype(float)
    y, x = np.mgrid[: size[0], : size[1]] + 0.5
    centre = (light * x).sum() / light.sum(), (light * y).sum() / light.sum()
    assert resized.keypoints[0, 7] == pytest.approx(centre, abs=0.02)


def test_nothing_to_resize_is_an_error():
    with pytest.raises(ValueError, match="neither photos nor masks"):
        resize(Examples("labels", labels=np.arange(2)), 8, 8)
    with pytest.raises(ValueError, match="0x8"):
        resize(square(16), 0, 8)


@pytest.mark.parametrize(
    ("photos", "words"),
    [
        (None, "few has no photos"),
        ([np.zeros((4, 4, 3)), np.zeros((5, 4, 3))], "few has a list of photos, perhaps of unequal sizes"),
    ],
)
def test_a_batch_wants_pictures_of_one_size(photos, words):
    masks = np.zeros((2, 4, 4, 1), np.uint8)
    assert Examples("few", photos=photos, masks=masks).batch("masks") is masks
    with pytest.raises(ValueError, match=words):
        Examples("few", photos=photos, masks=masks).batch("photos")
