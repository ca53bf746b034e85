"""Writing the networks as files that OpenCV reads."""

import io
import warnings

import torch

from fer_classic.exceptions import MissingDependencyError
from fer_classic.utils._files import atomic_path

__all__ = ["export"]


def _onnx(network, side, free_axes):
    buffer = io.BytesIO()
    try:
        with warnings.catch_warnings():
            # The exporter that needs no further package but onnx is the older one.
            warnings.simplefilter("ignore", DeprecationWarning)
            torch.onnx.export(
                network,
                (torch.zeros(1, 1, side, side),),
                buffer,
                dynamo=False,
                opset_version=13,
                input_names=["image"],
                output_names=["found"],
                dynamic_axes={"image": free_axes, "found": free_axes},
            )
    except torch.onnx.OnnxExporterError as error:
        raise MissingDependencyError(
            "writing the networks needs the package onnx: pip install onnx"
        ) from error
    return buffer.getvalue()


def export(proposals, check, folder):
    """Write both networks into a folder.

    Parameters
    ----------
    proposals : ProposalNetwork
        Takes images of any size.
    check : CheckNetwork
        Takes any number of windows.
    folder : Path
        Made if it is not there; gets ``proposals.onnx`` and ``check.onnx``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        "proposals.onnx": _onnx(proposals.eval(), 100, {2: "h", 3: "w"}),
        "check.onnx": _onnx(check.eval(), check.side, {0: "n"}),
    }
    for name, content in contents.items():
        with atomic_path(folder / name) as path:
            path.write_bytes(content)
