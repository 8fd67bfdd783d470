"""Pictures a second of rendered hands on one core: mesh hands and capsule hands, in turns in one run.

Whole pictures are timed: hand, mask, key points, background and camera, of 128 pixels by default. Both kinds
are drawn in turns, so that a noisy machine is noisy for both; times are CPU times, the median round counts.
"""

import argparse
import os

# One core, also for matrix products; read when NumPy is imported.
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

import time
from collections.abc import Callable
from statistics import median

import cv2
import numpy as np

from handvision.synthesis.hand import photo, scene
from handvision.synthesis.hand.mesh import draw_mesh_hand

TURNS = (-180.0, 180.0)


def mesh_hand(size: int, index: int) -> None:
    draw_mesh_hand(size, np.random.default_rng(index), "train", index % 6)


def capsule_hand(size: int, index: int) -> None:
    rng = np.random.default_rng(index)
    drawn = scene.draw_scene(size, rng, "train", "numbers", index % 6, TURNS, 0.5)
    coverage, _ = scene.draw_mask(drawn, size)
    photo.draw_photo(drawn, coverage, rng, "train")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=128, help="width and height in pixels (default 128)")
    parser.add_argument("--pictures", type=int, default=48, help="of a round (default 48)")
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    kinds: dict[str, Callable[[int, int], None]] = {"mesh": mesh_hand, "capsules": capsule_hand}
    rates: dict[str, list[float]] = {name: [] for name in kinds}
    for draw in kinds.values():  # the first picture also pays for loading
        draw(arguments.size, 0)
    for turn in range(arguments.rounds):
        for name, draw in kinds.items():
            start = time.process_time()
            for index in range(arguments.pictures):
                draw(arguments.size, turn * arguments.pictures + index)
            rates[name].append(arguments.pictures / (time.process_time() - start))
    print(
        f"{arguments.size} pixels, pictures a second a core (median, lowest, highest of {arguments.rounds})"
    )
    for name, rate in rates.items():
        print(f"{name:>9}: {median(rate):5.1f}  ({min(rate):.1f} to {max(rate):.1f})")


if __name__ == "__main__":
    main()
