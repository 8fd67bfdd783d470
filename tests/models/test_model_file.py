"""Files of models that are broken, harmful or newer: each is told apart before Keras opens it."""

import io
import json
import zipfile

import h5py
import keras
import numpy as np
import pytest

from handvision.models import load_model, save_model
from handvision.models.model_file import is_newer, leave_out_defaults


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    """The members of a small model's file, as bytes."""
    inputs = keras.Input((2,))
    network = keras.layers.BatchNormalization()(keras.layers.Dense(3, name="dense")(inputs))
    path = tmp_path_factory.mktemp("model") / "model.keras"
    keras.Model(inputs, network).save(path)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path, members, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def configured(parts, **changes):
    """The model with other settings of its dense layer."""
    config = json.loads(parts["config.json"])
    layer = next(each for each in config["config"]["layers"] if each["class_name"] == "Dense")
    layer.update(changes)
    return parts | {"config.json": json.dumps(config).encode()}


def weights(fill):
    """A file of weights that `fill` writes into."""
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        fill(file)
    return content.getvalue()


def huge(file):
    """Nothing is written, so the file stays small."""
    file.create_dataset("kernel", (1 << 40,), "f4")


def cycle(file):
    file["a/b"] = file.create_group("a")


def cut(parts, name):
    return parts | {name: parts[name][: len(parts[name]) // 2]}


BAD = {
    "empty": (lambda p: b"", "is empty: fetch or train"),
    "pointer of Git LFS": (lambda p: b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
    "old HDF5 file": (lambda p: b"\x89HDF\r\n\x1a\n" + b"\0" * 64, r"begins with b'\\x89HDF"),
    "pickle": (lambda p: b"\x80\x04\x95cos\nsystem", r"begins with b'\\x80\\x04"),
    "no model in the archive": (lambda p: {"a.txt": b""}, "lacks config.json and metadata.json"),
    "weights missing": (
        lambda p: {n: c for n, c in p.items() if n != "model.weights.h5"},
        "lacks model.weights.h5",
    ),
    "path out of the folder": (lambda p: p | {"../../evil.py": b""}, r"not opened: it holds '\.\./\.\./evil"),
    "absolute path": (lambda p: p | {"/etc/cron.d/evil": b""}, "it holds '/etc/cron.d/evil'"),
    "weights as a pickle in .npz": (lambda p: p | {"model.weights.npz": b"PK"}, "model.weights.npz"),
    "settings that are no JSON": (lambda p: cut(p, "config.json"), "is damaged"),
    "settings that are no text": (lambda p: p | {"config.json": b"\xff\xfe\x00"}, "is damaged"),
    "version that is no JSON": (lambda p: p | {"metadata.json": b"{"}, "is damaged"),
    "settings nested without end": (lambda p: p | {"config.json": b"[" * 200_000}, "is damaged"),
    "weights that are cut": (lambda p: cut(p, "model.weights.h5"), "its weights cannot be read"),
    "weights that are none": (lambda p: p | {"model.weights.h5": b"no"}, "its weights cannot be read"),
    "header that is huge": (lambda p: p | {"model.weights.h5": weights(huge)}, "its weights claim 4,398,"),
    "weights in another file": (
        lambda p: (
            p
            | {
                "model.weights.h5": weights(
                    lambda f: f.create_dataset("kernel", (8,), "f4", external=[("/etc/passwd", 0, 32)])
                )
            }
        ),
        "/kernel lie in another file",
    ),
    "link to another file": (
        lambda p: (
            p
            | {"model.weights.h5": weights(lambda f: f.update({"a": h5py.ExternalLink("/etc/passwd", "/")}))}
        ),
        "its weights //a are a link",
    ),
    "link inside": (
        lambda p: p | {"model.weights.h5": weights(lambda f: f.update({"a": h5py.SoftLink("/")}))},
        "are a link",
    ),
    "links in a circle": (lambda p: p | {"model.weights.h5": weights(cycle)}, "its weights cannot be read"),
    "code": (
        lambda p: configured(p, module="keras.layers", class_name="Lambda"),
        "its Lambda may run code",
    ),
    "code of an activation": (
        lambda p: configured(p, config={"activation": {"class_name": "__lambda__", "config": {}}}),
        "its __lambda__ may run code",
    ),
    "a function of Keras that fetches files": (
        lambda p: configured(p, module="keras.utils", class_name="get_file"),
        "asks for keras.utils.get_file",
    ),
    "a module of Python": (
        lambda p: configured(p, module="os", class_name="system", registered_name=None),
        "asks for os.system, .* if you trust it",
    ),
    "another model's files": (
        lambda p: configured(p, module="keras.layers", class_name="TFSMLayer"),
        "its TFSMLayer may run code",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_refused_and_says_why(what, parts, tmp_path):
    make, message = BAD[what]
    made = make(parts)
    path = tmp_path / "model.keras"
    if isinstance(made, bytes):
        path.write_bytes(made)
    else:
        write(path, made)
    with pytest.raises(ValueError, match=message) as raised:
        load_model(path)
    assert str(path) in str(raised.value)


def test_a_bomb_is_not_unpacked(parts, tmp_path):
    members = parts | {"model.weights.h5": b"\0" * (65 << 20)}
    path = write(tmp_path / "model.keras", members, zipfile.ZIP_DEFLATED)
    with pytest.raises(ValueError, match=r"model.weights.h5 unpacks from [\d,]+ to 68,157,440 bytes"):
        load_model(path)


def test_a_file_that_lost_its_end_or_a_byte_is_refused(parts, tmp_path):
    whole = write(tmp_path / "whole.keras", parts).read_bytes()
    path = tmp_path / "model.keras"
    path.write_bytes(whole[:-100])
    with pytest.raises(ValueError, match="is cut off after"):
        load_model(path)
    middle = whole.index(b'"layers"')
    path.write_bytes(whole[:middle] + b"X" + whole[middle + 1 :])
    with pytest.raises(ValueError, match="is damaged"):
        load_model(path)


def test_what_we_save_says_nothing_that_older_releases_of_keras_do_not_know(parts, tmp_path):
    newest = load_model(write(tmp_path / "newest.keras", parts))
    path = save_model(newest, tmp_path / "model.keras")
    with zipfile.ZipFile(path) as archive:
        config = archive.read("config.json")
    for setting in (b"input_axes", b"quantization_config", b"renorm"):
        assert setting in parts["config.json"] and setting not in config
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []
    x = np.random.default_rng(0).random((4, 2), "float32")
    np.testing.assert_array_equal(load_model(path)(x), newest(x))


def test_a_setting_that_has_not_its_default_stays(parts, tmp_path):
    made = parts | {"config.json": parts["config.json"].replace(b'"renorm": false', b'"renorm": true')}
    path = write(tmp_path / "model.keras", made)
    leave_out_defaults(path, path)
    with zipfile.ZipFile(path) as archive:
        assert b'"renorm": true' in archive.read("config.json")


def test_a_file_of_a_newer_keras_opens_or_names_the_version(parts, tmp_path):
    newer = parts | {"metadata.json": b'{"keras_version": "99.1.0"}'}
    path = write(tmp_path / "model.keras", newer)
    assert is_newer(path) == "99.1.0"
    assert load_model(path).count_params() == 21
    config = json.loads(parts["config.json"])
    dense = next(each for each in config["config"]["layers"] if each["class_name"] == "Dense")
    dense["config"]["of_tomorrow"] = 1
    write(path, newer | {"config.json": json.dumps(config).encode()})
    with pytest.raises(ValueError, match=r"saved by Keras 99\.1\.0, .*pip install 'keras>=99\.1\.0'"):
        load_model(path)
