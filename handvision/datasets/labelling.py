"""Masks out of real photos whose background is known, and the direction of a real mask.

Photos are (height, width, 3) uint8 RGB; masks that come out are (height, width, 1) uint8, 0 or 255.
"""

from functools import lru_cache

import cv2
import numpy as np

from handvision.core.examples import UNKNOWN
from handvision.core.geometry import degrees_from_sin_cos


def reference_rotation(masks: np.ndarray | list) -> np.ndarray:
    """The direction from where the forearm leaves the picture to the centre of the palm.

    The palm's centre is the middle of the largest disc that fits into the mask. The forearm is the
    longest run of mask along the picture's border; it counts only if it is as broad as a wrist, so
    that fingertips at the border are not taken for it.

    Args:
        masks: (n, height, width, 1) or (n, height, width), or a list of such masks; hand > 127.

    Returns:
        (n,) float32, degrees counter-clockwise from image-up, in (-180, 180]. NaN where the mask is
        empty or full, or no forearm reaches the border.
    """
    return np.array([_rotation(np.asarray(mask)) for mask in masks], np.float32).reshape(len(masks))


def _rotation(mask: np.ndarray) -> float:
    hand = (mask.reshape(mask.shape[:2]) > 127).astype(np.uint8)
    if min(hand.shape) < 3 or hand.all() or not hand.any():
        return np.nan
    depth = cv2.distanceTransform(hand, cv2.DIST_L2, cv2.DIST_MASK_5)
    # A forearm that fills its end of the picture is as deep as a palm; the palm lies inside.
    _, radius, _, palm = cv2.minMaxLoc(depth)
    run = _longest_border_run(hand)
    if len(run) < 0.8 * radius:
        return np.nan
    exit_x, exit_y = run.mean(0)
    across, up = palm[0] - exit_x, exit_y - palm[1]
    if np.hypot(across, up) < 0.5 * radius:
        return np.nan
    return float(degrees_from_sin_cos((-across, up)))


def _longest_border_run(hand: np.ndarray) -> np.ndarray:
    """(k, 2) x, y of the longest unbroken stretch of hand around the border, corners included."""
    x, y = _border(*hand.shape)
    on = hand[y, x] > 0
    if on.all() or not on.any():
        return np.empty((0, 2))
    first = np.flatnonzero(~on)[0]  # start where there is no hand, so that no run is cut in two
    x, y, on = np.roll(x, -first), np.roll(y, -first), np.roll(on, -first)
    steps = np.flatnonzero(np.diff(np.concatenate([[0], on.astype(np.int8), [0]])))
    starts, ends = steps[::2], steps[1::2]
    best = np.argmax(ends - starts)
    return np.stack([x, y], 1)[starts[best] : ends[best]].astype(float)


