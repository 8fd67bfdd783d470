"""handvision: a photo of a hand goes in; its mask, its gesture and its rotation come out.

The names below are imported when they are first used, so that `import handvision` costs next to nothing and
`handvision.predict` needs neither Keras nor TensorFlow. `handvision.load_model` opens a saved Keras model;
`keras.models.load_model` does so after `import handvision.models`, which registers the suite's layers. Where
Keras is imported already, `import handvision` registers them by itself.
"""

import importlib
import os
import sys
from typing import TYPE_CHECKING, Any

# Has to stand before the first import of TensorFlow, which leaves its faster CPU kernels off on
# processors without AVX-512: a training step takes a quarter longer then.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

if TYPE_CHECKING:
    from handvision import models
    from handvision.core.hand import Hand, Reading
    from handvision.inference.live import live
    from handvision.inference.own_gestures import OwnGestures
    from handvision.inference.own_motions import OwnMotions
    from handvision.inference.predict import predict
    from handvision.models import layers
    from handvision.models.load import load_model

__version__ = "0.1.0"
__all__ = [
    "Hand",
    "OwnGestures",
    "OwnMotions",
    "Reading",
    "layers",
    "live",
    "load_model",
    "models",
    "predict",
]

# Public name -> the module that holds it.
_HOME = {
    "Hand": "handvision.core.hand",
    "OwnGestures": "handvision.inference.own_gestures",
    "OwnMotions": "handvision.inference.own_motions",
    "Reading": "handvision.core.hand",
    "live": "handvision.inference.live",
    "load_model": "handvision.models.load",
    "predict": "handvision.inference.predict",
}
_MODULES = {"layers": "handvision.models.layers", "models": "handvision.models"}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(importlib.import_module(_HOME[name]), name)
    elif name in _MODULES:
        value = importlib.import_module(_MODULES[name])
    else:
        raise AttributeError(f"module 'handvision' has no attribute {name!r}")
    globals()[name] = value  # found without this function the next time
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


if "keras" in sys.modules:
    importlib.import_module("handvision.models.layers")
