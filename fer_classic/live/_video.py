"""A whole video in one call."""

from itertools import chain
from os import PathLike

from fer_classic.live._results import FrameResult
from fer_classic.live._run import keeping_up
from fer_classic.live._stream import StreamRecognizer
from fer_classic.live.sources._cameras import frames_of
from fer_classic.live.sources._files import open_source
from fer_classic.live.tables._schema import frame_rows, rows_to_dataframe

__all__ = ["recognize_video"]


def recognize_video(source, recognizer, *, to_dataframe=False, **options):
    """Find the faces in the frames of a video and name their expressions.

    Parameters
    ----------
    source : str, path-like or source
        What :func:`open_source` takes, such as the path of a video, or a source such as
        :class:`ArraySource`.
    recognizer : Recognizer
        What is asked about each frame.
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
