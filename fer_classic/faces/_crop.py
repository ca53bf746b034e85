"""Cutting faces out: the geometry of one crop, and the pipeline step around it."""

import warnings
from collections.abc import Sequence
from numbers import Integral, Real

import numpy as np
from numpy.typing import ArrayLike

from fer_classic.base import ImageFilter
from fer_classic.exceptions import NoFaceError, NoFaceWarning
from fer_classic.faces._boxes import MAX_MARGIN, central_square, half_up, square_around
from fer_classic.faces._detectors import make_detector
from fer_classic.units import check_gray, to_uint8
from fer_classic.utils._checks import check_pair
from fer_classic.utils._opencv import cv2
from fer_classic.utils._validation import HasMethods, Interval, StrOptions

__all__ = [
    "FaceCropper",
    "FaceStep",
    "check_square",
    "crop_face",
    "pixel_window",
    "resize",
    "shape_of_size",
]

# How many image numbers an error message lists before it stops.
_LISTED = 10
# Largest side of a result in pixels; more could fill the memory.
_MAX_SIDE = 10_000
# Largest side of the square around a box, in pixels or in longer sides of the image. The square of
# a face exceeds the image by its margin, but far beyond it there is nothing to see.
_MAX_SQUARE_SIDE, _TIMES_IMAGE = 2000, 4


def shape_of_size(size):
    """Make ``(h, w)``, two int, of a side or a pair of sides."""
    shape = tuple(size) if np.iterable(size) else (size, size)
    check_pair(shape, "size")
    if max(shape) > _MAX_SIDE:
        raise ValueError(f"size must be at most {_MAX_SIDE} pixels a side, got {size!r}.")
    return int(shape[0]), int(shape[1])


def resize(image, shape):
    """Bring a grey image to a shape ``(h, w)``, whatever its proportions."""
    if image.shape == shape:
        return image
    shrinks = shape[0] * shape[1] < image.shape[0] * image.shape[1]
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    resized = cv2.resize(np.ascontiguousarray(image), shape[::-1], interpolation=interpolation)
    return resized.reshape(shape)


def pixel_window(box, *, margin):
    """The square around a box in whole pixels: ``x0, y0, x1, y1``, the last two not included."""
    left, top, side = square_around(box, margin=margin)
    # The side is rounded alone, and halves upwards: boxes of one size have windows of one size.
    x0, y0, side = (int(number) for number in half_up([left, top, side]))
    side = max(1, side)
    return x0, y0, x0 + side, y0 + side


def check_square(box, shape, *, margin):
    """Raise ValueError if the square around a box is much larger than the image.

    Parameters
    ----------
    box : array-like of shape (4,)
    shape : tuple of two int
        ``(h, w)`` of the image.
    margin : float
    """
    side = square_around(box, margin=margin)[2]
    max_side = max(_MAX_SQUARE_SIDE, _TIMES_IMAGE * max(shape))
    if side > max_side:
        raise ValueError(
            f"box {tuple(np.asarray(box).tolist())} with margin={margin} makes a square of "
            f"{side:.4g} pixels a side, which is too large for an image of shape {tuple(shape)}; "
            f"use a smaller margin or box, for a side of at most {max_side} pixels."
        )


def crop_face(
    image: np.ndarray,
    box: ArrayLike,
    *,
    size: int | Sequence[int] = 48,
    margin: float = 0.0,
) -> np.ndarray:
    """Cut a square around a box and bring it to a fixed size.

    Parameters
    ----------
    image : ndarray of shape (h, w)
        Grey image; ``uint8`` in 0-255 or floating in 0-1.
    box : array-like of shape (4,)
        ``x, y, w, h`` in pixels; ``w`` and ``h`` above 0.
    size : int or tuple of two int, default=48
        Side of the result, or its ``(h, w)``; at most 10,000 pixels.
    margin : float, default=0.0
        Share of the box's longer side that is added on each side; above -0.5, at most 100.

    Returns
    -------
    face : ndarray of shape (size, size) or ``size``, uint8
        Beyond the image its border pixels are repeated.

    Raises
    ------
    ValueError
        If the box is empty, lies wholly outside the image or, with its margin, is much larger than
        it; if the image is not grey or empty.
    """
    image = to_uint8(image)
    check_gray(image, name="crop_face")
    check_square(box, image.shape, margin=margin)
    height, width = image.shape
    x0, y0, x1, y1 = pixel_window(box, margin=margin)
    if x0 >= width or y0 >= height or x1 <= 0 or y1 <= 0:
        raise ValueError(
            f"box {tuple(np.asarray(box).tolist())} with margin={margin} covers no pixel of an "
            f"image of shape {image.shape}."
        )
    inside = image[max(y0, 0) : min(y1, height), max(x0, 0) : min(x1, width)]
    before, after = (max(-y0, 0), max(-x0, 0)), (max(y1 - height, 0), max(x1 - width, 0))
    if any(before + after):
        inside = np.pad(inside, list(zip(before, after, strict=True)), mode="edge")
    return resize(inside, shape_of_size(size))


