"""Hands of a model that finds several and looks closer at each."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from handvision.core.geometry import Affine, Letterbox
from handvision.core.hand import Hand
from handvision.core.model_info import CloseUpInfo
from handvision.core.presence import presence
from handvision.heads import tight_box
from handvision.inference.backends import Backend
from handvision.inference.duplicates import distinct
from handvision.inference.masks import separate
from handvision.inference.vocabularies import decoded


def hands_of(
    output: Mapping[str, NDArray], place: Letterbox, backend: Backend, vocabulary: str
) -> list[Hand]:
    """All hands of one picture, surest first, each once, with masks of their own.

    Args:
        output: of `Backend.run`, of one picture, without the batch.
        place: where the picture lay on the model's input.
        vocabulary: that labels are of.
    """
    rows = close_looks(output, output["score"], place, backend, vocabulary)
    found = [hand for row in distinct(rows) if (hand := rows[row])]
    return separate(found, first_look(output["mask"][..., 0], place))


def close_looks(
    output: Mapping[str, NDArray],
    scores: NDArray[np.floating],
    place: Letterbox,
    backend: Backend,
    vocabulary: str,
) -> list[Hand | None]:
    """What each close-up shows; None where it shows no hand, or one that lies beside the picture.

    Args:
        output: of `Backend.look_closer`, or `Backend.run`, of one picture, without the batch: (k, ...).
        scores: (k,) of the first look, now or when it saw the hand last.
    """
    looks: list[Hand | None] = []
    for row, score in enumerate(np.asarray(scores, float).tolist()):
        of_hand = {name: value[row] for name, value in output.items() if name != "mask"}
        there = score >= _close_up(backend).least_score
        looks.append(_close_look(of_hand, score, place, backend, vocabulary) if there else None)
    return looks


def first_look(mask: NDArray[np.floating], place: Letterbox) -> NDArray[np.float32]:
    """The first look's mask over all of the photo, without what lies beside it.

    Args:
        mask: (h, w), of the model's whole input.

    Returns:
        (h', w') in [0, 1], as fine as `mask` is.
    """
    scale = mask.shape[0] / place.to_size[0]
    height, width = (max(1, round(side * scale)) for side in (place.height, place.width))
    from_mask = Affine.scale(1 / scale).then(Affine.shift(-place.left, -place.top))
    to_grid = Affine.scale(width / place.width, height / place.height)
    return from_mask.then(to_grid).warp(mask.astype(np.float32), height, width, border="nearest")


def _close_look(
    output: Mapping[str, NDArray], score: float, place: Letterbox, backend: Backend, vocabulary: str
) -> Hand | None:
    close_up = _close_up(backend)
    sure = float(presence(score, output["presence"].ravel()[0], close_up.presence_weights))
    if sure < close_up.least_presence:
        return None
    to_photo = close_up.to_picture(output["square"]).then(place.affine.inverse())
    told = decoded(output, to_photo, backend, vocabulary)
    height, width = place.from_size
    box = tight_box(told["keypoints"]).clip(0, (width, height, width, height)).astype(np.float32)
    if box[0] >= box[2] or box[1] >= box[3]:
        return None
    mask = output["hand_mask"][..., 0].astype(np.float32)
    return Hand(
        **{
            **told,
            "presence": sure,
            "box": box,
            "model": backend.info.fingerprint,
            "size": place.from_size,
            "close_mask": mask,
            "close_up": Affine.scale(close_up.size / len(mask)).then(to_photo),
        }
    )


def _close_up(backend: Backend) -> CloseUpInfo:
    assert backend.info.close_up is not None
    return backend.info.close_up
