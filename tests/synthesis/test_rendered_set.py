"""A rendered set loads in pycocotools, says what the renderer knows, and is there in full or not at all."""

import hashlib
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from pycocotools.coco import COCO

from handvision.cli import main
from handvision.core.keypoints import KEYPOINT_NAMES, SKELETON
from handvision.datasets import download
from handvision.synthesis import coco
from handvision.synthesis.rendered import checked_order, draw_picture
from handvision.synthesis.rendered_set import write_rendered_set

COUNT = 12
OPTIONS = {"size": 64, "seed": 3, "several": 0.5, "empty": 0.2, "mesh": 0.7}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return write_rendered_set(tmp_path_factory.mktemp("sets") / "hands", COUNT, photo_format="png", **OPTIONS)


@pytest.fixture(scope="module")
def loaded(folder) -> COCO:
    return COCO(folder / "annotations.json")


@pytest.fixture(scope="module")
def drawn():
    order = checked_order(count=COUNT, **OPTIONS)
    return [draw_picture(order, index) for index in range(COUNT)]


def files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_folder_has_a_photo_and_a_mask_for_each_image(folder, loaded, drawn):
    images = loaded.loadImgs(loaded.getImgIds())
    names = {"README.md", "annotations.json"}
    for image, picture in zip(images, drawn, strict=True):
        np.testing.assert_array_equal(np.array(Image.open(folder / image["file_name"])), picture.photo)
        np.testing.assert_array_equal(np.array(Image.open(folder / image["mask_file_name"])), picture.mask)
        assert (image["height"], image["width"]) == (64, 64)
        names |= {image["file_name"], image["mask_file_name"]}
    assert set(files(folder)) == names


def test_each_annotation_says_what_is_known_of_its_hand(loaded, drawn):
    counts = []
    for index, picture in enumerate(drawn):
        annotations = loaded.loadAnns(loaded.getAnnIds(index + 1))
        counts.append(len(annotations))
        assert len(annotations) == len(picture.hands)
        for row, annotation in enumerate(annotations):
            np.testing.assert_array_equal(loaded.annToMask(annotation) * 255, picture.masks[row])
            assert annotation["area"] == (picture.masks[row] > 0).sum()
            x, y, width, height = annotation["bbox"]
            np.testing.assert_allclose([x, y, x + width, y + height], picture.hands.boxes[row], atol=0.02)
            points = np.reshape(annotation["keypoints"], (21, 3))
            known = points[:, 2] > 0
            np.testing.assert_allclose(points[known, :2], picture.hands.keypoints[row, known, :2], atol=0.01)
            np.testing.assert_array_equal(points[known, 2], 1 + picture.hands.keypoints[row, known, 2])
            assert annotation["num_keypoints"] == known.sum()
            assert annotation["label"] == str(picture.hands.labels[row])
            assert annotation["handedness"] == picture.hands.handedness[row]
            assert annotation["rotation_degrees"] == pytest.approx(picture.hands.rotations[row], abs=0.01)
    assert {0, 1, 2} <= set(counts), "none, one and several hands are all there"
    seen = np.concatenate([annotation["keypoints"][2::3] for annotation in loaded.anns.values()])
    assert {1, 2} <= set(seen)


def test_the_category_names_points_and_skeleton_in_mediapipes_order(loaded):
    category = loaded.loadCats(loaded.getCatIds())[0]
    assert category["keypoints"][0] == "wrist" and category["keypoints"][8] == "index_finger_tip"
    assert category["keypoints"][20] == "pinky_tip" and len(set(category["keypoints"])) == 21
    assert len(category["skeleton"]) == 21 and [9, 13] not in category["skeleton"]
    assert [1, 6] in category["skeleton"] and [6, 10] in category["skeleton"], "wrist, index, middle knuckle"
    assert {end for _, end in SKELETON} | {0} == set(range(21))
    assert tuple(category["keypoints"]) == KEYPOINT_NAMES


