"""All that is drawn of a person: skin, eyes, shoes, hair, clothes, held things, in the camera's space."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from handvision.synthesis.hand.mesh import posing as hand_posing
from handvision.synthesis.hand.mesh.model import load as load_hand
from handvision.synthesis.person import model
from handvision.synthesis.person.anatomy import SIDES, bone, joint
from handvision.synthesis.person.model import Part, PersonModel


@dataclass
class Surface:
    """Triangles with what shading needs.

    Attributes:
        vertices, normals: (v, 3) float32.
        place: (v, 3) float32 at rest, in metres: where noise and patterns are looked up.
        paint: (v, 7) float32: the model's columns, then where top and trousers are (above 0.5).
        triangles: (t, 3) rows of corners.
        vertex_of_corner: (c,) rows of vertices.
        uv: (c, 2) float32 in the hand's texture.
        part: (t,) of `Part`.
        finger: (t,) the finger shown, 0 = palm or forearm, -1 = something else.
    """

    vertices: np.ndarray
    normals: np.ndarray
    place: np.ndarray
    paint: np.ndarray
    triangles: np.ndarray
    vertex_of_corner: np.ndarray
    uv: np.ndarray
    part: np.ndarray
    finger: np.ndarray

    def add(
        self, vertices: np.ndarray, normals: np.ndarray, place: np.ndarray, triangles: np.ndarray, part: int
    ) -> None:
        """Adds a thing whose vertices are its corners."""
        first, corner = len(self.vertices), len(self.vertex_of_corner)
        self.vertices = np.concatenate([self.vertices, vertices.astype(np.float32)])
        self.normals = np.concatenate([self.normals, normals.astype(np.float32)])
        self.place = np.concatenate([self.place, place.astype(np.float32)])
        self.paint = np.concatenate([self.paint, np.zeros((len(vertices), self.paint.shape[1]), np.float32)])
        self.triangles = np.concatenate([self.triangles, triangles + corner])
        self.vertex_of_corner = np.concatenate([self.vertex_of_corner, first + np.arange(len(vertices))])
        self.uv = np.concatenate([self.uv, np.zeros((len(vertices), 2), np.float32)])
        self.part = np.concatenate([self.part, np.full(len(triangles), part)])
        self.finger = np.concatenate([self.finger, np.full(len(triangles), -1)])


@dataclass(frozen=True)
class PosedHand:
    """One of the person's hands: its own vertices in its own frame, and how it is put into space."""

    vertices: np.ndarray
    posed: hand_posing.Posed
    turn: np.ndarray  # (3, 3), times the hand's length in metres

    def placed(self, points: np.ndarray, wrist: np.ndarray) -> np.ndarray:
        return points @ self.turn.T + wrist


def build_skin(
    person: PersonModel, shaped: np.ndarray, body: np.ndarray, joints: np.ndarray, hands: dict[str, PosedHand]
) -> Surface:
    """Skin of a posed body, (b, 3), and of its hands, joined along the forearms."""
    vertices = np.zeros((person.vertex_count, 3), np.float32)
    place = np.zeros((person.vertex_count, 3), np.float32)
    vertices[: len(body)], place[: len(body)] = body, shaped
    paint = np.zeros((person.vertex_count, person.paint.shape[1] + 2), np.float32)
    paint[: len(body), : person.paint.shape[1]] = person.paint
    for side, rows in zip(SIDES, person.hand_rows, strict=True):
        hand = hands[side]
        own = hand.placed(hand.vertices[: len(rows)], joints[joint("wrist", side)]).astype(np.float32)
        on_body = rows < len(body)
        share = np.clip((load_hand().along_arm[: len(rows)][on_body] - 0.05) / 0.7, 0, 1)[:, None]
        share = share * share * (3 - 2 * share)
        own[on_body] = own[on_body] * (1 - share) + body[rows[on_body]] * share
        vertices[rows] = own
        place[rows[~on_body]] = 0.19 * load_hand().vertices[: len(rows)][~on_body]
    return Surface(
        vertices,
        person.normals(vertices),
        place,
        paint,
        person.triangles,
        person.vertex_of_corner,
        person.uv,
        person.part,
        person.finger,
    )


