"""Flattening of images, for estimators that take rows."""

from fer_classic.base import ImageDescriptor, pixel_names
from fer_classic.features._cells import cell_boxes
from fer_classic.units import check_depth, to_unit

__all__ = ["Flatten"]


class Flatten(ImageDescriptor):
    """Flatten each image to a row of pixels.

    Parameters
    ----------
    image_shape : tuple of two int, optional
        ``(h, w)`` of the images in flat rows; None takes batches ``(n, h, w)``.

    Attributes
    ----------
    image_shape_ : tuple of two int
        Size of the images seen in ``fit``.
    n_features_in_ : int
        Number of pixels of one image.

    Notes
    -----
    White is 1: ``uint16`` is scaled by 1/65535 and other integers by 1/255, so that images of all
    dtypes give the same rows, ``float32`` in 0-1.

    Examples
    --------
    >>> import numpy as np
    >>> from fer_classic.features import Flatten
    >>> Flatten().fit_transform(np.full((2, 5, 6), 255, dtype=np.uint8)).shape
    (2, 30)
    """

    _parameter_constraints = {"image_shape": [tuple, list, None]}

    def __init__(self, *, image_shape=None):
        self.image_shape = image_shape

    def _transform_images(self, images):
        check_depth(images)
        return to_unit(images).reshape(len(images), -1)

    def _feature_names(self, height, width):
        return pixel_names(height, width)

    def _feature_boxes(self, height, width):
        return cell_boxes(height, width, (height, width))
