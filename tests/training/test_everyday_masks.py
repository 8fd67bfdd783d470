"""Everyday photos come with the teacher's points and the released U-Net's masks, each made once."""

from dataclasses import replace

import numpy as np
import pytest

from handvision.core.examples import UNKNOWN
from handvision.datasets import catalog
from handvision.datasets.teacher import table
from handvision.protocol.partitions import part
from handvision.training.everyday_masks import everyday_part
from tests.helpers.archives import data_folder, packed
from tests.helpers.divisible_archives import divisible_archive

__all__ = ["data_folder"]

NAME = "hands_dataset"


@pytest.mark.slow
def test_photos_come_with_weak_masks_and_test_photos_do_not(data_folder, monkeypatch, tmp_path):
    monkeypatch.setenv("HANDVISION_CACHE_FOLDER", str(tmp_path / "cache"))
    monkeypatch.setattr(table, "TABLE", tmp_path / "labels.csv.xz")
    dataset, files = catalog.CATALOG[NAME], divisible_archive(NAME)
    found = dataset.sort_out(files)
    contents = tuple(replace(c, original=10**6, subset=len(found[c.what])) for c in dataset.contents)
    monkeypatch.setitem(catalog.CATALOG, NAME, replace(dataset, contents=contents))
    (data_folder / dataset.archive).write_bytes(packed(files))
    seen = part(NAME, "train").ids.tolist()
    table.write({NAME: {one: [] for one in seen}}, {"teacher": table.TEACHER}, table.TABLE)

    examples = everyday_part(NAME, "train")
    assert f"masks of 0 of {len(seen)} hands" in examples.source and table.TEACHER in examples.source
    assert len(list((tmp_path / "cache" / "everyday_masks").glob("*.npz"))) == 1
    for mask, boxes in zip(examples.masks, examples.boxes, strict=True):
        x0, y0, x1, y1 = boxes[0].astype(int)
        assert (mask[y0:y1, x0:x1] == UNKNOWN).all(), "the photos are black: no hand is seen in the box"
        assert not mask[:, -10:].any(), "all hands have their box"
    np.testing.assert_array_equal(everyday_part(NAME, "train").masks, examples.masks)
    with pytest.raises(ValueError, match="training and validation photos only"):
        everyday_part(NAME, "test")
