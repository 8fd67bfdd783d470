"""An experiment: what a split lets one believe, of frames of a video and of photos of people.

    python -m handvision.studies.split_leak

measures it on real masks. The record lands in `runs/comparisons/split_leak.json`; `handvision release
split_leak` puts it beside the released models.
"""

from collections.abc import Sequence

import numpy as np

from handvision.core.examples import Examples
from handvision.core.workspace import workspace
from handvision.datasets import download
from handvision.datasets.load import load
from handvision.evaluation import TWELVE_ANGLES, nearest_neighbour_accuracy, rotate_masks
from handvision.protocol import splits
from handvision.studies.record import record_of_this_run
from handvision.studies.study_tables import table_of
from handvision.synthesis import rendered

NAME = "split_leak"
RANDOM = "a random split, as published"
TEST, GAP = 0.2, 10  # share of the frames, and frames left out before them


def main() -> None:
    seed = 1
    frames, people = load("finger_digits"), load("sign_language_digits")
    by_people = splits.group_split(people, seed=seed)
    seen = splits.block_split(frames, test=TEST, validation=0.0, gap=GAP)["train"]
    others = {"train": seen, "test": people}
    record = record_of_this_run(
        NAME,
        measurements={
            "accuracy": {
                frames.name: leak_of_frames(frames, seed)
                | {
                    f"other people ({people.name})": _accuracy(others, (0,), seed),
                    "the same other people, in all rotations": _accuracy(others, TWELVE_ANGLES, seed),
                },
                people.name: {
                    RANDOM: _accuracy(splits.random_split(people, seed=seed), (0,), seed),
                    "a split by person": _accuracy(by_people, (0,), seed),
                    "the same split, in all rotations": _accuracy(by_people, TWELVE_ANGLES, seed),
                },
            }
        },
        data={"finger_digits": frames, "sign_language_digits": people},
        recipe={"test": TEST, "gap": GAP},
        seed=seed,
        profile="full",
        unknown={
            "duration_seconds": "nothing was trained",
            "partitions": "the splits that it compares are its own",
        },
    )
    print(table_of(record))
    print(f"written: {record.write(workspace().runs / 'comparisons' / f'{NAME}.json')}")


def leak_of_random_splits(data: str, seed: int) -> dict[str, float]:
    """Accuracy of one nearest neighbour on six numbers, by split: what it reads from neighbouring frames.

    Frames of Finger Digits where it is at hand and `data` is not "rendered"; otherwise short
    sequences made of rendered hands: ten "frames" a hand, each a slightly rotated copy.

    Returns:
        Name of the split -> accuracy.
    """
    real = data != "rendered" and download.find("finger_digits") is not None
    frames = load("finger_digits") if real else _rendered_sequences(seed)
    return {f"{name} ({frames.name})": share for name, share in leak_of_frames(frames, seed).items()}


def leak_of_frames(frames: Examples, seed: int) -> dict[str, float]:
    """The same of any frames with masks, labels and, as groups, their numbers in the video."""
    by_blocks = splits.block_split(frames, test=TEST, validation=0.0, gap=GAP)
    return {
        RANDOM: _accuracy(splits.random_split(frames, seed=seed), (0,), seed),
        "a split by blocks of frames": _accuracy(by_blocks, (0,), seed),
        "the same blocks, in all rotations": _accuracy(by_blocks, TWELVE_ANGLES, seed),
    }


def _accuracy(parts: dict[str, Examples], angles: Sequence[float], seed: int) -> float:
    return nearest_neighbour_accuracy(parts["train"], parts["test"], angles, seed=seed)


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


if __name__ == "__main__":
    main()
