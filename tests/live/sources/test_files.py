import os
import re
import struct
import threading
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
import pytest

from fer_classic.exceptions import (
    DataWarning,
    FerClassicWarning,
    SourceError,
    UnknownNameError,
)
from fer_classic.live.sources._cameras import CameraSource, StreamSource
from fer_classic.live.sources._files import (
    ArraySource,
    ImageSource,
    VideoSource,
    open_source,
)

FRAMES = [np.full((4, 6, 3), value, np.uint8) for value in range(5)]
NAN = float("nan")
HAS_FFMPEG = cv2.CAP_FFMPEG in cv2.videoio_registry.getStreamBackends()


class FakeVideo:
    """A file with a frame for each time stamp; those that are None cannot be grabbed."""

    def __init__(self, stamps, fps=0.0, count=0.0, undecodable=None):
        self.stamps = stamps
        self.facts = {cv2.CAP_PROP_FPS: fps, cv2.CAP_PROP_FRAME_COUNT: count}
        self.undecodable = undecodable
        self.opened = self.released = self.retrieved = 0

    def __call__(self, *what):
        self.asked_for = what
        self.opened += 1
        self.index = -1
        return self

    def isOpened(self):  # noqa: N802
        return True

    def grab(self):
        self.index += 1
        return self.index < len(self.stamps) and self.stamps[self.index] is not None

    def get(self, what):
        if what == cv2.CAP_PROP_POS_MSEC:
            return self.stamps[self.index]
        return self.facts.get(what, 0.0)

    def retrieve(self):
        self.retrieved += 1
        if self.index == self.undecodable:
            return False, None
        return True, np.full((4, 6, 3), self.index, np.uint8)

    def release(self):
        self.released += 1


@pytest.fixture
def path(tmp_path):
    """A file for videos whose content comes from elsewhere."""
    (tmp_path / "v.avi").touch()
    return tmp_path / "v.avi"


def write_video(path, n_frames, fps=20.0, code="MJPG"):
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*code), fps, (64, 48))
    if not writer.isOpened():
        pytest.skip(f"this build of OpenCV cannot write {code} to {path.suffix}")
    for value in range(n_frames):
        writer.write(np.full((48, 64, 3), 40 * value % 256, np.uint8))
    writer.release()


def test_array_source_numbers_and_times_its_frames():
    source = ArraySource(FRAMES, fps=10)
    for _ in range(2):
        assert [(index, time) for index, time, _ in source] == [
            (0, 0.0),
            (1, 0.1),
            (2, 0.2),
            (3, 0.3),
            (4, 0.4),
        ]
    assert all(given is frame for (_, _, given), frame in zip(source, FRAMES, strict=True))
    assert (source.live, source.fps, source.n_frames) == (False, 10, 5)
    assert ArraySource(iter(FRAMES)).n_frames is None


@pytest.mark.parametrize(("suffix", "code"), [(".avi", "MJPG"), (".mp4", "mp4v")])
def test_video_ends_with_its_file(suffix, code, tmp_path):
    path = tmp_path / f"vidéo{suffix}"
    write_video(path, 7, code=code)
    source = VideoSource(path)
    assert (source.live, source.fps, source.n_frames) == (False, 20.0, 7)
    frames = list(source)
    assert [(index, time) for index, time, _ in frames] == [(i, i / 20) for i in range(7)]
    for value, (_, _, frame) in enumerate(frames):
        assert frame.shape == (48, 64, 3)
        assert abs(frame.mean() - 40 * value) < 3


