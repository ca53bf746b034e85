"""Faces drawn from action units: single ones, portraits, and whole data sets."""

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
_SMALLEST = 16  # pixels; nothing can be told from a smaller face


def make_drawn_faces(
    *,
    n_subjects: int = 16,
    n_per_class: int = 6,
    size: int = 48,
    intensity: tuple[float, float] = (0.6, 1.0),
    seed: int = 0,
    return_X_y: bool = False,
) -> Any:
    """Draw a data set of faces.

    Every subject has proportions, tones, a light and a style of showing each expression of their
    own, and shows all eight expressions equally often. An image depends on the seed, its subject,
    its expression and its number, and on nothing else: larger sets hold the images of smaller ones.
    On processors that round differently, a rare pixel differs by one grey level, so that digests
    differ; :func:`load_drawn_faces` gives the same pixels everywhere.

    Parameters
    ----------
    n_subjects : int, default=16
        Number of subjects.
    n_per_class : int, default=6
        Number of images of each expression of each subject.
    size : int, default=48
        Height and width of the images in pixels, at least 16.
    intensity : tuple of two float, default=(0.6, 1.0)
        Weakest and strongest expression, in 0 (neutral) to 1 (full).
    seed : int, default=0
        Seed of everything that varies, at least 0.
    return_X_y : bool, default=False
        Give images and expression names instead of a Bunch.

    Returns
    -------
    bunch : Bunch
        With ``images`` of shape (n, size, size), ``uint8``, ordered by subject and then expression,
        and ``subjects``; see ``bunch.DESCR``.
    (images, names) : tuple of ndarray
        If ``return_X_y`` is true.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    See Also
    --------
    load_drawn_faces : what this draws by default, without drawing it.

    Examples
    --------
    >>> from fer_classic.datasets import make_drawn_faces
    >>> make_drawn_faces(n_subjects=2, n_per_class=1, size=64).images.shape
    (16, 64, 64)
    """
    check_count("n_subjects", n_subjects, 1)
    check_count("n_per_class", n_per_class, 1)
    check_count("size", size, _SMALLEST)
    check_count("seed", seed, 0)
    if np.shape(intensity) != (2,) or not 0.0 <= intensity[0] <= intensity[1] <= 1.0:
        raise ValueError(
            f"intensity={intensity!r} must be two numbers, the weakest and the strongest "
            "expression, with 0 <= weakest <= strongest <= 1."
        )
    images = [
        image
        for subject in range(n_subjects)
        for image in _draw_subject(seed, subject, n_per_class, size, intensity)
    ]
    bunch = wrap_drawings(np.stack(images), n_subjects, n_per_class)
    return images_and_names(bunch) if return_X_y else bunch


def wrap_drawings(images, n_subjects, n_per_class):
    """Make the Bunch of drawn faces.

    Parameters
    ----------
    images : ndarray of shape (n, size, size), uint8
        Ordered by subject and then expression.
    n_subjects, n_per_class : int
        Number of subjects, and of images of each expression of each of them.

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
    """Draw one face, cropped as a face detector would.

    Parameters
    ----------
    units : dict of {int or str: float}
        Intensity, 0 to 1, of action units: ``12`` moves both sides of the face, ``"L12"`` and
        ``"R12"`` the person's own left or right side. Those not named are at rest.
    identity : Identity, optional
        The person; the average one by default.
    view : View, optional
        Head pose, light and camera; a straight look without blur and noise by default.
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
    draw_portrait : the same face, smaller, in a picture with a background.

    Examples
    --------
    >>> from fer_classic.datasets import draw_face
    >>> draw_face({6: 0.8, 12: 1.0}).shape
    (48, 48)
    """
    check_count("size", size, _SMALLEST)
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
        The face, ``(x, y, w, h)`` in pixels: what :func:`draw_face` would show.

    Raises
    ------
    UnknownNameError
        If there is no such action unit.
    ValueError
        If an intensity or the face size is out of range.
    """
    height, width = shape
    face_size = 0.45 * min(shape) if face_size is None else face_size
    if not _SMALLEST <= face_size <= min(shape):
        raise ValueError(
            f"face_size={face_size:g} must lie between {_SMALLEST} and {min(shape)}, the smaller "
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


def _draw_subject(seed, subject, n_per_class, size, intensity):
    """All images of one subject, by expression."""
    # The second number keeps the streams apart: NumPy takes missing numbers at the end for zeros.
    rng = np.random.default_rng([seed, 0, subject])
    identity, style, session = sample_identity(rng), sample_style(rng), sample_session(rng)
    for code, expression in enumerate(EXPRESSIONS):
        for number in range(n_per_class):
            rng = np.random.default_rng([seed, 1, subject, code, number])
            units = sample_units(style, expression, rng.uniform(*intensity), rng)
            view = sample_view(session, rng)
            yield draw_face(units, identity=identity, view=view, size=size)


def check_count(name, value, least):
    """Refuse what is no whole number of at least ``least``."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ValueError(f"{name}={value!r} must be a whole number of at least {least}.")
