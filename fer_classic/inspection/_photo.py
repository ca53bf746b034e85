"""Explanations of faces in photos."""

from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np

from fer_classic.exceptions import NoFaceError
from fer_classic.inspection._explanation import Explanation, explain
from fer_classic.live import Face, Recognizer
from fer_classic.live._recognizer import Region, read_frame

__all__ = ["PhotoExplanation", "explain_photo"]


@dataclass(frozen=True, eq=False)
class PhotoExplanation:
    """The explanation of one face in a photo.

    Parameters
    ----------
    explanation : Explanation
        Its map belongs to the crop of the face.
    faces : list of Face
        All faces in the photo, largest first.
    number : int
        Index of the explained one.
    corners : ndarray of shape (3, 2), float64
        ``x, y`` in the photo of the upper left, upper right and lower left corner of the crop, as
        :func:`render_explanation` takes them.
    """

    explanation: Explanation
    faces: list[Face]
    number: int
    corners: np.ndarray

    @property
    def face(self):
        """The explained face."""
        return self.faces[self.number]

    def as_dict(self):
        """Give the fields as a dictionary that can be written as JSON.

        Returns
        -------
        fields : dict
            Those of the explanation, the face as ``face`` and the corners as a list.
        """
        fields = {"face": self.face.as_dict(), "corners": self.corners.tolist()}
        return fields | self.explanation.as_dict()


def explain_photo(
    recognizer: Recognizer,
    photo: np.ndarray,
    *,
    face: int = 0,
    faces: list[Face] | None = None,
    **parameters: Any,
) -> PhotoExplanation:
    """Explain the prediction of a recognizer for a face in a photo.

    Parameters
    ----------
    recognizer : Recognizer
        Finds the faces, cuts them out and names their expressions.
    photo : ndarray of shape (h, w), (h, w, 3) or (h, w, 4)
        Grey, BGR or BGRA, as :meth:`~fer_classic.live.Recognizer.recognize` takes it.
    face : int, default=0
        Index of the face; they are sorted by size, the largest is 0.
    faces : list of Face, optional
        Result of ``recognizer.recognize(photo)``, if it has been computed already.
    **parameters
        Others of :func:`explain`, such as ``target`` and ``method``.

    Returns
    -------
    result : PhotoExplanation

    Raises
    ------
    NoFaceError
        If there is no face in the photo.
    ValueError
        If there is no face of this index, ``photo`` is not an image, or a parameter is not valid.
    UnknownNameError, PredictionError
        As for :func:`explain`.
    """
    faces = recognizer.recognize(photo) if faces is None else faces
    if not faces:
        raise NoFaceError("no face was found in this photo, so there is nothing to explain.")
    if not isinstance(face, Integral) or not 0 <= face < len(faces):
        raise ValueError(
            f"there is no face {face!r} among {len(faces)}; faces are numbered from 0, the largest "
            "first."
        )
    gray, _ = read_frame(photo)
    region = Region(faces[face].box)
    _, crops = recognizer.cut(gray, [region])
    return PhotoExplanation(
        explain(recognizer.model, crops[0], **parameters),
        faces,
        face,
        recognizer.corners(gray, region),
    )