class FaceStep(ImageFilter):
    """Base class of the steps that find the largest face of each image and cut it out.

    A subclass has the parameters ``detector``, ``size``, ``on_missing`` and ``image_shape``.
    """

    _any_size = True
    _parameter_constraints = {
        "detector": [str, HasMethods("detect"), None],
        "size": [Interval(Integral, 1, None, closed="left"), tuple, list],
        "on_missing": [StrOptions({"center", "raise"})],
        "image_shape": [tuple, list, None],
    }

    def fit(self, X, y=None):
        """Check parameters and input; nothing is learned from the images.

        Parameters
        ----------
        X : array-like of shape (n, h, w), or list of n images
        y : ignored

        Returns
        -------
        self : object
        """
        super().fit(X)
        self._output_shape()
        if self.detector is not None:
            make_detector(self.detector)
        return self

    def _output_shape(self):
        return shape_of_size(self.size)

    def detect(self, X):
        """Say where the face of each image is, and in which images none was found.

        Parameters
        ----------
        X : array-like of shape (n, h, w), or list of n images

        Returns
        -------
        boxes : ndarray of shape (n, 4), int64
            ``x, y, w, h`` of the largest face; the whole image where it is already a crop, or with
            ``detector=None``; the central square where no face was found.
        found : ndarray of shape (n,), bool
            False where no face was found.
        """
        self._validate_params()
        return self._detect(self._validate_images(X, reset=False))

    def _detect(self, images):
        detector = None if self.detector is None else make_detector(self.detector)
        shape = self._output_shape()
        boxes = np.empty((len(images), 4), dtype=np.int64)
        found = np.ones(len(images), dtype=bool)
        for number, image in enumerate(images):
            height, width = image.shape
            if detector is None or image.shape == shape:
                boxes[number] = 0, 0, width, height
                continue
            faces, _ = detector.detect(image)
            found[number] = len(faces) > 0
            boxes[number] = faces[0] if len(faces) else central_square(height, width)
        return boxes, found

    def _report_missing(self, found):
        missing = np.flatnonzero(~found)
        if self.on_missing == "raise":
            listed = ", ".join(map(str, missing[:_LISTED])) + (" ..." * (len(missing) > _LISTED))
            raise NoFaceError(
                f"no face was found in {len(missing)} of {len(found)} images (numbers {listed}); "
                "leave them out, or use on_missing='center'."
            )
        message = (
            f"no face was found in {len(missing)} of {len(found)} images; their central squares "
            f"were used. {type(self).__name__}.detect(X) tells which."
        )
        # Past transform and scikit-learn's wrapper of it, to the line that called them.
        warnings.warn(NoFaceWarning(message, len(missing)), stacklevel=5)


class FaceCropper(FaceStep):
    """Find the largest face of each image and cut it out.

    An image that already has the output size is a crop and passes through unchanged, so that one
    pipeline serves sets of crops (FER2013) and of portraits (JAFFE).

    Parameters
    ----------
    detector : str, Detector or None, default="haar"
        Name of a detector, one of one's own (:class:`Detector`), or None to resize whole images.
    size : int or tuple of two int, default=48
        Side of the crops, or their ``(h, w)``; at most 10,000 pixels.
    margin : float, default=0.0
        Share of the detected side that is added on each side; above -0.5, at most 100. The default
        cuts what the Haar cascade frames, and that is how FER2013 is cropped: where the cascade
        finds the face in one of its enlarged images, the image is about as wide as the frame and
        has the same centre.
    on_missing : {"center", "raise"}, default="center"
        What becomes of an image without a face: its central square is taken and a
        :class:`~fer_classic.exceptions.NoFaceWarning` gives the count, or an error is raised.
    image_shape : tuple of two int, optional
        ``(h, w)`` of the images in flat rows; None takes batches.

    Attributes
    ----------
    n_features_in_ : int
        Pixels of one image, where all have one size.

    Notes
    -----
    Takes ``(n, h, w)`` batches, lists and object arrays of images of several sizes, and gives
    ``(n, size, size)``, ``uint8``. Nothing is learned in ``fit``.

    Examples
    --------
    >>> import numpy as np
    >>> from fer_classic.faces import FaceCropper
    >>> images = [np.zeros((60, 80), np.uint8), np.zeros((90, 70), np.uint8)]
    >>> FaceCropper(detector=None).fit_transform(images).shape
    (2, 48, 48)
    """

    _parameter_constraints = FaceStep._parameter_constraints | {
        "margin": [Interval(Real, -0.5, MAX_MARGIN, closed="right")],
    }

    def __init__(
        self, detector="haar", *, size=48, margin=0.0, on_missing="center", image_shape=None
    ):
        self.detector = detector
        self.size = size
        self.margin = margin
        self.on_missing = on_missing
        self.image_shape = image_shape

    def _transform_images(self, images):
        boxes, found = self._detect(images)
        if not found.all():
            self._report_missing(found)
        shape = self._output_shape()
        crops = np.empty((len(images), *shape), dtype=np.uint8)
        for number, (image, box) in enumerate(zip(images, boxes, strict=True)):
            if self.detector is None or image.shape == shape:
                crops[number] = resize(image, shape)
            else:
                margin = self.margin if found[number] else 0.0
                crops[number] = crop_face(image, box, size=shape, margin=margin)
        return crops
