"""Two looks in one graph: the whole photo, small, to find hands; then each hand, close, to read it."""

import keras
from keras import ops

from handvision.core.model_info import CloseUpInfo
from handvision.models.layers import BilinearResize, CloseUpLayer, PeaksLayer, RetakeLayer, SquareLayer
from handvision.models.reader import heads_of_model
from handvision.models.segmenters.centres import STRIDE

HANDS = 4


def look_twice(
    finder: keras.Model,
    reader: keras.Model,
    photo_size: tuple[int, int] = (384, 512),
    *,
    hands: int = HANDS,
    margin: float = 0.25,
    least_share: float = 0.0,
    least_score: float = CloseUpInfo.least_score,
    least_presence: float = CloseUpInfo.least_presence,
    presence_weights: tuple[float, float, float] = CloseUpInfo.presence_weights,
    retake: bool = True,
    name: str = "combined",
) -> keras.Model:
    """One model from a photo to its hands: where they are, and what the reader's heads say of each.

    The parts' weights are shared, not copied.

    Args:
        finder: a segmenter with centres (`build_unet(centres=...)`) of photos in the proportions of
            `photo_size`.
        reader: from square crops (batch, size, size, 3) to a dict of heads (`build_close_reader`).
        photo_size: (height, width) of the photos, from which close-ups are cut.
        hands: how many are looked at, those with the highest peaks first.
        margin: free space at each edge of a close-up, as a share of the box's larger side.
        least_share: of a photo's highest peak, below which another one is not looked at, see `PeaksLayer`.
        least_score, least_presence, presence_weights: when it is believed that a close-up shows a hand, see
            `CloseUpInfo`; they stand in the model's files for `predict`, and change none of its outputs.
        retake: whether a close-up that was off, by the key points found in it, is cut and read once more.
        name: the model's name.

    Returns:
        A model from photos (batch, height, width, 3), RGB float32 in [0, 1], to a dict:
        `mask` (batch, h, w, 1) of all hands, at the finder's size; `score` (batch, hands) in [0, 1], `box`
        (batch, hands, 4), x0, y0, x1, y1 in pixels of the photo, and `direction` (batch, hands, 2), sine and
        cosine, as the first look sees them; `square` (batch, hands, 5): x and y of a close-up's middle, its
        side, sine and cosine of the direction that it turns to image-up; and the heads, each
        (batch, hands, ...), in the pixels of its close-up.

    Raises:
        ValueError: the parts do not fit together, or a threshold is out of range; the message says how.
    """
    height, width = _checked(finder, reader, photo_size)
    if retake and "keypoints" not in reader.output:
        raise ValueError(f"{reader.name!r} has no key points to take a close-up again by; use retake=False")
    photo = keras.Input((*photo_size, 3), name="photo")
    maps = dict(finder(BilinearResize(height, width, name="small_photo")(photo)))
    mask = maps.pop("mask")
    stride = STRIDE * photo_size[0] // height
    peaks = PeaksLayer(hands, stride, least_share=least_share, name="peaks")(maps)
    box = peaks["box"]
    look_closer = CloseUpLayer(
        reader.input_shape[1],
        frame=photo_size,
        margin=margin,
        least_score=least_score,
        least_presence=least_presence,
        presence_weights=presence_weights,
        name="close_ups",
    )
    each, square = _read(reader, photo, look_closer, box, peaks["direction"])
    if retake:
        place = RetakeLayer(margin=margin, name="retake")(each["keypoints"], square)
        look_again = CloseUpLayer(look_closer.size, photo_size, margin, name="close_ups_again")
        again, new = _read(reader, photo, look_again, place["box"], place["direction"])
        each = {name: _where(place["off"], again[name], value) for name, value in each.items()}
        square = _where(place["off"], new, square)
    outputs = {
        "mask": mask,
        "score": peaks["score"],
        "box": box,
        "direction": peaks["direction"],
        "square": square,
        **each,
    }
    return keras.Model(photo, outputs, name=name)


def _read(
    reader: keras.Model,
    photo: keras.KerasTensor,
    cut: CloseUpLayer,
    boxes: keras.KerasTensor,
    directions: keras.KerasTensor,
) -> tuple[dict[str, keras.KerasTensor], keras.KerasTensor]:
    """What the reader says of each box's close-up, (batch, hands, ...), and the squares of the close-ups."""
    answers = reader(ops.reshape(cut(photo, boxes, directions), (-1, cut.size, cut.size, 3)))
    each = {
        name: ops.reshape(value, (-1, boxes.shape[1], *value.shape[1:])) for name, value in answers.items()
    }
    return each, SquareLayer(cut.margin, name=cut.name.replace("close_ups", "square"))(boxes, directions)


def _where(off: keras.KerasTensor, again: keras.KerasTensor, before: keras.KerasTensor) -> keras.KerasTensor:
    """Values (batch, hands, ...), those of `again` where `off` (batch, hands, 1) says so."""
    return ops.where(ops.reshape(off, (-1, off.shape[1], *[1] * (len(before.shape) - 2))), again, before)


def _checked(finder: keras.Model, reader: keras.Model, photo_size: tuple[int, int]) -> tuple[int, int]:
    """Height and width of what the finder sees."""
    found = finder.output if isinstance(finder.output, dict) else {}
    wanted = {"mask", "centre", "extent", "offset", "direction"}
    if set(found) != wanted:
        raise ValueError(
            f"{finder.name!r} gives {sorted(found) or finder.output_shape}; a finder gives {sorted(wanted)}: "
            "build it with centres"
        )
    _, height, width, _ = finder.input_shape
    if height * photo_size[1] != width * photo_size[0] or photo_size[0] % height:
        raise ValueError(
            f"photo_size is {tuple(photo_size)}; use a multiple of what {finder.name!r} sees, "
            f"{(height, width)}"
        )
    shape = reader.input_shape
    if len(shape) != 4 or shape[1] != shape[2] or shape[3] != 3:
        raise ValueError(f"{reader.name!r} reads {shape}; a reader of close-ups reads (batch, size, size, 3)")
    heads_of_model(reader)  # its outputs are heads, or this says what they are
    return height, width
