"""handvision: a photo of a hand goes in; its mask, its gesture and its rotation come out.

The names below are imported when they are first used, so that `import handvision` costs next to nothing and
`handvision.predict` needs neither Keras nor TensorFlow. `handvision.load_model` opens a saved Keras model;
`keras.models.load_model` does so after `import handvision.models`, which registers the suite's layers. Where
Keras is imported already, `import handvision` registers them by itself.
"""

import importlib
import os
import sys
from typing import TYPE_CHECKING

from handvision.core.lazy import lazily

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

# Public name -> the module that holds it; public name -> the module that it is.
_HOMES = {
    "Hand": "core.hand",
    "OwnGestures": "inference.own_gestures",
    "OwnMotions": "inference.own_motions",
    "Reading": "core.hand",
    "live": "inference.live",
    "load_model": "models.load",
    "predict": "inference.predict",
}
_MODULES = {"layers": "models.layers", "models": "models"}
__getattr__, __dir__ = lazily(__name__, _HOMES, _MODULES)

if "keras" in sys.modules:
    importlib.import_module("handvision.models.layers")
