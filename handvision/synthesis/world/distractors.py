"""Things of skin colour that are no hand, to be drawn into a background."""

import cv2
import numpy as np

from handvision.synthesis.world.textures import checked, colour_of, noise, whole


def draw_distractor(picture: np.ndarray, rng: np.random.Generator, tone: np.ndarray) -> None:
    """Draws a face, a clothed person, an arm, a blob or a board into a (size, size, 3) float32 picture.

    Args:
        tone: (3,) skin colour, RGB in [0, 1].
    """
    _KINDS[int(rng.integers(0, len(_KINDS)))](picture, rng, tone)


def _face(picture: np.ndarray, rng: np.random.Generator, tone: np.ndarray) -> None:
    """Head, hair, eyes, mouth, neck, and shoulders in some garment."""
    size = len(picture)
    tall = rng.uniform(0.13, 0.42) * size
    wide = tall * rng.uniform(0.66, 0.8)
    x, y = rng.uniform(0.05, 0.95) * size, rng.uniform(0.1, 0.75) * size
    garment = colour_of(rng, rng.random()).tolist()
    hair = (np.array([0.25, 0.16, 0.1]) * rng.uniform(0.1, 2.6)).tolist()
    shoulders = [x - 2.2 * wide, y + 3.5 * tall, x + 2.2 * wide, y + 3.5 * tall]
    body = np.array(
        [(shoulders[0], shoulders[1]), (x - 2.0 * wide, y + 1.75 * tall), (x - 0.5 * wide, y + 1.3 * tall)]
        + [(x + 0.5 * wide, y + 1.3 * tall), (x + 2.0 * wide, y + 1.75 * tall), (shoulders[2], shoulders[3])]
    )
    if rng.random() < 0.45:
        cv2.ellipse(picture, whole(x, y + 0.15 * tall), whole(1.2 * wide, 1.25 * tall), 0, 0, 360, hair, -1)
    cv2.fillPoly(picture, [np.round(body).astype(np.int32)], garment)
    neck = np.array([(x - 0.45 * wide, y), (x + 0.45 * wide, y), (x + 0.5 * wide, y + 1.4 * tall)])
    neck = np.concatenate([neck, [(x, y + 1.65 * tall), (x - 0.5 * wide, y + 1.4 * tall)]])
    cv2.fillPoly(picture, [np.round(neck).astype(np.int32)], (tone * 0.75).tolist())
    cv2.ellipse(picture, whole(x, y - 0.12 * tall), whole(1.06 * wide, 1.0 * tall), 0, 0, 360, hair, -1)
    cv2.ellipse(
        picture, whole(x, y + 0.08 * tall), whole(wide * 0.95, tall * 0.92), 0, 0, 360, tone.tolist(), -1
    )
    lit = (np.minimum(tone * 1.12, 1)).tolist()
    cv2.ellipse(
        picture, whole(x - 0.2 * wide, y + 0.1 * tall), whole(wide * 0.5, tall * 0.6), 0, 0, 360, lit, -1
    )
    dark = (tone * 0.3).tolist()
    for side in (-1, 1):
        eye = whole(x + side * 0.4 * wide, y + 0.02 * tall)
        cv2.ellipse(picture, eye, whole(0.16 * wide, 0.07 * tall), 0, 0, 360, dark, -1)
        brow = whole(x + side * 0.4 * wide, y - 0.13 * tall)
        cv2.ellipse(
            picture, brow, whole(0.24 * wide, 0.05 * tall), 0, 180, 360, hair, max(1, int(0.06 * tall))
        )
    cv2.ellipse(
        picture,
        whole(x, y + 0.3 * tall),
        whole(0.12 * wide, 0.06 * tall),
        0,
        0,
        180,
        (tone * 0.6).tolist(),
        -1,
    )
    mouth = (tone * (0.8, 0.45, 0.45)).tolist()
    cv2.ellipse(picture, whole(x, y + 0.52 * tall), whole(0.34 * wide, 0.08 * tall), 0, 0, 360, mouth, -1)


