"""Random bodies, mixed as MakeHuman mixes them: sums of targets, each weighed by a product."""

import numpy as np

from handvision.synthesis.hand.mesh.bake.wheel import Wheel

# What varies beside age, sex, origin, weight and muscle: target and standard deviation (1 = all of it).
Details = tuple[tuple[str, float], ...]
_HAND_TARGETS: Details = (
    ("hands/r-hand-fingers-diameter", 0.55),
    ("hands/r-hand-fingers-length", 0.45),
    ("hands/measure-wrist-circ", 0.35),
    ("arms/r-lowerarm-fat", 0.4),
    ("arms/r-lowerarm-muscle", 0.4),
)


class Bodies:
    """Draws bodies, of which only some vertices are wanted.

    Args:
        vertices: (n, 3) of the base mesh.
        rows: the wanted ones.
        details: what varies beside age, sex, origin, weight and muscle: a target and the standard deviation
            of its amount, which ends at 1.
    """

    def __init__(
        self, wheel: Wheel, vertices: np.ndarray, rows: np.ndarray, details: Details = _HAND_TARGETS
    ) -> None:
        self._wheel, self._base, self._rows = wheel, vertices[rows], rows
        self._count, self._details = len(vertices), details
        self._targets: dict[str, np.ndarray] = {}

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        """The wanted vertices of a random person's body, (rows, 3)."""
        female = rng.random()
        sexes = {"female": female, "male": 1 - female}
        kind = rng.choice(3, p=(0.2, 0.55, 0.25))
        share = rng.random() * (0.6 if kind == 0 else 1)
        ages = [{"child": share, "young": 1 - share}, {"young": 1.0}, {"young": 1 - share, "old": share}][
            kind
        ]
        origins = dict(zip(("african", "asian", "caucasian"), rng.dirichlet((0.6, 0.6, 0.6)), strict=True))
        muscles = _between_three(np.clip(rng.normal(0.5, 0.25), 0, 1), "muscle")
        weights = _between_three(np.clip(rng.normal(0.5, 0.28), 0, 1), "weight")
        body = self._base.copy()
        for sex, of_sex in sexes.items():
            for age, of_age in ages.items():
                amount = of_sex * of_age
                for origin, of_origin in origins.items():
                    body += amount * of_origin * self._target(f"macrodetails/{origin}-{sex}-{age}")
                for muscle, of_muscle in muscles.items():
                    for weight, of_weight in weights.items():
                        if of_muscle * of_weight > 0:
                            name = f"macrodetails/universal-{sex}-{age}-{muscle}-{weight}"
                            body += amount * of_muscle * of_weight * self._target(name)
        for name, spread in self._details:
            amount = np.clip(rng.normal(0, spread), -1, 1)
            body += abs(amount) * self._target(f"{name}-{'incr' if amount > 0 else 'decr'}")
        return body

    def _target(self, name: str) -> np.ndarray:
        if name not in self._targets:
            self._targets[name] = self._wheel.target(name, self._count)[self._rows]
        return self._targets[name]


def _between_three(value: float, what: str) -> dict[str, float]:
    """Weights of min, average and max for a value in [0, 1], 0.5 = average."""
    if value < 0.5:
        return {f"min{what}": 1 - 2 * value, f"average{what}": 2 * value}
    return {f"average{what}": 2 - 2 * value, f"max{what}": 2 * value - 1}