def test_a_real_file_with_a_variable_rate(tmp_path):
    path, stamps = tmp_path / "v.mkv", [0, 10, 15, 115, 200, 201, 500, 1000]
    write_video(path, len(stamps))
    content = bytearray(path.read_bytes())
    # The head of a Matroska block: the track, 16 bits of time in milliseconds, flags; then a JPEG.
    blocks = re.compile(rb"\x81(..)[\x00\x80]\xff\xd8", re.DOTALL)
    for block, stamp in zip(blocks.finditer(bytes(content)), stamps, strict=True):
        content[block.start(1) : block.end(1)] = struct.pack(">h", stamp)
    # The duration of the file in milliseconds.
    struct.pack_into(">d", content, content.find(b"\x44\x89\x88") + 3, 1050.0)
    path.write_bytes(content)
    source = VideoSource(path)
    assert [time for _, time, _ in source] == [stamp / 1000 for stamp in stamps]
    assert (source.n_frames, source.damage) == (21, None)


@pytest.mark.parametrize("source", [ArraySource, ImageSource])
@pytest.mark.parametrize("fps", [0, -1.0])
def test_frames_without_a_rate_have_no_times(source, fps):
    with pytest.raises(ValueError, match=f"fps={fps} must be a positive number"):
        source([], fps=fps)


@pytest.mark.parametrize("start", [0, 1, 5, 11])
def test_a_later_start_is_a_slice(start, tmp_path):
    # In this format frames are differences to frames before them.
    write_video(tmp_path / "v.mp4", 12, code="mp4v")
    whole = list(VideoSource(tmp_path / "v.mp4"))
    rest = list(VideoSource(tmp_path / "v.mp4", start=start))
    assert [row[:2] for row in rest] == [row[:2] for row in whole[start:]]
    for (_, _, given), (_, _, expected) in zip(rest, whole[start:], strict=True):
        np.testing.assert_array_equal(given, expected)


@pytest.mark.parametrize("start", [12, 40])
def test_a_video_that_ends_before_the_start(start, path):
    said = rf"v\.avi has only 12 frames; it cannot go on from frame {start}\."
    with pytest.raises(SourceError, match=said):
        list(VideoSource(path, start=start, capture=FakeVideo([0] * 12, count=1000)))


def test_frames_before_the_start_are_not_converted(path):
    video = FakeVideo([0] * 100)
    assert len(list(VideoSource(path, start=98, capture=video))) == 2
    assert video.retrieved == 2


@pytest.mark.parametrize(
    ("rate", "count", "fps", "n_frames"),
    [
        (29.97, 300, 29.97, 300),
        (0.0, 0, 25.0, None),
        (NAN, -1, 25.0, None),
        (1000.0, -9.2e18, 25.0, None),
        (90000.0, 5.0, 25.0, None),
    ],
)
def test_what_a_file_says_of_itself(rate, count, fps, n_frames, path):
    video = FakeVideo([0], rate, count)
    source = VideoSource(path, capture=video)
    assert (source.fps, source.n_frames) == (fps, n_frames)
    assert video.opened == video.released == 1


def test_a_video_that_does_not_say_its_rate(path):
    frames = VideoSource(path, capture=FakeVideo([0] * 5))
    assert [time for _, time, _ in frames] == [0.0, 0.04, 0.08, 0.12, 0.16]


def test_a_reader_that_stops_releases_the_video(path):
    video = FakeVideo([0] * 5)
    frames = iter(VideoSource(path, capture=video))
    next(frames)
    assert video.released == video.opened - 1
    frames.close()
    assert video.released == video.opened


def test_missing_video(tmp_path):
    with pytest.raises(SourceError, match="no such video file"):
        next(iter(VideoSource(tmp_path / "none.avi")))
    with pytest.raises(SourceError, match="no such video file"):
        _ = VideoSource(tmp_path / "none.avi").n_frames


@pytest.mark.parametrize("content", [b"", b"no video", bytes(2000)])
def test_a_file_that_is_no_video(content, path, capfd):
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"v\.avi is not a video"):
        next(iter(VideoSource(path)))
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("start", [0, 3])
def test_a_video_without_frames(start, path):
    with pytest.raises(SourceError, match="is not a video"):
        list(VideoSource(path, start=start, capture=FakeVideo([])))


