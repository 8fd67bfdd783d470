"""Training pictures for the segmenters: cut-out hands over backgrounds, new ones in every epoch.

One picture is made in this order: a part of a background, sometimes skin-coloured things that are
no hand, the hand (turned, scaled, relit, its arm led out of the frame or into a sleeve), its
shadow, and then what a camera does to all of it (`photometric_jitter`). Pasting objects with
blended edges and light, so that a network cannot learn the paste itself, follows Dwibedi et al.,
"Cut, Paste and Learn" (2017).

Photos are (height, width, 3) uint8 RGB, masks (height, width, 1) uint8, 0 or 255, throughout; the
sequence gives float32 in [0, 1] at the end. Points are x, y in pixels, measured from the corner of
the picture (the centre of the first pixel is 0.5, 0.5).
"""

from collections.abc import Sequence

import cv2
import keras
import numpy as np

from handvision.augmentation import ImageDataGenerator
from handvision.data.examples import Examples

CORRUPTIONS = ("dark", "motion_blur", "low_resolution", "gray", "noise", "jpeg")
MIN_SIZE = 16

# Any turn, slight shear and unequal zoom, both hands. Size and place come from `_Placement`.
_TURN = ImageDataGenerator(rotation_range=180, shear_range=8, zoom_range=0.1, horizontal_flip=True)


