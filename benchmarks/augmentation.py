"""Images a second of our ImageDataGenerator against Keras's own: same pictures, same ranges, one core.

Both run in one process, in turns, so that a noisy machine is noisy for both; the ratio is the median of
the rounds' ratios. Then our flow alone with one and with two worker threads.
"""

import argparse
import os
import time
from concurrent.futures import ThreadPoolExecutor

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import cv2
import numpy as np
from keras.src.legacy.preprocessing.image import ImageDataGenerator as KerasImageDataGenerator

from handvision.augment.keras_compat import ImageDataGenerator

RANGES = {
    "rotation_range": 80,
    "width_shift_range": 0.2,
    "height_shift_range": 0.2,
    "shear_range": 10,
    "horizontal_flip": True,
    "vertical_flip": True,
    "fill_mode": "constant",
}
SIZE = 128
BATCH = 32


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pictures", type=int, default=512)
    arguments.add_argument("--rounds", type=int, default=9)
    arguments = arguments.parse_args()
    cv2.setNumThreads(1)
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    for channels in (1, 3):
        pictures = np.random.default_rng(0).random((arguments.pictures, SIZE, SIZE, channels), np.float32)
        use_cores(cores[:1])
        ours, keras_own = one_core(pictures, arguments.rounds)
        ratio = np.median(ours / keras_own)
        print(
            f"{SIZE}x{SIZE}x{channels}, one core: ours {np.median(ours):6.0f} images/s, "
            f"Keras's own {np.median(keras_own):6.0f} images/s, ratio {ratio:.1f}"
        )
        if len(cores) > 1:
            use_cores(cores[:2])
            one, two, cores_got = by_workers(pictures, arguments.rounds)
            print(
                f"{SIZE}x{SIZE}x{channels}, two cores: 1 worker {np.median(one):6.0f} images/s, "
                f"2 workers {np.median(two):6.0f} images/s, ratio {np.median(two / one):.2f} "
                f"(they got {np.median(cores_got):.1f} cores; well below 2 means that others use the machine)"
            )


def one_core(pictures, rounds):
    """Images a second of each round: ours (rounds,), Keras's own (rounds,)."""
    flows = [
        generator(**RANGES).flow(pictures, batch_size=BATCH, seed=1)
        for generator in (ImageDataGenerator, KerasImageDataGenerator)
    ]
    return np.array([[speed(flow, map) for flow in flows] for _ in range(rounds)]).T


def by_workers(pictures, rounds):
    """Of each round: images a second with one worker thread, with two, and the cores that the two had."""
    flow = ImageDataGenerator(**RANGES).flow(pictures, batch_size=BATCH, seed=1)
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(2) as two:
        results = []
        for _ in range(rounds):
            alone = speed(flow, one.map)
            cpu, wall = time.process_time(), time.perf_counter()
            together = speed(flow, two.map)
            cores_got = (time.process_time() - cpu) / (time.perf_counter() - wall)
            results.append((alone, together, cores_got))
        return np.array(results).T


def speed(flow, mapped):
    start = time.perf_counter()
    for _ in mapped(flow.__getitem__, range(len(flow))):
        pass
    return flow.n / (time.perf_counter() - start)


def use_cores(cores):
    if cores:
        os.sched_setaffinity(0, cores)


if __name__ == "__main__":
    main()
