"""Videos by PyAV: H.264 or VP9, at the times of the source and with its sound."""

from contextlib import ExitStack, contextmanager, suppress
from fractions import Fraction
from typing import NamedTuple

from fer_classic.exceptions import SinkError
from fer_classic.live.sinks._sound import open_sound, warn_of_sound
from fer_classic.utils._optional import import_optional

__all__ = ["FORMATS", "PyAVVideo", "import_av"]

# Only a first guess for the encoder where the source has no rate; times are those of the frames.
_USUAL_RATE = 30
_BT709, _LIMITED = 1, 1


class _Format(NamedTuple):
    """How a kind of file is written."""

    codec: str
    name: str
    options: dict
    container: dict
    ticks: int
    """Units of time in a second."""
    copied: tuple
    """Sound that players and browsers know in such files; any other is encoded anew."""
    sound: str
    """Encoder of that other sound."""


FORMATS = {
    ".mp4": _Format(
        "libx264",
        "H.264",
        {"preset": "veryfast", "crf": "20"},
        # The index comes first, so that a browser plays what it has not yet loaded entirely.
        {"movflags": "+faststart"},
        90_000,
        ("aac", "mp3", "opus"),
        "aac",
    ),
    ".webm": _Format(
        "libvpx-vp9",
        "VP9",
        {"deadline": "realtime", "cpu-used": "7", "row-mt": "1", "crf": "32", "b": "0"},
        {},
        1000,
        ("opus", "vorbis"),
        "libopus",
    ),
}
"""Formats by the suffix of a file."""


def import_av(suffix):
    """Import PyAV, or raise MissingDependencyError."""
    return import_optional("av", extra="video", purpose=f"writing {suffix} videos")


class PyAVVideo:
    """A video that PyAV writes.

    Parameters
    ----------
    path : pathlib.Path
        The file; its suffix is one of :data:`FORMATS`.
    size : tuple of two int
        Width and height of the frames; even numbers.
    fps : float or None
        Mean number of frames a second, if it is known.
    sound : str, path-like or None
        Video whose sound is written too, up to the end of the last frame.

    Attributes
    ----------
    content : str
        Codec and sound, for messages.

    Raises
    ------
    SinkError
        If frames of this size cannot be encoded.
    OSError
        If the file cannot be written.

    Warns
    -----
    FerClassicWarning
        If the sound cannot be read, or only a part of it.
    """

    def __init__(self, path, *, size, fps, sound=None):
        kind = FORMATS[path.suffix.lower()]
        self._av = import_av(path.suffix)
        self.path = path
        self._ticks = kind.ticks
        self._interval = 1 / (fps or _USUAL_RATE)
        self._start = self._last = None
        try:
            self._open(kind, size, sound)
        except OSError as error:
            if sound is None:
                raise
            # The file cannot hold this sound; without it there is a video all the same.
            warn_of_sound(sound, "and is left out", error)
            self._open(kind, size, None)
        self.content = f"{kind.name}, {self._sound.content if self._sound else 'without sound'}"

    def _open(self, kind, size, sound):
        with self._writing(), ExitStack() as stack:
            # A name with a colon would be taken for an address, unless it is absolute.
            name = str(self.path.absolute())
            self._file = self._av.open(name, "w", container_options=kind.container)
            stack.callback(self._file.close)
            self._stream = self._add_video(kind, size)
            self._sound = open_sound(self._av, sound, self._file, kind.copied, kind.sound)
            self._file.start_encoding()
            stack.pop_all()

    def _add_video(self, kind, size):
        rate = Fraction(1 / self._interval).limit_denominator(1001)
        stream = self._file.add_stream(kind.codec, rate=max(rate, 1), options=kind.options)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.time_base = Fraction(1, self._ticks)
        context = stream.codec_context
        context.time_base = stream.time_base
        # Players guess the colours of a file that does not name them, by its size.
        context.colorspace = context.color_primaries = context.color_trc = _BT709
        context.color_range = _LIMITED
        try:
            context.open()
        except self._av.FFmpegError as error:
            raise SinkError(
                f"{kind.name} has no frames of {size[0]}x{size[1]} pixels ({error.strerror}); "
                "write a smaller video, or a name that ends in .avi."
            ) from error
        return stream

    def write(self, picture, seconds):
        """Add a frame.

        Parameters
        ----------
        picture : ndarray of shape (height, width, 3), uint8
            BGR.
        seconds : float
            Its time. The video begins at that of the first frame.
        """
        if self._start is None:
            self._start = seconds
        tick = round((seconds - self._start) * self._ticks)
        # Times that differ by less than a unit must not coincide.
        self._last = tick if self._last is None else max(tick, self._last + 1)
        frame = self._av.VideoFrame.from_ndarray(picture, format="bgr24")
        frame = frame.reformat(format="yuv420p", dst_colorspace=_BT709)
        frame.pts, frame.time_base = self._last, self._stream.time_base
        frame.duration = round(self._interval * self._ticks)
        with self._writing():
            self._file.mux(self._stream.encode(frame))
            if self._sound:
                self._sound.write(self._start, self._last / self._ticks)

    def close(self):
        """Finish the file, also after an error.

        Returns
        -------
        n_frames : int
            Number of frames in the file; 0 if it cannot be read.
        """
        # What is missing is found out by reading the file.
        with suppress(self._av.FFmpegError, OSError):
            try:
                if self._last is not None:
                    self._file.mux(self._stream.encode(None))
                    if self._sound:
                        end = self._last / self._ticks + self._interval
                        self._sound.write(self._start, end, last=True)
            finally:
                if self._sound:
                    self._sound.close()
                self._file.close()
        return self._count()

    def _count(self):
        try:
            with self._av.open(str(self.path.absolute())) as file:
                # Not every kind of file has its number of frames written in it.
                return file.streams.video[0].frames or sum(
                    packet.size > 0 for packet in file.demux(video=0)
                )
        except (self._av.FFmpegError, IndexError):
            return 0

    @contextmanager
    def _writing(self):
        """Let errors of FFmpeg, such as a full disk, be those of the operating system."""
        try:
            yield
        except self._av.FFmpegError as error:
            raise OSError(error.errno, error.strerror) from error
