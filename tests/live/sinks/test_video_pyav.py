import signal
from fractions import Fraction

import numpy as np
import pytest

from fer_classic.exceptions import FerClassicWarning, SinkError
from fer_classic.live import FrameResult, VideoSink

av = pytest.importorskip("av")
resource = pytest.importorskip("resource")


PITCH, RATE = 440, 48_000
# Both begin here: a flash in the pictures and a tone in the sound.
EVENT = 0.6


def picture(seconds):
    return np.full((48, 64, 3), 220 if seconds >= EVENT else 20, np.uint8)


def make_source(path, codec, sound, *, times, rate=RATE, layout="stereo"):
    """Write a video with a flash and a tone at the same time."""
    with av.open(str(path), "w") as file:
        video = file.add_stream(codec, rate=25)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        video.codec_context.time_base = Fraction(1, 1000)
        audio = file.add_stream(sound, rate=rate, layout=layout)
        packets = []
        for seconds in times:
            frame = av.VideoFrame.from_ndarray(picture(seconds), format="bgr24")
            frame.pts, frame.time_base = round(1000 * seconds), Fraction(1, 1000)
            packets += video.encode(frame)
        clock = np.arange(round(1.2 * rate)) / rate
        tone = 8000 * np.sin(2 * np.pi * PITCH * clock) * (clock >= EVENT)
        for start in range(0, len(tone), 960):
            part = np.repeat(tone[start : start + 960].astype(np.int16), len(audio.layout.channels))
            frame = av.AudioFrame.from_ndarray(part[np.newaxis], format="s16", layout=layout)
            frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
            packets += audio.encode(frame)
        packets += video.encode(None) + audio.encode(None)
        for packet in sorted(packets, key=lambda each: each.dts * each.time_base):
            file.mux(packet)


def copy(path, times, *, sound=None, fps=25):
    with VideoSink(path, fps, draw=lambda image, faces: image, sound=sound) as sink:
        for index, seconds in enumerate(times):
            sink.write(FrameResult(index, seconds, picture(seconds)))
    return sink


def times_of(path):
    with av.open(str(path)) as file:
        return [frame.time for frame in file.decode(video=0)]


def tone_begins(path):
    with av.open(str(path)) as file:
        for frame in file.decode(audio=0):
            loud = np.abs(frame.to_ndarray().astype(float)).max(axis=0)
            loud = loud.reshape(frame.samples, -1).max(axis=1)
            loud /= 32768 if frame.format.name.startswith("s16") else 1
            if loud.max() > 0.1:
                return frame.time + np.argmax(loud > 0.1) / frame.sample_rate
    return None


def codecs(path):
    with av.open(str(path)) as file:
        return [stream.codec_context.codec.canonical_name for stream in file.streams]


@pytest.mark.parametrize(
    ("source", "sound", "suffix", "expected"),
    [
        ("a.mp4", "aac", ".mp4", "copied (aac)"),
        ("a.mkv", "pcm_s16le", ".mp4", "encoded anew (aac)"),
        ("a.mkv", "ac3", ".webm", "encoded anew (opus)"),
        ("a.webm", "libopus", ".webm", "copied (opus)"),
    ],
)
def test_sound_and_pictures_stay_together(source, sound, suffix, expected, tmp_path):
    # The pictures of the source begin later than its sound, and are not evenly spaced.
    times = [0.2, 0.24, 0.31, 0.4, 0.45, 0.6, 0.8, 0.84]
    source, path = tmp_path / source, tmp_path / f"copy{suffix}"
    codec, layout = ("libvpx", "mono") if source.suffix == ".webm" else ("libx264", "5.1")
    make_source(source, codec, sound, times=times, layout="stereo" if sound == "aac" else layout)
    # As OpenCV gives them: from the first picture.
    sink = copy(path, [seconds - 0.2 for seconds in times], sound=source)
    video, name = ("h264", "H.264") if suffix == ".mp4" else ("vp9", "VP9")
    assert sink.content == f"{name}, sound {expected}"
    assert codecs(path) == [video, expected.split("(")[1][:-1]]
    written = np.array(times_of(path))
    np.testing.assert_allclose(written - written[0], np.array(times) - 0.2, atol=0.002)
    flash = written[times.index(0.6)]
    assert tone_begins(path) == pytest.approx(flash, abs=0.03)


