"""Upright faces, and faces whose eyes lie at fixed places: functions, and the pipeline step."""

import warnings
from collections.abc import Sequence
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike

from fer_classic.exceptions import NoEyesWarning
from fer_classic.faces._boxes import square_around
from fer_classic.faces._crop import FaceStep, check_square, crop_face, pixel_window, shape_of_size
from fer_classic.faces._eyes import average_eyes, find_eyes, roll_of
from fer_classic.faces._similarity import (
    Similarity,
    as_complex,
    as_points,
    similarity_between,
    turn_about,
    warp,
)
from fer_classic.units import check_gray, to_uint8
from fer_classic.utils._validation import Interval

__all__ = ["FaceAligner", "align_face", "cut_face", "face_corners", "turn_upright"]

# Below this, in degrees, faces are not turned: models bear as much, and it takes interpolation.
_MIN_ROLL = 8.0


def align_face(
    image: np.ndarray,
    eyes: ArrayLike,
    *,
    size: int | Sequence[int] = 48,
    eye_distance: float = 0.5,
    eye_height: float = 0.3,
) -> np.ndarray:
    """Turn and scale a face so that its eyes lie at fixed places, and cut it out.

    Parameters
    ----------
    image : ndarray of shape (h, w)
        Grey image; ``uint8`` in 0-255 or floating in 0-1.
    eyes : array-like of shape (2, 2)
        ``x, y`` of the eye at the left and the eye at the right, as :func:`find_eyes` gives them.
    size : int or tuple of two int, default=48
        Side of the result, or its ``(h, w)``; at most 10,000 pixels.
    eye_distance : float, default=0.5
        Distance of the eyes, as a share of the width of the result; between 0 and 1.
    eye_height : float, default=0.3
        Distance of the eyes from the upper border, as a share of the height; 0 to 1.

    Returns
    -------
    face : ndarray of shape (size, size) or ``size``, uint8
        The eyes lie on one level, as far from the left border as from the right one. Beyond the
        image its border pixels are repeated.

    Raises
    ------
    ValueError
        If the image is not grey or empty, the eyes are not two points apart from each other, or
        their places are out of range.
    """
    image = to_uint8(image)
    check_gray(image, name="align_face")
    eyes = _complex_eyes(eyes)
    shape = shape_of_size(size)
    places = _eye_places(shape, eye_distance, eye_height)
    return warp(image, similarity_between(eyes, places), shape)


