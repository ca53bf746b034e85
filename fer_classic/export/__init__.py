"""Export of fitted models to ONNX, for programs that have neither this library nor Python."""

from fer_classic.export._export import Exported, export_onnx

__all__ = ["Exported", "export_onnx"]
