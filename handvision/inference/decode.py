"""From the outputs of a combined model to readings in the pixels of the photo."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from handvision.core.geometry import Letterbox
from handvision.core.hand import Hand, Reading
from handvision.heads import decode_hand
from handvision.inference.backends import Backend
from handvision.media.sources import Picture


def reading_of(
    output: Mapping[str, NDArray], picture: Picture, place: Letterbox, backend: Backend
) -> Reading:
    """The reading of one picture.

    Args:
        output: name of an output -> its value for this picture, without the batch.
        picture: as it was read.
        place: where the picture lay on the model's input.
        backend: that gave the output.
    """
    hand = _hand_of(output, place, backend)
    return Reading(
        source=picture.source,
        frame=picture.frame,
        time_seconds=picture.time_seconds,
        size=place.from_size,
        hands=() if hand is None else (hand,),
    )


def _hand_of(output: Mapping[str, NDArray], place: Letterbox, backend: Backend) -> Hand | None:
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
    from_crop = backend.crop.to_picture(output["box"]).then(to_photo)
    return Hand(
        presence=presence,
        box=box,
        model=backend.info.fingerprint,
        size=place.from_size,
        soft_mask=soft_mask,
        **decode_hand(backend.heads, output, from_crop),
    )