def _complex_eyes(eyes):
    """Eyes as complex numbers, or ValueError if they are not two different points."""
    try:
        points = np.asarray(eyes, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        points = np.empty(0)
    if points.shape != (2, 2) or not np.isfinite(points).all() or (points[0] == points[1]).all():
        raise ValueError(
            f"eyes must be two different points, ((x, y), (x, y)) in pixels, got {eyes}."
        )
    return as_complex(points)


def _eye_places(shape, distance, height):
    """Where the eyes of an aligned face lie, as complex numbers."""
    if not isinstance(distance, Real) or not 0 < distance < 1:
        raise ValueError(
            "eye_distance must be a share of the width of the face, above 0 and below 1, got "
            f"{distance!r}."
        )
    if not isinstance(height, Real) or not 0 <= height <= 1:
        raise ValueError(
            f"eye_height must be a share of the height of the face, from 0 to 1, got {height!r}."
        )
    middle = shape[1] / 2 + 1j * height * shape[0]
    places = middle + np.array([-0.5, 0.5]) * distance * shape[1]
    if places[0] == places[1]:
        raise ValueError(
            f"eye_distance={distance!r} is too small: both eyes would lie at one place of a face "
            f"that is {shape[1]} pixels wide; use a larger one, such as 0.5."
        )
    return places


def turn_upright(
    image: np.ndarray,
    box: ArrayLike,
    eyes: ArrayLike,
    *,
    size: int | Sequence[int] = 48,
    margin: float = 0.0,
) -> np.ndarray:
    """Cut a square around a box as :func:`crop_face` does, but turned so that the eyes are level.

    Parameters
    ----------
    image, box, size, margin
        As in :func:`crop_face`.
    eyes : array-like of shape (2, 2)
        ``x, y`` of the eye at the left and the eye at the right, as :func:`find_eyes` gives them.

    Returns
    -------
    face : ndarray of shape (size, size) or ``size``, uint8
        Turned about the middle of the square. Beyond the image its border pixels are repeated.

    Raises
    ------
    ValueError
        If the image is not grey or empty, the box is empty or, with its margin, much larger than
        the image, or the eyes are not two points apart from each other.
    """
    image = to_uint8(image)
    check_gray(image, name="turn_upright")
    check_square(box, image.shape, margin=margin)
    height, width = shape = shape_of_size(size)
    # Drawn as a square first: a similarity keeps proportions, and a size need not.
    longer = max(height, width)
    turn = _turned_square(box, eyes, margin, longer)
    face = warp(image, turn, (longer, longer))
    return crop_face(face, (0, 0, longer, longer), size=shape)


def _turned_square(box, eyes, margin, side):
    """The similarity that takes the square around a box to an upright one of a given side."""
    left, top, old_side = square_around(box, margin=margin)
    center = left + old_side / 2 + 1j * (top + old_side / 2)
    turn = turn_about(center, -roll_of(_complex_eyes(eyes)))
    scale = side / old_side
    return Similarity(scale * turn.factor, scale * (turn.shift - left - 1j * top))


def cut_face(
    image: np.ndarray,
    box: ArrayLike,
    *,
    size: int | Sequence[int] = 48,
    margin: float = 0.0,
    eye_distance: float | None = None,
    eye_height: float | None = None,
    upright: bool = False,
) -> np.ndarray:
    """Cut a face out as the model wants it, see :func:`crop_geometry`.

    Parameters
    ----------
    image, box, size, margin
        As in :func:`crop_face`.
    eye_distance, eye_height : float, optional
        Places of the eyes as in :func:`align_face`, for models that were fitted on aligned faces.
        Where no eyes are found, those of an average face in the box take their place. Both or none
        are given.
    upright : bool, default=False
        Turn other faces by :func:`turn_upright`, if they lean by 8 degrees or more.

    Returns
    -------
    face : ndarray of shape (size, size) or ``size``, uint8

    Raises
    ------
    ValueError
        If only one of ``eye_distance`` and ``eye_height`` is given, or as :func:`crop_face`,
        :func:`align_face` and :func:`turn_upright` do.
    """
    _check_both(eye_distance, eye_height)
    if eye_distance is not None and eye_height is not None:
        eyes, _ = _eyes_or_average(image, box)
        return align_face(image, eyes, size=size, eye_distance=eye_distance, eye_height=eye_height)
    eyes = _leaning_eyes(image, box) if upright else None
    if eyes is None:
        return crop_face(image, box, size=size, margin=margin)
    return turn_upright(image, box, eyes, size=size, margin=margin)


def _check_both(eye_distance, eye_height):
    """Raise ValueError if only one of the two places of the eyes is given."""
    if (eye_distance is None) != (eye_height is None):
        raise ValueError(
            f"eye_distance={eye_distance!r} and eye_height={eye_height!r} say together where the "
            "eyes of an aligned face lie; pass both, or neither for a face that is not aligned."
        )


def face_corners(
    image: np.ndarray,
    box: ArrayLike,
    *,
    size: int | Sequence[int] = 48,
    margin: float = 0.0,
    eye_distance: float | None = None,
    eye_height: float | None = None,
    upright: bool = False,
) -> np.ndarray:
    """Say where in an image the corners of a face lie that :func:`cut_face` cuts out.

    Parameters
    ----------
    image, box, size, margin, eye_distance, eye_height, upright
        As in :func:`cut_face`.

    Returns
    -------
    corners : ndarray of shape (3, 2), float64
        ``x, y`` of the upper left, upper right and lower left corner of the crop; they may lie
        beyond the image.

    Raises
    ------
    ValueError
        As in :func:`cut_face`.
    """
    height, width = shape_of_size(size)
    _check_both(eye_distance, eye_height)
    if eye_distance is not None and eye_height is not None:
        eyes, _ = _eyes_or_average(image, box)
        places = _eye_places((height, width), eye_distance, eye_height)
        back = similarity_between(places, as_complex(eyes))
        return as_points(back(np.array([0, width, 1j * height])))
    eyes = _leaning_eyes(image, box) if upright else None
    if eyes is None:
        x0, y0, x1, y1 = pixel_window(box, margin=margin)
        return np.array([(x0, y0), (x1, y0), (x0, y1)], dtype=np.float64)
    back = _turned_square(box, eyes, margin, 1.0).inverse()
    return as_points(back(np.array([0, 1, 1j])))


def _leaning_eyes(image, box):
    """Eyes of a face that leans so much that it is turned upright, else None."""
    eyes = find_eyes(image, box)
    return None if eyes is None or abs(roll_of(as_complex(eyes))) < _MIN_ROLL else eyes


def _eyes_or_average(image, box):
    """Eyes of a face, and whether they were found and are not those of an average face."""
    eyes = find_eyes(image, box)
    if eyes is None:
        return as_points(average_eyes(square_around(box))), False
    return eyes, True


class FaceAligner(FaceStep):
    """Find the largest face of each image, and cut it out so that the eyes lie at fixed places.

    Stands where :class:`FaceCropper` stands, for sets of whole photographs: faces are turned
    upright and brought to one size, which detectors frame less exactly than eyes are found. An
    image that already has the output size is a crop and passes through unchanged.

    Parameters
    ----------
    detector : str, Detector or None, default="haar"
        Name of a detector, one of one's own (:class:`Detector`), or None to take the whole image
        for the box of a face.
    size : int or tuple of two int, default=48
        Side of the crops, or their ``(h, w)``; at most 10,000 pixels.
    eye_distance : float, default=0.5
        Distance of the eyes, as a share of the width; between 0 and 1. More shows less of the face.
    eye_height : float, default=0.3
        Distance of the eyes from the upper border, as a share of the height; 0 to 1.
    on_missing : {"center", "raise"}, default="center"
        What becomes of an image without a face: its central square is taken and a
        :class:`~fer_classic.exceptions.NoFaceWarning` gives the count, or an error is raised.
    image_shape : tuple of two int, optional
        ``(h, w)`` of the images in flat rows; None takes batches.

    Attributes
    ----------
    n_features_in_ : int
        Pixels of one image, where all have one size.

    Warns
    -----
    NoEyesWarning
        If the eyes of faces are not found; it gives the count. Those faces are cut out as if the
        eyes were where an average face has them in its box.

    See Also
    --------
    find_eyes : how eyes are found.

    Notes
    -----
    Takes ``(n, h, w)`` batches, lists and object arrays of images of several sizes, and gives
    ``(n, size, size)``, ``uint8``. Nothing is learned in ``fit``.

    Examples
    --------
    >>> from fer_classic.datasets import draw_portrait
    >>> from fer_classic.faces import FaceAligner
    >>> portrait, _ = draw_portrait({})
    >>> FaceAligner().fit_transform(portrait[None]).shape
    (1, 48, 48)
    """

    _parameter_constraints = FaceStep._parameter_constraints | {
        "eye_distance": [Interval(Real, 0, 1, closed="neither")],
        "eye_height": [Interval(Real, 0, 1, closed="both")],
    }

    def __init__(
        self,
        detector="haar",
        *,
        size=48,
        eye_distance=0.5,
        eye_height=0.3,
        on_missing="center",
        image_shape=None,
    ):
        self.detector = detector
        self.size = size
        self.eye_distance = eye_distance
        self.eye_height = eye_height
        self.on_missing = on_missing
        self.image_shape = image_shape

    def find_eyes(self, X):
        """Say where the eyes of each face are, and in which images they were not found.

        Parameters
        ----------
        X : array-like of shape (n, h, w), or list of n images

        Returns
        -------
        eyes : ndarray of shape (n, 2, 2), float64
            ``x, y`` of the eye at the left and the eye at the right, see :func:`find_eyes`; those
            of an average face where they were not found; NaN where they are not looked for, as no
            face was found or the image is a crop already.
        found : ndarray of shape (n,), bool
            False where a face was found and its eyes were not.
        """
        self._validate_params()
        images = self._validate_images(X, reset=False)
        return self._find_eyes(images, *self._detect(images))

    def _find_eyes(self, images, boxes, faces):
        eyes = np.full((len(images), 2, 2), np.nan)
        found = np.ones(len(images), dtype=bool)
        shape = self._output_shape()
        for number, (image, box) in enumerate(zip(images, boxes, strict=True)):
            if faces[number] and image.shape != shape:
                eyes[number], found[number] = _eyes_or_average(image, box)
        return eyes, found

    def _transform_images(self, images):
        boxes, faces = self._detect(images)
        if not faces.all():
            self._report_missing(faces)
        eyes, found = self._find_eyes(images, boxes, faces)
        if not found.all():
            self._report_average(found)
        shape = self._output_shape()
        places = {"eye_distance": self.eye_distance, "eye_height": self.eye_height}
        crops = np.empty((len(images), *shape), dtype=np.uint8)
        for number, image in enumerate(images):
            if image.shape == shape:
                crops[number] = image
            elif faces[number]:
                crops[number] = align_face(image, eyes[number], size=shape, **places)
            else:
                crops[number] = crop_face(image, boxes[number], size=shape)
        return crops

    def _report_average(self, found):
        missing = np.count_nonzero(~found)
        message = (
            f"no eyes were found in {missing} of {len(found)} images; those of an average face in "
            "the box were used. FaceAligner.find_eyes(X) says which."
        )
        # Past transform and scikit-learn's wrapper of it, to the line that called them.
        warnings.warn(NoEyesWarning(message, missing), stacklevel=5)
