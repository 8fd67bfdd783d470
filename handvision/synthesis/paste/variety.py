"""What composites may show beside a hand before a photo: walls, carpets, faces behind it, back-light."""

from dataclasses import dataclass, fields

import cv2
import numpy as np

from handvision.core.checks import checked_share
from handvision.imaging.light import scaled, uneven_light
from handvision.imaging.skin_colour import skin_mask
from handvision.synthesis.paste.distractors import add_face
from handvision.synthesis.paste.textures import draw_wood, random_colour, skin_tone, smooth_noise

_LEAST_SKIN = 0.02  # share of the frame; less is no thing that a hand could lie over


@dataclass(frozen=True)
class Variety:
    """Shares of the composites, in [0, 1]; by default nothing of this.

    Attributes:
        patterns: before a patterned carpet, cloth or wall paper, drawn.
        skin_walls: before a wall of a skin's colours, or of wood, drawn.
        over_skin: the hand lies over the largest thing of skin's colour behind it: a face, a bare leg. Where
            there is none, a face is drawn first.
        back_light: a dark hand before a bright background.
        third: of the composites with a second hand, those with a third one.

    Raises:
        ValueError: a share out of its range; patterns and skin_walls together above 1.
    """

    patterns: float = 0.0
    skin_walls: float = 0.0
    over_skin: float = 0.0
    back_light: float = 0.0
    third: float = 0.0

    def __post_init__(self) -> None:
        for field in fields(self):
            checked_share(getattr(self, field.name), field.name)
        if self.patterns + self.skin_walls > 1:
            raise ValueError(
                f"patterns {self.patterns} and skin_walls {self.skin_walls} are above 1 together: "
                "a composite has one background"
            )

    def draw_wall(self, rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray | None:
        """A drawn background (height, width, 3) uint8, or None: a photo's turn."""
        if not self.patterns + self.skin_walls:
            return None
        kind = rng.random()
        if kind < self.patterns:
            return draw_pattern(rng, size)
        return draw_skin_wall(rng, size) if kind < self.patterns + self.skin_walls else None


def draw_pattern(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """A carpet, a printed cloth or wall paper, (height, width, 3) uint8: a motif again and again, slanted."""
    height, width = size
    colours = np.array([random_colour(rng) for _ in range(int(rng.integers(2, 6)))])
    if rng.random() < 0.4:
        colours[0] = skin_tone(rng)
    side = int(rng.integers(3, 9))
    # Small values are commoner, so one colour is the ground.
    motif = (len(colours) * rng.random((side, side)) ** 2).astype(int)
    if rng.random() < 0.3:  # stripes
        motif[:] = motif[:1]
    half = np.concatenate([motif, motif[:, ::-1]], axis=1)
    tile = colours[np.concatenate([half, half[::-1]])].astype(np.float32)
    pixels = max(4, int(min(size) * np.exp(rng.uniform(np.log(0.06), np.log(0.6)))))
    smooth = cv2.INTER_CUBIC if rng.random() < 0.5 else cv2.INTER_NEAREST
    tile = cv2.resize(tile, (pixels, pixels), interpolation=smooth)
    # The slanted frame needs more of the cloth than its own size.
    reach = 2 * max(size)
    cloth = np.tile(tile, (-(-reach // pixels), -(-reach // pixels), 1))[:reach, :reach]
    frame = np.array(((0, 0), (width, 0), (width, height), (0, height)), np.float32)
    angle = rng.uniform(0, 2 * np.pi) if rng.random() < 0.5 else rng.normal(0, 0.1)
    turn = np.array(((np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle))))
    corners = (frame - frame.mean(axis=0)) * rng.uniform(0.75, 1.25, (4, 2)) @ turn.T + reach / 2
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), frame)
    drawn = cv2.warpPerspective(cloth, matrix, (width, height), borderMode=cv2.BORDER_REFLECT)
    pile = rng.standard_normal((height, width, 1), np.float32)
    drawn = drawn * (1 + np.float32(rng.uniform(0, 0.15)) * pile)
    return scaled(np.clip(drawn, 0, 255).astype(np.uint8), uneven_light(size, rng, 1.0))


def draw_skin_wall(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """A wall of a skin's colours, or boards of wood, (height, width, 3) uint8."""
    height, width = size
    if rng.random() < 0.35:
        boards = np.concatenate([draw_wood(rng) for _ in range(int(rng.integers(1, 4)))])
        drawn = cv2.resize(boards, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    else:
        side = max(size)
        grain = smooth_noise(rng, 0.06, (4, 4), side) * smooth_noise(rng, 0.03, (side // 4, side // 4), side)
        drawn = skin_tone(rng).astype(np.float32) * grain[:height, :width, None]
    return scaled(np.clip(drawn, 0, 255).astype(np.uint8), uneven_light(size, rng, 1.0))


def find_skin(
    canvas: np.ndarray, rng: np.random.Generator, skin: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """A scene with something of skin's colour in it, and where: (2,) x, y near its largest part's middle."""
    coloured = skin_mask(canvas)[..., 0]
    _, regions, stats, centres = cv2.connectedComponentsWithStats(cv2.medianBlur(coloured, 3))
    areas = stats[1:, cv2.CC_STAT_AREA]
    if len(areas) and areas.max() > _LEAST_SKIN * regions.size:
        row = 1 + int(np.argmax(areas))
        reach = np.sqrt(stats[row, cv2.CC_STAT_AREA])
        return canvas, centres[row] + 0.5 + rng.normal(0, 0.2 * reach, 2)
    return add_face(canvas, rng, skin)
