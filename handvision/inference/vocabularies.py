"""What hands are named by: raised fingers or gestures."""

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from handvision.core.geometry import Affine
from handvision.core.vocabularies import OF_HEADS
from handvision.heads import decode_hand
from handvision.inference.backends import Backend

# A vocabulary beside the numbers -> its names. A model that has several answers each by a head of that name.
_FURTHER = {name: names for name, names in OF_HEADS.items() if name != "gesture"}
VOCABULARIES = ("numbers", *_FURTHER)


def check_vocabulary(backend: Backend, vocabulary: str) -> None:
    """Raises ValueError where there is no such vocabulary, or the model does not know it."""
    if vocabulary not in VOCABULARIES:
        raise ValueError(f"vocabulary is {vocabulary!r}; use one of {', '.join(VOCABULARIES)}")
    heads = {head.name: head for head in backend.heads}
    names = getattr(heads.get(vocabulary, heads.get("gesture")), "class_names", ())
    # A model of one vocabulary names what it was trained on, whatever is asked for by default.
    if names != _FURTHER.get(vocabulary, names):
        raise ValueError(
            f"vocabulary is {vocabulary!r}, but {backend.name} names {', '.join(names) or 'none'}"
        )


def decoded(
    output: Mapping[str, NDArray], to_photo: Affine, backend: Backend, vocabulary: str
) -> dict[str, Any]:
    """What a model's heads say of a hand, as keywords for `Hand`, the label from a vocabulary."""
    told = decode_hand(backend.heads, output, to_photo)
    further = {name: told["extra"].pop(name, {}) for name in _FURTHER}
    return told | further.get(vocabulary, {})
