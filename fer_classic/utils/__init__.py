"""Reading and disturbing images, optional packages, careful writing, version reports."""

from fer_classic.utils._decode import read_image
from fer_classic.utils._disturbances import DISTURBANCES, disturb
from fer_classic.utils._files import atomic_path, check_outputs
from fer_classic.utils._images import as_bgr, as_gray
from fer_classic.utils._listing import find_images, image_suffixes, iter_images
from fer_classic.utils._optional import import_optional
from fer_classic.utils._parts import model_parts
from fer_classic.utils._progress import Progress
from fer_classic.utils._scores import class_scores, predicting
from fer_classic.utils._versions import machine, show_versions, versions

__all__ = [
    "DISTURBANCES",
    "Progress",
    "as_bgr",
    "as_gray",
    "atomic_path",
    "check_outputs",
    "class_scores",
    "disturb",
    "find_images",
    "image_suffixes",
    "import_optional",
    "iter_images",
    "machine",
    "model_parts",
    "predicting",
    "read_image",
    "show_versions",
    "versions",
]