def add_clothes(surface: Surface, person: PersonModel, cut: "Cut", folds: np.ndarray) -> None:
    """Dresses a skin in a top and trousers: shells a little off the skin, whose edges are painted on it.

    Args:
        folds: (k, 4) waves of the cloth: direction (3, in 1 / metre) and phase.
    """
    worn, first = worn_places(person), len(person.paint)
    vertices_of = surface.vertex_of_corner[surface.triangles]
    skin = np.isin(surface.part, (Part.SKIN, Part.RIGHT_FOREARM, Part.LEFT_FOREARM))
    covered = np.zeros(len(surface.triangles), bool)
    for inside, ease, column, part in (
        (worn.inside_trousers(cut), cut.ease[1], model.TROUSERS, Part.TROUSERS),
        (worn.inside_top(cut), cut.ease[0], model.TOP, Part.TOP),
    ):
        surface.paint[:first, column] = np.clip(0.5 + 10 * inside, 0, 1)
        surface.place[:first][inside > 0] = worn.cloth[inside > 0]
        chosen = np.zeros(len(surface.vertices), bool)
        chosen[:first] = inside > 0
        rows = np.flatnonzero(skin & chosen[vertices_of].all(axis=1))
        if not len(rows):
            continue
        used, local = np.unique(vertices_of[rows], return_inverse=True)
        rim = _rim(vertices_of[rows], len(surface.vertices))
        waves = np.sin(worn.cloth[used] @ folds[:, :3].T + folds[:, 3])
        tipped = surface.normals[used] + (waves @ folds[:, :3] * np.float32(0.0022)).astype(np.float32)
        # Cloth lies close to the skin at its edges, where the shell ends at whole triangles.
        off = ease * (0.9 + 0.25 * waves.mean(axis=1)) * np.clip(0.12 + inside[used] / 0.06, 0, 1)
        surface.add(
            surface.vertices[used] + surface.normals[used] * off[:, None],
            tipped,
            worn.cloth[used],
            local.reshape(-1, 3),
            part,
        )
        # Skin well under cloth is not drawn: it would only come through where the body bends.
        covered[rows[~rim[vertices_of[rows]].any(axis=1)]] = True
    keep = np.ones(len(surface.triangles), bool)
    keep[: len(covered)] = ~covered
    surface.triangles, surface.part, surface.finger = (
        surface.triangles[keep],
        surface.part[keep],
        surface.finger[keep],
    )


def add_hair(surface: Surface, person: PersonModel, hairline: float, thick: float, waves: np.ndarray) -> None:
    """Hair as a shell over the scalp.

    Args:
        hairline: moves it: 0.5 is usual, more is less hair.
        thick: in metres.
        waves: (k, 4) as `add_clothes` takes them.
    """
    hair = np.zeros(len(surface.vertices), np.float32)
    # The scalp's paint begins to count at 0.5 from here on.
    surface.paint[:, model.HAIR] = np.where(
        surface.paint[:, model.HAIR] > 0, surface.paint[:, model.HAIR] + 0.5 - hairline, 0
    )
    hair = surface.paint[:, model.HAIR]
    vertices_of = surface.vertex_of_corner[surface.triangles]
    rows = np.flatnonzero((surface.part == Part.SKIN) & (hair[vertices_of] > 0.5).all(axis=1))
    if not len(rows):
        return
    used, local = np.unique(vertices_of[rows], return_inverse=True)
    bumps = np.sin(surface.place[used] @ waves[:, :3].T + waves[:, 3]).mean(axis=1)
    depth = np.clip((hair[used] - 0.5) * 3, 0.1, 1) * np.float32(thick) * (1 + 0.5 * bumps)
    surface.add(
        surface.vertices[used] + surface.normals[used] * depth[:, None].astype(np.float32),
        surface.normals[used],
        surface.place[used],
        local.reshape(-1, 3),
        Part.HAIR,
    )


def add_long_hair(
    surface: Surface,
    head: np.ndarray,
    turn: np.ndarray,
    rest_head: np.ndarray,
    length: float,
    waves: np.ndarray,
) -> None:
    """Hair that hangs about the back and the sides of the head, `length` metres down from the crown."""
    angle = np.radians(np.linspace(-128, 128, 19))
    down = np.linspace(0, 1, 8)
    across, along = np.meshgrid(angle, down)
    reach = (0.088 + 0.03 * np.sin(np.pi * np.clip(along * 0.8, 0, 1))) * (1 - 0.18 * along)
    points = np.stack(
        [reach * np.sin(across) * 0.92, 0.135 - length * along, -0.015 - 1.05 * reach * np.cos(across)],
        axis=-1,
    ).reshape(-1, 3)
    points[along.ravel() == 0] *= (0.35, 1.0, 0.35)
    points += 0.006 * np.sin(points @ waves[:, :3].T + waves[:, 3]).mean(axis=1, keepdims=True)
    normals = points * (1, 0, 1)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-6)
    row, column = np.meshgrid(np.arange(len(down) - 1), np.arange(len(angle) - 1), indexing="ij")
    a = (row * len(angle) + column).ravel()
    b, c, d = a + 1, a + len(angle) + 1, a + len(angle)
    sheet = np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])
    place = points + rest_head
    points, normals = head + points @ turn.T, normals @ turn.T
    surface.add(points, normals, place, sheet, Part.HAIR)
    surface.add(points, -normals, place, sheet[:, ::-1], Part.HAIR)


