"""Utilities: reading images, optional packages, atomic writing, version reports."""

from fer_classic.utils._decode import read_image
from fer_classic.utils._images import as_bgr, as_gray
from fer_classic.utils._listing import find_images, iter_images
from fer_classic.utils._scores import class_scores
from fer_classic.utils._versions import show_versions

__all__ = [
    "as_bgr",
    "as_gray",
    "class_scores",
    "find_images",
    "iter_images",
    "read_image",
    "show_versions",
]
