"""Drawing of faces, portraits and data sets from facial action units."""

from functools import partial
from typing import Any

import numpy as np

from fer_classic.datasets._base import images_and_names, make_bunch
from fer_classic.datasets._drawing._action_units import sample_style, sample_units
from fer_classic.datasets._drawing._camera import (
    View,
    photograph,
    sample_session,
    sample_view,
    to_image,
)
from fer_classic.datasets._drawing._identity import Identity, sample_identity
from fer_classic.datasets._drawing._shape import shape_face
from fer_classic.expressions import EXPRESSIONS

__all__ = ["check_count", "draw_face", "draw_portrait", "make_drawn_faces", "wrap_drawings"]

_SIDE = 2.5  # of a face crop, in face units
_CENTER = (0.0, 0.48)  # of a face crop, in the face plane
_MIN_SIZE = 16  # pixels; smaller faces show no expression


def make_drawn_faces(
    *,
    n_subjects: int = 16,
    n_per_class: int = 6,
    size: int = 48,
    shape: tuple[int, int] | None = None,
    intensity: tuple[float, float] = (0.6, 1.0),
    seed: int = 0,
    return_X_y: bool = False,
) -> Any:
    """Generate a data set of drawn faces.

    Every subject has its own proportions, skin tones, illumination and style of each expression,
    and shows all eight expressions equally often. An image depends only on the seed, its subject,
    its expression and its number, so that larger sets contain the images of smaller ones.
    Processors round differently, which occasionally changes a pixel by one grey level and thus the
    digest; :func:`load_drawn_faces` returns the same pixels everywhere.

    Parameters
    ----------
    n_subjects : int, default=16
        Number of subjects.
    n_per_class : int, default=6
        Number of images of each expression of each subject.
    size : int, default=48
        Height and width of the images in pixels, at least 16.
    shape : tuple of two int, optional
        Draw half-length portraits of this height and width in place of faces, as
        :func:`draw_portrait` does; the smaller side is at least 36.
    intensity : tuple of two float, default=(0.6, 1.0)
        Minimum and maximum intensity of expressions, in 0 (neutral) to 1 (full).
    seed : int, default=0
        Random seed, at least 0.
    return_X_y : bool, default=False
        Return images and expression names instead of a Bunch.

    Returns
    -------
    bunch : Bunch
        With ``images`` of shape (n, size, size), or (n, h, w) as *shape* says, ``uint8``, ordered
        by subject and then expression, and ``subjects``; see ``bunch.DESCR``.
    (images, names) : tuple of ndarray
        If ``return_X_y`` is true.

    Raises
    ------
    ValueError
        If a parameter is out of range.

    See Also
    --------
    load_drawn_faces : the default faces, stored in the package.

    Examples
    --------
    >>> from fer_classic.datasets import make_drawn_faces
    >>> make_drawn_faces(n_subjects=2, n_per_class=1, size=64).images.shape
    (16, 64, 64)
    """
    check_count("n_subjects", n_subjects, 1)
    check_count("n_per_class", n_per_class, 1)
    check_count("size", size, _MIN_SIZE)
    check_count("seed", seed, 0)
    if np.shape(intensity) != (2,) or not 0.0 <= intensity[0] <= intensity[1] <= 1.0:
        raise ValueError(
            f"intensity={intensity!r} must be two numbers, the minimum and the maximum "
            "intensity, with 0 <= minimum <= maximum <= 1."
        )
    draw = partial(draw_face, size=size) if shape is None else partial(_portrait, shape=shape)
    images = [
        image
        for subject in range(n_subjects)
        for image in _draw_subject(seed, subject, n_per_class, draw, intensity)
    ]
    bunch = wrap_drawings(np.stack(images), n_subjects, n_per_class)
    return images_and_names(bunch) if return_X_y else bunch


def wrap_drawings(images, n_subjects, n_per_class):
    """Create the Bunch of drawn faces.

    Parameters
    ----------
    images : ndarray of shape (n, size, size), uint8
        Ordered by subject and then expression.
    n_subjects, n_per_class : int
        Number of subjects, and of images per expression and subject.

    Returns
    -------
    bunch : Bunch
    """
    return make_bunch(
        name="drawn",
        descr="drawn",
        images=images,
        target=np.tile(np.repeat(np.arange(len(EXPRESSIONS)), n_per_class), n_subjects),
        subjects=np.repeat(
            [f"D{subject + 1:02d}" for subject in range(n_subjects)], len(EXPRESSIONS) * n_per_class
        ),
    )


