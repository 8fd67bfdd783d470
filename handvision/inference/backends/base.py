"""What `predict` asks of a combined model, whichever runtime it runs in."""

import abc
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from handvision.core.model_info import ModelInfo
from handvision.heads import heads_of

NEEDED = ("mask", "box", "has_hand")
OF_FIRST_LOOK = ("mask", "score", "box", "direction")
NEEDED_OF_TWO_LOOKS = (*OF_FIRST_LOOK, "square", "presence", "keypoints", "hand_mask")


class Backend(abc.ABC):
    """A combined model, ready to answer.

    Args:
        name: of the model, for messages.
        input_shape: (batch, height, width, 3) of its photos.
        outputs: the names of its outputs.
        info: what its file says of it.

    Attributes:
        height, width: of the photos that it takes.
        heads: what it tells of a hand.
        info: what its file says of it.
        looks_closer: whether it finds several hands and looks closer at each; else it reads one hand.
        follows: whether `look_closer` can be asked for without a first look.

    Raises:
        ValueError: it is no combined model; the message says what is missing.
    """

    def __init__(
        self, name: str, input_shape: tuple[int | None, ...], outputs: Iterable[str], info: ModelInfo
    ):
        if len(input_shape) != 4 or input_shape[3] != 3 or None in input_shape[1:]:
            raise ValueError(f"{name} takes {input_shape}; a combined model takes (None, height, width, 3)")
        outputs = tuple(outputs)
        self.name, self.looks_closer = name, info.close_up is not None
        needed = NEEDED_OF_TWO_LOOKS if self.looks_closer else NEEDED
        missing = [output for output in needed if output not in outputs]
        if missing or (info.crop is None and info.close_up is None):
            raise ValueError(
                f"{name} lacks the outputs {', '.join(missing) or 'of a crop'}; join a segmenter and a"
                " classifier with handvision.models.combine"
            )
        _, height, width, _ = input_shape
        assert height is not None and width is not None
        self.height, self.width = height, width
        self.heads = heads_of(outputs, info.heads)
        self.info = info

    follows = False

    @abc.abstractmethod
    def run(self, photos: NDArray[np.float32]) -> dict[str, NDArray]:
        """The answers to photos.

        Args:
            photos: (n, height, width, 3), RGB in [0, 1].

        Returns:
            Name of an output -> (n, ...).
        """

    def look_closer(
        self, photos: NDArray[np.float32], boxes: NDArray[np.float32], directions: NDArray[np.float32]
    ) -> dict[str, NDArray]:
        """The answers to hands whose place is known, without a first look.

        Args:
            photos: (n, height, width, 3), RGB in [0, 1].
            boxes: (n, k, 4) x0, y0, x1, y1 in pixels of the photos, k from 1 up.
            directions: (n, k, 2) sine and cosine of wrist to middle knuckle, counter-clockwise from image-up.

        Returns:
            As `run`, but for `mask`, `score`, `box` and `direction`.

        Raises:
            ValueError: the model does not look closer (`follows` is False), or at fewer hands at once.
        """
        raise ValueError(f"{self.name} reads a whole photo only: it does not look closer at given boxes")