@pytest.mark.parametrize("start", [0, 1, 3])
def test_frames_that_cannot_be_decoded_are_left_out(start, path):
    stamps = [0.0, 40.0, None, None, 160.0, 200.0, 240.0]
    source = VideoSource(path, start=start, capture=FakeVideo(stamps, undecodable=5))
    with pytest.warns(FerClassicWarning, match=r"^3 of 7 frames of .*v\.avi.* frame 2"):
        frames = list(source)
    expected = [(0, 0.0), (1, 0.04), (4, 0.16), (6, 0.24)]
    assert [frame[:2] for frame in frames] == [row for row in expected if row[0] >= start]
    assert all(frame.max() == index for index, _, frame in frames)
    assert source.damage.startswith("3 of 7 frames")


def test_damage_is_that_of_the_last_time(path):
    video = FakeVideo([0.0, None, 80.0])
    source = VideoSource(path, capture=video)
    assert source.damage is None
    with pytest.warns(FerClassicWarning, match="1 of 3 frames"):
        list(source)
    video.stamps = [0.0, 40.0, 80.0]
    list(source)
    assert source.damage is None


def write_damaged(path, code):
    """100 frames of noise that differ, with a part of their data overwritten."""
    size = (160, 120)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*code), 20.0, size)
    if not writer.isOpened():
        pytest.skip(f"this build of OpenCV cannot write {code} to {path.suffix}")
    rng = np.random.default_rng(0)
    for _ in range(100):
        writer.write(rng.integers(0, 256, (*size[::-1], 3), dtype=np.uint8))
    writer.release()
    content = bytearray(path.read_bytes())
    part = slice(len(content) * 2 // 5, len(content) // 2)
    content[part] = rng.bytes(part.stop - part.start)
    path.write_bytes(content)


@pytest.mark.skipif(not HAS_FFMPEG, reason="this build of OpenCV has no FFmpeg")
@pytest.mark.parametrize("code", ["mp4v", "MJPG"])
def test_a_run_goes_on_after_a_damaged_stretch(code, tmp_path):
    path = tmp_path / "v.mp4"
    write_damaged(path, code)
    with pytest.warns(FerClassicWarning, match=r"\d+ of 100 frames of .*v\.mp4 cannot") as caught:
        frames = list(VideoSource(path))
    indices = [index for index, _, _ in frames]
    assert indices[:20] == list(range(20))
    assert indices[-30:] == list(range(70, 100))
    assert str(caught[0].message).startswith(f"{100 - len(frames)} of 100 frames")
    assert [time for _, time, _ in frames] == [index / 20 for index in indices]
    with pytest.warns(FerClassicWarning, match="of 100 frames"):
        rest = list(VideoSource(path, start=65))
    assert [index for index, _, _ in rest] == [index for index in indices if index >= 65]


def test_a_file_that_was_cut_off_says_so(path):
    write_video(path, 100)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    source = VideoSource(path)
    with pytest.warns(FerClassicWarning, match=r"v\.avi ended after \d+ frames, at .* of 5\.00 s"):
        frames = list(source)
    assert 20 < len(frames) < 80
    assert f"ended after {len(frames)} frames" in source.damage


def test_an_estimated_number_of_frames_need_not_be_exact(path):
    assert len(list(VideoSource(path, capture=FakeVideo([0] * 19, 25.0, count=20)))) == 19


@pytest.mark.parametrize(
    ("stamps", "rate", "count"),
    [
        # As seen in Matroska, MP4 and MPEG-TS: the count is the duration times some rate.
        ([*range(0, 800, 16), *range(800, 25_800, 500)], 25.0, 634),
        ([*range(0, 800, 16), *range(800, 25_800, 500)], 62.5, 1582),
        ([*range(0, 800, 16), *range(800, 25_800, 500)], 4.103, 100),
        (range(0, 4000, 40), 1000.0, 4000),
    ],
)
def test_an_estimate_is_no_count(stamps, rate, count, path):
    source = VideoSource(path, capture=FakeVideo(list(stamps), rate, count))
    assert [time for _, time, _ in source] == pytest.approx([stamp / 1000 for stamp in stamps])
    assert source.damage is None


@pytest.mark.skipif(not HAS_FFMPEG, reason="this build of OpenCV has no FFmpeg")
def test_a_cut_that_hides_frames_is_whole(tmp_path):
    path = tmp_path / "v.mp4"
    write_video(path, 60, code="mp4v")
    content = bytearray(path.read_bytes())
    # The edit list of a cut without re-encoding: the last 2 of 3 seconds are shown.
    (ticks,) = struct.unpack_from(">I", content, content.find(b"mdhd") + 16)
    for box, offset, value in (
        (b"elst", 12, 2000),
        (b"elst", 16, ticks),
        (b"tkhd", 24, 2000),
        (b"mvhd", 20, 2000),
    ):
        struct.pack_into(">I", content, content.find(box) + offset, value)
    path.write_bytes(content)
    source = VideoSource(path)
    assert [time for _, time, _ in source] == [index / 20 for index in range(40)]
    assert (source.n_frames, source.damage) == (60, None)


@pytest.fixture
def served(tmp_path, monkeypatch):
    """Address of a folder on a server."""
    # FFmpeg otherwise uses a proxy, even for localhost.
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

        def copyfile(self, source, outputfile):
            # FFmpeg hangs up when it has seen enough.
            with suppress(ConnectionError):
                super().copyfile(source, outputfile)

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://user:word@127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.skipif(not HAS_FFMPEG, reason="this build of OpenCV has no FFmpeg")
@pytest.mark.parametrize("start", [0, 5])
def test_a_video_on_a_server_is_a_video(start, served, tmp_path):
    write_video(tmp_path / "v.avi", 7)
    source = open_source(f"{served}/v.avi", start=start)
    assert type(source) is VideoSource
    assert (source.live, source.fps, source.n_frames) == (False, 20.0, 7)
    frames = list(source)
    assert [(index, time) for index, time, _ in frames] == [(i, i / 20) for i in range(start, 7)]
    assert all(abs(frame.mean() - 40 * index) < 3 for index, _, frame in frames)


@pytest.mark.skipif(not HAS_FFMPEG, reason="this build of OpenCV has no FFmpeg")
def test_what_a_server_does_not_have_is_left_to_the_stream(served):
    assert type(open_source(f"{served}/none.avi")) is StreamSource
    said = r"^http://\*\*\*@127\.0\.0\.1:\d+/none\.avi is live, or not there: it cannot go on"
    with pytest.raises(SourceError, match=said):
        open_source(f"{served}/none.avi", start=3)


def test_a_video_on_a_server_is_opened_with_limits_and_hides_its_password():
    video = FakeVideo([0, 0], undecodable=1)
    source = VideoSource("https://user:word@host/v.mp4", capture=video)
    said = r"1 of 2 frames of https://\*\*\*@host/v\.mp4 cannot"
    with pytest.warns(FerClassicWarning, match=said):
        list(source)
    limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, 5000, cv2.CAP_PROP_READ_TIMEOUT_MSEC, 5000]
    assert video.asked_for == ("https://user:word@host/v.mp4", cv2.CAP_FFMPEG, limits)


