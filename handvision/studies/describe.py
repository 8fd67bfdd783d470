"""Says in a record which data a training or test saw, so that a change of them shows."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from handvision.core.examples import Examples
from handvision.core.hashing import hash_arrays, hash_examples, hash_json

# Attributes of a sequence that change with time or with the machine, and not what it shows.
_NOT_CONTENT = {"epoch", "workers", "use_multiprocessing", "max_queue_size", "built"}
_SHOWN = 32  # numbers of an array that are written out; of larger ones the hash


def describe(data: Any) -> dict[str, Any]:
    """Which data these are, with a content hash of 16 hexadecimal digits.

    Args:
        data: Examples; or a sequence that makes batches anew in every epoch, which is described by the
            Examples, arrays and options that it holds.

    Returns:
        Of Examples `name`, `count`, `hash` and `source`. Of a sequence `name`, the `sources` (Examples) that
        it draws from, its `options`, and the `hash` of all that.
    """
    if isinstance(data, Examples):
        return {"name": data.name, "count": len(data), "hash": hash_examples(data), "source": data.source}
    sources: list[dict[str, Any]] = []
    options = _options(data, sources, ())
    return {
        "name": type(data).__name__,
        "sources": sources,
        "options": options,
        "hash": hash_json([sources, options]),
    }


def _options(value: Any, sources: list[dict[str, Any]], above: tuple[int, ...]) -> Any:
    """`value` as JSON; Examples go to `sources`, and their place there stands for them."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Examples):
        description = describe(value)
        if description not in sources:
            sources.append(description)
        return {"source": sources.index(description)}
    if isinstance(value, np.ndarray):
        return value.tolist() if value.size <= _SHOWN else {"array": hash_arrays([value])}
    if id(value) in above:
        return "itself"
    above = (*above, id(value))
    if isinstance(value, Mapping):
        return {str(key): _options(member, sources, above) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_options(member, sources, above) for member in value]
    if callable(value) and hasattr(value, "__qualname__"):
        return value.__qualname__
    if dataclasses.is_dataclass(value):
        members = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    else:
        members = getattr(value, "__dict__", {})
    return {"type": type(value).__name__} | {
        key: _options(member, sources, above)
        for key, member in members.items()
        if not key.startswith("_") and key not in _NOT_CONTENT
    }
