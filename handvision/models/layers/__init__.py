"""The suite's own Keras layers; importing this package registers them for `keras.models.load_model`."""

from handvision.heads.layers import ClassProbabilities, UnitVector
from handvision.models.layers.attention import AttentionBlock
from handvision.models.layers.bilinear_resize import BilinearResize
from handvision.models.layers.bounding_box_crop import BoundingBoxCropLayer
from handvision.models.layers.close_up import CloseUpLayer, SquareLayer
from handvision.models.layers.main_region import MainRegionLayer
from handvision.models.layers.peaks import PeaksLayer
from handvision.models.layers.retake import RetakeLayer

__all__ = [
    "AttentionBlock",
    "BilinearResize",
    "BoundingBoxCropLayer",
    "ClassProbabilities",
    "CloseUpLayer",
    "MainRegionLayer",
    "PeaksLayer",
    "RetakeLayer",
    "SquareLayer",
    "UnitVector",
]
