"""All heads that there are, by name."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from handvision.heads.base import Head

_HEADS: dict[str, type[Head]] = {}
_H = TypeVar("_H", bound=type[Head])


def register(head: _H) -> _H:
    """A class decorator: makes a head known under its name.

    Raises:
        ValueError: another head has this name.
    """
    if head.name in _HEADS:
        raise ValueError(f"two heads are called {head.name!r}: {_HEADS[head.name].__name__}, {head.__name__}")
    _HEADS[head.name] = head
    return head


def registered() -> dict[str, type[Head]]:
    """Name -> class of every head, in the order in which captions and tables show them."""
    return dict(_HEADS)


def heads_of(
    outputs: Iterable[str], configs: Mapping[str, Mapping[str, Any]] | None = None
) -> tuple[Head, ...]:
    """The heads among a network's outputs; other outputs (`mask`, `box`, ...) are passed over.

    Args:
        outputs: names of the outputs.
        configs: what `Head.config` gave for each, as an exported model carries it.

    Raises:
        ValueError: a configuration does not fit its head.
    """
    configs = configs or {}
    heads = []
    for name in outputs:
        if name in _HEADS:
            try:
                heads.append(_HEADS[name](**configs.get(name, {})))
            except TypeError as error:
                raise ValueError(
                    f"head {name!r} cannot be made of {configs.get(name, {})}: {error}"
                ) from error
    return tuple(heads)
