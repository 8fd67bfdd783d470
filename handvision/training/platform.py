"""The machine that a training runs on, and all that a training changes for the whole process.

Nothing here happens by itself. `prepare` and `KeepFreedMemory` are what trainings of recipes ask for; who
calls `fit` asks for them where they are wanted.
"""

import ctypes
import platform
from typing import Any

import keras


def gpus() -> list[str]:
    """Names of the GPUs that Keras's backend sees."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        devices = tf.config.list_physical_devices("GPU")
        return [tf.config.experimental.get_device_details(d).get("device_name", d.name) for d in devices]
    if keras.backend.backend() == "jax":
        import jax

        return [d.device_kind for d in jax.devices() if d.platform == "gpu"]
    return []


def prepare() -> None:
    """Makes the process ready to train the same twice, and fast: both of the functions below.

    Call it before a model is built.
    """
    make_deterministic()
    leave_threads_to_workers()


def make_deterministic() -> None:
    """Two runs on one machine's CPU give the same bits, for the rest of the process.

    From then on a random operation of TensorFlow itself fails without a seed. Nothing is to be done under
    JAX.
    """
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()


def leave_threads_to_workers() -> None:
    """Turns OpenCV's own threads off, for the rest of the process.

    They compete with the threads that draw batches, and do not survive the fork of a process.
    """
    import cv2

    cv2.setNumThreads(0)


class KeepFreedMemory(keras.callbacks.Callback):
    """Lets the process keep what it frees for the next step, for the rest of the process; on glibc alone.

    TensorFlow's generator data set (2.21) tells glibc to give freed memory back at once. Every step then
    asks the kernel for the same pages again, which doubles the CPU time of a small network's step.
    It does so when the first batch is drawn: so this comes after it.
    """

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if batch > 0 or platform.libc_ver()[0] != "glibc":
            return
        set_option = ctypes.CDLL(None).mallopt
        trim_threshold, mmap_threshold = -1, -3  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD of malloc.h
        set_option(mmap_threshold, 1 << 30)
        set_option(trim_threshold, (1 << 31) - 1)
