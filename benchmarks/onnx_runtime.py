"""Milliseconds a picture in ONNX Runtime against Keras's own compiled function: one picture at a time.

The released networks, and for comparison the plain U-Net of quick runs, untrained: weights do not change the
time. Both runtimes answer in turns, so that a noisy machine is noisy for both; the ratio is the median of the
rounds' ratios.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import onnxruntime
import tensorflow as tf

from handvision import models

# name -> (the released model, or how to build one; threads; the milliseconds asked of it, or None)
NETWORKS = {
    "six numbers, 96x96 crop": ("finger_numbers", 1, 3),
    "twenty gestures, 96x96 crop": ("gestures", 1, 3),
    "U-Net, 192x256 photo": ("unet", 2, 15),
    "plain U-Net, 192x256 photo": (partial(models.build_unet, (192, 256, 3)), 2, None),
    "DeepLabV3+, 192x256 photo": ("deeplab_v3_plus", 2, None),
}


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=30)
    rounds = arguments.parse_args().rounds
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    for name, (network, threads, asked) in NETWORKS.items():
        if cores:
            os.sched_setaffinity(0, cores[:threads])
        # In a process of its own: TensorFlow's threads stay on the cores that they were started on.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
            onnx, compiled = fresh.submit(milliseconds, network, threads, rounds).result()
        limit = f" (asked: {asked})" if asked else ""
        print(
            f"{name}, {threads} thread{'s'[: threads - 1]}: ONNX Runtime {np.median(onnx):.2f} ms{limit}, "
            f"Keras {np.median(compiled):.2f} ms, ratio {np.median(compiled / onnx):.1f}",
            flush=True,
        )


def milliseconds(
    network: str | Callable[[], keras.Model], threads: int, rounds: int
) -> tuple[np.ndarray, np.ndarray]:
    """Of each round, milliseconds a picture: ONNX Runtime (rounds,), Keras (rounds,)."""
    model = network() if callable(network) else models.open_model(network)
    with tempfile.TemporaryDirectory() as folder:
        path = models.export_onnx(model, Path(folder) / "network.onnx")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    picture = np.random.default_rng(0).random((1, *model.input_shape[1:]), np.float32)
    given = {session.get_inputs()[0].name: picture}
    function, tensor = tf.function(lambda x: model(x, training=False)), tf.constant(picture)
    runs = (lambda: session.run(None, given), lambda: function(tensor))
    for run in runs:
        run()
    return np.array([[time_of(run) for run in runs] for _ in range(rounds)]).T


def time_of(run, repeats=10):
    start = time.perf_counter()
    for _ in range(repeats):
        run()
    return (time.perf_counter() - start) / repeats * 1000


if __name__ == "__main__":
    main()
