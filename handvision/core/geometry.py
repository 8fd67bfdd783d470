"""Where things are in a picture, and how they move: transforms, letterboxes, angles, overlap.

One convention for all of it. Coordinates are x to the right and y down, in pixels, counted from the
picture's corner: the centre of the first pixel is (0.5, 0.5), and a picture reaches from (0, 0) to
(width, height). Sizes are (height, width), as NumPy has them. Angles are degrees, counter-clockwise as
seen; the direction of a hand is measured from image-up, in (-180, 180].
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Border = Literal["constant", "nearest", "reflect"]
# What OpenCV calls them. It is imported where a picture is moved: points are moved without it.
BORDERS = {"constant": "BORDER_CONSTANT", "nearest": "BORDER_REPLICATE", "reflect": "BORDER_REFLECT"}
INTERPOLATIONS = {"linear": "INTER_LINEAR", "nearest": "INTER_NEAREST"}


@dataclass(frozen=True, eq=False)
class Affine:
    """An affine transform from a source picture to a target picture, for all that a picture holds.

    Attributes:
        matrix: (2, 3) float64: target (x, y) = matrix @ (x, y, 1) of the source.

    Example:
        >>> turn = Affine.rotation(90, centre=(50, 50)).then(Affine.shift(10, 0))
        >>> turn.points([[100.0, 50.0]])  # what was at the right is now at the top, ten to the right
        array([[60.,  0.]])
    """

    matrix: NDArray[np.float64]

    def __post_init__(self) -> None:
        matrix = np.array(self.matrix, np.float64)
        if matrix.shape != (2, 3) or not np.isfinite(matrix).all():
            raise ValueError(f"an affine's matrix is (2, 3) of finite numbers, not {self.matrix!r}")
        matrix.setflags(write=False)
        object.__setattr__(self, "matrix", matrix)

    @classmethod
    def identity(cls) -> "Affine":
        return cls(np.eye(2, 3))

    @classmethod
    def rotation(cls, degrees: float, centre: tuple[float, float] = (0, 0)) -> "Affine":
        """A turn about `centre` (x, y), counter-clockwise as seen."""
        cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        return cls._about(centre, cos, sin, -sin, cos)

    @classmethod
    def scale(cls, x: float, y: float | None = None, centre: tuple[float, float] = (0, 0)) -> "Affine":
        """`x` times as wide and `y` times as high (default `x`), with `centre` (x, y) staying in place."""
        return cls._about(centre, x, 0, 0, x if y is None else y)

    @classmethod
    def shift(cls, x: float, y: float) -> "Affine":
        """`x` pixels to the right, `y` pixels down."""
        return cls(np.array(((1, 0, x), (0, 1, y))))

    @classmethod
    def shear(cls, degrees: float, centre: tuple[float, float] = (0, 0)) -> "Affine":
        """Vertical lines tilt counter-clockwise and keep their length; `centre` (x, y) stays in place."""
        cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        return cls._about(centre, 1, sin, 0, cos)

    @classmethod
    def mirror(cls, *, width: float | None = None, height: float | None = None) -> "Affine":
        """The mirror image of a picture: left and right change places where its `width` is given, top and
        bottom where its `height` is."""
        across = (1, 0, 0) if width is None else (-1, 0, width)
        down = (0, 1, 0) if height is None else (0, -1, height)
        return cls(np.array((across, down)))

    @classmethod
    def _about(cls, centre: tuple[float, float], a: float, b: float, c: float, d: float) -> "Affine":
        """((a, b), (c, d)) about `centre`, which stays in place."""
        x, y = centre
        return cls(np.array(((a, b, x - a * x - b * y), (c, d, y - c * x - d * y))))

    @property
    def linear(self) -> NDArray[np.float64]:
        """(2, 2): what becomes of differences between points."""
        return self.matrix[:, :2]

    @property
    def mirrors(self) -> bool:
        """Whether the target is a mirror image: left and right hands change places."""
        (a, b, _), (c, d, _) = self.matrix.tolist()
        return a * d < b * c

    def then(self, after: "Affine") -> "Affine":
        """First this transform, then `after`."""
        matrix = after.linear @ self.matrix
        matrix[:, 2] += after.matrix[:, 2]
        return Affine(matrix)

    def inverse(self) -> "Affine":
        """The way back, from target to source.

        Raises:
            ValueError: the transform flattens the picture.
        """
        (a, b, x), (c, d, y) = self.matrix.tolist()
        determinant = a * d - b * c
        if abs(determinant) < 1e-12:
            raise ValueError(f"{self.matrix.tolist()} has no inverse: it flattens the picture")
        a, b, c, d = d / determinant, -b / determinant, -c / determinant, a / determinant
        return Affine(np.array(((a, b, -(a * x + b * y)), (c, d, -(c * x + d * y)))))

    def points(self, points: ArrayLike) -> NDArray:
        """Where points of the source are in the target.

        Args:
            points: (..., 2) x and y, or (..., 3) with a score, which is carried along. NaN stays NaN.

        Returns:
            The same shape; the same dtype where that is a float, else float64.
        """
        points = _floats(points)
        if points.ndim == 0 or points.shape[-1] not in (2, 3):
            raise ValueError(f"points have shape {points.shape}; give (..., 2) x, y or (..., 3) x, y, score")
        moved = points[..., :2].astype(np.float64) @ self.linear.T + self.matrix[:, 2]
        return np.concatenate([moved.astype(points.dtype), points[..., 2:]], axis=-1)

    def boxes(self, boxes: ArrayLike) -> NDArray:
        """The boxes, sides upright, around what becomes of the given ones.

        Args:
            boxes: (..., 4) x0, y0, x1, y1.

        Returns:
            The same shape; the same dtype where that is a float, else float64.
        """
        boxes = _floats(boxes)
        if boxes.ndim == 0 or boxes.shape[-1] != 4:
            raise ValueError(f"boxes have shape {boxes.shape}; give (..., 4) x0, y0, x1, y1")
        corners = self.points(boxes[..., [[0, 1], [2, 1], [2, 3], [0, 3]]])
        return np.concatenate([corners.min(axis=-2), corners.max(axis=-2)], axis=-1)

    def directions(self, degrees: ArrayLike) -> NDArray[np.float64]:
        """Directions of the source as they are in the target; a mirrored picture mirrors them.

        Args:
            degrees: (...) counter-clockwise from image-up, NaN where not known.

        Returns:
            (...) float64 in (-180, 180], NaN where not known.
        """
        sin_cos = sin_cos_from_degrees(degrees, np.float64)
        # Image-up is (0, -1), and counter-clockwise of it is to the left.
        return degrees_from_sin_cos(-(-sin_cos @ self.linear.T))

    def warp(
        self,
        picture: NDArray,
        height: int,
        width: int,
        *,
        interpolation: Literal["linear", "nearest"] = "linear",
        border: Border = "constant",
        fill: float = 0.0,
        sharp_border: bool = False,
    ) -> NDArray:
        """The target picture, (height, width) or (height, width, channels), of the source's dtype.

        Args:
            picture: (h, w) or (h, w, up to 4 channels), uint8 or float32. A picture that shrinks a lot
                should be shrunk by `Letterbox.fit` first: interpolation skips pixels.
            interpolation: "linear" or "nearest".
            border: what lies beyond the source: "constant" (`fill`), "nearest" (its last pixels) or
                "reflect" (its mirror image).
            fill: the value beyond the source with border="constant".
            sharp_border: with border="constant", a target pixel beyond the centres of the source's outermost
                pixels is all `fill` (as SciPy has it). Otherwise the source fades into `fill` over one pixel.
        """
        import cv2

        flags = getattr(cv2, _choice("interpolation", interpolation, INTERPOLATIONS))
        mode = getattr(cv2, _choice("border", border, BORDERS))
        # OpenCV counts from the centre of the first pixel.
        back = self.inverse().matrix.copy()
        back[:, 2] += back[:, :2].sum(axis=1) * 0.5 - 0.5
        out = cv2.warpAffine(
            picture,
            back,
            (width, height),
            flags=flags | cv2.WARP_INVERSE_MAP,
            borderMode=mode,
            borderValue=(fill,) * 4,
        )
        if sharp_border and border == "constant":
            out[_outside(back, picture.shape, height, width)] = fill
        return out.reshape((height, width) + picture.shape[2:])


@dataclass(frozen=True)
class Letterbox:
    """Where a picture lies on a frame that it fits into whole and centred, with black bars beside it.

    Attributes:
        from_size, to_size: (height, width) of the picture and of the frame.
        top, left, height, width: the picture's place on the frame, in whole pixels.
    """

    from_size: tuple[int, int]
    to_size: tuple[int, int]
    top: int
    left: int
    height: int
    width: int

    @property
    def affine(self) -> Affine:
        """From the picture to the frame; its inverse leads back."""
        y, x = self.height / self.from_size[0], self.width / self.from_size[1]
        return Affine(np.array(((x, 0, self.left), (0, y, self.top))))

    @property
    def inside(self) -> tuple[slice, slice]:
        """Rows and columns of the frame that the picture covers."""
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)

    def fit(self, picture: NDArray) -> NDArray:
        """The picture on the frame, of the same dtype.

        Args:
            picture: `from_size`, or `from_size` with channels; uint8 or float32.
        """
        if picture.shape[:2] != self.from_size:
            raise ValueError(
                f"a picture of {picture.shape[:2]} for a letterbox of pictures of {self.from_size}"
            )
        size = (self.height, self.width)
        if size != self.from_size:
            import cv2

            # The mean over an area keeps thin fingers when pixels get fewer; linear keeps contours smooth.
            shrinks = self.height < self.from_size[0] or self.width < self.from_size[1]
            how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
            picture = cv2.resize(picture, size[::-1], interpolation=how).reshape(size + picture.shape[2:])
        if size == self.to_size:
            return picture
        frame = np.zeros(self.to_size + picture.shape[2:], picture.dtype)
        frame[self.inside] = picture
        return frame


def letterbox(from_size: Sequence[int], to_size: Sequence[int]) -> Letterbox:
    """The one way in which a picture of one size, (height, width), is put into another: never stretched.

    Raises:
        ValueError: a size below 1.
    """
    (from_height, from_width), (height, width) = from_size, to_size
    if min(from_height, from_width, height, width) < 1:
        raise ValueError(
            f"cannot fit {from_height}x{from_width} pixels into {height}x{width}; sizes start at 1"
        )
    scale = min(height / from_height, width / from_width)
    inner_height, inner_width = max(1, round(from_height * scale)), max(1, round(from_width * scale))
    return Letterbox(
        (from_height, from_width),
        (height, width),
        (height - inner_height) // 2,
        (width - inner_width) // 2,
        inner_height,
        inner_width,
    )


def wrap_degrees(degrees: ArrayLike) -> NDArray[np.float64]:
    """The same directions in (-180, 180], float64; those that lie there already stay as they are.

    Give float32 what will be stored as float32: rounded afterwards, -179.99999999 would become -180.
    """
    degrees = np.asarray(degrees, np.float64)
    return np.where((degrees > -180) & (degrees <= 180), degrees, 180 - (180 - degrees) % 360)


def degrees_from_sin_cos(pairs: ArrayLike) -> NDArray[np.float64]:
    """(..., 2) pairs (sin, cos) of any length -> (...) degrees in (-180, 180]; NaN stays NaN."""
    pairs = np.asarray(pairs, np.float64)
    if pairs.ndim == 0 or pairs.shape[-1] != 2:
        raise ValueError(f"pairs (sin, cos) have shape {pairs.shape}; give (..., 2)")
    return wrap_degrees(np.degrees(np.arctan2(pairs[..., 0], pairs[..., 1])))


def sin_cos_from_degrees(degrees: ArrayLike, dtype: type = np.float32) -> NDArray:
    """(...) degrees -> (..., 2) pairs (sin, cos) of `dtype`; NaN stays NaN."""
    radians = np.radians(np.asarray(degrees, np.float64))
    return np.stack([np.sin(radians), np.cos(radians)], axis=-1).astype(dtype)


def mask_iou(true: NDArray[np.bool_], predicted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Intersection over union of masks; 1 where both are empty.

    Args:
        true, predicted: (..., height, width) booleans of one shape.

    Returns:
        (...) float64 in [0, 1].
    """
    true, predicted = np.asarray(true), np.asarray(predicted)
    if true.dtype != bool or predicted.dtype != bool or true.shape != predicted.shape or true.ndim < 2:
        raise ValueError(
            f"masks are {true.dtype} {true.shape} and {predicted.dtype} {predicted.shape}; "
            "give booleans (..., height, width) of one shape"
        )
    shared = (true & predicted).sum(axis=(-2, -1))
    union = (true | predicted).sum(axis=(-2, -1))
    return np.where(union == 0, 1.0, shared / np.maximum(union, 1))