@pytest.mark.parametrize("source", [VideoSource, ImageSource])
def test_a_start_before_the_beginning(source, path):
    with pytest.raises(ValueError, match="start must be 0 or more, got -1"):
        source(path, start=-1)


@pytest.fixture
def folder(tmp_path):
    """Numbered images whose grey value is their number, with junk between them."""
    folder = tmp_path / "frames [a]"
    (folder / "deeper").mkdir(parents=True)
    names = ["img10.png", "img2.png", "IMG1.PNG", "img02.png", ".img3.png", "deeper/img4.png"]
    for name in names:
        value = int(re.search(r"\d+", name)[0])
        (folder / name).write_bytes(cv2.imencode(".png", np.full((4, 6), value, np.uint8))[1])
    (folder / "Thumbs.db").write_text("no image")
    (folder / "folder.png").mkdir()
    return folder


def names(source):
    return [path.name for path in source.paths]


def test_files_that_are_no_images_are_counted(folder):
    for name in ("notes.txt", "film.mp4"):
        (folder / name).touch()
    message = r"frames \[a\]: skipped 2 files that cannot be read as images: film.mp4, notes.txt"
    with pytest.warns(DataWarning, match=message):
        assert len(ImageSource(folder).paths) == 4


def test_what_can_be_read_is_looked_for(folder):
    encoded = cv2.imencode(".jpg", np.zeros((4, 6), np.uint8))[1].tobytes()
    (folder / "img11.jfif").write_bytes(encoded)
    assert ImageSource(folder).paths[-1].name == "img11.jfif"
    assert isinstance(open_source(str(folder / "img11.jfif")), ImageSource)


