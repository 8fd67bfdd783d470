"""From the outputs of a combined model to hands in the pixels of the photo."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from handvision.core.geometry import Letterbox
from handvision.core.hand import Hand
from handvision.inference import two_looks
from handvision.inference.backends import Backend
from handvision.inference.vocabularies import decoded


def hands_of(
    output: Mapping[str, NDArray], place: Letterbox, backend: Backend, vocabulary: str
) -> list[Hand]:
    """All hands of one picture, surest first, each once.

    Args:
        output: name of an output -> its value for this picture, without the batch.
        place: where the picture lay on the model's input.
        backend: that gave the output.
        vocabulary: that labels are of, see `check_vocabulary`.
    """
    if backend.looks_closer:
        return two_looks.hands_of(output, place, backend, vocabulary)
    hand = _only_hand(output, place, backend, vocabulary)
    return [] if hand is None else [hand]


def _only_hand(
    output: Mapping[str, NDArray], place: Letterbox, backend: Backend, vocabulary: str
) -> Hand | None:
    assert backend.info.crop is not None
    mask = output["mask"][..., 0]
    soft_mask = np.array(mask[place.inside], np.float32)
    presence = float(output["has_hand"].ravel()[0])
    # What the segmenter sees in the padding alone is no hand of this picture.
    in_padding = soft_mask.max() <= 0.5 < mask.max()
    if presence <= 0.5 or in_padding:
        return None
    height, width = place.from_size
    to_photo = place.affine.inverse()
    box = to_photo.boxes(output["box"]).clip(0, (width, height, width, height)).astype(np.float32)
    from_crop = backend.info.crop.to_picture(output["box"]).then(to_photo)
    return Hand(
        presence=presence,
        box=box,
        model=backend.info.fingerprint,
        size=place.from_size,
        soft_mask=soft_mask,
        **decoded(output, from_crop, backend, vocabulary),
    )
