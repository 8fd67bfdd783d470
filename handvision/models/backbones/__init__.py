"""Convolutions that turn a photo into features; a new backbone is a file here that registers itself."""

from handvision.models.backbones import efficientnet, hand_landmark, palm, plain, resnet
from handvision.models.backbones.registry import (
    Backbone,
    Pretrained,
    get_backbone,
    list_backbones,
    register,
)

__all__ = [
    "Backbone",
    "Pretrained",
    "efficientnet",
    "get_backbone",
    "hand_landmark",
    "list_backbones",
    "palm",
    "plain",
    "register",
    "resnet",
]
