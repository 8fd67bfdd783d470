"""The reader's training in one file: packed, checked when read, cut on the device, trained under JAX."""

import io
import json
import os
import pickle
import subprocess
import sys
from dataclasses import replace

import cv2
import keras
import numpy as np
import pytest
from PIL import Image

pytest.importorskip("jax")
import jax

from handvision.cli import main
from handvision.core.close_ups import SIDE, CloseUps
from handvision.core.hands import Hands
from handvision.imaging.camera import photometric_jitter
from handvision.models import build_close_reader
from handvision.protocol.close_up_places import UNCHANGED, CloseUpAugmentation
from handvision.protocol.close_up_sequence import CloseUpSequence
from handvision.protocol.close_ups import rendered_close_ups
from handvision.training import recipes
from handvision.training.checkpoints import read_checkpoint
from handvision.training.close_reader_draws import heads_of_close_reader
from handvision.training.packed import file
from handvision.training.packed.packing import pack_close_reader, spread, thinned
from handvision.training.packed.run import run_packed
from handvision.training.packed.sequence import PackedSequence
from handvision.training.packed.weather import weathered
from tests.helpers.close_ups import label_columns
from tests.helpers.packs import small_pack

CROP = 96
# What both ways draw in the same order; what covers and lights is drawn on the device.
PLACES = CloseUpAugmentation(light=0, covered=0, veiled=0, unusual=0)


def encoded(picture: np.ndarray, ending: str) -> bytes:
    return cv2.imencode(ending, picture)[1].tobytes()


def close_ups(count: int = 6) -> CloseUps:
    """Smooth pictures with a mask, points in a slanted row; the last shows no hand."""
    rng = np.random.default_rng(3)
    pictures = [cv2.resize(rng.integers(0, 256, (9, 9, 3), np.uint8), (SIDE, SIDE)) for _ in range(count)]
    mask = np.zeros((SIDE, SIDE), np.uint8)
    cv2.ellipse(mask, (112, 112), (50, 30), 20, 0, 360, 255, -1)
    points = np.linspace((90, 150), (130, 80), 21)
    keypoints = np.stack([points + 3 * i for i in range(count - 1)] + [np.full((21, 2), np.nan)])
    here = np.arange(count) < count - 1
    return CloseUps(
        [encoded(picture, ".jpg") for picture in pictures],
        [encoded(mask, ".png") if i % 2 == 0 and here[i] else b"" for i in range(count)],
        Hands(
            boxes=np.tile(np.array([62, 82, 162, 142], np.float32), (count, 1)),
            keypoints=keypoints,
            handedness=["left", "right"] * (count // 2),
        ),
        here,
        label_columns(np.arange(count) % 6 - (~here) * 6),
        here,
        np.linspace(20, 300, count, dtype=np.float32),
        np.array(["drawn"] * (count - 1) + ["none"]),
    )


def losslessly(kept: CloseUps) -> CloseUps:
    """The same pixels as WebP."""

    def again(content: bytes) -> bytes:
        out = io.BytesIO()
        pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR_RGB)
        Image.fromarray(pixels).save(out, "WEBP", lossless=True, exact=True)
        return out.getvalue()

    return replace(
        kept,
        pictures=[again(each) for each in kept.pictures],
        masks=[each and again(each) for each in kept.masks],
    )


@pytest.mark.parametrize("how", [UNCHANGED, PLACES], ids=["unchanged", "moved and coarse"])
def test_the_device_cuts_what_opencv_cuts(how):
    heads, kept = heads_of_close_reader(CROP), close_ups()
    more = dict(size=CROP, batch_size=6, augmentation=how, seed=4)
    crops, targets, weights = CloseUpSequence(kept, heads, **more)[0]
    found = PackedSequence(losslessly(kept), heads, side=SIDE, mask_side=SIDE, **more)[0]
    assert found[0].shape == crops.shape
    assert np.abs(found[0] - crops).mean() < 0.004  # a gray level, which OpenCV rounds to
    assert np.abs(found[0] - crops).max() < 0.05
    assert list(found[1]) == list(targets)
    for name in targets:
        np.testing.assert_array_equal(found[2][name], weights[name], name)
        if name != "hand_mask":
            np.testing.assert_array_equal(found[1][name], targets[name], name)
    masks = np.asarray(found[1]["hand_mask"])
    np.testing.assert_array_equal(np.isnan(masks), np.isnan(targets["hand_mask"]))
    assert (np.nan_to_num(masks) == np.nan_to_num(targets["hand_mask"])).mean() > 0.995


