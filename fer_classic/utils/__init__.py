"""Reading images, optional packages, careful writing, version reports."""

from fer_classic.utils._decode import read_image
from fer_classic.utils._files import atomic_path
from fer_classic.utils._images import as_bgr, as_gray
from fer_classic.utils._listing import find_images, image_suffixes, iter_images
from fer_classic.utils._optional import import_optional
from fer_classic.utils._parts import fitted_parts
from fer_classic.utils._scores import class_scores
from fer_classic.utils._versions import machine, show_versions, versions

__all__ = [
    "as_bgr",
    "as_gray",
    "atomic_path",
    "class_scores",
    "find_images",
    "fitted_parts",
    "image_suffixes",
    "import_optional",
    "iter_images",
    "machine",
    "read_image",
    "show_versions",
    "versions",
]