def test_sound_ends_with_the_last_frame(tmp_path):
    make_source(tmp_path / "a.mp4", "libx264", "aac", times=np.arange(30) / 25)
    copy(tmp_path / "copy.mp4", np.arange(10) / 25, sound=tmp_path / "a.mp4")
    with av.open(str(tmp_path / "copy.mp4")) as file:
        ends = [float((s.start_time + s.duration) * s.time_base) for s in file.streams]
    assert ends == pytest.approx([0.4, 0.4], abs=0.04)


def test_names_with_a_colon_and_a_source_without_sound(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    copy("talk:1.mp4", [0, 0.04])
    assert copy("talk:2.webm", [0, 0.04], sound="talk:1.mp4").content == "VP9, without sound"
    assert len(times_of(tmp_path / "talk:2.webm")) == 2


def test_sound_that_cannot_be_read_is_left_out(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"no video")
    with pytest.warns(FerClassicWarning, match=r"the sound of .*a\.mp4 cannot be read and is left"):
        sink = copy(tmp_path / "b.mp4", [0, 0.04], sound=tmp_path / "a.mp4")
    assert sink.content == "H.264, without sound"
    assert len(times_of(tmp_path / "b.mp4")) == 2


def test_sound_that_the_file_cannot_hold_is_left_out(tmp_path, monkeypatch):
    def refuse(av, sound, *arguments):
        if sound is not None:
            raise av.error.ArgumentError(22, "Invalid argument")

    monkeypatch.setattr("fer_classic.live.sinks._video_pyav.open_sound", refuse)
    with pytest.warns(FerClassicWarning, match=r"a\.mp4 cannot be read and is left out: Invalid"):
        sink = copy(tmp_path / "b.mp4", [0, 0.04], sound="a.mp4")
    assert sink.content == "H.264, without sound"
    assert len(times_of(tmp_path / "b.mp4")) == 2


@pytest.mark.parametrize(("suffix", "smallest"), [(".mp4", 1 / 90_000), (".webm", 1 / 1000)])
def test_times_that_coincide_or_have_no_rate(suffix, smallest, tmp_path):
    path = tmp_path / f"copy{suffix}"
    copy(path, [5.0, 5.0, 5.0 + 1e-9, 5.2], fps=None)
    expected = [0, smallest, 2 * smallest, 0.2]
    np.testing.assert_allclose(times_of(path), expected, atol=smallest / 2)


def test_the_index_comes_first_and_colours_are_named(tmp_path):
    path = tmp_path / "copy.mp4"
    copy(path, np.arange(30) / 25)
    content = path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    with av.open(str(path)) as file:
        frame = next(file.decode(video=0))
    assert (frame.format.name, frame.colorspace) == ("yuv420p", 1)


def write_all(sink, results):
    with sink:
        for result in results:
            sink.write(result)


def test_a_full_disk(tmp_path):
    path, limits = tmp_path / "copy.mp4", resource.getrlimit(resource.RLIMIT_FSIZE)
    rng = np.random.default_rng(0)
    results = [
        FrameResult(index, index / 25, rng.integers(0, 256, (48, 64, 3), np.uint8))
        for index in range(90)
    ]
    sink = VideoSink(path, 25, draw=lambda image, faces: image)
    signals = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        with pytest.raises(SinkError, match=r"copy\.mp4 was not written, \d+ frames are lost"):
            write_all(sink, results)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, signals)
    assert list(tmp_path.iterdir()) == []


def test_frames_too_large_for_the_codec(tmp_path):
    with (
        pytest.raises(SinkError, match=r"copy\.mp4 cannot be written: H\.264 has no .*20000x2"),
        VideoSink(tmp_path / "copy.mp4", 25, draw=lambda image, faces: image) as sink,
    ):
        sink.write(FrameResult(0, 0.0, np.zeros((2, 20_000, 3), np.uint8)))
    assert list(tmp_path.iterdir()) == []
