import sys

import cv2
import numpy as np
import pytest

from fer_classic.exceptions import MissingDependencyError, SinkError, UnknownNameError
from fer_classic.live import Face, FrameResult, run_live
from fer_classic.live.sinks._video import VideoSink

FACE = Face((20, 20, 30, 40), "happy", {"happy": 0.9, "sad": 0.1}, "probability", 4.5)


def frame(value, shape=(96, 128, 3)):
    return np.full(shape, value, np.uint8)


def read(path):
    video = cv2.VideoCapture(str(path))
    assert video.isOpened()
    frames = []
    while (answer := video.read())[0]:
        frames.append(answer[1])
    fps = video.get(cv2.CAP_PROP_FPS)
    video.release()
    return fps, frames


class NoFaces:
    def recognize(self, image):
        return []


def plain(image, faces):
    return image


@pytest.fixture
def no_av(monkeypatch):
    """Hide PyAV."""
    monkeypatch.setitem(sys.modules, "av", None)


@pytest.fixture(params=["H.264", "VP9", "MPEG-4", "Motion JPEG"])
def path(request, tmp_path):
    """A path for which each codec is chosen."""
    suffixes = {"H.264": ".mp4", "VP9": ".webm", "MPEG-4": ".mp4", "Motion JPEG": ".avi"}
    if request.param in ("H.264", "VP9"):
        pytest.importorskip("av")
    else:
        request.getfixturevalue("no_av")
    return tmp_path / "new folder" / f"video{suffixes[request.param]}"


def test_every_frame_is_in_the_video(path):
    values = [0, 60, 120, 180, 240]
    with VideoSink(path, 12.5, draw=plain) as sink:
        for index, value in enumerate(values):
            assert sink.write(FrameResult(index, index / 12.5, frame(value)))
            assert not path.exists()
    fps, frames = read(path)
    assert fps == pytest.approx(12.5)
    assert [picture.shape for picture in frames] == [(96, 128, 3)] * 5
    assert [picture.mean() for picture in frames] == pytest.approx(values, abs=8)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_faces_are_drawn_and_the_frame_stays(path):
    image = frame(128)
    with VideoSink(path, 25) as sink:
        sink.write(FrameResult(0, 0.0, image, [FACE]))
    _, (picture,) = read(path)
    assert picture.shape == image.shape
    assert np.ptp(picture) > 60
    assert np.ptp(image) == 0


@pytest.mark.parametrize("image", [frame(90, (96, 128)), frame((90, 90, 90, 255), (96, 128, 4))])
def test_grey_frames_and_those_with_alpha(path, image):
    with VideoSink(path, 25) as sink:
        sink.write(FrameResult(0, 0.0, image))
    _, (picture,) = read(path)
    assert picture.shape == (96, 128, 3)
    assert picture.mean() == pytest.approx(90, abs=8)


class Memory:
    """An encoder that keeps its pictures, and finds so many frames in the file."""

    content = "nothing"
    n_kept = None

    def __init__(self, path, *, size, fps, sound):
        self.path = path
        self.pictures = []
        type(self).last = self

    def write(self, picture, seconds):
        self.pictures.append(picture)

    def close(self):
        self.path.write_text("new")
        return len(self.pictures) if self.n_kept is None else self.n_kept


@pytest.mark.parametrize(
    ("shape", "inside"),
    [
        ((96, 64, 3), np.s_[:, 32:96]),
        ((24, 64, 3), np.s_[24:72, :]),
        ((192, 256, 3), np.s_[:, :]),
        ((97, 129, 3), np.s_[:, :]),
        ((1, 2000, 3), np.s_[47:48, :]),
    ],
)
def test_frames_of_another_size_get_margins(shape, inside, tmp_path):
    with VideoSink(tmp_path / "video.avi", 25, draw=plain, encoder=Memory) as sink:
        sink.write(FrameResult(0, 0.0, frame(200)))
        sink.write(FrameResult(1, 0.0, frame(200, shape)))
    expected = frame(0)
    expected[inside] = 200
    np.testing.assert_array_equal(Memory.last.pictures[-1], expected)


