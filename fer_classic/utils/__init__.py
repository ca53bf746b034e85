"""Reading images, optional packages, careful writing, version reports."""

from fer_classic.utils._files import atomic_path, check_outputs
from fer_classic.utils._images import (
    IMAGE_SUFFIXES,
    as_bgr,
    as_gray,
    find_images,
    iter_images,
    read_image,
)
from fer_classic.utils._optional import import_optional
from fer_classic.utils._parts import model_parts
from fer_classic.utils._progress import Progress
from fer_classic.utils._scores import class_scores, predicting
from fer_classic.utils._versions import machine, show_versions, versions

__all__ = [
    "IMAGE_SUFFIXES",
    "Progress",
    "as_bgr",
    "as_gray",
    "atomic_path",
    "check_outputs",
    "class_scores",
    "find_images",
    "import_optional",
    "iter_images",
    "machine",
    "model_parts",
    "predicting",
    "read_image",
    "show_versions",
    "versions",
]
