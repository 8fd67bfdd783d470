"""Frozen dataclasses as JSON and back, with errors that name the wrong field."""

import dataclasses
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

T = TypeVar("T")


def to_json(value: Any) -> Any:
    """A dataclass, with all that is in it, in JSON's types: objects, lists, numbers, texts, null."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_json(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(member) for member in value]
    return value


def from_json(kind: type[T], value: Any, name: str = "") -> T:
    """What `to_json` gave, as a value of type `kind` again.

    Args:
        kind: a dataclass; its fields are bool, int, float, str, Literal, tuple, Mapping, None or dataclasses.
        value: parsed JSON.
        name: of the value in messages; fields are named after it, as in "phases[2].rate".

    Raises:
        ValueError: a field is missing, unknown, of another type, or out of its range; the message names it.
    """
    if not isinstance(value, Mapping):
        raise ValueError(
            f"{name or kind.__name__} is {value!r}; use an object with the fields of {kind.__name__}"
        )
    hints = typing.get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind)}  # type: ignore[arg-type]  # a dataclass
    dot = f"{name}." if name else ""
    for key in value:
        if key not in fields:
            raise ValueError(f"{dot}{key}: there is no such field; {kind.__name__} has {', '.join(fields)}")
    for key, field in fields.items():
        required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if required and key not in value:
            raise ValueError(f"{dot}{key} is missing")
    read = {key: _read(hints[key], member, f"{dot}{key}") for key, member in value.items()}
    try:
        return kind(**read)
    except ValueError as error:
        raise ValueError(f"{name}: {error}" if name else str(error)) from error


def _read(hint: Any, value: Any, name: str) -> Any:
    """`value` as the type of a field."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if dataclasses.is_dataclass(hint):
        return from_json(typing.cast(type, hint), value, name)
    if hint is Any:
        return tuple(value) if isinstance(value, list) else value
    if origin is typing.Literal:
        if value not in arguments:
            raise ValueError(f"{name} is {value!r}; use one of {', '.join(map(repr, arguments))}")
        return value
    if origin in (types.UnionType, typing.Union):
        (other,) = (argument for argument in arguments if argument is not type(None))
        return None if value is None else _read(other, value, name)
    if origin is tuple:
        return _read_tuple(arguments, value, name)
    if origin is Mapping:
        if not isinstance(value, Mapping):
            raise ValueError(f"{name} is {value!r}; use an object")
        return {key: _read(arguments[1], member, f"{name}.{key}") for key, member in value.items()}
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        raise ValueError(f"{name} is {value!r}; use a value of type {hint.__name__}")
    return value


def _read_tuple(kinds: tuple[Any, ...], value: Any, name: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise ValueError(f"{name} is {value!r}; use a list")
    if kinds[-1] is Ellipsis:
        kinds = (kinds[0],) * len(value)
    if len(value) != len(kinds):
        raise ValueError(f"{name} is {value!r}; use {len(kinds)} values")
    pairs = enumerate(zip(kinds, value, strict=True))
    return tuple(_read(kind, member, f"{name}[{i}]") for i, (kind, member) in pairs)