def draw_face(units, *, identity=None, view=None, size=48):
    """Draw one face, cropped as by a face detector.

    Parameters
    ----------
    units : dict of {int or str: float}
        Intensity, 0 to 1, of action units: ``12`` applies to both sides of the face, ``"L12"`` and
        ``"R12"`` to the person's left or right side. All others are 0.
    identity : Identity, optional
        The person; the average one by default.
    view : View, optional
        Head pose, illumination and camera; frontal, without blur and noise by default.
    size : int, default=48
        Height and width of the image in pixels, at least 16.

    Returns
    -------
    image : ndarray of shape (size, size), uint8

    Raises
    ------
    UnknownNameError
        If there is no such action unit.
    ValueError
        If an intensity or the size is out of range.

    See Also
    --------
    prototype_units : the action units of an expression.
    draw_portrait : the same face in a larger image with a background.

    Examples
    --------
    >>> from fer_classic.datasets import draw_face
    >>> draw_face({6: 0.8, 12: 1.0}).shape
    (48, 48)
    """
    check_count("size", size, _MIN_SIZE)
    return _draw(units, identity, view, (size, size), size / _SIDE, _CENTER)


def draw_portrait(units, *, identity=None, view=None, shape=(320, 240), face_size=None):
    """Draw a half-length portrait in front of a plain background, for tests of face detectors.

    Parameters
    ----------
    units, identity, view
        As in :func:`draw_face`.
    shape : tuple of two int, default=(320, 240)
        Height and width of the image in pixels.
    face_size : int, optional
        Side of the face's box in pixels, at least 16 and at most the smaller side of the image;
        0.45 of that side by default.

    Returns
    -------
    image : ndarray of shape ``shape``, uint8
    box : tuple of four int
        The face, ``(x, y, w, h)`` in pixels: the region drawn by :func:`draw_face`.

    Raises
    ------
    UnknownNameError
        If there is no such action unit.
    ValueError
        If an intensity or the face size is out of range.
    """
    height, width = shape
    face_size = 0.45 * min(shape) if face_size is None else face_size
    if not _MIN_SIZE <= face_size <= min(shape):
        raise ValueError(
            f"face_size={face_size:g} must be between {_MIN_SIZE} and {min(shape)}, the smaller "
            f"side of an image of shape {height} x {width}."
        )
    view = View() if view is None else view
    scale = face_size / _SIDE
    center = (_CENTER[0], _CENTER[1] + 0.2)
    image = _draw(units, identity, view, (height, width), scale, center)
    x, y = to_image(_CENTER, view, size=(height, width), scale=scale, center=center)
    side = face_size * view.zoom
    return image, (round(x - side / 2), round(y - side / 2), round(side), round(side))


def _draw(units, identity, view, size, scale, center):
    identity = Identity() if identity is None else identity
    view = View() if view is None else view
    shape = shape_face(units, identity)
    return photograph(shape, identity, view, size=size, scale=scale, center=center)


def _portrait(units, **options):
    return draw_portrait(units, **options)[0]


def _draw_subject(seed, subject, n_per_class, draw, intensity):
    """Draw all images of one subject, by expression."""
    # The second number separates the streams: NumPy pads seeds with zeros.
    rng = np.random.default_rng([seed, 0, subject])
    identity, style, session = sample_identity(rng), sample_style(rng), sample_session(rng)
    for code, expression in enumerate(EXPRESSIONS):
        for number in range(n_per_class):
            rng = np.random.default_rng([seed, 1, subject, code, number])
            units = sample_units(style, expression, rng.uniform(*intensity), rng)
            view = sample_view(session, rng)
            yield draw(units, identity=identity, view=view)


def check_count(name, value, minimum):
    """Raise ValueError unless the value is an integer of at least ``minimum``."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < minimum:
        raise ValueError(f"{name}={value!r} must be an integer of at least {minimum}.")
