"""What a stopped training is taken up from, and how one training is told from another."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from handvision.core.hashing import hash_arrays, hash_json


def write_checkpoint(path: Path, state: dict[str, Any], arrays: dict[str, list[np.ndarray]]) -> None:
    """Writes a state of JSON's types, and groups of arrays, as one npz."""
    named = {f"{group}/{i}": array for group, members in arrays.items() for i, array in enumerate(members)}
    sizes = {group: len(members) for group, members in arrays.items()}
    with path.open("wb") as file:
        named["state"] = np.array(json.dumps({**state, "sizes": sizes}))
        np.savez(file, **named)  # type: ignore[arg-type]  # NumPy's stub takes them for options


def read_checkpoint(path: Path) -> tuple[dict[str, Any], dict[str, list[np.ndarray]]]:
    """State and arrays, as `write_checkpoint` was given them."""
    with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
        state = json.loads(str(file["state"]))
        arrays = {group: [file[f"{group}/{i}"] for i in range(n)] for group, n in state.pop("sizes").items()}
    return state, arrays


def arrays_of(variables: Iterable[keras.Variable]) -> list[np.ndarray]:
    # A copy: under TensorFlow the array may share the variable's memory.
    return [np.array(ops.convert_to_numpy(v.value)) for v in variables]


def assign(variables: Iterable[keras.Variable], arrays: Iterable[np.ndarray]) -> None:
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)


def fingerprint(
    network: keras.Model,
    train: keras.utils.PyDataset,
    validation: keras.utils.PyDataset | None,
    seed: int,
    epochs: int,
) -> dict[str, Any]:
    """What tells a training from another one; call it before the training has begun."""
    return {
        "seed": seed,
        "epochs": epochs,
        "network": hash_json(_without_automatic_names(network.get_config())),
        "first weights": hash_arrays(arrays_of(network.weights) + arrays_of(network.optimizer.variables)),
        "losses": hash_json(_without_automatic_names(network.get_compile_config())),
        "training data": _hash_sequence(train),
        "validation data": _hash_sequence(validation),
        "backend": f"{keras.backend.backend()}, keras {keras.__version__}",
    }


def set_epoch(sequence: keras.utils.PyDataset | None, epoch: int) -> None:
    """Sets the epoch of a sequence that has one."""
    if sequence is not None and hasattr(sequence, "epoch"):
        sequence.epoch = epoch


def _hash_sequence(sequence: keras.utils.PyDataset | None) -> str | None:
    """Of the first and the last batch of epoch 0: they change with data, seed and augmentation."""
    if sequence is None:
        return None
    set_epoch(sequence, 0)
    batches = [sequence[0], sequence[len(sequence) - 1]]
    arrays = [ops.convert_to_numpy(a) for a in keras.tree.flatten(batches) if a is not None]
    return f"{len(sequence)} batches, {hash_arrays(arrays)}"


def _without_automatic_names(config: Any) -> Any:
    """The configuration with names by order of appearance.

    Keras numbers layers through the whole process ("dense_7"), so the same network has other names
    in a notebook that built one before.
    """
    names: dict[str, str] = {}

    def collect(value: Any) -> None:
        if isinstance(value, Mapping):
            if isinstance(value.get("name"), str):
                names.setdefault(value["name"], f"name {len(names)}")
            for member in value.values():
                collect(member)
        elif isinstance(value, list | tuple):
            for member in value:
                collect(member)

    def rename(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: rename(member) for key, member in value.items()}
        if isinstance(value, list | tuple):
            return [rename(member) for member in value]
        return names.get(value, value) if isinstance(value, str) else value

    collect(config)
    return rename(config)
