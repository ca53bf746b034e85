"""Recognition in the frames of a stream: who is who, and what they express over time."""

import numpy as np

from fer_classic.live._recognizer import read_frame
from fer_classic.live._results import Face
from fer_classic.live.tracking._smoothing import make_smoothing
from fer_classic.live.tracking._tracker import FaceTracker

__all__ = ["StreamRecognizer"]


class StreamRecognizer:
    """Names the expressions of the faces in the frames of a stream, one frame after the other.

    Faces are detected now and then and followed in between; each keeps its number, and what is
    said of it is smoothed over time. Frames are searched with the ``frame_detector`` of the
    recognizer.

    Parameters
    ----------
    recognizer : Recognizer
        What is asked about each frame.
    every : int, default=5
        Frames from one detection to the next.
    patience : int, default=30
        Frames for which a face that is out of sight keeps its number and its past.
    smoothing : {"average", "majority", "none"}, optional
        See :func:`make_smoothing`; "average" by default, "majority" for models without scores.
    window : int, default=10
        Frames over which is smoothed.

    Attributes
    ----------
    milliseconds : dict of str to float
        Time that each stage took in the last frame.

    Raises
    ------
    ValueError
        If a number is out of range, or the model has no scores to average.
    """

    def __init__(self, recognizer, *, every=5, patience=30, smoothing=None, window=10):
        for name, value, least in (("every", every, 1), ("patience", patience, 0)):
            if value < least:
                raise ValueError(f"{name} must be {least} or more, got {value!r}.")
        has_scores = recognizer.score_kind is not None
        if smoothing is None:
            smoothing = "average" if has_scores else "majority"
        self.recognizer = recognizer
        self.smoothing = make_smoothing(smoothing, window)
        if self.smoothing.needs_scores and not has_scores:
            raise ValueError(
                f"smoothing={smoothing!r} needs a model that scores each expression, and this "
                f"{type(recognizer.model).__name__} does not; use 'majority' or 'none'."
            )
        self.milliseconds = {}
        self._tracker = FaceTracker(recognizer.frame_detector, every=every, patience=patience)
        self._steps = {}

    @property
    def classes(self):
        """The expressions that the model knows."""
        return self.recognizer.classes

    def recognize(self, frame: np.ndarray) -> list[Face]:
        """Find the faces in the next frame and name their expressions.

        Parameters
        ----------
        frame : ndarray of shape (h, w), (h, w, 3) or (h, w, 4)
            As for :meth:`Recognizer.recognize`; a frame that is a crop has no track, and is not
            smoothed.

        Returns
        -------
        faces : list of Face
            Largest first.

        Raises
        ------
        ValueError
            If ``frame`` is not an image.
        """
        gray, picture = read_frame(frame)
        if self.recognizer.is_crop(gray):
            # Crops one after the other may be of anybody.
            found, smooth, self.milliseconds = [((0, 0, *gray.shape[::-1]), None, None)], None, {}
        else:
            tracks = self._tracker.update(gray, picture)
            found, smooth = [(track.box, track.score, track.id) for track in tracks], self._smooth
            known = self._tracker.known
            self._steps = {track: step for track, step in self._steps.items() if track in known}
            self.milliseconds = dict(self._tracker.milliseconds)
        faces = self.recognizer.describe(gray, found, smooth=smooth)
        if found:
            stages = ("features", "predict")
            self.milliseconds |= {name: self.recognizer.milliseconds[name] for name in stages}
        return faces

    def _smooth(self, track_id, name, scores):
        step = self._steps.setdefault(track_id, self.smoothing.start())
        return *step(name, scores), self.smoothing.label