def test_weights_choose_the_same_close_ups_both_ways():
    heads, kept = heads_of_close_reader(CROP), close_ups()
    more = dict(size=CROP, batch_size=12, weights={"drawn": 1.0, "none": 1.0}, steps=3, seed=2)
    usual = CloseUpSequence(kept, heads, **more)
    packed = PackedSequence(losslessly(kept), heads, side=SIDE, mask_side=SIDE, **more)
    usual.epoch = packed.epoch = 1
    assert len(packed) == 3
    np.testing.assert_array_equal(packed[2][1]["keypoints"], usual[2][1]["keypoints"])
    assert not np.array_equal(packed[2][1]["keypoints"], packed[1][1]["keypoints"])


@pytest.mark.slow
def test_light_on_the_device_is_as_varied_as_opencvs():
    photo = cv2.resize(np.random.default_rng(0).integers(60, 200, (8, 8, 3), np.uint8), (64, 64))
    how = CloseUpAugmentation(covered=0, veiled=0, unusual=0)
    copies = np.repeat(photo[None], 100, axis=0).astype(np.float32)
    found = np.asarray(weathered(copies, jax.random.key(1), how=how))
    assert np.isfinite(found).all() and found.min() >= 0 and found.max() <= 255
    rng = np.random.default_rng(1)
    usual = np.stack([photometric_jitter(photo, rng) for _ in range(100)]).astype(np.float32)
    for figure in (lambda x: x.mean(axis=(1, 2, 3)), lambda x: x.std(axis=(1, 2)).mean(axis=1)):
        np.testing.assert_allclose(np.median(figure(found)), np.median(figure(usual)), rtol=0.15)
        np.testing.assert_allclose(figure(found).std(), figure(usual).std(), rtol=0.4)
    again = weathered(copies, jax.random.key(1), how=how)
    np.testing.assert_array_equal(found, again)


@pytest.mark.parametrize("name", ["covered", "veiled", "unusual"])
def test_covers_veils_and_looks_come_as_often_as_they_should(name):
    plain = np.broadcast_to(np.float32((100, 130, 80)), (200, 32, 32, 3))
    shown = np.asarray(weathered(plain, jax.random.key(2), how=replace(UNCHANGED, **{name: 0.3})))
    assert 0.2 < (shown != plain).any(axis=(1, 2, 3)).mean() < 0.4
    assert shown.min() >= 0 and shown.max() <= 255


def test_what_is_packed_is_read_again(tmp_path):
    kept = close_ups()
    train = thinned(kept, {"drawn": 1.0, "none": 1.0}, 10**6)
    pack = small_pack(train, train)
    file.write(pack, tmp_path / "pack.npz")
    found = file.read(tmp_path / "pack.npz")
    assert found.recipe == pack.recipe
    assert found.pretrained == pack.pretrained
    assert found.train.pictures == train.pictures and found.train.masks == train.masks
    np.testing.assert_allclose(found.train.hands.keypoints, train.hands.keypoints, atol=0.07)
    np.testing.assert_array_equal(found.train.hands.handedness, kept.hands.handedness)
    np.testing.assert_array_equal(found.train.sources, kept.sources)
    np.testing.assert_array_equal(found.train.labels["gesture"], kept.labels["gesture"])
    assert set(found.weights) == set(pack.weights)
    # Fewer pixels are left of a hand than the photo had.
    assert found.train.pixels.max() < 80 < kept.pixels.max()