def _torso(picture: np.ndarray, rng: np.random.Generator, tone: np.ndarray) -> None:
    """A person's clothes behind the hand, plain or checked, with a bare neck."""
    size = len(picture)
    x, top, half = rng.uniform(0.1, 0.9) * size, rng.uniform(-0.2, 0.5) * size, rng.uniform(0.2, 0.5) * size
    colour = colour_of(rng, rng.random(), value=rng.uniform(0.05, 0.9))
    neck = np.array(
        [(x - 0.22 * half, top - half), (x + 0.22 * half, top - half), (x + 0.26 * half, top - 0.04 * half)]
        + [(x, top + rng.uniform(0.0, 0.3) * half), (x - 0.26 * half, top - 0.04 * half)]
    )
    body = np.array(
        [(x - half * 1.15, size + 2), (x - half, top + 0.15 * half), (x - 0.25 * half, top - 0.1 * half)]
        + [(x + 0.25 * half, top - 0.1 * half), (x + half, top + 0.15 * half), (x + half * 1.15, size + 2)]
    )
    cover = np.zeros((size, size), np.uint8)
    cv2.fillPoly(cover, [np.round(body).astype(np.int32)], 255)
    cloth = np.broadcast_to(colour, picture.shape).copy()
    if rng.random() < 0.5:
        cloth = checked(cloth, rng)
    cloth *= (1 + np.float32(0.12) * noise(rng, size, (5, 5)))[..., None]
    np.copyto(picture, cloth, where=cover[..., None] > 0)
    cv2.fillPoly(picture, [np.round(neck).astype(np.int32)], (tone * rng.uniform(0.7, 1.0)).tolist())


def _arm(picture: np.ndarray, rng: np.random.Generator, tone: np.ndarray) -> None:
    """A bare arm that crosses the picture from edge to edge."""
    size = len(picture)
    angle, thick = rng.uniform(0, np.pi), rng.uniform(0.06, 0.2) * size
    centre = rng.uniform(0.0, 1.0, 2) * size
    along = np.array([np.cos(angle), np.sin(angle)])
    side = np.array([-along[1], along[0]])
    for width, light in ((1.0, 0.62), (0.8, 0.85), (0.55, 1.0), (0.25, 1.08)):
        a, b = centre - along * 2 * size, centre + along * 2 * size
        edge = side * thick * width
        offset = side * thick * 0.12 * (1 - width)
        corners = np.array([a - edge, a + edge, b + edge * 0.7, b - edge * 0.7]) + offset
        cv2.fillPoly(picture, [np.round(corners).astype(np.int32)], np.minimum(tone * light, 1).tolist())


def _blob(picture: np.ndarray, rng: np.random.Generator, tone: np.ndarray) -> None:
    """A smooth shape of skin colour, lit from one side."""
    size = len(picture)
    reach = rng.uniform(0.05, 0.25) * size
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    waves = (rng.normal(0, 0.22 / k) * np.cos(k * angles + rng.uniform(0, 6)) for k in (1, 2, 3, 4))
    bumps = sum(waves, start=np.zeros(24))
    rim = np.stack([np.cos(angles), np.sin(angles)], axis=1) * (1 + bumps)[:, None] * rng.uniform(0.5, 1, 2)
    centre = rng.random(2) * size
    for share, light in ((1.0, 0.7), (0.8, 0.9), (0.55, 1.03)):
        points = centre - reach * 0.15 * (1 - share) + rim * reach * share
        cv2.fillPoly(picture, [np.round(points).astype(np.int32)], np.minimum(tone * light, 1).tolist())


def _cardboard(picture: np.ndarray, rng: np.random.Generator, tone: np.ndarray) -> None:
    """A box or a wooden board."""
    size = len(picture)
    colour = colour_of(rng, rng.uniform(0.05, 0.1), rng.uniform(0.3, 0.55), rng.uniform(0.45, 0.85))
    centre, sides = (rng.random(2) * size).tolist(), (rng.uniform(0.15, 0.6, 2) * size).tolist()
    box = cv2.boxPoints((centre, sides, float(rng.normal(0, 20))))
    cv2.fillPoly(picture, [np.round(box).astype(np.int32)], colour.tolist())
    depth = rng.normal(0, 0.07 * size, 2)
    side = np.array([box[0], box[1], box[1] + depth, box[0] + depth])
    cv2.fillPoly(picture, [np.round(side).astype(np.int32)], (colour * 0.7).tolist())
    start, end = (whole(*(box[i] + box[i + 1]) / 2) for i in (0, 2))
    cv2.line(picture, start, end, (colour * 0.8).tolist(), 1)


_KINDS = (_face, _face, _face, _torso, _arm, _blob, _cardboard, _cardboard)
