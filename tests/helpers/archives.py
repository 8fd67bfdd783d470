"""Small archives with the names of the real ones, made here: no picture of a data set is a fixture."""

import io
import json
import zipfile
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from handvision.datasets import catalog, download, transfer

KAGGLE_VARIABLES = (
    "HANDVISION_ARCHIVES",
    "HANDVISION_KAGGLE_CLIENT",
    "KAGGLE_API_TOKEN",
    "KAGGLE_USERNAME",
    "KAGGLE_KEY",
    "KAGGLE_CONFIG_DIR",
    "KAGGLE_KERNEL_RUN_TYPE",
)


@pytest.fixture
def data_folder(tmp_path, monkeypatch):
    """An empty `data/`, a home without credentials, and a catalog that wants the small archives' counts."""
    for variable in KAGGLE_VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    home = tmp_path / "home"
    home.mkdir()
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(home))
    monkeypatch.setenv("KAGGLEHUB_CACHE", str(tmp_path / "kagglehub"))
    folder = tmp_path / "data"
    monkeypatch.setenv("HANDVISION_DATA_FOLDER", str(folder))
    monkeypatch.setattr(download, "KAGGLE_INPUT", tmp_path / "kaggle-input")
    monkeypatch.setattr(transfer, "PAUSE", 0)
    monkeypatch.setattr(transfer, "PIECE", 100)
    for name, dataset in catalog.CATALOG.items():
        found = dataset.sort_out(small_archive(name))
        contents = tuple(
            replace(content, original=2 * len(found[content.what]), subset=len(found[content.what]))
            for content in dataset.contents
        )
        monkeypatch.setitem(catalog.CATALOG, name, replace(dataset, contents=contents))
    folder.mkdir()
    return folder


