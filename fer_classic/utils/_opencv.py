"""OpenCV, imported in one place, with advice when the import fails."""

import os

from fer_classic.exceptions import MissingDependencyError

__all__ = ["cv2"]

try:
    import cv2
except ImportError as error:
    # Servers without a desktop often lack libGL, which the ordinary wheel is linked to.
    raise MissingDependencyError(
        f"OpenCV cannot be imported ({error}). On a machine without a desktop use the headless "
        "build: pip uninstall opencv-python; pip install 'opencv-python-headless>=4.10,<5'"
    ) from error

if hasattr(os, "register_at_fork"):
    # A fork copies only the thread that calls it, and a child would wait for the others for ever.
    # 0 is "without threads"; 1 would first wait for those of the parent to end.
    os.register_at_fork(after_in_child=lambda: cv2.setNumThreads(0))
