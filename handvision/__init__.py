"""handvision: a photo of a hand goes in; its mask, its gesture and its rotation come out.

Importing the package registers its Keras layers, so that every model of the suite opens with
`keras.models.load_model` in safe mode.
"""

from handvision import layers, models
from handvision.inference import Reading, predict

__all__ = ["Reading", "layers", "models", "predict"]
__version__ = "0.1.0"
