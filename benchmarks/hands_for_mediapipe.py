"""How real rendered hands look to a network that learned from photos: MediaPipe Hands 0.10.21.

For each number of fingers: the share of hands that it finds (confidence 0.3), and the median distance of its
21 points from ours, in hand lengths (wrist to the middle finger's tip along the joints, in space: a fist is
as long as an open hand). Mesh and capsule hands have the same backgrounds, camera, size and rotations.
MediaPipe runs in an environment of its own, which wants numpy < 2: it only measures.

Of rendered persons: the share of raised hands with a number, all in the picture, that it finds, by size.

    python benchmarks/hands_for_mediapipe.py
"""

import argparse
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
from peers.mediapipe_reader import find_hands

from handvision.core.examples import NO_HAND
from handvision.synthesis.hand import photo, scene
from handvision.synthesis.hand.mesh import scene as mesh_scene
from handvision.synthesis.hand.mesh.draw import draw_photo
from handvision.synthesis.persons import render_persons

TURNS = (-60.0, 60.0)
CONFIDENCE = 0.3
PERSON_SIZE, PERSON_STEPS = (288, 384), (0.0, 0.08, 0.12, 0.2, 0.35, 2.0)
NEAR = 0.3  # of a box's longer side
# Photo, points (21, 2), and the length of a hand in pixels.
Drawn = tuple[np.ndarray, np.ndarray, float]


def mesh_hand(size: int, count: int, rng: np.random.Generator) -> Drawn:
    drawn = mesh_scene.draw_scene(size, rng, "train", "numbers", count, TURNS, 0.5)
    return draw_photo([drawn], rng, "train"), drawn.project(drawn.joints), drawn.length


def capsule_hand(size: int, count: int, rng: np.random.Generator) -> Drawn:
    drawn = scene.draw_scene(size, rng, "train", "numbers", count, TURNS, 0.5)
    coverage, _ = scene.draw_mask(drawn, size)
    return photo.draw_photo(drawn, coverage, rng, "train"), drawn.hand.points[:21], drawn.length


def measure(python: Path | None, photos: list[np.ndarray], most: int = 1) -> np.ndarray:
    """MediaPipe's points (n, most, 21, 2), NaN where it found no hand."""
    return find_hands(photos, most, CONFIDENCE, python).points[..., :2]


def measure_persons(python: Path | None, count: int, seed: int) -> None:
    """Prints how many raised hands of rendered persons are found: half of the points lie near ours."""
    persons = render_persons(count, PERSON_SIZE, seed, empty=0.0)
    theirs = measure(python, list(persons.batch("photos")), most=4)
    sizes, found = [], []
    for hands, answers in zip(persons.require("hands"), theirs, strict=True):
        for box, points, label in zip(hands.boxes, hands.keypoints[..., :2], hands.labels, strict=True):
            inside = ((points > 0) & (points < PERSON_SIZE[::-1])).all()
            if label == NO_HAND or not inside:
                continue
            extent = float((box[2:] - box[:2]).max())
            distances = np.median(np.linalg.norm(answers - points, axis=2), axis=1)
            sizes.append(extent / PERSON_SIZE[0])
            found.append(bool((distances < NEAR * extent).any()))
    heights, hits = np.array(sizes), np.array(found)
    for low, high in pairwise(PERSON_STEPS):
        rows = (heights >= low) & (heights < high)
        if rows.any():
            share = f"{hits[rows].mean():.1%} of {rows.sum()} found"
            print(f"persons, hands of {low:.0%} to {high:.0%} of the picture's height: {share}")
    large = heights > PERSON_STEPS[1]
    print(f"persons, hands above {PERSON_STEPS[1]:.0%}: {hits[large].mean():.1%} of {large.sum()} found")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--python", type=Path, help="that has MediaPipe; by default one is made for it")
    parser.add_argument("--count", type=int, default=40, help="hands for each number (default 40)")
    parser.add_argument("--persons", type=int, default=150, help="pictures of persons (default 150)")
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    kinds: dict[str, Callable[[int, int, np.random.Generator], Drawn]]
    kinds = {"mesh": mesh_hand, "capsules": capsule_hand}
    for name, draw in kinds.items():
        rows = [(count, index) for count in range(6) for index in range(arguments.count)]
        drawn = [draw(arguments.size, row[0], np.random.default_rng((arguments.seed, *row))) for row in rows]
        pictures, points, sizes = zip(*drawn, strict=True)
        theirs = measure(arguments.python, list(pictures))[:, 0]
        found = np.isfinite(theirs[:, 0, 0])
        distances = np.median(np.linalg.norm(theirs - np.stack(points), axis=2), axis=1) / sizes
        print(
            f"{name}: {found.mean():.1%} of {len(found)} found, median distance {np.nanmedian(distances):.1%}"
        )
        for count in range(6):
            of_count = np.array([row[0] == count for row in rows])
            share, distance = found[of_count].mean(), np.nanmedian(distances[of_count])
            print(f"    {count}: {share:6.1%} found, median distance {distance:.1%} of a hand's length")
    if arguments.persons:
        measure_persons(arguments.python, arguments.persons, arguments.seed)


if __name__ == "__main__":
    main()