def box_iou(boxes: ArrayLike, others: ArrayLike) -> NDArray[np.float64]:
    """Intersection over union of every box with every other one; 0 where a box is empty.

    Args:
        boxes, others: (k, 4) and (m, 4), x0, y0, x1, y1.

    Returns:
        (k, m) float64 in [0, 1].
    """
    first, second = (np.asarray(each, np.float64) for each in (boxes, others))
    for each in (first, second):
        if each.ndim != 2 or each.shape[1] != 4:
            raise ValueError(f"boxes have shape {each.shape}; give (k, 4) x0, y0, x1, y1")
    low = np.maximum(first[:, None, :2], second[:, :2])
    high = np.minimum(first[:, None, 2:], second[:, 2:])
    shared = (high - low).clip(0).prod(axis=-1)
    areas = [(each[:, 2:] - each[:, :2]).clip(0).prod(axis=-1) for each in (first, second)]
    union = areas[0][:, None] + areas[1] - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def box_middle(box: ArrayLike) -> NDArray[np.float64]:
    """(2,) x, y of the middle of a box (4,), x0, y0, x1, y1."""
    box = np.asarray(box, np.float64)
    return (box[:2] + box[2:]) / 2


def box_side(box: ArrayLike) -> float:
    """The larger side of a box (4,), x0, y0, x1, y1."""
    box = np.asarray(box, np.float64)
    return float((box[2:] - box[:2]).max())


