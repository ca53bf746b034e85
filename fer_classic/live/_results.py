"""The result for a face, for a picture, for a photo, and for a frame of a stream."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

__all__ = [
    "NO_FACE",
    "REASONS",
    "UNCERTAIN",
    "Face",
    "Faces",
    "FrameResult",
    "PhotoResult",
    "Quality",
]

UNCERTAIN = "uncertain"
"""The expression of a face whose highest probability is below the threshold, or that cannot be seen
well enough, see :attr:`Face.reason`."""
REASONS = ("small", "blurred", "turned")
"""Why a face cannot be seen well enough for an expression."""
NO_FACE = "no face"
"""The expression that a table gives for a picture without faces."""


@dataclass(frozen=True)
class Quality:
    """How well a face can be seen.

    Parameters
    ----------
    size : int
        Shorter side of the face's box, in pixels of the picture.
    sharpness : float
        Variance of the Laplacian of the crop over the variance of the crop; 0 or more, small where
        it is blurred, whatever its contrast. Crops larger than 48 pixels are reduced to that first,
        so that the numbers of all models compare.
    symmetry : float
        Correlation of the crop with its mirror image, -1 to 1; small where the head is turned
        aside or lit from one side.
    """

    size: int
    sharpness: float
    symmetry: float


@dataclass(frozen=True)
class Face:
    """One face in one picture.

    Parameters
    ----------
    box : tuple of four int
        ``(x, y, width, height)`` in pixels of the picture; the origin is its upper left corner.
    expression : str
        The expression, or :data:`UNCERTAIN`. It is the one with the highest score, or with
        majority smoothing the most frequent one.
    scores : dict of str to float, or None
        Score of each expression that the model knows; averaged over time if ``smoothing`` says so.
        None if the model has no scores.
    score_kind : {"probability", "decision", None}
        Whether the scores are probabilities or values of a decision function.
    detector_score : float or None
        How sure the detector was of the face, in its own unit. None where no detector was asked:
        in a picture that is a crop, and in frames through which the face was followed.
    track_id : int or None
        Number of the person, the same from frame to frame. None without tracking.
    quality : Quality or None
        How well the face can be seen.
    smoothing : str
        How expression and scores were smoothed over time, such as ``"none"``.
    reason : {"", "small", "blurred", "turned"}
        Why the face cannot be seen well enough for an expression; empty if it can, also where it is
        :data:`UNCERTAIN` since no expression is probable enough.
    """

    box: tuple[int, int, int, int]
    expression: str
    scores: dict[str, float] | None
    score_kind: Literal["probability", "decision"] | None
    detector_score: float | None
    track_id: int | None = None
    quality: Quality | None = None
    smoothing: str = "none"
    reason: Literal["", "small", "blurred", "turned"] = ""

    def as_dict(self):
        """Give the fields as a dictionary that can be written as JSON.

        Returns
        -------
        fields : dict
            ``box`` is a list in it, ``quality`` a dictionary.
        """
        return asdict(self) | {"box": list(self.box)}


class Faces(list):
    """The faces in a picture, and the time that it took to find and name them.

    Parameters
    ----------
    faces : iterable of Face
        The faces, largest first.
    milliseconds : dict of str to float
        Time of each stage, such as ``detect``, ``follow``, ``features``, ``predict``.
    """

    def __init__(self, faces=(), milliseconds=None):
        super().__init__(faces)
        self.milliseconds = milliseconds or {}


@dataclass(frozen=True, eq=False)
class FrameResult:
    """What a sink gets for each frame.

    Parameters
    ----------
    index : int
        Number of the frame, from 0.
    time : float
        Seconds since the source was opened, or the time stamp of the video.
    image : ndarray
        The frame as the source gave it.
    faces : list of Face
        The faces in it.
    fps : float or None
        Frames a second over the last frames; None for the first frame.
    milliseconds : dict of str to float
        Time of each stage of this frame, such as ``grab``, ``detect``, ``follow``, ``predict``.
    """

    index: int
    time: float
    image: np.ndarray
    faces: list[Face] = field(default_factory=list)
    fps: float | None = None
    milliseconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class PhotoResult:
    """What was recognized in a photo, or why it could not be read.

    Parameters
    ----------
    photo : pathlib.Path or str
        The file; ``"image 0"`` and so on for pictures that came without one.
    image : ndarray or None
        The picture; None if it could not be read, or is not kept.
    faces : list of Face
        The faces in it, largest first.
    error : str or None
        Why it could not be read.
    """

    photo: Path | str
    image: np.ndarray | None
    faces: list[Face] = field(default_factory=list)
    error: str | None = None
