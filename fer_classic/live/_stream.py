"""Recognition in the frames of a stream: detect, track, classify, smooth, decide, keep steady."""

from dataclasses import replace
from itertools import chain
from os import PathLike
from typing import Any

import numpy as np

from fer_classic.live._recognizer import Recognizer, Region, read_frame, whole
from fer_classic.live._results import Face, Faces, FrameResult
from fer_classic.live._timing import StageTimer
from fer_classic.live.sources._cameras import frames_of, keeping_up
from fer_classic.live.sources._files import open_source
from fer_classic.live.sources._protocol import Source
from fer_classic.live.tables._schema import frame_rows, rows_to_dataframe
from fer_classic.live.tracking._hysteresis import Hysteresis
from fer_classic.live.tracking._smoothing import make_smoothing
from fer_classic.live.tracking._tracker import FaceTracker

__all__ = ["StreamRecognizer", "recognize_video"]


class StreamRecognizer:
    """Names the expressions of the faces in the frames of a stream, one frame after the other.

    Faces are detected now and then and followed in between; each keeps its number, and its
    predictions are smoothed over time. A label, :data:`UNCERTAIN` among them, is replaced once
    another one leads by 0.1 in the averaged probabilities, or it was not the best one for
    ``window`` frames in a row. Frames are searched with the ``frame_detector`` of the recognizer.

    Parameters
    ----------
    recognizer : Recognizer
        What is asked about each frame.
    detect_every : int, default=5
        Frames from one detection to the next.
    max_missed_frames : int, default=30
        Frames for which a face that is out of sight keeps its number and its past.
    smoothing : {"average", "majority", "none"}, optional
        See :func:`make_smoothing`; "average" by default, "majority" for models without scores.
    window : int, default=10
        Frames over which is smoothed, and for which a label is kept against one that leads by less.

    Raises
    ------
    ValueError
        If a number is out of range, or the model has no scores to average.
    """

    def __init__(
        self, recognizer, *, detect_every=5, max_missed_frames=30, smoothing=None, window=10
    ):
        for name, value, minimum in (
            ("detect_every", detect_every, 1),
            ("max_missed_frames", max_missed_frames, 0),
        ):
            if value < minimum:
                raise ValueError(f"{name} must be {minimum} or more, got {value!r}.")
        has_scores = recognizer.score_kind is not None
        if smoothing is None:
            smoothing = "average" if has_scores else "majority"
        self.recognizer = recognizer
        self.detect_every, self.window = detect_every, window
        self.max_missed_frames = max_missed_frames
        self.smoothing = make_smoothing(smoothing, window)
        if self.smoothing.needs_scores and not has_scores:
            raise ValueError(
                f"smoothing={smoothing!r} needs a model that scores each expression, and this "
                f"{type(recognizer.model).__name__} does not; use 'majority' or 'none'."
            )
        self._tracker = FaceTracker(
            recognizer.frame_detector,
            detect_every=detect_every,
            max_missed_frames=max_missed_frames,
        )
        self._hysteresis = Hysteresis(
            n_frames=1 if smoothing == "none" else window,
            by_lead=smoothing == "average",
            threshold=recognizer.min_probability,
        )
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
        faces : Faces
            List of :class:`Face`, largest first. Its ``milliseconds`` holds the time of the stages
            ``follow``, ``detect``, ``features`` and ``predict``, of those that took place.

        Raises
        ------
        ValueError
            If ``frame`` is not an image.
        """
        timer = StageTimer()
        gray, picture = read_frame(frame)
        if self.recognizer.is_crop(gray):
            # Crops one after the other may be of anybody.
            faces = self.recognizer.classify(gray, [whole(gray)], timer)
            faces = self.recognizer.decide(faces)
        else:
            tracks = self._tracker.update(gray, picture, timer=timer)
            regions = [Region(track.box, track.score, track.id) for track in tracks]
            faces = self._steady(self.recognizer.classify(gray, regions, timer))
        return Faces(faces, timer.milliseconds)

    def _steady(self, faces):
        known = self._tracker.known
        self._steps = {track: step for track, step in self._steps.items() if track in known}
        for face in faces:
            if face.track_id not in self._steps:
                self._steps[face.track_id] = self.smoothing.start(), self._hysteresis.start()
        smoothed = self.recognizer.decide([self._smooth(face) for face in faces])
        return [self._steps[face.track_id][1](face) for face in smoothed]

    def _smooth(self, face):
        name, scores = self._steps[face.track_id][0](face.expression, face.scores)
        return replace(face, expression=name, scores=scores, smoothing=self.smoothing.label)


def recognize_video(
    source: str | PathLike | Source,
    recognizer: Recognizer,
    *,
    to_dataframe: bool = False,
    **options: Any,
) -> Any:
    """Find the faces in the frames of a video and name their expressions.

    Parameters
    ----------
    source : str, path-like or Source
        What :func:`open_source` takes, such as the path of a video, or a source such as
        :class:`ArraySource`.
    recognizer : Recognizer
        Finds and names the faces of each frame.
    to_dataframe : bool, default=False
        Give one ``pandas.DataFrame`` of all rows instead of frames; it needs the extra ``table``.
    **options
        Parameters of :class:`StreamRecognizer`: ``detect_every``, ``max_missed_frames``,
        ``smoothing``, ``window``.

    Returns
    -------
    frames : generator of FrameResult, or DataFrame
        The columns of the table are described in :mod:`fer_classic.live.tables._schema`.

    Raises
    ------
    SourceError
        If there is no such source; and from the generator, when its frames are asked for, if it
        cannot be read.
    """
    if isinstance(source, str | PathLike):
        source = open_source(str(source))
    stream = StreamRecognizer(recognizer, **options)
    frames = _frames(source, stream)
    if not to_dataframe:
        return frames
    rows = chain.from_iterable(frame_rows(frame, stream.classes) for frame in frames)
    return rows_to_dataframe(list(rows), stream.classes)


def _frames(source, stream):
    with frames_of(keeping_up(source)) as frames:
        for index, seconds, image in frames:
            faces = stream.recognize(image)
            yield FrameResult(index, seconds, image, faces, None, faces.milliseconds)
