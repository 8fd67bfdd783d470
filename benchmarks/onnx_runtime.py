"""Milliseconds a picture in ONNX Runtime against Keras's own compiled function: one picture at a time.

The networks are built anew, without training: their weights do not change the time. Both runtimes answer
in turns, so that a noisy machine is noisy for both; the ratio is the median of the rounds' ratios.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import onnxruntime
import tensorflow as tf

from handvision import models

PHOTO = (192, 256, 3)
# name -> (the network, threads, what the project asks of it in milliseconds, or None)
NETWORKS = {
    "six numbers, 96x96 crop": (lambda: models.build_classifier(num_classes=6), 1, 3),
    "twenty gestures, 96x96 crop": (lambda: models.build_classifier(num_classes=20), 1, 3),
    "plain U-Net, 192x256 photo": (lambda: models.build_unet(PHOTO), 2, None),
    "released U-Net, 192x256 photo": (
        lambda: models.build_unet(PHOTO, (24, 48, 64, 96), "efficientnet_lite0"),
        2,
        15,
    ),
    "DeepLabV3+, 192x256 photo": (lambda: models.build_deeplab_v3_plus(PHOTO), 2, None),
}


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=30)
    arguments = arguments.parse_args()
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    for name, (build, threads, asked) in NETWORKS.items():
        if cores:
            os.sched_setaffinity(0, cores[:threads])
        onnx, compiled = milliseconds(build(), threads, arguments.rounds)
        limit = f" (asked: {asked})" if asked else ""
        print(
            f"{name}, {threads} thread{'s'[: threads - 1]}: ONNX Runtime {np.median(onnx):.2f} ms{limit}, "
            f"Keras {np.median(compiled):.2f} ms, ratio {np.median(compiled / onnx):.1f}",
            flush=True,
        )


def milliseconds(model: keras.Model, threads: int, rounds: int) -> tuple[np.ndarray, np.ndarray]:
    """Of each round, milliseconds a picture: ONNX Runtime (rounds,), Keras (rounds,)."""
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
