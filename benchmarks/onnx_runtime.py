"""Milliseconds a picture in ONNX Runtime against Keras's own compiled function: one picture, one thread.

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

# name -> (the network, what the project asks of it in milliseconds, or None)
NETWORKS = {
    "six numbers, 96x96 crop": (lambda: models.build_classifier(num_classes=6), 3),
    "twenty gestures, 96x96 crop": (lambda: models.build_classifier(num_classes=20), 3),
    "U-Net, 192x256 photo": (lambda: models.build_unet((192, 256, 3)), None),
    "DeepLabV3+, 192x256 photo": (lambda: models.build_deeplab_v3_plus((192, 256, 3)), None),
}


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=30)
    arguments = arguments.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    for name, (build, asked) in NETWORKS.items():
        onnx, compiled = milliseconds(build(), arguments.rounds)
        print(
            f"{name}: ONNX Runtime {np.median(onnx):.2f} ms{f' (asked: {asked})' if asked else ''}, "
            f"Keras {np.median(compiled):.2f} ms, ratio {np.median(compiled / onnx):.1f}",
            flush=True,
        )


def milliseconds(model: keras.Model, rounds: int) -> tuple[np.ndarray, np.ndarray]:
    """Of each round, milliseconds a picture: ONNX Runtime (rounds,), Keras (rounds,)."""
    with tempfile.TemporaryDirectory() as folder:
        path = models.export_onnx(model, Path(folder) / "network.onnx")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
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
