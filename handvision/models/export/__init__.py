"""Trained models as files for other runtimes."""

from handvision.models.export.info import model_info, outputs_of
from handvision.models.export.litert import export_litert
from handvision.models.export.onnx import export_onnx

__all__ = ["export_litert", "export_onnx", "model_info", "outputs_of"]
