"""handvision: a photo of a hand goes in; its mask, its gesture and its rotation come out.

Importing the package registers its Keras layers, so that every model of the suite opens with
`keras.models.load_model` in safe mode.
"""

import os

# Has to stand before the first import of TensorFlow, which leaves its faster CPU kernels off on
# processors without AVX-512: a training step takes a quarter longer then.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

from handvision import models
from handvision.inference.predict import Reading, predict
from handvision.models import layers

__all__ = ["Reading", "layers", "models", "predict"]
__version__ = "0.1.0"