def test_points_outside_the_picture_are_not_labelled():
    assert coco._point(-0.1, 5, 1, 64, 64) == coco._point(5, 64, 1, 64, 64) == (0, 0, 0)
    assert coco._point(63.99, 0, 0, 64, 64) == (63.99, 0, 1)


@pytest.mark.slow
def test_workers_change_no_file(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(coco, "_RUN", 5)
    other = write_rendered_set(tmp_path / "hands", COUNT, photo_format="png", workers=2, **OPTIONS)
    assert files(other) == files(folder)


def test_the_command_writes_jpeg_and_a_card_whose_command_makes_it_again(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(download, "find", lambda *_: pytest.fail("looked for an archive"))
    monkeypatch.chdir(tmp_path)
    options = "--count 3 --size 48 --seed 5 --split test --task poses --out one"
    assert main(["data", "rendered", *options.split()]) == 0 and capsys.readouterr().out == "one\n"
    card = Path("one/README.md").read_text()
    again = next(line for line in card.splitlines() if line.startswith("handvision data rendered"))
    assert main(again.replace("FOLDER", "two").split()[1:]) == 0
    assert files(Path("one")) == files(Path("two"))
    content = json.loads(Path("one/annotations.json").read_text())
    assert content["images"][2]["file_name"] == "photos/000002.jpg"
    assert all(annotation["label"] is None for annotation in content["annotations"])
    photo = cv2.imread("one/photos/000002.jpg")
    assert photo.shape == (48, 48, 3)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]
    for words in ("3 photos of 48 x 48", "MIT licence", "CC0", "any pose that joints allow", "`test`"):
        assert words in card


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("--count 0 --out new", "count is 0"),
        ("--count 2 --size 8 --out new", "size is 8; use a whole number from 32 to 1024"),
        ("--count 2 --mesh 2 --out new", "mesh is 2.0; use a share from 0 to 1"),
        ("--count 2 --task poses --mesh 0.5 --out new", "use mesh=1 for task 'poses'"),
        ("--count 2 --persons 2 --out new", "persons is 2.0; use a share"),
        ("--count 2 --task poses --persons 0.5 --out new", "persons show no poses"),
        ("--count 2 --size 48 --persons 0.5 --out new", r"size is (48, 48)"),
        ("--count 2 --out full", "full is a folder that is not empty: name a new folder"),
    ],
)
def test_what_is_refused_leaves_nothing(wrong, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("full").mkdir()
    Path("full/mine.txt").write_text("mine")
    assert main(f"data rendered {wrong}".split()) == 2
    assert message in capsys.readouterr().err
    assert [str(path.relative_to(tmp_path)) for path in sorted(tmp_path.rglob("*"))] == [
        "full",
        "full/mine.txt",
    ]


@pytest.mark.slow
def test_a_share_of_the_pictures_shows_persons(tmp_path):
    options = {"size": 96, "seed": 4, "empty": 0.2}
    plain, mixed, all_persons = (
        write_rendered_set(tmp_path / str(share), 8, photo_format="png", persons=share, **options)
        for share in (0, 0.5, 1)
    )
    names = sorted(name for name in files(plain) if name.startswith("photos"))
    origin = [
        "hands" if files(mixed)[name] == files(plain)[name] else "person"
        for name in names
        if files(mixed)[name] in (files(plain)[name], files(all_persons)[name])
    ]
    assert len(origin) == 8 and set(origin) == {"hands", "person"}
    assert "50% of the pictures show a whole person" in (mixed / "README.md").read_text()
    assert COCO(all_persons / "annotations.json").getAnnIds()


def test_another_format_is_refused(tmp_path):
    with pytest.raises(ValueError, match="photo format is 'webp'; use one of jpeg, png"):
        write_rendered_set(tmp_path / "new", 1, photo_format="webp")
    assert not list(tmp_path.iterdir())