def test_close_ups_are_left_out_evenly_until_they_fit():
    kept = close_ups(6)
    whole = thinned(kept, {"drawn": 1.0, "none": 1.0}, 10**6)
    sizes = [
        len(picture) + len(mask) + 140 for picture, mask in zip(whole.pictures, whole.masks, strict=True)
    ]
    fewer = thinned(kept, {"drawn": 1.0, "none": 1.0}, sum(sizes) // 2)
    assert 1 <= len(fewer) < 6
    sources = np.array(["many"] * 1000 + ["few"] * 10 + ["never"] * 5)
    rows = spread(sources, {"many": 0.5, "few": 0.5, "never": 0.0}, 110)
    assert (rows >= 1000).sum() == 10 and (rows < 1000).sum() == 100
    assert set(np.diff(rows[:100]).tolist()) == {10}
    assert len(spread(sources, {"many": 1.0, "few": 1.0, "never": 1.0}, 5000)) == 1015


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """A pack as a file."""
    path = tmp_path_factory.mktemp("packed") / "pack.npz"
    few = thinned(close_ups(), {"drawn": 1.0, "none": 1.0}, 10**6)
    file.write(small_pack(few, few, sources={"drawn": 1.0, "none": 1.0}), path)
    return path


def changed(path, folder, **members):
    """The pack with some of its arrays replaced."""
    with np.load(path) as stored:
        columns = {name: stored[name] for name in stored.files}
    with (folder / "other.npz").open("wb") as stream:
        np.savez(stream, **(columns | {name.replace("__", "/"): value for name, value in members.items()}))
    return folder / "other.npz"


def test_a_file_that_is_cut_short_or_another_is_refused(packed, tmp_path):
    other = tmp_path / "other.npz"
    content = packed.read_bytes()
    flipped = content.replace(b"WEBPVP8", b"WEBPVP7", 1)
    assert flipped != content
    for wrong in (content[: len(content) // 2], b"no pack at all", flipped):
        other.write_bytes(wrong)
        with pytest.raises(ValueError, match=r"other.npz is no packed training, or not all of one"):
            file.read(other)
    np.savez(other, x=np.zeros(3))
    with pytest.raises(ValueError, match=r"header.npy' is missing"):
        file.read(other)
    np.savez_compressed(other, x=np.zeros(3))
    with pytest.raises(ValueError, match=r"x\.npy is compressed"):
        file.read(other)
    with other.open("wb") as stream:
        stream.truncate(file.LARGEST + 1)
    with pytest.raises(ValueError, match="has 50,000,001 bytes; a packed training has 50,000,000 at most"):
        file.read(other)
    with pytest.raises(FileNotFoundError):
        file.read(tmp_path / "nothing.npz")


class Harm:
    def __reduce__(self):
        return (os.abort, ())


HEADERS = (
    ({"format": "x"}, "its header does not say"),
    ({"side": 4}, "side is 4; use a whole number from 8 to 224"),
    ({"sources": "mesh"}, "sources is 'mesh'; use a list"),
    ({"weights": {"dense": "many"}}, "weights.dense is 'many'; use a value of type int"),
    ({"recipe": {}}, r"recipe\.\w+ is missing"),
)


def test_nothing_in_a_file_is_believed(packed, tmp_path):
    count = len(file.read(packed).train)
    with pytest.raises(ValueError, match=rf"train/pixels is float64 \(2,\) instead of <f4 \({count},\)"):
        file.read(changed(packed, tmp_path, train__pixels=np.zeros(2)))
    with pytest.raises(ValueError, match="train/source has the number 7, but 2 names"):
        file.read(changed(packed, tmp_path, train__source=np.full(count, 7, np.uint8)))
    with pytest.raises(ValueError, match="train/gesture has the number 9, but 6 names"):
        file.read(changed(packed, tmp_path, train__gesture=np.full(count, 9, np.int8)))
    with pytest.raises(ValueError, match="train/pictures holds 3 bytes, its sizes say"):
        file.read(changed(packed, tmp_path, train__pictures=np.zeros(3, np.uint8)))
    with np.load(packed) as stored:
        header = json.loads(bytes(stored["header"]))
    for change, words in HEADERS:
        content = np.frombuffer(json.dumps(header | change).encode(), np.uint8)
        with pytest.raises(ValueError, match=words):
            file.read(changed(packed, tmp_path, header=content))
    harm = np.array([Harm()], object)
    assert pickle.dumps(harm)
    with pytest.raises(ValueError, match="train/pixels"):
        file.read(changed(packed, tmp_path, train__pixels=harm))
    with pytest.raises(ValueError, match=r"picture 0 has \(20, 20\) pixels instead of \(160, 160\)"):
        out = io.BytesIO()
        Image.new("RGB", (20, 20)).save(out, "WEBP")
        file.decoded([out.getvalue()], 160, "RGB")
    with pytest.raises(ValueError, match="picture 0 cannot be decoded"):
        file.decoded([b"nothing"], 160, "RGB")


TRAIN = """
import sys
for name in ("cv2", "tensorflow", "onnxruntime"):
    sys.modules[name] = None  # importing it fails
from handvision.cli import main
sys.exit(main(sys.argv[1:]))
"""


def handvision(*arguments) -> subprocess.CompletedProcess:
    """The command, in a process without OpenCV, TensorFlow and ONNX Runtime."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    environment.pop("KERAS_BACKEND", None)
    command = [sys.executable, "-c", TRAIN, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment)


@pytest.mark.slow
def test_the_command_needs_no_opencv_to_come_to_its_file(tmp_path):
    done = handvision("train", "reader", "--packed", tmp_path / "nothing.npz", "--folder", tmp_path)
    assert done.returncode == 2
    assert "handvision: [Errno 2] No such file or directory" in done.stderr
    assert "nothing.npz" in done.stderr


@pytest.mark.soak
def test_its_first_steps_run_without_opencv_and_are_taken_up_again(tmp_path, monkeypatch):
    monkeypatch.setenv("HANDVISION_DATA_FOLDER", str(tmp_path / "data"))
    packed = tmp_path / "pack.npz"
    train, validation = (
        thinned(rendered_close_ups(count, 1, part), {"mesh": 1.0}, 10**6)
        for count, part in ((3, "train"), (1, "validation"))
    )
    learning = {"steps": 5, "epochs": 3, "learning_rate": 3e-3}
    file.write(small_pack(train, validation, sources={"mesh": 1.0}, **learning), packed)
    command = ("train", "reader", "--packed", packed, "--folder", tmp_path)
    done = handvision(*command)
    assert done.returncode == 0, done.stderr
    state, _ = read_checkpoint(tmp_path / "training" / "checkpoint.npz")
    assert state["epoch"] == 3
    assert state["history"]["loss"][-1] < state["history"]["loss"][0]
    model = keras.models.load_model(tmp_path / "close_reader.keras")
    assert model.input_shape == (None, 64, 64, 3)
    first = file.read(packed).weights
    for layer in model.layers:
        if layer.weights:
            same = all(
                np.array_equal(a, b) for a, b in zip(layer.get_weights(), first[layer.name], strict=True)
            )
            assert not same or layer.name.startswith("encoder"), layer.name
            assert same or not layer.name.startswith("encoder"), layer.name
    again = handvision(*command)
    assert again.returncode == 0, again.stderr
    assert "this training is done (3 epochs)" in again.stdout
    other = handvision("train", "finder", "--packed", packed, "--folder", tmp_path)
    assert other.returncode == 2
    assert "pack.npz holds the training of close_reader, not of finder" in other.stderr


@pytest.mark.soak
def test_rendered_hands_are_packed_with_the_pretrained_encoder(tmp_path, monkeypatch):
    monkeypatch.setenv("HANDVISION_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("HANDVISION_RUNS_FOLDER", str(tmp_path / "runs"))
    smoke = recipes.get("close_reader", "smoke", data="rendered")
    recipe = replace(smoke, train=2, persons=3, test=2, crop=64, network={"dense": 16, "width": 32})
    (tmp_path / "recipe.json").write_text(recipe.dumps())
    assert main(["train", str(tmp_path / "recipe.json"), "--pack", str(tmp_path / "pack.npz")]) == 0
    pack = file.read(tmp_path / "pack.npz")
    assert pack.recipe == recipe
    assert set(pack.train.sources.tolist()) == {"mesh", "persons"}
    assert pack.pretrained and all(name.startswith("encoder_") for name in pack.pretrained)
    model = build_close_reader(heads_of_close_reader(64), 64, weights="mediapipe", **recipe.network)
    for name in pack.pretrained:  # half precision holds them exactly
        for packed, own in zip(pack.weights[name], model.get_layer(name).get_weights(), strict=True):
            np.testing.assert_array_equal(packed, own)
    with pytest.raises(ValueError, match="the weights alone fill it"):
        pack_close_reader(recipe, tmp_path / "pack.npz", budget=1000)


def test_other_trainings_and_other_backends_are_refused(packed, tmp_path, capsys):
    assert main(["train", "finder", "--pack", str(tmp_path / "pack.npz")]) == 2
    assert "finder cannot be packed; the reader of close-ups can" in capsys.readouterr().err
    if keras.backend.backend() != "jax":
        with pytest.raises(RuntimeError, match="set KERAS_BACKEND=jax"):
            run_packed(packed, tmp_path)
