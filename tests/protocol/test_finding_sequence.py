"""What the first look learns: maps at the hands' middles, photos moved with their hands."""

import numpy as np
import pytest

from handvision.core.examples import Examples
from handvision.core.hands import Hands
from handvision.models.segmenters import centres
from handvision.protocol import finding_sequence
from handvision.protocol.finding_sequence import FindingSequence, Found, maps_of

SIZE = (96, 128)


def hand(x0=40.0, y0=24.0, x1=72.0, y1=72.0, **more) -> Hands:
    return Hands(boxes=[[x0, y0, x1, y1]], **more)


def test_a_hand_s_maps_say_where_how_large_and_which_way():
    maps = maps_of(hand(rotations=[90.0]), SIZE)
    # The middle, (56, 48), lies in cell (6, 7) at its corner.
    assert maps["centre"].shape == (12, 16, 1)
    assert np.unravel_index(np.nanargmax(maps["centre"]), (12, 16)) == (6, 7)
    assert maps["centre"][6, 7] == 1
    np.testing.assert_allclose(maps["extent"][6, 7], (4, 6))
    np.testing.assert_allclose(maps["offset"][6, 7], (0, 0))
    np.testing.assert_allclose(maps["direction"][6, 7], (1, 0), atol=1e-6)
    for name in ("extent", "offset", "direction"):
        assert np.isfinite(maps[name]).all(axis=-1).sum() == 1


def test_key_points_say_more_than_boxes():
    points = np.full((1, 21, 2), 50.0)
    points[0, 0], points[0, 9] = (50, 80), (50, 40)
    maps = maps_of(Hands(boxes=[[0, 0, 128, 96]], keypoints=points), SIZE)
    row, column = np.unravel_index(np.argmax(maps["centre"]), (12, 16))[:2]
    np.testing.assert_allclose(maps["direction"][row, column], (0, 1), atol=1e-6)
    np.testing.assert_allclose(maps["extent"][row, column], (1, 6))  # 8 and 48 pixels, a tenth of 40 around


def test_where_a_hand_may_hide_nothing_is_claimed():
    known, unknown = hand(), Hands.unknown()
    both = Hands(
        boxes=np.concatenate([known.boxes, unknown.boxes]),
        labels=np.concatenate([known.labels, unknown.labels]),
    )
    centre = maps_of(both, SIZE)["centre"]
    assert centre[6, 7] == 1
    assert np.isnan(centre[0, 0])
    assert maps_of(known, SIZE)["centre"][0, 0] < 1e-6
    assert not maps_of(Hands(), SIZE)["centre"].any()


def test_a_few_fingers_at_the_edge_are_neither_a_hand_nor_none():
    centre = maps_of(hand(-40, 24, 8, 72), SIZE)["centre"]
    assert np.isnan(centre[4, 0])
    assert not (centre == 1).any()


def photos(count: int = 4) -> Examples:
    rng = np.random.default_rng(0)
    return Examples(
        "photos",
        photos=[rng.integers(0, 256, (80, 120, 3), np.uint8) for _ in range(count)],
        hands=[hand() if i % 2 else Hands() for i in range(count)],
    )


def test_batches_depend_on_seed_epoch_and_index_alone():
    def draw(seed=3, epoch=0, index=1):
        sequence = FindingSequence([Found(photos(), 1)], SIZE, batch_size=3, steps=2, seed=seed)
        sequence.epoch = epoch
        return sequence[index]

    first, again = draw(), draw()
    np.testing.assert_array_equal(first[0], again[0])
    for name, values in first[1].items():
        np.testing.assert_array_equal(values, again[1][name])
    for other in (draw(seed=4), draw(epoch=1), draw(index=0)):
        assert not np.array_equal(first[0], other[0])


def test_photos_as_they_are_keep_their_hands_in_place():
    sequence = FindingSequence([Found(photos(2).take([1]), 1)], (80, 120), batch_size=1, steps=1, light=0)
    seen, targets = sequence[0]
    np.testing.assert_allclose(seen[0] * 255, photos(2).photos[1], atol=0.5)
    assert targets["centre"][0, 6, 7] == 1
    assert np.isnan(targets["mask"]).all()  # there is a hand, and nobody drew it


def test_a_mask_follows_its_photo_and_nothing_is_a_mask_without_hands():
    masks = np.zeros((80, 120, 1), np.uint8)
    masks[24:72, 40:72] = 255
    drawn = Examples("drawn", photos=photos(2).photos[1:], masks=[masks], hands=[hand()])
    sequence = FindingSequence([Found(drawn, 1)], (80, 120), batch_size=1, steps=1, light=0)
    np.testing.assert_array_equal(sequence[0][1]["mask"][0], (masks > 0).astype(np.float32))
    empty = FindingSequence([Found(photos(1), 1)], (80, 120), batch_size=1, steps=1, light=0)
    assert not empty[0][1]["mask"].any()


def test_what_a_mask_does_not_know_stays_unknown():
    masks = np.full((80, 120, 1), 64, np.uint8)
    masks[24:72, 40:72] = 255
    weak = Examples("weak", photos=photos(2).photos[1:], masks=[masks], hands=[hand()])
    sequence = FindingSequence([Found(weak, 1)], (80, 120), batch_size=1, steps=1, light=0)
    moved = sequence[0][1]["mask"][0]
    assert np.isnan(moved[0, 0])
    assert (moved[24:72, 40:72] == 1).all()


def test_gloves_are_worn_where_the_whole_mask_is_known_and_the_wall_stays():
    masks = np.zeros((80, 120, 1), np.uint8)
    masks[24:72, 40:72] = 255
    drawn = Examples("drawn", photos=photos(2).photos[1:], masks=[masks], hands=[hand()])
    seen = []
    for seed in range(12):
        sequence = FindingSequence(
            [Found(drawn, 1)], (80, 120), batch_size=1, steps=1, light=0, unusual=1.0, seed=seed
        )
        photo, targets = sequence[0]
        np.testing.assert_array_equal(targets["mask"][0], (masks > 0).astype(np.float32))
        seen.append(np.abs(photo[0] * 255 - drawn.photos[0]).max(axis=-1) > 2)
    gloves = [changed for changed in seen if not changed[:20].any()]
    assert 0 < len(gloves) < len(seen)
    assert all(changed[30:66, 46:66].any() for changed in gloves)


def test_maps_are_as_coarse_as_the_segmenter_s():
    assert finding_sequence.STRIDE == centres.STRIDE


def test_composites_go_before_the_photos():
    made = (np.zeros((2, *SIZE, 3), np.uint8), np.full((2, *SIZE, 1), 255, np.uint8), [hand(), Hands()])
    sequence = FindingSequence(
        [Found(photos(), 1)], SIZE, batch_size=2, steps=1, composites=lambda epoch, index: made
    )
    seen, targets = sequence[0]
    assert len(seen) == 4
    assert not seen[:2].any()
    assert (targets["mask"][:2] == 1).all()
    assert targets["centre"][0].max() == 1
    assert not targets["centre"][1].any()


def test_weights_that_cannot_be_drawn_from_are_refused():
    with pytest.raises(ValueError, match="weight"):
        FindingSequence([Found(photos(), -1.0)], SIZE, batch_size=1, steps=1)
