"""Where the hand goes: its size, rotation and place, and the warp that takes it there."""

import cv2
import numpy as np

from handvision.augment.transforms import Augmentation
from handvision.core.geometry import Affine
from handvision.synthesis.paste.cutout import Cutout

# Any rotation, slight shear and unequal stretch, both hands. Size and place come from `Placement`.
_TURN = Augmentation(rotation_degrees=180, shear_degrees=8, shrink=(0.9, 1.1), flip_horizontal=True)


class Placement:
    """A hand's size, rotation and place in the frame, and what becomes of the end of its arm.

    Args:
        at: (2,) x, y where the hand's middle is to lie; default anywhere.

    Attributes:
        affine: from the cut-out's box to the frame.
        scale: pixels of the frame for one of the cut-out's photo.
        outward: (2,) unit vector along the arm, away from the hand.
        cut: (2, 2), the two ends of the line where the arm is cut, in the frame.
        arm: "out" (cut at or beyond the frame's border), "bare", "sleeve" (led on to the border,
            as skin or as cloth) or "afloat" (left as it is).
    """

    def __init__(
        self,
        cutout: Cutout,
        rng: np.random.Generator,
        size: tuple[int, int],
        extent: tuple[float, float],
        at: np.ndarray | None = None,
    ):
        height, width = size
        turn = random_turn(rng)
        length = np.ptp(turn.points(cutout.points), axis=0).max()
        share = np.exp(rng.uniform(*np.log(extent)))
        turn = turn.then(Affine.scale(share * min(height, width) / max(length, 1)))
        turned = turn.points(cutout.points)
        low, high = turned.min(axis=0), turned.max(axis=0)
        ends, outward = turn.points(cutout.ends), turn.linear @ cutout.outward
        self.outward = outward / np.hypot(*outward)
        # A hand that fits lies anywhere in the frame; one that does not may leave it by a fifth.
        room = np.maximum(np.array([width, height]) - (high - low), 0.2 * (high - low)) / 2
        place = np.array([width, height]) / 2 + rng.uniform(-room, room) - (low + high) / 2
        shift = place
        if at is not None:
            shift = at - (low + high) / 2
            # An arm cut at the border would take the hand away from its place.
            self.arm = str(rng.choice(("bare", "sleeve", "afloat"), p=(0.35, 0.55, 0.1)))
        else:
            self.arm = str(rng.choice(("out", "bare", "sleeve", "afloat"), p=(0.5, 0.12, 0.28, 0.1)))
        if self.arm == "out":
            shift = shift + self.outward * max(_way_out(end + shift, self.outward, size) for end in ends)
            inside = turned + shift
            seen = ((inside > 0) & (inside < (width, height))).all(axis=1).mean()
            if seen < 0.4:  # near a corner the way out can take the hand along
                shift, self.arm = place, "sleeve"
        self.affine = turn.then(Affine.shift(*shift))
        self.scale = float(np.sqrt(abs(np.linalg.det(turn.linear))))
        self.cut = ends + shift
        self.size = size

    def warp(self, cutout: Cutout) -> tuple[np.ndarray, np.ndarray]:
        """The cut-out in the frame: colours (h, w, 3) uint8 and alpha (h, w) float32 in [0, 1].

        The colours are those of the hand alone: what is close outside the mask, or mixed with the
        old background at its edge, takes its colour from the hand inside.
        """
        height, width = self.size
        pad = 4
        photo = cv2.copyMakeBorder(cutout.photo, pad, pad, pad, pad, cv2.BORDER_REPLICATE)
        mask = cv2.copyMakeBorder(cutout.mask, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=0)
        affine = Affine.shift(-pad, -pad).then(self.affine)
        scale = self.scale
        if scale < 0.7:  # interpolation alone would skip pixels
            factor = max(scale, 0.05)
            small = (max(2, round(mask.shape[1] * factor)), max(2, round(mask.shape[0] * factor)))
            affine = Affine.scale(mask.shape[1] / small[0], mask.shape[0] / small[1]).then(affine)
            photo = cv2.resize(photo, small, interpolation=cv2.INTER_AREA)
            mask = cv2.resize(mask, small, interpolation=cv2.INTER_AREA)
        photo = _spread_inside(photo, mask, rim=3 if scale < 0.7 else 5)
        if scale > 0.9:  # the steps of a coarse mask would show
            mask = cv2.GaussianBlur(mask, (5, 5), 1.0)
        colours = affine.warp(photo, height, width, border="nearest")
        alpha = affine.warp(mask, height, width)
        alpha = cv2.GaussianBlur(alpha, (3, 3), 0.6).astype(np.float32) / np.float32(255)
        if scale > 0.9:  # back to an edge of a pixel or two
            alpha = np.clip((alpha - 0.5) * np.float32(1.8 * scale) + 0.5, 0, 1)
        return colours, alpha


def random_turn(rng: np.random.Generator) -> Affine:
    """A random rotation, shear, stretch and flip about the origin.

    Size and place are chosen elsewhere and joined to it: one warp is sharper than two.
    """
    return _TURN.draw(1, 0, 0, np.random.default_rng(int(rng.integers(2**31))))[0]


def _way_out(point: np.ndarray, direction: np.ndarray, size: tuple[int, int]) -> float:
    """How far `point` is from leaving the frame along `direction`; 0 if it is outside already."""
    height, width = size
    ways = [
        ((limit if step > 0 else 0) - at) / step
        for at, step, limit in zip(point, direction, (width, height), strict=True)
        if abs(step) > 1e-6
    ]
    return max(0.0, min(ways, default=0.0))


def _spread_inside(photo: np.ndarray, mask: np.ndarray, rim: int) -> np.ndarray:
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
