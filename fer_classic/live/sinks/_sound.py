"""The sound of a video, copied to another one while that is written."""

import os
import warnings
from contextlib import suppress
from fractions import Fraction

from fer_classic.exceptions import FerClassicWarning
from fer_classic.live.sources._cameras import without_password

__all__ = ["open_sound", "warn_of_sound"]

# Seconds for a server to answer.
_TIMEOUT = 10.0
_BITS_PER_SECOND = 128_000
_USUAL_RATE = 48_000


def open_sound(av, source, output, copied, encoder):
    """Open the sound of a video and add a stream for it to another file.

    Parameters
    ----------
    av : module
        PyAV.
    source : str, path-like or None
        The video, or its address.
    output : av.container.OutputContainer
        The other file, of which nothing is written yet.
    copied : tuple of str
        Codecs of sound that is copied.
    encoder : str
        Encoder of other sound.

    Returns
    -------
    sound : Sound or None
        None if there is no sound.

    Warns
    -----
    FerClassicWarning
        If there is sound that cannot be read.
    """
    if source is None:
        return None
    file = None
    try:
        # A name with a colon would be taken for an address, unless it is absolute.
        place = str(source) if "://" in str(source) else os.path.abspath(source)
        file = av.open(place, timeout=_TIMEOUT)
        if not file.streams.audio:
            file.close()
            return None
        return Sound(av, file, output, copied, encoder)
    # PyAV raises ValueError for sound that it has no name for.
    except (av.FFmpegError, ValueError) as error:
        if file is not None:
            file.close()
        warn_of_sound(source, "and is left out", error)
        return None


class Sound:
    """Sound that is written up to one time after the other; see :func:`open_sound`.

    Attributes
    ----------
    content : str
        What happens to the sound, for messages.
    """

    def __init__(self, av, file, output, copied, encoder):
        self._av, self._file, self._output = av, file, output
        self._source = file.streams.best("audio") or file.streams.audio[0]
        codec = self._source.codec_context.codec.canonical_name
        self._copies = codec in copied
        if self._copies:
            self._stream = output.add_stream_from_template(self._source)
            self.content = f"sound copied ({codec})"
        else:
            self._stream = self._add_encoded(encoder)
            self.content = f"sound encoded anew ({encoder.removeprefix('lib')})"
        # Times of frames count from the start of the pictures.
        pictures = file.streams.video
        start = pictures[0].start_time if pictures else None
        self._zero = float(start * pictures[0].time_base) if start is not None else 0.0
        self._packets = file.demux(self._source)
        self._waiting = None
        self._last = None
        self._is_damaged = False

    def _add_encoded(self, encoder):
        rate = self._source.codec_context.sample_rate
        rates = self._av.Codec(encoder, "w").audio_rates
        rate = rate if rates is None or rate in rates else _USUAL_RATE
        layout = "mono" if self._source.codec_context.channels == 1 else "stereo"
        stream = self._output.add_stream(encoder, rate=rate, layout=layout)
        stream.bit_rate = _BITS_PER_SECOND
        stream.codec_context.open()
        return stream

    def write(self, start, until, *, last=False):
        """Write what comes before a time.

        Parameters
        ----------
        start : float
            Time of the source at which the other video begins; what comes before is left out.
        until : float
            Seconds from there.
        last : bool, default=False
            Whether nothing more is written.
        """
        ready = []
        try:
            while (packet := self._next()) is not None:
                seconds = float(packet.dts * packet.time_base) - self._zero - start
                if seconds >= until:
                    self._waiting = packet
                    break
                if seconds + float((packet.duration or 0) * packet.time_base) > 0:
                    ready += self._converted(packet, start)
            if last and not self._copies:
                ready += self._stream.encode(None)
        except self._av.FFmpegError as error:
            self._end(error)
        try:
            self._output.mux(ready)
        except self._av.error.ArgumentError as error:
            # Its times make no sense. A full disk, on the other hand, concerns the whole video.
            self._end(error)

    def _end(self, error):
        """Give up the rest of the sound; the pictures go on."""
        self._packets = iter(())
        self._waiting = None
        warn_of_sound(self._file.name, "to its end", error)

    def _next(self):
        if (packet := self._waiting) is not None:
            self._waiting = None
            return packet
        # The last one is empty; one without a time has no place.
        return next((p for p in self._packets if p.size and p.dts is not None), None)

    def _converted(self, packet, start):
        """Give the packets for the other video, with its times."""
        if not self._copies:
            frames = self._decoded(packet, start)
            return [packet for frame in frames for packet in self._stream.encode(frame)]
        ticks = round((self._zero + start) / packet.time_base)
        packet.dts -= ticks
        packet.pts = packet.dts if packet.pts is None else packet.pts - ticks
        if self._last is not None and packet.dts <= self._last:
            return []
        self._last = packet.dts
        packet.stream = self._stream
        return [packet]

    def _decoded(self, packet, start):
        try:
            frames = packet.decode()
        except self._av.error.InvalidDataError as error:
            if not self._is_damaged:
                warn_of_sound(self._file.name, "in some places, which are silent", error)
            self._is_damaged = True
            return
        for frame in frames:
            if frame.pts is not None:
                # In samples, as the units of some files are too coarse.
                seconds = float(frame.pts * frame.time_base) - self._zero - start
                frame.pts = round(seconds * frame.sample_rate)
                frame.time_base = Fraction(1, frame.sample_rate)
            yield frame

    def close(self):
        """Close the source."""
        with suppress(self._av.FFmpegError):
            self._file.close()


def warn_of_sound(source, consequence, error):
    """Warn that the sound of a video is not, or not wholly, in the other one."""
    name = without_password(str(source))
    reason = getattr(error, "strerror", None) or str(error)
    warnings.warn(
        f"the sound of {name} cannot be read {consequence}: {reason}.",
        FerClassicWarning,
        stacklevel=2,
    )