def _floats(values: ArrayLike) -> NDArray:
    array = np.asarray(values)
    return array if np.issubdtype(array.dtype, np.floating) else array.astype(np.float64)


def _choice(name: str, value: str, choices: dict[str, str]) -> str:
    if value not in choices:
        raise ValueError(f"{name} is {value!r}; use one of {', '.join(choices)}")
    return choices[value]


def _outside(back: NDArray, source: tuple[int, ...], height: int, width: int) -> NDArray[np.bool_]:
    """(height, width): which target pixels lie beyond the centres of the source's outermost pixels.

    Args:
        back: (2, 3), target to source, counted from the centre of the first pixel.
        source: the source's shape.

    Both source coordinates change linearly along a row of the target, so what is inside is one run of
    columns; it is empty where the first comes after the last.
    """
    limit = np.array([[source[1] - 1.0], [source[0] - 1.0]])
    slope = back[:, :1]
    start = back[:, 1:2] * np.arange(height) + back[:, 2:]
    with np.errstate(divide="ignore", invalid="ignore"):
        at_zero, at_limit = -start / slope, (limit - start) / slope
    level = slope == 0
    never = (start < 0) | (start > limit)
    enters = np.where(level, np.where(never, np.inf, -np.inf), np.minimum(at_zero, at_limit)).max(axis=0)
    leaves = np.where(level, np.inf, np.maximum(at_zero, at_limit)).min(axis=0)
    columns = np.arange(width)
    return (columns < np.ceil(enters)[:, None]) | (columns > np.floor(leaves)[:, None])
