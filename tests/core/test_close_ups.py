"""Close-ups: what is written is read back, rows are picked and put together."""

import numpy as np
import pytest

from handvision.core.close_ups import CloseUps, read, together, write
from handvision.core.hands import Hands
from tests.helpers.close_ups import label_columns


def close_ups(count: int = 3, source: str = "drawn") -> CloseUps:
    rng = np.random.default_rng(count)
    return CloseUps(
        [f"picture {i}".encode() for i in range(count)],
        [b"mask" if i % 2 else b"" for i in range(count)],
        Hands(boxes=np.sort(rng.uniform(0, 224, (count, 4)), axis=1), handedness=["left"] * count),
        np.ones(count, bool),
        label_columns(np.arange(count)),
        np.zeros(count, bool),
        np.full(count, 40, np.float32),
        np.full(count, source),
    )


def same(one: CloseUps, other: CloseUps) -> None:
    assert one.pictures == other.pictures
    assert one.masks == other.masks
    np.testing.assert_array_equal(one.hands.boxes, other.hands.boxes)
    np.testing.assert_array_equal(one.hands.handedness, other.hands.handedness)
    for name, labels in one.labels.items():
        np.testing.assert_array_equal(labels, other.labels[name])
    for name in ("present", "shaped", "pixels", "sources"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_a_file_gives_back_what_was_written(tmp_path):
    kept = close_ups()
    write(kept, tmp_path / "kept.npz")
    same(read(tmp_path / "kept.npz"), kept)


def test_parts_together_and_rows_of_them():
    both = together([close_ups(3, "drawn"), close_ups(2, "photos")])
    assert both.sources.tolist() == ["drawn"] * 3 + ["photos"] * 2
    same(both.take(both.sources == "photos"), close_ups(2, "photos"))
    same(both.take(np.array([2, 0])), close_ups(3).take(np.array([2, 0])))


def test_what_is_no_file_of_close_ups_is_named(tmp_path):
    np.savez(tmp_path / "other.npz", photos=np.zeros(3))
    with pytest.raises(ValueError, match=r"other\.npz holds no close-ups"):
        read(tmp_path / "other.npz")


def test_unequal_lengths_and_no_parts_are_refused():
    kept = close_ups()
    with pytest.raises(ValueError, match="unequal length"):
        CloseUps(
            kept.pictures[:1],
            kept.masks,
            kept.hands,
            kept.present,
            kept.labels,
            kept.shaped,
            kept.pixels,
            kept.sources,
        )
    with pytest.raises(ValueError, match="no close-ups"):
        together([])