@dataclass(frozen=True)
class Cut:
    """A person's clothes.

    Attributes:
        sleeve: where sleeves end: 0 shoulder, 1 elbow, 2 wrist.
        hem: how far below the waist the top ends, in metres.
        neckline: how far below the neck's joint the top begins, in metres.
        trousers: where they end: 0 hip, 1 knee, 2 ankle.
        ease: how far top and trousers stand off, in metres.
    """

    sleeve: float
    hem: float
    neckline: float
    trousers: float
    ease: tuple[float, float]


@dataclass(frozen=True)
class WornPlaces:
    """For each of the body's vertices, where clothes begin and end."""

    arm: np.ndarray  # 0 shoulder, 1 elbow, 2 wrist; -1 elsewhere
    leg: np.ndarray  # 0 hip, 1 knee, 2 ankle
    neck: np.ndarray  # metres below the neck's joint
    below_waist: np.ndarray  # metres
    cloth: np.ndarray  # (b, 3) where patterns are looked up: across, along, 0

    def inside_top(self, cut: Cut) -> np.ndarray:
        """(b,) metres, roughly, to the nearest edge of the top; negative outside."""
        sleeve = np.where(self.arm < 0, 1.0, 0.28 * (cut.sleeve - self.arm))
        edges = (sleeve, self.neck - cut.neckline, cut.hem - self.below_waist)
        return np.where(self.leg > 0.12, -0.05, np.min(edges, axis=0))

    def inside_trousers(self, cut: Cut) -> np.ndarray:
        """(b,) as `inside_top`."""
        return np.minimum(self.below_waist - 0.03, 0.4 * (cut.trousers - self.leg))


@lru_cache(maxsize=1)
def worn_places(person: PersonModel) -> WornPlaces:
    """See `WornPlaces`; measured on the mean body."""
    vertices, rest, weights = person.vertices, person.joints, person.weights
    arm, leg = np.full(len(vertices), -1.0, np.float32), np.full(len(vertices), -1.0, np.float32)
    cloth = vertices * np.array([1.0, 1.0, 0.0], np.float32) + vertices[:, 2:] * np.array(
        [0.6, 0, 0], np.float32
    )
    for side in SIDES:
        shoulder, elbow, wrist, hip, knee, ankle = (
            rest[joint(name, side)] for name in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
        )
        for table, bones, (a, b, c) in (
            (arm, ("upper arm", "forearm"), (shoulder, elbow, wrist)),
            (leg, ("thigh", "shin", "foot"), (hip, knee, ankle)),
        ):
            rows = np.flatnonzero(weights[:, [bone(side, name) for name in bones]].sum(axis=1) > 0.5)
            first = ((vertices[rows] - a) @ (b - a)) / ((b - a) @ (b - a))
            second = ((vertices[rows] - b) @ (c - b)) / ((c - b) @ (c - b))
            table[rows] = np.where(first < 1, np.maximum(first, 0.0), 1 + np.maximum(second, 0))
            if table is arm:
                along = (b - a) / np.linalg.norm(b - a)
                across = np.cross(along, (0, 0, 1))
                cloth[rows, 0] = (vertices[rows] - a) @ across + 0.8 * vertices[rows, 2]
                cloth[rows, 1] = rest[joint("neck")][1] - 0.3 * table[rows]
    neck = (
        rest[joint("neck")][1]
        - vertices[:, 1]
        + 0.45 * np.abs(vertices[:, 0]) * (vertices[:, 1] > rest[joint("shoulder", "right")][1])
    )
    neck[arm > 0] = 1.0
    return WornPlaces(
        arm,
        leg,
        neck,
        rest[joint("waist")][1] - vertices[:, 1] - 10 * (arm >= 0),
        cloth.astype(np.float32),
    )


def _rim(triangles: np.ndarray, count: int) -> np.ndarray:
    """(count,) bool, vertices on the open edge of a set of triangles."""
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    forth, back = edges[:, 0] * count + edges[:, 1], edges[:, 1] * count + edges[:, 0]
    rim = np.zeros(count, bool)
    rim[edges[~np.isin(forth, back)].ravel()] = True
    return rim
