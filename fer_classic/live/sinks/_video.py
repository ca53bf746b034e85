"""Videos of what was recognized."""

import contextlib
from pathlib import Path

import numpy as np

from fer_classic.exceptions import MissingDependencyError, SinkError, UnknownNameError
from fer_classic.live.drawing._annotate import annotate
from fer_classic.live.sinks._video_opencv import CODECS, OpenCVVideo
from fer_classic.live.sinks._video_pyav import FORMATS, PyAVVideo, import_av
from fer_classic.live.sources._timestamps import check_fps
from fer_classic.utils._files import atomic_path, check_outputs
from fer_classic.utils._opencv import cv2

__all__ = ["VideoSink"]

_FULL = "free some space if the disk is full, or write to another folder"


class VideoSink:
    """Writes a video with boxes and labels, which appears when the run has ended.

    If the run is stopped, the video contains the frames until then; no file is written without any
    frame. At the end, the frames in the file are counted, since not every encoder reports those
    that it could not write.

    Parameters
    ----------
    path : str or path-like
        The file: ``.mp4``, ``.webm`` or ``.avi``.
    fps : float or None
        Mean number of frames a second of the source; None if it has none, as a live one.
    draw : callable, default=annotate
        Makes the picture: ``draw(frame, faces)`` gives a BGR ``uint8`` image.
    overwrite : bool, default=False
        Replace an existing file; without it, such a file is an error.
    sound : str or path-like, optional
        Video whose sound is written too: the source of the frames, or its address.
    encoder : callable, optional
        Opens the file: ``encoder(path, size=(width, height), fps=fps, sound=sound)`` gives an
        object with a method ``write(picture, seconds)``, a method ``close()``, which returns the
        number of frames in the file, and an attribute ``content``, the codec in words. By default
        it depends on the suffix, see Notes.

    Attributes
    ----------
    content : str or None
        Codec and sound in words, such as ``"H.264, sound copied (aac)"``; None before the first
        frame.

    Raises
    ------
    UnknownNameError
        If there is no such suffix.
    MissingDependencyError
        If the suffix is ``.webm`` and PyAV is not installed.
    SinkError
        If the file exists and is not to be replaced; if there is no rate, and the encoder needs
        one; at the first frame, if it cannot be encoded; at the end, if frames are missing, as on a
        full disk. The file is kept if it holds any.
    ValueError
        If ``fps`` is not a positive number.

    Warns
    -----
    FerClassicWarning
        If the sound cannot be read; the video then lacks it.

    Notes
    -----
    With PyAV (``pip install "fer-classic[video]"``) an ``.mp4`` is H.264, which browsers play, and
    a ``.webm`` is VP9. Frames have the times of the source, also where its rate varies. Sound is
    copied if players expect it in such a file (AAC, MP3 and Opus in ``.mp4``, Opus and Vorbis in
    ``.webm``), else it is encoded as AAC or Opus; it ends with the last frame.

    Without PyAV, an ``.mp4`` is MPEG-4; an ``.avi`` is always Motion JPEG. Both have a constant
    rate and no sound.

    The first frame sets the size; frames of another size are scaled to fit and get black margins.
    The last row or column of an odd size is cut off, since the codecs halve the resolution of
    colours.
    """

    def __init__(self, path, fps, *, draw=annotate, overwrite=False, sound=None, encoder=None):
        self.path = Path(path)
        suffix = self.path.suffix.lower()
        known = list(dict.fromkeys([*FORMATS, *CODECS]))
        if suffix not in known:
            raise UnknownNameError("video format", suffix, known)
        self.fps = None if fps is None else check_fps(fps)
        check_outputs(self.path, overwrite=overwrite)
        self.draw = draw
        self.sound = sound
        self.encoder = _choose_encoder(suffix) if encoder is None else encoder
        if self.fps is None and self.encoder is OpenCVVideo:
            raise SinkError(
                f"{self.path} needs the frame rate of its source, and a live one has none; write "
                'an .mp4 or .webm with PyAV, which keeps times (pip install "fer-classic[video]").'
            )
        self.content = None
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
            self._size = tuple(_even(length) for length in picture.shape[1::-1])
            self._video = self._open()
        self._video.write(_fit(picture, self._size), result.time)
        self._n_written += 1
        return True

    def _open(self):
        with contextlib.ExitStack() as stack:
            temporary = stack.enter_context(atomic_path(self.path))
            try:
                video = self.encoder(temporary, size=self._size, fps=self.fps, sound=self.sound)
            except SinkError as error:
                raise SinkError(f"{self.path} cannot be written: {error}") from error
            stack.callback(self._finish, video)
            self._stack = stack.pop_all()
        self.content = video.content
        return video

    def _finish(self, video):
        """Close the file; one that holds no frame does not replace another."""
        self._n_kept = video.close()
        if self._n_kept <= 0:
            n_lost, self._n_written = self._n_written, 0
            raise SinkError(f"{self.path} was not written, {n_lost} frames are lost; {_FULL}.")


def _choose_encoder(suffix):
    """Give PyAV where it is installed and writes such files, else OpenCV."""
    if suffix not in FORMATS:
        return OpenCVVideo
    try:
        av = import_av(suffix)
    except MissingDependencyError:
        if suffix in CODECS:
            return OpenCVVideo
        raise
    # PyAV can be built without encoders of other licences.
    if FORMATS[suffix].codec in av.codecs_available or suffix not in CODECS:
        return PyAVVideo
    return OpenCVVideo


def _even(length):
    return max(2, length - length % 2)


def _fit(picture, size):
    """Scale a picture into a black one of the given width and height."""
    width, height = size
    if (_even(picture.shape[1]), _even(picture.shape[0])) == size and min(picture.shape[:2]) > 1:
        return np.ascontiguousarray(picture[:height, :width])
    scale = min(width / picture.shape[1], height / picture.shape[0])
    inner = [max(1, round(scale * length)) for length in picture.shape[1::-1]]
    left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
    page = np.zeros((height, width, 3), np.uint8)
    page[top : top + inner[1], left : left + inner[0]] = cv2.resize(
        picture, inner, interpolation=cv2.INTER_AREA
    )
    return page
