"""The file of a Keras model, before Keras opens it: broken, harmful or newer ones are told apart."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import h5py
import keras

MEMBERS = ("config.json", "metadata.json", "model.weights.h5")

# What a layer may be made of. `keras.utils`, say, holds functions that download or delete files.
_MODULES = (
    *(
        "keras",
        "keras.activations",
        "keras.constraints",
        "keras.initializers",
        "keras.layers",
        "keras.losses",
    ),
    *("keras.metrics", "keras.models", "keras.optimizers", "keras.regularizers", "keras.src.models"),
)
# By their beginnings: functional models, and arithmetic on tensors as a graph stores it.
_PRIVATE_MODULES = ("keras.src.models.", "keras.src.ops.numpy")
# Layers that run code out of the file, or read other files that it names.
_UNSAFE = (
    *("FlaxLayer", "IntegerLookup", "JaxLayer", "Lambda", "StringLookup", "TFSMLayer", "TextVectorization"),
    "TorchModuleWrapper",
)
# Settings since Keras 3.13, with their defaults: releases from 3.10 on refuse files that name them.
_NEW_SETTINGS = {
    "input_axes": None,
    "output_axes": None,
    "quantization_config": None,
    "renorm": False,
    "renorm_clipping": None,
    "renorm_momentum": 0.99,
}
# Weights hardly shrink in a zip; a bomb does 1,000 times.
_MAX_RATIO = 100
_RATIO_MATTERS_FROM = 64 << 20
_MAX_CONFIG_BYTES = 64 << 20


def check_model_file(path: Path) -> None:
    """Tells a whole and harmless `.keras` file from what is often found, or put, in its place.

    Raises:
        ValueError: the file is empty, cut off, a pointer of Git LFS, of another kind, unpacks to far more
            than it is, or asks for code or files outside of it.
    """
    _check_archive(path)
    with zipfile.ZipFile(path) as archive:
        try:
            _check_members(path, archive)
            config = json.loads(archive.read("config.json"))
            json.loads(archive.read("metadata.json"))
            weights = archive.read("model.weights.h5")
        # A JSON file that is none is a ValueError, and one of bytes that are no text, too.
        except (zipfile.BadZipFile, json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ValueError(
                f"{path} is damaged ({error}): fetch it again, or restore it from Git"
            ) from error
    for part in _parts(config):
        _check_class(path, part)
    _check_weights(path, weights)


def is_newer(path: Path) -> str:
    """The version of Keras that wrote the file, if that is newer than the installed one; else ""."""
    with zipfile.ZipFile(path) as archive:
        written = str(json.loads(archive.read("metadata.json")).get("keras_version", ""))
    return written if _numbers(written) > _numbers(keras.__version__) else ""


def leave_out_defaults(source: Path, target: Path) -> None:
    """Copies a `.keras` file without settings that older releases of Keras do not know and that have their
    defaults, and without how it and its parts were trained; so the model stays the same. `target` may be
    `source`."""
    with zipfile.ZipFile(source) as archive:
        members = [(info, archive.read(info)) for info in archive.infolist()]
    with zipfile.ZipFile(target, "w") as copy:
        for info, content in members:
            if info.filename == "config.json":
                content = json.dumps(json.loads(content, object_hook=_without_defaults)).encode()
            copy.writestr(info, content)


def _without_defaults(settings: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in settings.items()
        if name != "compile_config" and (name not in _NEW_SETTINGS or value != _NEW_SETTINGS[name])
    }


def _numbers(version: str) -> tuple[int, ...]:
    """ "3.15.1" as (3, 15, 1); what is no number ends it."""
    numbers = []
    for part in version.split("."):
        if not part.isdigit():
            break
        numbers.append(int(part))
    return tuple(numbers)


def _check_archive(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(64)
    if start.startswith(b"version https://git-lfs"):
        raise ValueError(f"{path} is a pointer of Git LFS, not the model itself: run `git lfs pull`")
    if not start:
        raise ValueError(f"{path} is empty: fetch or train it again")
    if not start.startswith(b"PK"):
        raise ValueError(f"{path} is no .keras file: it begins with {start[:8]!r}, not as a zip archive")
    # A zip archive's table of contents stands at its end.
    if not zipfile.is_zipfile(path):
        raise ValueError(
            f"{path} is cut off after {path.stat().st_size:,} bytes: fetch it again, or restore it from Git"
        )


def _check_members(path: Path, archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if missing := [name for name in MEMBERS if name not in names]:
        raise ValueError(f"{path} is a zip archive, but no Keras model: it lacks {' and '.join(missing)}")
    if others := [name for name in names if names.count(name) > 1 or name not in MEMBERS]:
        _refuse(path, f"it holds {others[0]!r}, which a model does not need")
    for info in archive.infolist():
        most = _MAX_RATIO * info.compress_size
        if info.file_size > _RATIO_MATTERS_FROM and info.file_size > most:
            _refuse(path, f"{info.filename} unpacks from {info.compress_size:,} to {info.file_size:,} bytes")
    if archive.getinfo("config.json").file_size > _MAX_CONFIG_BYTES:
        _refuse(path, f"its config.json has more than {_MAX_CONFIG_BYTES:,} bytes")


def _parts(config: Any) -> Iterator[dict[str, Any]]:
    """Everything that has a class, at any depth."""
    waiting = [config]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(value.get("class_name"), str):
                yield value
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _check_class(path: Path, part: dict[str, Any]) -> None:
    name, module, registered = part["class_name"], part.get("module"), part.get("registered_name")
    if registered and keras.saving.get_registered_object(registered) is not None:
        return
    if name in _UNSAFE or name == "__lambda__":
        _refuse(path, f"its {name} may run code, or read files, of whoever made it")
    if module in (None, "builtins", *_MODULES) or str(module).startswith(_PRIVATE_MODULES):
        return
    raise ValueError(
        f"{path} asks for {module}.{name}, which is not Keras's and not registered: import the package that"
        " defines it first, if you trust it"
    )


def _check_weights(path: Path, content: bytes) -> None:
    declared = 0
    try:
        with h5py.File(io.BytesIO(content)) as file:
            for name, dataset in _datasets(path, file):
                if dataset.external:
                    _refuse(path, f"its weights {name} lie in another file")
                declared += dataset.nbytes
    # h5py's words for damage are of many classes; links in a circle never end.
    except (OSError, RuntimeError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"{path} is damaged: its weights cannot be read ({error})") from error
    if declared > _RATIO_MATTERS_FROM and declared > _MAX_RATIO * len(content):
        _refuse(path, f"its weights claim {declared:,} bytes in a file of {len(content):,}")


def _datasets(path: Path, group: h5py.Group) -> Iterator[tuple[str, h5py.Dataset]]:
    """All data sets below a group, by their names."""
    for name in group:
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            _refuse(path, f"its weights {group.name}/{name} are a link")
        member = group[name]
        if isinstance(member, h5py.Dataset):
            yield member.name, member
        else:
            yield from _datasets(path, member)


def _refuse(path: Path, reason: str) -> NoReturn:
    raise ValueError(f"{path} was not opened: {reason}")
