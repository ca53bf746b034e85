"""A whole video in one call."""

from itertools import chain
from os import PathLike
from typing import Any

from fer_classic.live._recognizer import Recognizer
from fer_classic.live._results import LiveFrame
from fer_classic.live._run import keeping_up
from fer_classic.live._stream import StreamRecognizer
from fer_classic.live.sources._cameras import frames_of
from fer_classic.live.sources._files import open_source
from fer_classic.live.sources._protocol import Source
from fer_classic.live.tables._schema import frame_rows, rows_to_frame

__all__ = ["recognize_video"]


def recognize_video(
    source: str | PathLike | Source,
    recognizer: Recognizer,
    *,
    as_frame: bool = False,
    **options: Any,
) -> Any:
    """Find the faces in the frames of a video and name their expressions.

    Parameters
    ----------
    source : str, path-like or Source
        What :func:`open_source` takes, such as the path of a video, or a source such as
        :class:`ArraySource`.
    recognizer : Recognizer
        What is asked about each frame.
    as_frame : bool, default=False
        Give one ``pandas.DataFrame`` of all rows instead of frames; it needs the extra ``table``.
    **options
        Parameters of :class:`StreamRecognizer`: ``every``, ``patience``, ``smoothing``, ``window``.

    Returns
    -------
    frames : generator of LiveFrame, or DataFrame
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
    if not as_frame:
        return frames
    rows = chain.from_iterable(frame_rows(frame, stream.classes) for frame in frames)
    return rows_to_frame(list(rows), stream.classes)


def _frames(source, stream):
    with frames_of(keeping_up(source)) as frames:
        for index, seconds, image in frames:
            faces = stream.recognize(image)
            yield LiveFrame(index, seconds, image, faces, None, dict(stream.milliseconds))