def packed(files: dict[str, bytes]) -> bytes:
    """A zip file with these names and contents."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def picture(kind: str, image: np.ndarray) -> bytes:
    return cv2.imencode(f".{kind}", image[..., ::-1] if image.ndim == 3 else image)[1].tobytes()


def hand(height: int = 60, width: int = 60) -> np.ndarray:
    """(height, width) uint8, 255 = a disc on a stem that leaves at the bottom: a fist and forearm."""
    mask = np.zeros((height, width), np.uint8)
    cv2.circle(mask, (width // 2, height // 2), height // 5, 255, -1)
    cv2.rectangle(mask, (width // 2 - height // 8, height // 2), (width // 2 + height // 8, height), 255, -1)
    return mask


def photo_of(mask: np.ndarray, wall=(200, 200, 205), skin=(180, 130, 100)) -> np.ndarray:
    return np.where(mask[..., None] > 0, np.uint8(skin), np.uint8(wall))


def small_archive(name: str) -> dict[str, bytes]:
    """Paths and contents of a small copy of a data set, with the folders that the real one has."""
    return dict(_small_archive(name))


@cache
def _small_archive(name: str) -> dict[str, bytes]:
    mask, photo = hand(), photo_of(hand())
    if name == "finger_digits":
        return {
            f"training_images/{frame}_{label}.png": picture("png", np.maximum(mask, 40) - 40 + frame % 2)
            for label in range(6)
            for frame in (0, 1, 2, 10)
        }
    if name == "hand_gestures":
        return {
            f"{part}/{part}/{label}/{frame}.jpg": picture("jpg", mask)
            for part, frames in (("train", 8), ("test", 3))
            for label in range(20)
            for frame in range(1, frames + 1)
        }
    if name == "sign_language_digits":
        # Two people who show the ten digits in order; the second left out digit 4.
        shown = [*range(10), 0, 1, 2, 3, 5, 6, 7, 8, 9]
        root = "Sign-Language-Digits-Dataset-4b09433/Dataset"
        pictures = {f"{root}/{d}/IMG_{1100 + i}.JPG": picture("jpg", photo) for i, d in enumerate(shown)}
        return {**pictures, "Sign-Language-Digits-Dataset-4b09433/LICENSE": b"Apache"}
    if name == "hands_dataset":
        root = "HandsDataset-master"
        image = picture("jpg", np.zeros((300, 400, 3), np.uint8))
        head = "filename,width,height,class,xmin,ymin,xmax,ymax\n"
        return {
            f"{root}/images/train/7_pic00001.jpg": image,
            f"{root}/images/train/7_pic00002.jpg": image,
            f"{root}/images/test/55_pic00001.jpg": image,
            f"{root}/images/7_pic00001.jpg": image,
            f"{root}/data/train_labels.csv": (
                head + "7_pic00001.jpg,800,600,4-hand,100,200,300,600\n"
                "7_pic00002.jpg,800,600,1-hand,0,0,10,10\n7_pic00002.jpg,800,600,2-hand,20,20,40,40\n"
            ).encode(),
            f"{root}/data/test_labels.csv": (head + "55_pic00001.jpg,800,600,0-hand,8,8,80,80\n").encode(),
        }
    if name == "finger_counting":
        return finger_counting()
    if name == "hgr1":
        files = {}
        for person in (1, 2):
            files[f"original_images/5_P_hgr1_id0{person}_1.jpg"] = picture("jpg", photo)
            # The authors' polarity and format: 0 is skin.
            files[f"skin_masks/5_P_hgr1_id0{person}_1.bmp"] = picture("bmp", 255 - mask)
        return files
    if name == "massey":
        cut = np.where(mask[..., None] > 0, photo, np.uint8(4))
        return {
            f"asl_dataset/{sign}/hand{person}_{sign}_top_seg_1_cropped.jpeg": picture("jpg", cut)
            for sign in "0az"
            for person in (1, 2)
        }
    if name in CHOSEN:
        return CHOSEN[name]()
    if name in _EVERYDAY:
        return _EVERYDAY[name](picture("jpg", photo))
    return {
        f"Houses-dataset-master/Houses Dataset/{n}_{room}.jpg": picture("jpg", photo)
        for n in (1, 2, 10)
        for room in ("kitchen", "frontal")
    }


def _hagrid(photo: bytes) -> dict[str, bytes]:
    shown = ("call", "fist", "stop_inverted", "no_gesture")
    return {f"photos/{gesture}/{gesture}_{n:03}.jpg": photo for gesture in shown for n in (0, 2)}


def _hand_gesture_yolov8(photo: bytes) -> dict[str, bytes]:
    """Two photos of a series, one of the next, one of the camera, and a catch-all from the web."""
    lines = {
        "IMG-20230313-WA0046_jpg.rf.0a": "1,0.5,0.5,0.5,0.25,yes",
        "IMG-20230313-WA0050_jpg.rf.0b": "4,0.25,0.25,0.5,0.5,yes",
        "IMG-20230313-WA0152_jpg.rf.0c": "5,0.5,0.5,1.0,1.0,yes",
        "IMG_20230314_193824_jpg.rf.0d": "2,0.5,0.5,0.1,0.1,yes",
        "Screenshot-2023-03-14-211231_png.rf.0e": "5,0.5,0.5,0.5,0.5,no_label_unsure",
    }
    table = "file,split,repo_label,x_center,y_center,width,height,use\n" + "".join(
        f"photos/{name}.jpg,train,{line}\n" for name, line in lines.items()
    )
    return {**{f"photos/{name}.jpg": photo for name in lines}, "labels.csv": table.encode()}


def _ten_people(photo: bytes) -> dict[str, bytes]:
    return {f"photos/{name}.jpg": photo for name in ("aries/ar0", "aries/ar1", "hendrik/hen69")}


def _eduart(photo: bytes) -> dict[str, bytes]:
    hands = {
        "frame2_00001": "0 0.5 0.5 0.5 0.25\n2 0.9 0.9 0.2 0.2\n",
        "frame2_left00015": "1 0.5 0.5 0.5 0.25\n",
        "frame_right00004": "3 0.5 0.5 0.5 0.25\n",
        "frame_up00009": "6 0.5 0.5 0.5 0.25\n",
        "frame_stop00022": "4 0.5 0.5 0.5 0.25\n",
        "frame_no_gesture_00011": "2 0.5 0.5 0.5 0.25\n",
        "thumbs_up_00005": "5 0.25 0.5 0.5 0.25\n",
    }
    return {
        **{f"images/{name}.jpg": photo for name in hands},
        **{f"labels/{name}.txt": lines.encode() for name, lines in hands.items()},
    }


_EVERYDAY = {
    "hagrid": _hagrid,
    "hand_gesture_yolov8": _hand_gesture_yolov8,
    "ten_people": _ten_people,
    "eduart": _eduart,
}


def finger_counting(photos: int = 2) -> dict[str, bytes]:
    """`photos` raw photos of every number, and a composite of each; the first's is the testing part's."""
    root = "Human-Robot_Finger-Counting_Dataset-master"
    raw = f"{root}/Raw_Images/Human/Set1"
    examples = f"{root}/Example_Datasets/Human_Fingers_1000_200_200"
    empty = np.full((120, 160, 3), (150, 155, 150), np.uint8)
    files = {f"{raw}/0/imbk.jpg": picture("jpg", empty)}
    for number, word in enumerate(("one", "two", "three", "four", "five"), 1):
        for index in range(1, photos + 1):
            top = 20 * (1 + (index - 1) % 4)
            mask = np.zeros((120, 160), np.uint8)
            mask[top : top + 40, 20 * number : 20 * number + 30] = 255
            photo = photo_of(mask, (150, 155, 150), (170, 60 + 15 * index, 80))
            files[f"{raw}/{number}/{word}_{index}.jpg"] = picture("jpg", photo)
            part = "testing" if index == 1 else "training"
            composite = f"{examples}/{part}_set/silhouettes/{word}_{max(0, index - 2)}"
            files[f"{composite}.jpg"] = picture("jpg", np.where(mask[..., None] > 0, photo, np.uint8(90)))
            files[f"{composite}.png"] = picture("png", mask)
    for number in (1, 5):  # nobody is in the first, somebody in the fifth
        files[f"{root}/Backgrounds/Office/{number}.jpg"] = picture("jpg", empty)
    return files


def people_without_hands() -> dict[str, bytes]:
    """Two photos each of street and webcam people, of places and of persons with names."""
    image = picture("jpg", np.full((40, 30, 3), 90, np.uint8))
    sources = {
        "street_head/0002.jpg": "photos/0002.jpg",
        "street_head/0052.jpg": "photos/0052.jpg",  # shows hands
        "street_legs/0002.jpg": "photos/0002.jpg",
        "street_head/0012.jpg": "photos/0012.jpg",
        "street_head/0022.jpg": "photos/0022.jpg",
        "webcam/001.jpg": "images/zoom_tests_RockPaperScissors-mohamed_mp4-1_jpg.rf.e8.jpg",
        "webcam/197.jpg": "images/egohands-public-1621349913840_png_jpg.rf.43.jpg",
        "faces_plain/V3_Test_RGB_+15_personne08247+0+15.jpg": "V3/8.bmp",
        "faces_plain/V3_Test_RGB_-30_personne08244+0-30.jpg": "V3/9.bmp",
        "faces_plain/V2_Test_RGB_1.jpg": "V2/1.bmp",
        "portraits/1.jpg": "without_mask/1.jpg",
        "rooms/000.jpg": "test/images/10e0.jpg",
    }
    table = "file,group,source\n" + "".join(f"{file},,{source}\n" for file, source in sources.items())
    return {**dict.fromkeys(sources, image), "sources.csv": table.encode()}


def clothing_co_parsing() -> dict[str, bytes]:
    """Five people; the left half of each is skin, gloves and rings, the right half clothes."""
    image = picture("jpg", np.full((8, 6, 3), 90, np.uint8))
    classes = np.full((8, 6), 14, np.uint8)
    classes[:, :3] = 41, 18, 34
    files = {}
    for number in ("0002", "0010", "0016", "0022", "0038"):
        files |= {f"photos/{number}.jpg": image, f"labels/{number}.png": picture("png", classes)}
    return files


def rock_paper_scissors() -> dict[str, bytes]:
    """One hand each of rock, paper and scissors; two in the fourth frame; the last may lack a box."""
    boxes = {
        "zoom_tests_RockPaperScissors-mohamed_mp4-2": "1 0.5 0.5 0.5 0.25",
        "egohands-public-1621349880574": "0 0.25 0.5 0.5 0.5",
        "IMG_5636_MOV-4": "2 0.5 0.5 1 1",
        "IMG_7077_MOV-1": "2 0.25 0.25 0.1 0.1\n1 0.75 0.75 0.1 0.1",
        "IMG_7077_MOV-2": "1 0.5 0.5 0.5 0.5",
    }
    image = picture("jpg", np.full((40, 40, 3), 90, np.uint8))
    files = {f"images/{name}.jpg": image for name in boxes}
    files |= {f"labels/{name}.txt": lines.encode() for name, lines in boxes.items()}
    doubt = {"IMG_7077_MOV-2": "maybe_not"}
    table = [f"images/{name}.jpg,x,1,{doubt.get(name, 'yes')}" for name in boxes]
    return {**files, "frames.csv": "\n".join(["file,series,boxes,complete", *table]).encode()}


def people_photos() -> dict[str, bytes]:
    """Two copies of one photo, three more with hands that a teacher found, and two without hands."""
    image = picture("jpg", np.full((40, 30, 3), 90, np.uint8))
    line = [[0.5, 0.9 - 0.02 * point] for point in range(21)]
    hand_of_it = {"side": "Left", "score": 0.75, "xy": line}
    found = {
        "indoor/hall_jpg_0a1b.jpg": [hand_of_it],
        "indoor/hall_jpg_2c3d.jpg": [hand_of_it, {"side": "Right", "score": 0.5, "xy": line}],
        "coco/000000000113_jpg_6482b1.jpg": [{**hand_of_it, "xy": [[-0.1, 1.05], *line[1:]]}],
        "webfaces/pic00002.jpg": [hand_of_it],
        "webfaces/pic11528.jpg": [hand_of_it],  # a forehead
    }
    lines = [json.dumps({"photo": name, "w": 99, "h": 7, "hands": hands}) for name, hands in found.items()]
    empty = ("webfaces-nohand/pic00005.jpg", "webfaces-nohand/pic00024.jpg")
    return {**dict.fromkeys([*found, *empty], image), "teacher.jsonl": "\n".join(lines).encode()}


CHOSEN = {
    "people_photos": people_photos,
    "people_without_hands": people_without_hands,
    "clothing_co_parsing": clothing_co_parsing,
    "rock_paper_scissors": rock_paper_scissors,
}


def drop_archives(folder) -> None:
    """The small archives of all data sets, dropped into a folder."""
    for name, dataset in catalog.CATALOG.items():
        (folder / dataset.archive).write_bytes(packed(small_archive(name)))
