"""Pictures without people that come with scikit-image."""

import skimage.data

from fer_classic.utils import as_gray

__all__ = ["PICTURES", "sample_pictures"]

PICTURES = (
    "brick", "cell", "chelsea", "clock", "coffee", "coins", "grass", "gravel",
    "hubble_deep_field", "immunohistochemistry", "moon", "page", "retina", "rocket", "text",
)  # fmt: skip


def sample_pictures():
    """Read the pictures, which need no download.

    Returns
    -------
    pictures : list of ndarray of shape (h, w), uint8
    """
    return [as_gray(getattr(skimage.data, name)()) for name in PICTURES]