@lru_cache
def _border(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """x and y of the pixels around the border, clockwise from the top left."""
    right, down = np.arange(width), np.arange(1, height)
    x = np.concatenate([right, np.full(height - 1, width - 1), right[-2::-1], np.zeros(height - 2, int)])
    y = np.concatenate([np.zeros(width, int), down, np.full(width - 1, height - 1), down[-2::-1]])
    return x, y


def hand_on_plain_wall(photo: np.ndarray) -> np.ndarray:
    """The hand and bare forearm in front of a plain, light wall, however unevenly lit.

    The wall's colour is fitted as a smooth surface over the picture (its light falls off towards the
    corners), starting from the border. Hand is what differs from it in colour, or less so in colour
    and is darker: colour alone is blurred by JPEG and closes the gaps between fingers, and darkness
    alone takes shadows for the hand.
    """
    lab = _lab(photo)
    difference = lab - _wall(lab)
    colour = np.hypot(difference[..., 1], difference[..., 2])
    darkness = np.maximum(0, -difference[..., 0])
    enough = np.clip(_otsu(colour, 8), 7, 14)
    dark = np.clip(_otsu(darkness, 3), 10, 25)
    # Black nail varnish, bracelets and hair have no colour, but are very dark.
    colour += 0.5 * np.maximum(0, darkness - 30)
    hand = (colour > 1.25 * enough) | ((colour > 0.6 * enough) & (darkness > dark))
    return _tidy(cv2.medianBlur(hand.astype(np.uint8), 3), 0.004)


def skin_before_empty_frame(photo: np.ndarray, empty: np.ndarray) -> np.ndarray:
    """Hand and bare forearm of a photo, given the same view without anybody. Sleeves stay out.

    What differs from the empty frame is the person; of it, skin is what is redder than the wall. In
    shadow skin is less red, but as red for its brightness.

    Args:
        photo, empty: RGB pictures of one size.
    """
    size = photo.shape[1] / 320  # blurs and gaps in pixels were chosen at this width
    lab = _lab(photo)
    difference = lab - cv2.GaussianBlur(_lab(empty), (0, 0), 4 * size)
    difference -= np.median(difference[::4, ::4].reshape(-1, 3), 0)  # exposure drifts from photo to photo
    red = difference[..., 1]
    person = (np.abs(difference[..., 0]) > 11) | (np.hypot(red, difference[..., 2]) > 6)
    if not person.any():
        return np.zeros((*person.shape, 1), np.uint8)
    skin = np.zeros_like(person)
    for redness, share, least in ((red, 0.42, 3), (red * 50 / (lab[..., 0] + 12), 0.5, 4)):
        enough = max(least, share * np.percentile(redness[person][::4], 85))
        skin |= cv2.GaussianBlur(redness, (0, 0), 1.5 * size) > enough
    skin = cv2.morphologyEx((skin & person).astype(np.uint8), cv2.MORPH_OPEN, _disc(3 * size))
    closed = cv2.morphologyEx(_largest(skin), cv2.MORPH_CLOSE, _disc(11 * size)) > 0
    return _tidy((closed & person).astype(np.uint8), 0.006)


def hands_in_boxes(photo: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Weak masks of the hands in a photo of which only boxes are known.

    In the boxes the hand is told from the rest by its colour and by edges (GrabCut: Rother et al., 2004),
    and believed only where it reaches all sides of its box, as a hand does; a box where it does not is
    UNKNOWN. So is what continues the hand outside of the box, a bare forearm, and a whole photo without
    boxes or with nothing beside them.

    Args:
        photo: RGB.
        boxes: (k, 4) x0, y0, x1, y1 in pixels.
    """
    height, width = photo.shape[:2]
    scale = 200 / max(height, width)  # pixels at which a box takes a twentieth of a second
    small = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    spans = [_span(box * scale, small.shape) for box in np.asarray(boxes, np.float32)]
    inside = np.zeros(small.shape[:2], bool)
    for span in spans:
        inside[span] = True
    if not inside.any() or inside.all():
        return np.full((height, width, 1), UNKNOWN, np.uint8)
    weak = np.zeros(small.shape[:2], np.uint8)
    lab = _lab(small)
    likely = (_likelier_inside(lab, inside) > 0.3) & (lab[..., 1] > 3)
    hand = np.zeros_like(inside)
    for span in spans:
        hand[span] |= _grab(small, span, likely)
        weak[span] = np.where(hand[span], 255, 0) if _reaches_all_sides(hand[span]) else UNKNOWN
    _, regions = cv2.connectedComponents((likely | (weak > 0)).astype(np.uint8))
    arm = np.isin(regions, np.unique(regions[weak > 0])).astype(np.uint8)
    weak[~inside & (cv2.dilate(arm, _disc(7)) > 0)] = UNKNOWN
    return _grown(weak, (height, width))


def _grab(photo: np.ndarray, span: tuple[slice, slice], likely: np.ndarray) -> np.ndarray:
    """GrabCut in a box, with what lies about it as background: hand, in the box's shape."""
    margins = [2 * (side.stop - side.start) for side in span]
    around = tuple(
        slice(max(0, side.start - margin), side.stop + margin)
        for side, margin in zip(span, margins, strict=True)
    )
    state = np.full(photo.shape[:2], cv2.GC_BGD, np.uint8)
    state[span] = np.where(likely[span], cv2.GC_PR_FGD, cv2.GC_PR_BGD)
    inner = np.ascontiguousarray(state[around])
    if likely[span].any() and (inner == cv2.GC_BGD).any():
        cv2.setRNGSeed(0)  # this thread's: GrabCut's clusters start at random
        cv2.grabCut(
            np.ascontiguousarray(photo[around]),
            inner,
            (0, 0, 0, 0),  # a rectangle, not looked at where the state says what is known
            np.zeros((1, 65)),
            np.zeros((1, 65)),
            3,
            cv2.GC_INIT_WITH_MASK,
        )
    state[around] = inner
    return np.isin(state[span], (cv2.GC_FGD, cv2.GC_PR_FGD))


def _span(box: np.ndarray, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """The rows and columns of a box that lie in a picture."""
    x0, y0 = np.floor(box[:2]).astype(int).clip(0)
    x1, y1 = np.ceil(box[2:]).astype(int).clip(0, (shape[1], shape[0]))
    return slice(y0, y1), slice(x0, x1)


def _likelier_inside(lab: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """For every pixel, the logarithm of how much more frequent its colour is inside than outside."""
    bins = ((lab + (0, 40, 40)) / (12.5, 5, 5)).astype(int).clip(0, (7, 15, 15))
    colour = (bins[..., 0] * 16 + bins[..., 1]) * 16 + bins[..., 2]
    counts = [np.bincount(colour[part], minlength=8 * 16 * 16) + 0.5 for part in (inside, ~inside)]
    ratio = np.log(counts[0] / counts[0].sum()) - np.log(counts[1] / counts[1].sum())
    return cv2.GaussianBlur(ratio[colour].astype(np.float32), (0, 0), 1)


def _reaches_all_sides(hand: np.ndarray) -> bool:
    if not hand.any():
        return False
    return all(
        marked[0] <= 0.12 * size and marked[-1] >= 0.88 * size - 1
        for marked, size in zip(
            (np.flatnonzero(hand.any(1)), np.flatnonzero(hand.any(0))), hand.shape, strict=True
        )
    )


def _grown(weak: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The three values at another size, none of them mixed: unknown where they meet it."""
    hand, unknown = (cv2.resize((weak == value).astype(np.float32), size[::-1]) for value in (255, UNKNOWN))
    return np.where(unknown > 0.05, UNKNOWN, np.where(hand > 0.5, 255, 0)).astype(np.uint8)[..., None]


def cut_out_on_black(photo: np.ndarray, threshold: int = 30) -> np.ndarray:
    """The hand that was cut out and laid on black: what has more red than `threshold`, above JPEG's noise.

    Red alone, because shaded skin keeps it longest, and the rest of a green screen has none.
    """
    return _tidy((photo[..., 0] > threshold).astype(np.uint8), 0.004)


def _lab(photo: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(photo.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)


def _wall(lab: np.ndarray) -> np.ndarray:
    """The wall's colour at every pixel: a quadratic surface fitted to what looks like wall, six times."""
    height, width = lab.shape[:2]
    step = max(1, round(max(height, width) / 50))  # the surface is smooth: 50 points across are plenty
    small = cv2.resize(lab, (max(1, width // step), max(1, height // step)), interpolation=cv2.INTER_AREA)
    rows, columns = np.mgrid[: small.shape[0], : small.shape[1]] / np.array(small.shape[:2]).reshape(2, 1, 1)
    colours, basis = small.reshape(-1, 3), _basis(*small.shape[:2])
    # Wrists leave at the bottom, so the frame that starts the fit has no bottom.
    wall = ((rows < 0.08) | (columns < 0.06) | (columns >= 0.94)) & (rows < 0.85)
    wall = wall.ravel()
    off = colours - np.median(colours[wall], 0)
    wall &= np.hypot(off[:, 1], off[:, 2]) < 10
    for terms in (3, 6, 6, 6, 6, 6):  # a plane first: a bend from few points goes astray
        chosen = basis[wall, :terms]
        square = chosen.T @ chosen + 1e-2 * np.eye(terms, dtype=np.float32)
        surface = np.linalg.solve(square, chosen.T @ colours[wall])
        off = colours - basis[:, :terms] @ surface
        colour = np.hypot(off[:, 1], off[:, 2])
        wall = (colour < 4) & (np.abs(off[:, 0]) < 12)
        if wall.mean() < 0.1:
            wall = colour < np.quantile(colour, 0.3)
    return (_basis(height, width) @ surface).reshape(height, width, 3)


def _basis(height: int, width: int) -> np.ndarray:
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], -1).reshape(-1, 6).astype(np.float32)


def _otsu(values: np.ndarray, scale: float) -> float:
    """Otsu's threshold, in steps of 1/scale, of values up to 255/scale."""
    steps = np.clip(values * scale, 0, 255).astype(np.uint8)
    return cv2.threshold(steps, 0, 255, cv2.THRESH_OTSU)[0] / scale


def _tidy(hand: np.ndarray, small: float) -> np.ndarray:
    """The largest piece, with holes below `small` of the picture filled; larger holes are real."""
    hand = _largest(hand)
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(1 - hand, connectivity=4)
    x, y, width, height, area = stats.T
    inside = (x > 0) & (y > 0) & (x + width < hand.shape[1]) & (y + height < hand.shape[0])
    fill = inside & (area < small * hand.size) & (np.arange(count) > 0)  # piece 0 is the hand itself
    return np.where((hand > 0) | fill[pieces], 255, 0).astype(np.uint8)[..., None]


def _largest(hand: np.ndarray) -> np.ndarray:
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(hand, connectivity=4)
    if count < 2:
        return hand
    return (pieces == 1 + np.argmax(stats[1:, cv2.CC_STAT_AREA])).astype(np.uint8)


def _disc(diameter: float) -> np.ndarray:
    size = max(1, round(diameter)) | 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
