"""From the outputs of a network to what is known of a hand."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from numpy.typing import NDArray

from handvision.core.geometry import Affine
from handvision.core.hand import Hand
from handvision.heads.base import Head

_FIELDS = frozenset(field.name for field in fields(Hand))


def decode_hand(heads: Sequence[Head], outputs: Mapping[str, NDArray], to_photo: Affine) -> dict[str, Any]:
    """What the heads say of one hand, as keywords for `Hand`.

    Args:
        heads: of the network that gave the outputs, see `heads_of`.
        outputs: name of a head -> its output of this hand, without the batch.
        to_photo: from the pixels of the crop that the heads saw to those of the photo.

    Returns:
        Name of a field -> its value; what `Hand` has no field for stands under `extra`, by its name.
    """
    known: dict[str, Any] = {}
    for head in heads:
        known |= head.decode(outputs[head.name], to_photo)
    extra = {name: value for name, value in known.items() if name not in _FIELDS}
    return {name: value for name, value in known.items() if name in _FIELDS} | {"extra": extra}
