"""An experiment: how much a random split of a video gives away."""

import numpy as np

from handvision.core.examples import Examples
from handvision.datasets import download
from handvision.datasets.load import load
from handvision.evaluation import TWELVE_ANGLES, nearest_neighbour_accuracy, rotate_masks
from handvision.protocol import splits
from handvision.synthesis import rendered


def leak_of_random_splits(data: str, seed: int) -> dict[str, float]:
    """Accuracy of one nearest neighbour on six numbers, by split: what it reads from neighbouring frames.

    Frames of Finger Digits where it is at hand and `data` is not "rendered"; otherwise short
    sequences made of rendered hands: ten "frames" a hand, each a slightly rotated copy.

    Returns:
        Name of the split -> accuracy.
    """
    real = data != "rendered" and download.find("finger_digits") is not None
    frames = load("finger_digits") if real else _rendered_sequences(seed)
    by_blocks = splits.block_split(frames, test=0.2, validation=0.0, gap=10)
    compared = {
        "a random split, as published": (splits.random_split(frames, seed=seed), (0,)),
        "a split by blocks of frames": (by_blocks, (0,)),
        "the same blocks, in all rotations": (by_blocks, TWELVE_ANGLES),
    }
    return {
        f"{name} ({frames.name})": nearest_neighbour_accuracy(
            parts["train"], parts["test"], angles, seed=seed
        )
        for name, (parts, angles) in compared.items()
    }


def _rendered_sequences(seed: int) -> Examples:
    hands = rendered.cached_render(120, seed=seed, photos=False, rotation_range=(-15, 15), workers=2)
    rng = np.random.default_rng(seed)
    repeated = np.repeat(np.arange(len(hands)), 10)
    many = hands.take(repeated)
    masks = rotate_masks(many.batch("masks"), rng.uniform(-4, 4, len(many)))
    return Examples(
        "rendered sequences",
        masks=masks,
        labels=many.labels,
        groups=np.arange(len(many)),
        class_names=hands.class_names,
        source=hands.source,
    )