class CompositeSequence(keras.utils.PyDataset):
    """Batches of fresh photos and masks; batch `i` is a pure function of (seed, epoch, i).

    Args:
        cutouts: Examples (or a list of them) with photos and masks of hands that are laid over
            `backgrounds`. Where a mask ends at its photo's border, the arm is taken to be cut.
        backgrounds: Examples with photos, of any sizes, in which no hand is seen. Faces are welcome.
        size: (height, width) of the pictures, each at least 16.
        batch_size: pictures a batch.
        steps: batches an epoch.
        seed: int >= 0.
        empty: share of pictures without a hand, in [0, 1].
        weights: how often each source is drawn, one number for each of `cutouts` and then each of
            `photos`; None draws all sources equally often.
        workers: threads that make batches; their number does not change the pictures.
        photos: Examples (or a list of them) whose whole photos are used as they are, with their
            own backgrounds: turned, scaled and shifted. Photos without a hand may be among them.
        several: share of composites with a second hand.
        extent: (smallest, largest) length of a hand, arm included, in lengths of the frame.
        strength: of everything that changes light, colour and sharpness; 0 turns it off, and the
            distractors with it.

    `sequence[i]` is (photos, masks): (batch, height, width, 3) float32 in [0, 1] and
    (batch, height, width, 1) float32, 0 or 1. `epoch` counts from 0 and may be set to resume.

    Raises:
        ValueError: a source without photos, masks or hands, masks that do not fit their photos,
            no backgrounds where they are needed, or a number out of its range.
    """

    def __init__(
        self,
        cutouts: Examples | Sequence[Examples] = (),
        backgrounds: Examples | None = None,
        size: tuple[int, int] = (128, 128),
        batch_size: int = 32,
        steps: int = 100,
        seed: int = 0,
        empty: float = 0.07,
        weights: Sequence[float] | None = None,
        workers: int = 1,
        *,
        photos: Examples | Sequence[Examples] = (),
        several: float = 0.1,
        extent: tuple[float, float] = (0.3, 1.2),
        strength: float = 1.0,
    ):
        super().__init__(workers=workers)
        self.cutouts = _as_list(cutouts)
        self.photos = _as_list(photos)
        self.backgrounds = backgrounds
        self.size = _checked_size(size)
        self.batch_size = _at_least(batch_size, 1, "batch_size")
        self.steps = _at_least(steps, 1, "steps")
        self.seed = _at_least(seed, 0, "seed")
        self.empty = _share(empty, "empty")
        self.several = _share(several, "several")
        self.extent = _checked_extent(extent)
        self.strength = _checked_strength(strength)
        self.epoch = 0
        self._measured = {}
        for source in self.cutouts:
            _check_source(source, hands=True)
        for source in self.photos:
            _check_source(source, hands=False)
        self.probabilities = _checked_weights(weights, len(self.cutouts) + len(self.photos))
        if len(self.probabilities) == 0 and self.empty < 1:
            raise ValueError("no hands: give cutouts or photos, or empty=1 for backgrounds alone")
        if backgrounds is None or backgrounds.photos is None or len(backgrounds) == 0:
            if self.cutouts:
                raise ValueError("no backgrounds: give Examples with photos to lay the cut-outs over")
            if self.empty > 0:
                raise ValueError(f"empty is {empty}, but no backgrounds to show; give some, or empty=0")
        else:
            for i, photo in enumerate(backgrounds.photos):
                _check_photo(photo, f"{backgrounds.name}, picture {i}: background")

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        photos, masks, _ = self.batch(self.epoch, index)
        return photos.astype(np.float32) / np.float32(255), (masks > 0).astype(np.float32)

    def on_epoch_end(self):
        self.epoch += 1

    def batch(self, epoch: int, index: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Batch `index` of `epoch`: photos uint8, masks uint8 and (batch, 2) int64 of what is seen.

        The last array holds the source (cut-outs first) and the picture in it, -1 where no hand is.
        """
        if not 0 <= index < self.steps:
            raise IndexError(f"batch {index} of {self.steps}")
        height, width = self.size
        photos = np.empty((self.batch_size, height, width, 3), np.uint8)
        masks = np.empty((self.batch_size, height, width, 1), np.uint8)
        seen = np.empty((self.batch_size, 2), np.int64)
        for j in range(self.batch_size):
            # A generator of its own for every picture: no thread can disturb another's.
            rng = np.random.default_rng((self.seed, epoch, index, j))
            photos[j], masks[j], seen[j] = self._picture(rng)
        return photos, masks, seen

    def _picture(self, rng):
        seen = (-1, -1)
        if rng.random() >= self.empty:
            source = int(rng.choice(len(self.probabilities), p=self.probabilities))
            number = int(rng.integers(len((self.cutouts + self.photos)[source])))
            seen = (source, number)
        bars = _bars(self.size, rng) if rng.random() < 0.12 * self.strength else (0, 0, 0, 0)
        top, bottom, left, right = bars
        inner = (self.size[0] - top - bottom, self.size[1] - left - right)
        if seen[0] < 0:
            photo = _scene(self._background(rng), rng, inner, self.strength, distractors=0.6)
            mask = np.zeros(inner + (1,), np.uint8)
        elif seen[0] < len(self.cutouts):
            photo, mask = self._composite(*seen, rng, inner)
        else:
            source = self.photos[seen[0] - len(self.cutouts)]
            photo, mask = _whole_photo(source.photos[seen[1]], source.masks[seen[1]], rng, inner)
        photo = photometric_jitter(photo, rng, self.strength)
        if any(bars):
            photo = cv2.copyMakeBorder(photo, *bars, cv2.BORDER_CONSTANT, value=(0, 0, 0))
            mask = cv2.copyMakeBorder(mask, *bars, cv2.BORDER_CONSTANT, value=0).reshape(self.size + (1,))
        return photo, mask, seen

    def _composite(self, source, number, rng, size):
        cutout = self._cutout(source, number)
        photo = _scene(self._background(rng), rng, size, self.strength, 0.35, cutout.skin)
        mask = np.zeros(size + (1,), np.uint8)
        if rng.random() < self.several:
            # Of the same source: another person's hand, or the same person's other one.
            other = self._cutout(source, int(rng.integers(len(self.cutouts[source]))))
            photo, mask = _add_hand(photo, mask, other, rng, self.strength, self.extent)
        return _add_hand(photo, mask, cutout, rng, self.strength, self.extent)

    def _cutout(self, source, number):
        # Measured once. Two threads may measure the same one, and get the same.
        if (source, number) not in self._measured:
            examples = self.cutouts[source]
            self._measured[source, number] = _Cutout(examples.photos[number], examples.masks[number])
        return self._measured[source, number]

    def _background(self, rng):
        return self.backgrounds.photos[int(rng.integers(len(self.backgrounds)))]


def freeze(sequence: CompositeSequence, epoch: int = 0, name: str | None = None) -> Examples:
    """All pictures of one epoch, fixed: a validation or test set. The sequence stays as it is.

    Returns Examples with photos and masks uint8, and with the labels of the cut-outs and photos
    where all sources have labels of the same classes and every picture shows a hand.
    """
    batches = [sequence.batch(epoch, i) for i in range(len(sequence))]
    photos, masks, seen = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    sources = sequence.cutouts + sequence.photos
    named = [s.class_names for s in sources if s.labels is not None]
    labels, class_names = None, ()
    if sources and len(named) == len(sources) and len(set(named)) == 1 and (seen >= 0).all():
        labels = np.array([sources[s].labels[n] for s, n in seen], np.int64)
        class_names = named[0]
    title = name or f"composites of {', '.join(s.name for s in sources) or 'no hands'}, epoch {epoch}"
    origin = " + ".join(s.source or s.name for s in sources)
    return Examples(title, photos=photos, masks=masks, labels=labels, class_names=class_names, source=origin)


def composite(
    photo: np.ndarray,
    mask: np.ndarray,
    background: np.ndarray,
    rng: np.random.Generator,
    size: tuple[int, int] = (128, 128),
    *,
    strength: float = 1.0,
    extent: tuple[float, float] = (0.3, 1.2),
) -> tuple[np.ndarray, np.ndarray]:
    """One cut-out hand over a random part of a background: photo and mask of `size`, both uint8.

    With `strength` 0 the hand keeps its own light and colour, throws no shadow, and no distractors
    lie about; size, turn and place are drawn all the same.

    Raises:
        ValueError: a photo that is not uint8 RGB, a mask that does not fit it, or without a hand.
    """
    size = _checked_size(size)
    strength, extent = _checked_strength(strength), _checked_extent(extent)
    _check_photo(background, "background")
    cutout = _Cutout(photo, mask)
    scene = _scene(background, rng, size, strength, 0.35, cutout.skin)
    return _add_hand(scene, np.zeros(size + (1,), np.uint8), cutout, rng, strength, extent)


def photometric_jitter(photo: np.ndarray, rng: np.random.Generator, strength: float = 1.0) -> np.ndarray:
    """What light and a camera do to a photo; it never moves a pixel, so masks stay true.

    Shadows and uneven light, defocus or motion blur, low resolution, exposure, gamma, contrast,
    colour temperature, saturation (now and then none), noise, JPEG. Each but exposure and colour
    is left out more often than not.

    Args:
        photo: (height, width, 3) uint8 RGB.
        rng: where all the chance comes from.
        strength: 0 changes nothing, 1 is the range of phone and webcam photos.
    """
    _check_photo(photo, "photo")
    strength = _checked_strength(strength)
    if strength == 0:
        return photo.copy()
    unit = min(photo.shape[:2]) / 128  # blur is as wide in a large picture as in a small one
    if rng.random() < 0.4 * strength:
        photo = _scaled(photo, _light(photo.shape[:2], rng, strength))
    blur = rng.random()
    if blur < 0.25 * strength:
        photo = cv2.GaussianBlur(photo, (0, 0), unit * rng.uniform(0.3, 0.3 + 1.3 * strength))
    elif blur < 0.37 * strength:
        photo = _motion_blur(photo, unit * rng.uniform(2, 2 + 9 * strength), rng.uniform(0, 180))
    if rng.random() < 0.25 * strength:
        photo = _low_resolution(photo, rng.uniform(1, 1 + 3 * strength))
    photo = _camera(photo, rng, strength)
    if rng.random() < 0.5 * strength:
        photo = _noisy(photo, rng, min(rng.exponential(6 * strength), 25), rng.random() < 0.3)
    if rng.random() < 0.4 * strength:
        photo = _jpeg(photo, int(rng.uniform(95 - 70 * min(strength, 1), 95)))
    return photo


def corrupt(photo: np.ndarray, kind: str, severity: float = 3, seed: int = 0) -> np.ndarray:
    """A photo made worse in one way, always the same: for evaluation by corruption.

    Args:
        photo: (height, width, 3) uint8 RGB.
        kind: one of `CORRUPTIONS`. "dark": 0.65^severity of the light (3: a quarter), and noise.
            "motion_blur": a horizontal smear of severity/32 of the shorter side.
            "low_resolution": 1 + severity times fewer pixels a side (3: a quarter), scaled up
            again. "noise": normal, deviation 8 * severity of 255. "jpeg": quality
            50 / severity. "gray": no colour, whatever the severity.
        severity: in [1, 5]; 3 is what the reports show.
        seed: of the noise.

    Raises:
        ValueError: an unknown kind, or a severity out of range.
    """
    _check_photo(photo, "photo")
    if kind not in CORRUPTIONS:
        raise ValueError(f"corruption {kind!r} is not known; use one of {', '.join(CORRUPTIONS)}")
    if not 1 <= severity <= 5:
        raise ValueError(f"severity is {severity}; use 1 (slight) to 5 (heavy)")
    rng = np.random.default_rng(seed)
    if kind == "dark":
        return _noisy(cv2.LUT(photo, _curve(gains=np.full(3, 0.65**severity))), rng, 2 + severity / 2)
    if kind == "motion_blur":
        return _motion_blur(photo, severity / 32 * min(photo.shape[:2]), 0.0)
    if kind == "low_resolution":
        return _low_resolution(photo, 1 + severity)
    if kind == "gray":
        return _gray(photo)
    if kind == "noise":
        return _noisy(photo, rng, 8 * severity)
    return _jpeg(photo, round(50 / severity))


# --- where the hand goes ---------------------------------------------------------------------


class _Cutout:
    """A hand cut out of its photo, and what is measured of it once.

    Attributes:
        photo, mask: (h, w, 3) and (h, w) uint8, the box of the hand.
        points: (n, 2) float64, some hundred points of the hand, x, y in the box.
        ends, outward: (2, 2) and (2,), the line where the arm is cut, and the arm's direction.
        skin: (3,) mean colour.
    """

    def __init__(self, photo, mask):
        photo, mask = _checked_pair(photo, mask)
        x, y, columns, rows = cv2.boundingRect(mask)
        self.photo = photo[y : y + rows, x : x + columns]
        self.mask = np.ascontiguousarray(mask[y : y + rows, x : x + columns, 0])
        step = max(1, min(rows, columns) // 20)
        ys, xs = np.nonzero(self.mask[::step, ::step])
        self.points = (np.stack([xs, ys], axis=1) + 0.5) * step
        self.ends, self.outward = _arm_end(self.mask)
        self.skin = np.array(cv2.mean(self.photo, self.mask)[:3])


class _Placement:
    """A hand's size, turn and place in the frame, and what becomes of the end of its arm.

    Attributes:
        matrix: (2, 3) float64, points of the cut-out's box -> points of the frame.
        outward: (2,) unit vector along the arm, away from the hand.
        cut: (2, 2), the two ends of the line where the arm is cut, in the frame.
        arm: "out" (cut at or beyond the frame's border), "bare", "sleeve" (led on to the border,
            as skin or as cloth) or "afloat" (left as it is).
    """

    def __init__(self, cutout, rng, size, extent):
        height, width = size
        linear = _turn(rng, cutout.mask.shape + (1,))
        length = np.ptp(cutout.points @ linear.T, axis=0).max()
        share = np.exp(rng.uniform(*np.log(extent)))
        linear *= share * min(height, width) / max(length, 1)
        turned = cutout.points @ linear.T
        low, high = turned.min(axis=0), turned.max(axis=0)
        ends, outward = cutout.ends @ linear.T, linear @ cutout.outward
        self.outward = outward / np.hypot(*outward)
        # A hand that fits lies anywhere in the frame; one that does not may leave it by a fifth.
        room = np.maximum(np.array([width, height]) - (high - low), 0.2 * (high - low)) / 2
        place = np.array([width, height]) / 2 + rng.uniform(-room, room) - (low + high) / 2
        shift = place
        self.arm = str(rng.choice(("out", "bare", "sleeve", "afloat"), p=(0.5, 0.12, 0.28, 0.1)))
        if self.arm == "out":
            shift = shift + self.outward * max(_way_out(end + shift, self.outward, size) for end in ends)
            inside = turned + shift
            seen = ((inside > 0) & (inside < (width, height))).all(axis=1).mean()
            if seen < 0.4:  # near a corner the way out can take the hand along
                shift, self.arm = place, "sleeve"
        self.matrix = np.column_stack([linear, shift])
        self.cut = ends + shift
        self.size = size

    def warp(self, cutout):
        """The cut-out in the frame: colours (h, w, 3) uint8 and alpha (h, w) float32 in [0, 1].

        The colours are those of the hand alone: what is close outside the mask, or mixed with the
        old background at its edge, takes its colour from the hand inside.
        """
        height, width = self.size
        pad = 4
        photo = cv2.copyMakeBorder(cutout.photo, pad, pad, pad, pad, cv2.BORDER_REPLICATE)
        mask = cv2.copyMakeBorder(cutout.mask, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=0)
        linear = self.matrix[:, :2]
        shift = self.matrix[:, 2] - linear @ (pad, pad)
        scale = np.sqrt(abs(np.linalg.det(linear)))
        if scale < 0.7:  # interpolation alone would skip pixels
            factor = max(scale, 0.05)
            small = (max(2, round(mask.shape[1] * factor)), max(2, round(mask.shape[0] * factor)))
            linear = linear * (mask.shape[1] / small[0], mask.shape[0] / small[1])
            photo = cv2.resize(photo, small, interpolation=cv2.INTER_AREA)
            mask = cv2.resize(mask, small, interpolation=cv2.INTER_AREA)
        photo = _spread_inside(photo, mask, rim=3 if scale < 0.7 else 5)
        if scale > 0.9:  # the steps of a coarse mask would show
            mask = cv2.GaussianBlur(mask, (5, 5), 1.0)
        # OpenCV counts from the centre of the first pixel.
        matrix = np.column_stack([linear, shift + linear @ (0.5, 0.5) - 0.5])
        colours = cv2.warpAffine(photo, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
        alpha = cv2.warpAffine(mask, matrix, (width, height), borderMode=cv2.BORDER_CONSTANT)
        alpha = cv2.GaussianBlur(alpha, (3, 3), 0.6).astype(np.float32) / np.float32(255)
        if scale > 0.9:  # back to an edge of a pixel or two
            alpha = np.clip((alpha - 0.5) * np.float32(1.8 * scale) + 0.5, 0, 1)
        return colours, alpha


def _turn(rng, shape):
    """A random turn, shear, stretch and flip of our ImageDataGenerator, as (2, 2) on points x, y.

    The generator's own warp keeps a picture's size and centre. Here size and place are ours to
    choose, and one warp is sharper than two, so what it draws is joined to them as a matrix.
    """
    drawn = _TURN.get_random_transform(shape, seed=int(rng.integers(2**31)))
    turn, shear = np.deg2rad(drawn["theta"]), np.deg2rad(drawn["shear"])
    # As in Keras: from the output back to the input, on (x, y); flips come after.
    back = np.array(((np.cos(turn), -np.sin(turn)), (np.sin(turn), np.cos(turn))))
    back = back @ ((1, -np.sin(shear)), (0, np.cos(shear))) @ np.diag((drawn["zx"], drawn["zy"]))
    flip = np.diag((-1.0 if drawn["flip_horizontal"] else 1.0, -1.0 if drawn["flip_vertical"] else 1.0))
    return flip @ np.linalg.inv(back)


def _arm_end(mask):
    """Where the arm was cut off, and which way it went: (2, 2) and (2,), from a mask (h, w).

    Nowhere is it written. But seen from the palm's centre, the widest inner circle, only arm and
    fingers reach beyond the circle, the arm is wider than fingers, and mostly it is below.
    """
    step = max(1.0, max(mask.shape[:2]) / 80)
    small = (max(1, round(mask.shape[1] / step)), max(1, round(mask.shape[0] / step)))
    inside = cv2.resize(mask, small, interpolation=cv2.INTER_NEAREST) if step > 1 else mask
    padded = cv2.copyMakeBorder(inside, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    depth = cv2.distanceTransform(padded, cv2.DIST_L2, 3)[1:-1, 1:-1]
    row, column = np.unravel_index(int(np.argmax(depth)), depth.shape)
    centre, radius = np.array((column + 0.5, row + 0.5)), max(float(depth[row, column]), 1.0)
    angles = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    ways = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    aside = np.stack([-ways[:, 1], ways[:, 0]], axis=1)
    far, wide = (n.ravel() for n in np.meshgrid((1.2, 1.5, 1.8), np.linspace(-0.6, 0.6, 7)))
    probes = centre + radius * (far[:, None, None] * ways + wide[:, None, None] * aside)
    x = np.clip(probes[..., 0].astype(int), 0, small[0] - 1)
    y = np.clip(probes[..., 1].astype(int), 0, small[1] - 1)
    filled = (inside[y, x] > 0).mean(axis=0)
    best = int(np.argmax(filled + 0.2 * ways[:, 1]))
    way, across = ways[best], aside[best]
    ys, xs = np.nonzero(inside)
    points = np.stack([xs + 0.5, ys + 0.5], axis=1) - centre
    along, off = points @ way, points @ across
    arm = (np.abs(off) < 1.1 * radius) & (along > -1)
    arm &= along > along[arm].max() - 0.7 * radius
    along, off = along[arm], off[arm]
    left, right = np.quantile(off, (0.25, 0.75))
    # The cut may be aslant, so each side of the arm has an end of its own.
    ends = [
        centre + off.min() * across + (along[off <= left].max() + 0.5) * way,
        centre + off.max() * across + (along[off >= right].max() + 0.5) * way,
    ]
    return np.array(ends) * (mask.shape[1] / small[0], mask.shape[0] / small[1]), way


def _way_out(point, direction, size):
    """How far `point` is from leaving the frame along `direction`; 0 if it is outside already."""
    height, width = size
    ways = [
        ((limit if step > 0 else 0) - at) / step
        for at, step, limit in zip(point, direction, (width, height), strict=True)
        if abs(step) > 1e-6
    ]
    return max(0.0, min(ways, default=0.0))


def _bars(size, rng):
    """Black bars (top, bottom, left, right) as padding to a square makes them: 4:3, 3:2 or 16:9."""
    share = float(rng.choice((0.125, 1 / 6, 0.21875)))
    across = bool(rng.random() < 0.7)
    bar = round(size[0 if across else 1] * share)
    if size[0 if across else 1] - 2 * bar < MIN_SIZE:
        return 0, 0, 0, 0
    return (bar, bar, 0, 0) if across else (0, 0, bar, bar)


def _whole_photo(photo, mask, rng, size):
    """A photo with its own background, turned and scaled with its mask; mirrored where it ends."""
    photo, mask = _checked_pair(photo, mask, hand=False)
    height, width = size
    linear = _turn(rng, photo.shape)
    scale = np.exp(rng.uniform(np.log(0.75), np.log(1.7))) * min(size) / min(photo.shape[:2])
    if scale < 0.7:
        small = (max(2, round(photo.shape[1] * scale)), max(2, round(photo.shape[0] * scale)))
        photo = cv2.resize(photo, small, interpolation=cv2.INTER_AREA)
        mask = cv2.resize(mask, small, interpolation=cv2.INTER_AREA)[..., None]
    else:
        linear = linear * scale
    ys, xs = np.nonzero(mask[::4, ::4, 0])
    middle = np.array((photo.shape[1], photo.shape[0])) / 2
    if len(xs):
        # The closer the look, the more it is the hand that is looked at.
        middle = middle + rng.uniform(0.3, 1) * (np.array((xs.mean(), ys.mean())) * 4 - middle)
    place = np.array((width, height)) * rng.uniform(0.35, 0.65, size=2)
    shift = place - linear @ middle
    matrix = np.column_stack([linear, shift + linear @ (0.5, 0.5) - 0.5])
    border = cv2.BORDER_CONSTANT if rng.random() < 0.15 else cv2.BORDER_REFLECT
    photo = cv2.warpAffine(photo, matrix, (width, height), borderMode=border)
    mask = cv2.warpAffine(mask, matrix, (width, height), borderMode=border)
    return photo, np.where(mask > 127, 255, 0).astype(np.uint8)[..., None]


# --- the hand and its arm over the scene -----------------------------------------------------


def _add_hand(canvas, mask, cutout, rng, strength, extent):
    """The cut-out over a scene; `mask` (h, w, 1) is of the hands that are there already."""
    size = canvas.shape[:2]
    hand = _Placement(cutout, rng, size, extent)
    colours, alpha = hand.warp(cutout)
    across = np.array((-hand.outward[1], hand.outward[0]))
    # The line starts a little inside the hand, so that no gap shows behind a ragged end.
    wide = max(abs((hand.cut[1] - hand.cut[0]) @ across), 2.0)
    start = hand.cut.mean(axis=0) - 0.2 * wide * hand.outward
    if hand.arm in ("bare", "sleeve"):
        bare = np.hypot(*size) if hand.arm == "bare" else wide * rng.uniform(0, 1.5) * (rng.random() < 0.5)
        if bare > 0:
            skin = _skin_strip(colours, alpha, start, across * wide, cutout.skin, rng)
            arm, arm_alpha = _strip(skin, start, hand.outward, wide, wide * rng.uniform(1, 1.25), bare, size)
            colours = _blend(arm, colours, alpha)
            alpha = np.maximum(alpha, arm_alpha)
            start = start + bare * hand.outward
    colours = _relight(colours, alpha, canvas, rng, strength)
    sleeve_alpha = None
    if hand.arm == "sleeve":
        # Cloth may be a piece of the picture, but not where a hand is already: that is no cloth.
        cloth = _cloth(None if mask.any() else canvas, rng)
        lean = np.deg2rad(rng.normal(0, 8))
        turn = np.array(((np.cos(lean), -np.sin(lean)), (np.sin(lean), np.cos(lean))))
        cuff = wide * rng.uniform(1.15, 1.7)
        long = np.hypot(*size) if rng.random() < 0.9 else wide * rng.uniform(0.5, 2)
        ends = cuff, cuff * rng.uniform(1, 1.5), long
        sleeve, sleeve_alpha = _strip(cloth, start, turn @ hand.outward, *ends, size)
    if rng.random() < 0.35 * strength:
        solid = alpha if sleeve_alpha is None else np.maximum(alpha, sleeve_alpha)
        canvas = _cast_shadow(canvas, solid, rng)
    canvas = _blend(canvas, colours, alpha)
    hands = np.maximum(mask[..., 0], np.where(alpha > 0.5, 255, 0).astype(np.uint8))
    if sleeve_alpha is not None:
        canvas = _blend(canvas, sleeve, sleeve_alpha)
        hands[sleeve_alpha >= 0.5] = 0
    return canvas, hands[..., None]


def _spread_inside(photo, mask, rim):
    """The photo with the colours of the hand's inside spread over its edge and a little beyond.

    `rim` (3 or 5) is the side of the window that must be all hand: within half of it of the mask's
    edge, the photo shows the old background's light, or the dark seam that cameras sharpen into it.
    """
    window = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (rim, rim))
    inner = (cv2.erode(mask, window) > 250).astype(np.float32)
    weighted = photo * inner[..., None]
    out = photo.astype(np.float32)
    for window in ((9, 9), (3, 3)):  # the near average where it reaches, the far one elsewhere
        weight = cv2.blur(inner, window)
        spread = cv2.blur(weighted, window) / np.maximum(weight, 1e-6)[..., None]
        cv2.copyTo(spread, ((inner == 0) & (weight > 1e-6)).astype(np.uint8), out)
    return np.clip(out + 0.5, 0, 255).astype(np.uint8)


def _blend(below, above, alpha):
    """`above` over `below`, both uint8, by alpha (h, w) float32."""
    return cv2.blendLinear(above, below, alpha, 1 - alpha)


def _strip(texture, start, direction, wide, wide_end, long, size):
    """A texture drawn along a straight strip: colours (h, w, 3) uint8 and alpha (h, w) float32."""
    height, width = size
    across = np.array((-direction[1], direction[0]))
    end = start + long * direction
    corners = np.array(
        (
            start - across * wide / 2,
            start + across * wide / 2,
            end + across * wide_end / 2,
            end - across * wide_end / 2,
        ),
        np.float32,
    )
    rows, columns = texture.shape[:2]
    flat = np.array(((0, 0), (columns, 0), (columns, rows), (0, rows)), np.float32)
    matrix = cv2.getPerspectiveTransform(flat, corners)
    colours = cv2.warpPerspective(texture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    alpha = np.zeros(size, np.uint8)
    cv2.fillConvexPoly(alpha, np.round((corners - 0.5) * 16).astype(np.int32), 255, cv2.LINE_AA, shift=4)
    return colours, alpha.astype(np.float32) / np.float32(255)


def _skin_strip(colours, alpha, start, across, skin, rng):
    """Skin for an arm (16, 16, 3), from a line across the hand's end: darker to its sides."""
    height, width = alpha.shape
    along = start + np.linspace(-0.4, 0.4, 16)[:, None] * across
    x = np.clip(along[:, 0].astype(int), 0, width - 1)
    y = np.clip(along[:, 1].astype(int), 0, height - 1)
    line, known = colours[y, x].astype(np.float32), alpha[y, x] > 0.9
    middle = line[known].mean(axis=0) if known.any() else skin.astype(np.float32)
    line[~known] = middle
    line = 0.5 * cv2.blur(line, (1, 5), borderType=cv2.BORDER_REPLICATE) + 0.5 * middle
    # From the colour of the wrist, often in shadow, to that of the whole hand.
    onward = np.linspace(0, 1, 16, dtype=np.float32)[:, None, None] ** 0.5
    strip = (1 - onward) * line + onward * (skin * line / np.maximum(middle, 1))
    strip *= _smooth_noise(rng, 0.04, (4, 3), 16)[..., None]
    return np.clip(strip, 0, 255).astype(np.uint8)


def _cloth(canvas, rng):
    """Cloth (32, 32, 3): one colour, stripes, or a piece of the picture (if given); with folds."""
    kind = rng.random()
    if kind < 0.25 and canvas is not None:
        side = max(8, min(canvas.shape[:2]) // 3)
        y, x = (int(rng.integers(n - side + 1)) for n in canvas.shape[:2])
        cloth = cv2.resize(canvas[y : y + side, x : x + side], (32, 32)).astype(np.float32)
    else:
        cloth = np.full((32, 32, 3), _colour(rng), np.float32)
        if kind < 0.5:
            every = int(rng.integers(2, 9))
            cloth[np.arange(32) // every % 2 == 0] = _colour(rng)
            if rng.random() < 0.5:
                cloth = cloth.transpose(1, 0, 2)
            elif rng.random() < 0.5:
                cloth = (cloth + cloth.transpose(1, 0, 2)) / 2
    folds = _smooth_noise(rng, 0.15, (8, 3), 32)
    round_off = 1 - 0.35 * np.abs(np.linspace(-1, 1, 32, dtype=np.float32)) ** 3
    return np.clip(cloth * (folds * round_off)[..., None], 0, 255).astype(np.uint8)


# --- light -----------------------------------------------------------------------------------


def _relight(colours, alpha, canvas, rng, strength):
    """The hand in the light of the scene, more or less; of another skin tone now and then."""
    if strength == 0:
        return colours
    inside = alpha > 0.5
    if not inside.any():
        return colours
    hand = np.array(cv2.mean(colours, inside.astype(np.uint8))[:3])
    scene = np.array(cv2.mean(canvas)[:3])
    match = rng.uniform(0, 0.6) * min(strength, 1)
    gains = np.full(3, np.clip(((scene.mean() + 8) / (hand.mean() + 8)) ** match, 0.45, 1.6))
    tint = (scene + 20) / (scene.mean() + 20)
    gains *= tint ** (rng.uniform(0, 0.4) * min(strength, 1))
    if rng.random() < 0.35 * strength:
        # Darker skin reflects less of all light, of blue the least.
        gains *= rng.uniform(0.35, 1) ** np.array((0.85, 1.1, 1.2))
    colours = cv2.LUT(colours, _curve(gains, gamma=np.exp(rng.normal(0, 0.12 * strength))))
    if rng.random() < 0.35 * strength:
        colours = _scaled(colours, _light(alpha.shape, rng, strength))
    return colours


def _cast_shadow(canvas, alpha, rng):
    """What lies behind the hand, darker where the hand stands before the light."""
    height, width = alpha.shape
    reach = min(height, width)
    angle, way = rng.uniform(0, 2 * np.pi), reach * rng.uniform(0.01, 0.1)
    matrix = np.array(((1, 0, way * np.cos(angle)), (0, 1, way * np.sin(angle))))
    shadow = cv2.warpAffine(alpha, matrix, (width, height))
    shadow = cv2.GaussianBlur(shadow, (0, 0), reach * rng.uniform(0.006, 0.03))
    return _scaled(canvas, 1 - np.float32(rng.uniform(0.2, 0.65)) * shadow)


def _light(size, rng, strength):
    """Uneven light, gains (h, w) float32: a slope, the edge of a shadow, or blotches."""
    height, width = size
    kind = rng.random()
    if kind < 0.7:
        angle = rng.uniform(0, 2 * np.pi)
        x = (np.arange(width, dtype=np.float32) + 0.5) / width - 0.5
        y = (np.arange(height, dtype=np.float32) + 0.5) / height - 0.5
        way = x[None] * np.float32(np.cos(angle)) + y[:, None] * np.float32(np.sin(angle))
        if kind < 0.4:
            gains = 1 + np.float32(rng.uniform(0, 1.1) * min(strength, 1)) * way
        else:  # one side of an edge, soft or hard, lies in shadow
            sharp, dark = np.exp(rng.uniform(1.5, 4.5)), rng.uniform(0.2, 0.6) * min(strength, 1)
            beyond = np.clip(sharp * (way - rng.uniform(-0.3, 0.3)), -30, 30).astype(np.float32)
            gains = 1 - np.float32(dark) / (1 + np.exp(-beyond))
    else:
        spots = np.exp(rng.normal(0, 0.25 * strength, (4, 4))).astype(np.float32)
        gains = cv2.resize(spots, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(gains, 0.15, 2)


def _scaled(photo, gains):
    """photo uint8 times gains (h, w) float32."""
    return cv2.multiply(photo, cv2.merge((gains, gains, gains)), dtype=cv2.CV_8U)


def _curve(gains, gamma=1.0, contrast=1.0, pivot=128.0):
    """A table (256, 1, 3) uint8 for cv2.LUT: gamma, contrast about a pivot, a gain per channel."""
    levels = np.linspace(0, 1, 256) ** gamma * 255
    levels = (levels - pivot) * contrast + pivot
    table = np.clip(levels[:, None] * np.asarray(gains)[None] + 0.5, 0, 255)
    return table.astype(np.uint8)[:, None]


def _camera(photo, rng, strength):
    """Exposure, gamma, contrast, white balance and saturation."""
    mean = float(photo.mean())
    stops = rng.normal(0, 0.35 * strength)
    if rng.random() < 0.08 * strength:
        stops -= rng.uniform(0.5, 2)
    # Neither so bright nor so dark that nobody could tell the hand any more.
    stops = np.clip(stops, min(0, np.log2(20 / (mean + 1))), max(0, np.log2(170 / (mean + 1))))
    warm, green = rng.normal(0, 0.1 * strength), rng.normal(0, 0.03 * strength)
    gains = 2.0**stops * np.exp(np.array((warm, green, -warm)))
    curve = _curve(
        gains,
        gamma=np.exp(rng.normal(0, 0.2 * strength)),
        contrast=np.exp(rng.normal(0, 0.15 * strength)),
        pivot=mean,
    )
    photo = cv2.LUT(photo, curve)
    if rng.random() < 0.06 * strength:
        return _gray(photo)
    if rng.random() < 0.5 * strength:
        colour = np.exp(rng.normal(-0.1 * strength, 0.35 * strength))
        weights = np.array((0.299, 0.587, 0.114))
        photo = cv2.transform(photo, colour * np.eye(3) + (1 - colour) * weights)
    return photo


def _gray(photo):
    return cv2.cvtColor(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)


def _motion_blur(photo, length, angle_degrees):
    """A smear of `length` pixels, symmetrical, so that nothing moves on the whole."""
    side = 2 * int(np.ceil(length / 2)) + 1
    line = np.zeros((side, side), np.float32)
    line[side // 2] = np.clip((length + 1) / 2 - np.abs(np.arange(side) - side // 2), 0, 1)
    turn = cv2.getRotationMatrix2D((side // 2, side // 2), float(angle_degrees), 1)
    line = cv2.warpAffine(line, turn, (side, side))
    return cv2.filter2D(photo, -1, line / line.sum(), borderType=cv2.BORDER_REPLICATE)


def _low_resolution(photo, factor):
    height, width = photo.shape[:2]
    small = (max(2, round(width / factor)), max(2, round(height / factor)))
    return cv2.resize(cv2.resize(photo, small, interpolation=cv2.INTER_AREA), (width, height))


def _noisy(photo, rng, deviation, coarse=False):
    """Normal noise; `coarse` grains are two pixels wide."""
    height, width = photo.shape[:2]
    shape = ((height + 1) // 2, (width + 1) // 2, 3) if coarse else photo.shape
    grain = rng.standard_normal(shape, dtype=np.float32) * np.float32(deviation)
    if coarse:
        grain = cv2.resize(grain, (width, height))
    return cv2.add(photo, grain, dtype=cv2.CV_8U)


def _jpeg(photo, quality):
    done, data = cv2.imencode(".jpg", photo, (cv2.IMWRITE_JPEG_QUALITY, max(1, quality)))
    if not done:
        raise RuntimeError(f"OpenCV could not encode a {photo.shape} photo as JPEG")
    return cv2.imdecode(data, cv2.IMREAD_COLOR)


# --- what lies behind ------------------------------------------------------------------------


def _scene(background, rng, size, strength, distractors, skin=None):
    """A part of a background in the frame's size, with skin-coloured things in it now and then."""
    height, width = size
    if rng.random() < 0.06 * strength:
        canvas = _plain_wall(size, rng)
    else:
        rows, columns = background.shape[:2]
        # A window of the frame's shape, from a third of the photo to as large as it goes.
        largest = min(rows / height, columns / width)
        scale = largest * np.exp(rng.uniform(np.log(0.35), 0))
        h, w = max(1, int(height * scale)), max(1, int(width * scale))
        y, x = int(rng.integers(rows - h + 1)), int(rng.integers(columns - w + 1))
        shrink = h > height
        canvas = cv2.resize(
            background[y : y + h, x : x + w],
            (width, height),
            interpolation=cv2.INTER_AREA if shrink else cv2.INTER_LINEAR,
        )
        if rng.random() < 0.5:
            canvas = canvas[:, ::-1]
        if rng.random() < 0.1:
            canvas = canvas[::-1]
    canvas = np.ascontiguousarray(canvas)
    if rng.random() < 0.25 * strength:
        canvas = cv2.GaussianBlur(canvas, (0, 0), min(size) / 128 * rng.uniform(0.5, 3))
    if rng.random() < distractors * strength:
        for _ in range(int(rng.integers(1, 4))):
            canvas = _distract(canvas, rng, skin)
    return canvas


def _plain_wall(size, rng):
    wall = np.full(size + (3,), _colour(rng, pale=rng.random() < 0.6), np.uint8)
    return _scaled(wall, _light(size, rng, 1.0))


def _distract(canvas, rng, skin):
    """A thing that is no hand: skin-coloured paper, a blob or a face, a piece of wood, a sleeve."""
    size = canvas.shape[:2]
    reach = min(size)
    tone = _skin_tone(rng) if skin is None or rng.random() < 0.5 else skin
    tone = np.clip(np.asarray(tone) * np.exp(rng.normal(0, 0.12)), 0, 255)
    at = np.array((size[1], size[0])) * rng.uniform(0, 1, 2)
    kind = rng.choice(("paper", "blob", "face", "wood", "sleeve"), p=(0.25, 0.25, 0.25, 0.15, 0.1))
    if kind == "face":
        colours, alpha = _face(canvas, tone, at, reach * rng.uniform(0.1, 0.3), rng)
    elif kind == "wood" or kind == "sleeve":
        angle = rng.uniform(0, 2 * np.pi)
        direction = np.array((np.cos(angle), np.sin(angle)))
        texture = _wood(rng) if kind == "wood" else _cloth(canvas, rng)
        wide = reach * rng.uniform(0.08, 0.4)
        colours, alpha = _strip(texture, at, direction, wide, wide, reach * rng.uniform(0.2, 1.5), size)
    else:
        alpha = np.zeros(size, np.uint8)
        if kind == "paper":
            angles = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 6))))
            edge = np.stack([np.cos(angles), np.sin(angles)], axis=1) * reach * rng.uniform(0.1, 0.45)
            corners = np.round((at + edge) * 16).astype(np.int32)
            cv2.fillPoly(alpha, [corners], 255, cv2.LINE_AA, shift=4)
        else:
            for _ in range(int(rng.integers(1, 4))):
                axes = np.maximum(reach * rng.uniform(0.04, 0.25, 2), 1).astype(int)
                middle = (at + rng.normal(0, 0.1 * reach, 2)).astype(int)
                turn = float(rng.uniform(0, 180))
                cv2.ellipse(alpha, middle.tolist(), axes.tolist(), turn, 0, 360, 255, -1, cv2.LINE_AA)
            alpha = cv2.GaussianBlur(alpha, (0, 0), reach / 128 * rng.uniform(0.5, 3))
        colours = _scaled(np.full(size + (3,), tone, np.uint8), _light(size, rng, 1.0))
        alpha = alpha.astype(np.float32) / np.float32(255)
    return _blend(canvas, colours, alpha)


def _face(canvas, tone, at, radius, rng):
    """A face at a glance: neck, head, hair, eyes, mouth."""
    size = canvas.shape[:2]
    colours = np.full(size + (3,), tone, np.uint8)
    alpha = np.zeros(size, np.uint8)
    x, y = at
    tall = radius * rng.uniform(1.2, 1.45)

    def oval(image, dx, dy, rx, ry, colour):
        middle = (round((x + dx * radius) * 16), round((y + dy * tall) * 16))
        axes = (max(16, round(rx * radius * 16)), max(16, round(ry * tall * 16)))
        cv2.ellipse(image, middle, axes, 0, 0, 360, colour, -1, cv2.LINE_AA, shift=4)

    oval(alpha, 0, 0, 1, 1, 255)
    oval(alpha, 0, 1, 0.5, 0.6, 255)
    hair = tuple(float(c) for c in np.array((60, 42, 30)) * rng.uniform(0.2, 2.2))
    dark = tuple(float(c) for c in tone * 0.35)
    lips = tuple(float(c) for c in tone * (0.85, 0.5, 0.5))
    if rng.random() < 0.8:
        oval(alpha, 0, -0.35, 1.12, 0.85, 255)
        oval(colours, 0, -0.35, 1.12, 0.85, hair)
        oval(colours, 0, 0.12, 0.88, 0.85, tuple(float(c) for c in tone))
    for side in (-0.38, 0.38):
        oval(colours, side, -0.05, 0.15, 0.06, dark)
        oval(colours, side, -0.22, 0.2, 0.035, hair)
    oval(colours, 0, 0.25, 0.12, 0.08, tuple(float(c) for c in tone * 0.8))
    oval(colours, 0, 0.52, 0.3, 0.07, lips)
    colours = _scaled(colours, _light(size, rng, 1.0))
    blur = max(0.4, radius * 0.05)
    return cv2.GaussianBlur(colours, (0, 0), blur), cv2.GaussianBlur(alpha, (0, 0), blur / 2).astype(
        np.float32
    ) / np.float32(255)


def _wood(rng):
    """Wood grain (64, 64, 3)."""
    tone = np.array((150, 105, 65)) * np.exp(rng.normal(0, 0.3)) * np.exp(rng.normal(0, 0.08, 3))
    grain = _smooth_noise(rng, 0.16, (3, 32), 64)
    return np.clip(tone * grain[..., None], 0, 255).astype(np.uint8)


def _smooth_noise(rng, deviation, knots, side):
    """Noise about 1, (side, side) float32, smooth between `knots` (rows, columns) values."""
    return cv2.resize(
        rng.normal(1, deviation, knots).astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC
    )


def _colour(rng, pale=False):
    """A colour of cloth and walls: often grayish, seldom loud."""
    value = rng.uniform(0.65, 1) if pale else rng.uniform(0.05, 1)
    away = rng.normal(0, 0.05 if pale else 0.2, 3)
    return np.clip(255 * value * np.exp(away), 0, 255)


def _skin_tone(rng):
    """A skin colour between the palest and the darkest, (3,) RGB."""
    share = rng.random()
    return (1 - share) * np.array((240, 200, 175)) + share * np.array((85, 55, 42)) + rng.normal(0, 6, 3)


# --- checks ----------------------------------------------------------------------------------


def _as_list(sources):
    return [sources] if isinstance(sources, Examples) else list(sources)


def _check_source(source, hands):
    if source.photos is None or source.masks is None:
        missing = "photos" if source.photos is None else "masks"
        raise ValueError(f"{source.name} has no {missing}; hands are cut out by photos and masks")
    if len(source) == 0:
        raise ValueError(f"{source.name} holds no pictures")
    for i, (photo, mask) in enumerate(zip(source.photos, source.masks, strict=True)):
        try:
            _checked_pair(photo, mask, hands)
        except ValueError as error:
            raise ValueError(f"{source.name}, picture {i}: {error}") from None


def _check_photo(photo, what):
    if not isinstance(photo, np.ndarray) or photo.dtype != np.uint8:
        raise ValueError(f"{what} is {getattr(photo, 'dtype', type(photo).__name__)}; give a uint8 array")
    if photo.ndim != 3 or photo.shape[2] != 3 or 0 in photo.shape:
        raise ValueError(f"{what} has shape {photo.shape}; give (height, width, 3), RGB")


def _checked_pair(photo, mask, hand=True):
    _check_photo(photo, "photo")
    if not isinstance(mask, np.ndarray):
        raise ValueError(f"mask is {type(mask).__name__}; give a uint8 array")
    if mask.ndim == 2:
        mask = mask[..., None]
    if mask.dtype != np.uint8 or mask.shape != photo.shape[:2] + (1,):
        raise ValueError(
            f"mask {mask.shape} {mask.dtype} for a photo of {photo.shape}; give uint8, same size"
        )
    if hand and mask.max() < 128:
        raise ValueError("the mask is empty (masks are 0 and 255); leave the picture out")
    return photo, mask


def _checked_size(size):
    if np.ndim(size) != 1 or len(size) != 2 or any(int(n) != n or n < MIN_SIZE for n in size):
        raise ValueError(f"size is {size}; give (height, width), each a whole number from {MIN_SIZE} up")
    return int(size[0]), int(size[1])


def _checked_extent(extent):
    if len(extent) != 2 or not 0 < extent[0] <= extent[1] <= 4:
        raise ValueError(f"extent is {extent}; give (smallest, largest) with 0 < smallest <= largest <= 4")
    return float(extent[0]), float(extent[1])


def _checked_strength(strength):
    if not 0 <= strength <= 2:
        raise ValueError(f"strength is {strength}; use 0 (off) to 2, 1 is usual")
    return float(strength)


def _checked_weights(weights, sources):
    if weights is None:
        weights = np.ones(sources)
    weights = np.asarray(weights, np.float64)
    if weights.shape != (sources,):
        raise ValueError(f"{weights.size} weights for {sources} sources; give one a source, cut-outs first")
    if sources == 0:
        return weights
    if not np.isfinite(weights).all() or weights.min() < 0 or weights.sum() == 0:
        raise ValueError(f"weights are {weights.tolist()}; none below 0, and not all 0")
    return weights / weights.sum()


def _share(value, name):
    if not 0 <= value <= 1:
        raise ValueError(f"{name} is {value}; it is a share, from 0 to 1")
    return float(value)


def _at_least(value, lowest, name):
    if int(value) != value or value < lowest:
        raise ValueError(f"{name} is {value}; use a whole number from {lowest} up")
    return int(value)