def test_a_heic_photo_is_no_video(folder):
    (folder / "img12.heic").write_bytes(b"")
    assert isinstance(open_source(str(folder / "img12.heic")), ImageSource)


def test_images_come_as_people_number_them(folder):
    source = ImageSource(folder, fps=10)
    assert names(source) == ["IMG1.PNG", "img02.png", "img2.png", "img10.png"]
    assert (source.live, source.fps, source.n_frames) == (False, 10, 4)
    rows = list(source)
    assert [row[:2] for row in rows] == [(0, 0.0), (1, 0.1), (2, 0.2), (3, 0.3)]
    assert [int(image[0, 0]) for _, _, image in rows] == [1, 2, 2, 10]


@pytest.mark.parametrize("start", [0, 1, 3])
def test_images_from_a_later_start_are_a_slice(start, folder):
    whole = [row[:2] for row in ImageSource(folder)]
    assert [row[:2] for row in ImageSource(folder, start=start)] == whole[start:]


@pytest.mark.parametrize("start", [4, 9])
def test_images_that_end_before_the_start(start, folder):
    said = rf"frames \[a\] has only 4 frames; it cannot go on from frame {start}\."
    with pytest.raises(SourceError, match=said):
        list(ImageSource(folder, start=start))


def test_images_by_pattern(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert names(ImageSource("img?.png")) == ["img2.png"]
    assert names(ImageSource("**/img*.png")) == ["img4.png", "img02.png", "img2.png", "img10.png"]
    assert names(ImageSource("img10.png")) == ["img10.png"]


@pytest.mark.parametrize("content", [b"", b"no image"])
def test_an_image_that_cannot_be_read_is_left_out(content, folder):
    (folder / "img5.png").write_bytes(content)
    source = ImageSource(folder, fps=10)
    message = r"1 of 5 images of .* are left out, the first of them image 4 of .*img5\.png is"
    with pytest.warns(FerClassicWarning, match=message):
        rows = list(source)
    assert [row[:2] for row in rows] == [(0, 0.0), (1, 0.1), (2, 0.2), (4, 0.4)]
    assert source.damage.startswith("1 of 5 images")
    (folder / "img5.png").unlink()
    again = ImageSource(folder)
    assert len(list(again)) == 4
    assert again.damage is None


def test_an_image_that_has_gone_since(folder):
    source = ImageSource(folder)
    assert source.n_frames == 4
    (folder / "img2.png").unlink()
    with pytest.warns(FerClassicWarning, match=r"image 3 of .*no such image file: .*img2\.png"):
        assert len(list(source)) == 3


def test_no_image_that_can_be_read(folder):
    for path in folder.glob("[iI]*"):
        path.write_bytes(b"no image")
    with pytest.raises(SourceError, match=r"image 1 of .*IMG1\.PNG is"):
        list(ImageSource(folder))


def test_pipes_that_match_a_pattern_are_skipped(folder):
    os.mkfifo(folder / "img3.png")
    # Not as the name of a pattern, since the folder has brackets in its own.
    pattern = str(folder).replace("[", "[[]") + "/img*.png"
    with pytest.warns(DataWarning, match=r"skipped 1 pipe, socket or device: img3\.png\.$"):
        assert all(path.name != "img3.png" for path in ImageSource(pattern).paths)


def test_frames_beyond_the_limit_on_pixels(tmp_path, monkeypatch):
    write_video(tmp_path / "a.avi", 2)
    monkeypatch.setenv("FER_CLASSIC_MAX_PIXELS", "100")
    with pytest.raises(
        SourceError, match=r"each frame of .*a\.avi has \d+ x \d+ = .* limit is 100"
    ):
        next(iter(VideoSource(tmp_path / "a.avi")))


def test_a_pipe_is_no_video(tmp_path):
    os.mkfifo(tmp_path / "a.mp4")
    with pytest.raises(SourceError, match=r"a\.mp4 is not a file"):
        next(iter(VideoSource(tmp_path / "a.mp4")))
    with pytest.raises(SourceError, match=r"not a file: '.*a\.mp4'; give the number of a camera"):
        open_source(str(tmp_path / "a.mp4"))


def test_no_images(folder, tmp_path):
    with pytest.raises(SourceError, match=r"no images in the folder .*'.*/\*\*/\*\.png'"):
        list(ImageSource(tmp_path))
    with pytest.raises(SourceError, match=r"no such image, folder or pattern.*\*\.jpg"):
        list(ImageSource(f"{tmp_path}/*.jpg"))


def test_sources_by_their_names(folder, path, monkeypatch):
    camera = open_source("12", retries=3)
    assert (type(camera), camera.index, camera.retries) == (CameraSource, 12, 3)
    stream = open_source("RTSP://user:word@host/live", retries=2)
    assert (type(stream), stream.url, stream.retries) == (
        StreamSource,
        "RTSP://user:word@host/live",
        2,
    )
    images = open_source(str(folder), fps=5.0, start=1)
    assert (type(images), images.n_frames, images.fps, images.start) == (ImageSource, 4, 5.0, 1)
    video = open_source(str(path), start=7)
    assert (type(video), video.path, video.start) == (VideoSource, path, 7)
    monkeypatch.chdir(folder)
    assert names(open_source("*g2.png")) == ["img2.png"]
    assert names(open_source("img2.png")) == ["img2.png"]
    assert isinstance(open_source("Thumbs.db"), VideoSource)


def test_an_animated_image_is_a_video(tmp_path):
    (tmp_path / "a.gif").touch()
    assert isinstance(open_source(str(tmp_path / "a.gif")), VideoSource)


@pytest.mark.parametrize("text", ["", "none.mp4", "rtsp:/host", "-1"])
def test_a_source_that_does_not_exist(text):
    with pytest.raises(SourceError, match=f"no such source: '{text}'; give the number of a camera"):
        open_source(text)


def test_an_unknown_scheme():
    with pytest.raises(UnknownNameError, match=r"unknown kind of stream 'rstp'\. Did you mean"):
        open_source("rstp://host/live")


@pytest.mark.parametrize(
    ("text", "shown"), [("0", "0"), ("rtsp://me:word@host/live", r"rtsp://\*\*\*@host/live")]
)
def test_live_sources_cannot_resume_at_a_frame(text, shown):
    with pytest.raises(SourceError, match=f"^{shown} is live, or not there: it cannot go on from"):
        open_source(text, start=5)


def test_an_address_with_a_slip_keeps_its_password_too():
    with pytest.raises(SourceError, match=r"no such source: 'rtsp:/\*\*\*@host/live'"):
        open_source("rtsp:/me:word@host/live")
