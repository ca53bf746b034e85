"""Taking pictures of a person who shows one expression after the other."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from fer_classic.classifiers import adapt
from fer_classic.live._recognizer import read_frame, whole
from fer_classic.live._results import NO_FACE, Face, FrameResult
from fer_classic.live._timing import StageTimer
from fer_classic.live.drawing._annotate import annotate
from fer_classic.live.sinks._group import wants_end
from fer_classic.live.sources._cameras import frames_of, keeping_up

__all__ = ["Pictures", "Take", "largest_face", "take_pictures"]


class Take(NamedTuple):
    """Pictures of one expression that were taken in one go.

    Parameters
    ----------
    name : str
        The expression.
    crops : ndarray of shape (n, h, w), uint8
        The faces, as the model gets them.
    """

    name: str
    crops: np.ndarray


class Pictures:
    """Faces of a person, their names, and which of them were taken in one go.

    Attributes
    ----------
    crops : list of ndarray of shape (h, w), uint8
        The faces, as the model gets them.
    names : list of str
        Their expressions.
    groups : list of str
        The takes that they belong to.
    """

    def __init__(self):
        self.crops, self.names, self.groups = [], [], []

    def add(self, crops, name, group):
        """Add faces of one expression that were taken in one go.

        Parameters
        ----------
        crops : sequence of ndarray of shape (h, w), uint8
            The faces.
        name : str
            The expression.
        group : str
            The take.
        """
        self.crops += list(crops)
        self.names += [name] * len(crops)
        self.groups += [group] * len(crops)

    @property
    def counts(self):
        """Number of pictures of each expression, by name."""
        return dict(sorted(Counter(self.names).items()))

    def adapt(self, recognizer):
        """Move a model towards the person.

        Parameters
        ----------
        recognizer : Recognizer
            It has cut out the faces; its model stays as it is.

        Returns
        -------
        adapted : AdaptedClassifier
            Judged by leaving out one take at a time.

        Raises
        ------
        ValueError
            If there are not pictures of two expressions or more.
        """
        images = recognizer.as_input(np.stack(self.crops))
        return adapt(recognizer.model, images, self.names, self.groups)

    def __str__(self):
        counts = ", ".join(f"{name} {count}" for name, count in self.counts.items())
        return f"{len(self.names)} pictures" + (f" ({counts})" if counts else "")


def take_pictures(
    source,
    recognizer,
    names: Iterable[str],
    sink,
    keep: Callable[[Take], object],
    *,
    n_frames: int = 5,
    pause: float = 3.0,
) -> bool:
    """Ask for one expression after the other, and take pictures of the face.

    Parameters
    ----------
    source : Source, or iterable of (index, time, frame)
        Such as :class:`CameraSource`; its times are the clock.
    recognizer : Recognizer
        Finds the faces and cuts them out. Pictures are taken of the largest face.
    names : iterable of str
        The expressions, in the order in which they are asked for; they may be repeated.
    sink : Sink
        Such as :class:`WindowSink`. It gets each frame with what is asked for drawn into it, and
        ends the run when ``write`` returns False.
    keep : callable
        Gets each :class:`Take` as soon as it is complete.
    n_frames : int, default=5
        Pictures of a take.
    pause : float, default=3.0
        Seconds that the person has to change the face.

    Returns
    -------
    complete : bool
        False if the source or the sink came to its end before all were taken.
    """
    names = list(names)
    begin, crops = None, []
    with frames_of(keeping_up(source)) as frames, sink:
        for index, seconds, frame in frames:
            if not names:
                break
            begin = seconds if begin is None else begin
            waiting = begin + pause - seconds
            box, crop = largest_face(recognizer, frame)
            if crop is not None and waiting <= 0:
                crops.append(crop)
            prompt = _prompt(names[0], waiting, len(crops), n_frames)
            answer = sink.write(FrameResult(index, seconds, _draw(frame, box, prompt)))
            if len(crops) == n_frames:
                keep(Take(names.pop(0), np.stack(crops)))
                begin, crops = seconds, []
            if wants_end(answer):
                break
    return not names


def largest_face(recognizer, frame):
    """Give the box of the largest face and the face as the model gets it; None without a face."""
    gray, picture = read_frame(frame)
    if recognizer.is_crop(gray):
        regions = [whole(gray)]
    else:
        regions = recognizer.detect(picture, StageTimer())[:1]
    if not regions:
        return None, None
    (box,), (crop,) = recognizer.cut(gray, regions)
    return box, crop


def _prompt(name, waiting, n_taken, n_frames):
    if waiting > 0:
        return f"{name} in {waiting:.0f} s"
    return f"{name}: {n_taken} of {n_frames}"


def _draw(frame, box, prompt):
    if box is None:
        return annotate(frame, [], labels={NO_FACE: f"{prompt} ({NO_FACE})"})
    return annotate(frame, [Face(box, prompt, None, None, None)])
