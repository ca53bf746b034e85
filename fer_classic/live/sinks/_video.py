"""Videos of what was recognized."""

import contextlib
from pathlib import Path

import numpy as np

from fer_classic.exceptions import SinkError, UnknownNameError
from fer_classic.live.drawing._annotate import annotate
from fer_classic.live.sources._timestamps import check_fps
from fer_classic.utils._files import atomic_path, check_outputs
from fer_classic.utils._opencv import cv2

__all__ = ["VideoSink"]

_FULL = "free some space if the disk is full, or write to another folder"
_CODECS = {".mp4": "mp4v", ".avi": "MJPG"}


class VideoSink:
    """Writes a video with boxes and labels, which appears when the run has ended.

    However the run ends, the frames until then become a whole video; without any frame, there is
    none. At the end the frames in the file are counted, since OpenCV does not report those that it
    could not write.

    Parameters
    ----------
    path : str or path-like
        The file: ``.mp4`` (codec mp4v) or ``.avi`` (Motion JPEG).
    fps : float
        Frames a second, those of the source.
    draw : callable, default=annotate
        Makes the picture: ``draw(frame, faces)`` gives a BGR ``uint8`` image.
    overwrite : bool, default=False
        Replace an existing file; without it, such a file is an error.
    writer : callable, default=cv2.VideoWriter
        Opens a video: ``writer(path, fourcc, fps, (width, height))``.
    count : callable, optional
        Counts the frames of a video: ``count(path)``; OpenCV by default.

    Raises
    ------
    UnknownNameError
        If the suffix is neither of the two.
    SinkError
        If the file exists and is not to be replaced; at the first frame, if this build of OpenCV
        cannot write the codec; at the end, if frames are missing, as on a full disk. The file is
        kept if it holds any.
    ValueError
        If ``fps`` is not a positive number.

    Notes
    -----
    The first frame sets the size; frames of another size are scaled to fit and get black margins.
    The codec cuts the last row or column of an odd size. The rate is constant, also where that of
    the source was not.
    """

    def __init__(
        self,
        path,
        fps,
        *,
        draw=annotate,
        overwrite=False,
        writer=cv2.VideoWriter,
        count=None,
    ):
        self.path = Path(path)
        suffix = self.path.suffix.lower()
        if suffix not in _CODECS:
            raise UnknownNameError("video format", suffix, _CODECS)
        self.fps = check_fps(fps)
        check_outputs(self.path, overwrite=overwrite)
        self.draw = draw
        self.writer = writer
        self.count = _count_frames if count is None else count
        self._codec = _CODECS[suffix]
        self._size = None
        self._n_written = self._n_kept = 0
        self._stack = contextlib.ExitStack()

    def __enter__(self):
        return self

    def __exit__(self, error, *exc_info):
        self._stack.close()
        if error is None and self._n_kept < self._n_written:
            raise SinkError(
                f"{self.path} holds only {self._n_kept} of {self._n_written} frames; {_FULL}."
            )

    def write(self, result):
        """Draw a frame and add it to the video.

        Parameters
        ----------
        result : FrameResult
            A frame and its faces.

        Returns
        -------
        go_on : bool
            Always True.
        """
        picture = self.draw(result.image, result.faces)
        if self._size is None:
            self._size = picture.shape[1::-1]
            self._video = self._open()
        self._video.write(_fit(picture, self._size))
        self._n_written += 1
        return True

    def _open(self):
        with contextlib.ExitStack() as stack:
            temporary = stack.enter_context(atomic_path(self.path))
            fourcc = cv2.VideoWriter_fourcc(*self._codec)
            video = self.writer(str(temporary), fourcc, self.fps, self._size)
            stack.callback(self._finish, video, temporary)
            if not video.isOpened():
                others = " or ".join(_CODECS.keys() - {self.path.suffix.lower()})
                raise SinkError(
                    f"{self.path} cannot be written: this build of OpenCV has no codec "
                    f"{self._codec} for {self._size[0]}x{self._size[1]} at {self.fps:g} frames a "
                    f"second. Try a name that ends in {others}."
                )
            self._stack = stack.pop_all()
        return video

    def _finish(self, video, temporary):
        """Close the file; one that holds no frame does not replace another."""
        video.release()
        if not self._n_written:
            return
        self._n_kept = self.count(temporary)
        if self._n_kept <= 0:
            n_lost, self._n_written = self._n_written, 0
            raise SinkError(f"{self.path} was not written, {n_lost} frames are lost; {_FULL}.")


def _count_frames(path):
    video = cv2.VideoCapture(str(path))
    try:
        return int(video.get(cv2.CAP_PROP_FRAME_COUNT)) if video.isOpened() else 0
    finally:
        video.release()


def _fit(picture, size):
    """Scale a picture into a black one of the given width and height."""
    width, height = size
    if picture.shape[1::-1] == size:
        return picture
    scale = min(width / picture.shape[1], height / picture.shape[0])
    inner = [max(1, round(scale * length)) for length in picture.shape[1::-1]]
    left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
    page = np.zeros((height, width, 3), np.uint8)
    page[top : top + inner[1], left : left + inner[0]] = cv2.resize(
        picture, inner, interpolation=cv2.INTER_AREA
    )
    return page