def write(path, n_frames, n_kept):
    encoder = type("Lossy", (Memory,), {"n_kept": n_kept})
    with VideoSink(path, 25, draw=plain, overwrite=True, encoder=encoder) as sink:
        for index in range(n_frames):
            sink.write(FrameResult(index, index / 25, frame(100)))


def test_frames_that_could_not_be_written_are_reported(tmp_path):
    path = tmp_path / "video.mp4"
    with pytest.raises(SinkError, match=r"video\.mp4 holds only 2 of 3 frames; free some space"):
        write(path, 3, 2)
    assert path.read_text() == "new"


def test_a_video_without_frames_replaces_nothing(tmp_path):
    path = tmp_path / "video.mp4"
    path.write_text("old")
    with pytest.raises(SinkError, match=r"was not written, 3 frames are lost; free some space"):
        write(path, 3, 0)
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 90, 3), (3, 2, 3)])
def test_tiny_frames(path, shape):
    with VideoSink(path, 25, draw=plain) as sink:
        sink.write(FrameResult(0, 0.0, frame(100, shape)))
    _, (picture,) = read(path)
    assert picture.shape == (2, max(2, shape[1]), 3)


def test_an_odd_size_is_cut_to_an_even_one(path):
    with VideoSink(path, 25, draw=plain) as sink:
        sink.write(FrameResult(0, 0.0, frame(100, (97, 129, 3))))
    _, (picture,) = read(path)
    assert picture.shape == (96, 128, 3)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_the_frames_until_an_interruption_become_a_whole_video(error, path):
    def stopping():
        yield from ((index, index / 25, frame(100)) for index in range(3))
        raise error

    with pytest.raises(error):
        run_live(stopping(), NoFaces(), VideoSink(path, 25, draw=plain))
    assert len(read(path)[1]) == 3


def test_no_frame_no_video(path):
    with VideoSink(path, 25):
        pass
    assert not path.parent.exists()


def test_an_existing_video_is_lost_only_when_asked_for_and_when_the_new_one_is_whole(path):
    path.parent.mkdir()
    path.write_text("old")
    with pytest.raises(SinkError, match="exists and was not changed"):
        VideoSink(path, 25)
    with VideoSink(path, 25, draw=plain, overwrite=True) as sink:
        sink.write(FrameResult(0, 0.0, frame(100)))
        assert path.read_text() == "old"
    assert len(read(path)[1]) == 1


def test_a_refused_frame_names_the_file(tmp_path):
    def refuse(path, *, size, fps, sound):
        raise SinkError("frames of 128x96 are too small.")

    path = tmp_path / "video.mp4"
    with (
        pytest.raises(SinkError, match=r"video\.mp4 cannot be written: frames of 128x96"),
        VideoSink(path, 25, draw=plain, encoder=refuse) as sink,
    ):
        sink.write(FrameResult(0, 0.0, frame(100)))
    assert list(tmp_path.iterdir()) == []


def test_a_format_that_is_not_known(tmp_path):
    with pytest.raises(UnknownNameError, match=r"format '\.mov'.*\.mp4, \.webm, \.avi"):
        VideoSink(tmp_path / "video.mov", 25)


def test_webm_needs_pyav(no_av, tmp_path):
    with pytest.raises(MissingDependencyError, match=r'\.webm videos .*"fer-classic\[video\]"'):
        VideoSink(tmp_path / "video.webm", 25)


def test_a_live_source_needs_pyav(no_av, tmp_path):
    with pytest.raises(SinkError, match=r'a live one has none.*"fer-classic\[video\]"'):
        VideoSink(tmp_path / "video.mp4", None)


@pytest.mark.parametrize("fps", [0, -1.0, float("nan"), float("inf")])
def test_a_rate_must_be_one(fps, tmp_path):
    with pytest.raises(ValueError, match="positive number"):
        VideoSink(tmp_path / "video.mp4", fps)
