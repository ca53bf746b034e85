"""Utilities: reading images, disturbing them, scores of a model, version reports."""

from fer_classic.utils._cache import cache_folder
from fer_classic.utils._decode import read_image
from fer_classic.utils._disturbances import DISTURBANCES, disturb
from fer_classic.utils._images import as_bgr, as_gray
from fer_classic.utils._listing import find_images, iter_images
from fer_classic.utils._optional import find_optional
from fer_classic.utils._scores import class_scores
from fer_classic.utils._versions import show_versions

__all__ = [
    "DISTURBANCES",
    "as_bgr",
    "as_gray",
    "cache_folder",
    "class_scores",
    "disturb",
    "find_images",
    "find_optional",
    "iter_images",
    "read_image",
    "show_versions",
]
