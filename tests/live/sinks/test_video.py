import cv2
import numpy as np
import pytest

from fer_classic.exceptions import SinkError, UnknownNameError
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


@pytest.fixture(params=[".mp4", ".avi"])
def path(request, tmp_path):
    return tmp_path / "new folder" / f"video{request.param}"


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


@pytest.mark.parametrize(
    ("shape", "inside"),
    [
        ((96, 64, 3), np.s_[:, 32:96]),
        ((24, 64, 3), np.s_[24:72, :]),
        ((192, 256, 3), np.s_[:, :]),
        ((1, 2000, 3), np.s_[47:48, :]),
    ],
)
def test_frames_of_another_size_get_margins(shape, inside, tmp_path):
    class Writer:
        frames = []

        def __init__(self, path, fourcc, fps, size):
            self.size = size

        def isOpened(self):  # noqa: N802
            return True

        def write(self, picture):
            self.frames.append(picture)

        def release(self):
            pass

    path = tmp_path / "video.avi"
    with VideoSink(path, 25, draw=plain, writer=Writer, count=lambda path: 2) as sink:
        sink.write(FrameResult(0, 0.0, frame(200)))
        sink.write(FrameResult(1, 0.0, frame(200, shape)))
    expected = frame(0)
    expected[inside] = 200
    np.testing.assert_array_equal(Writer.frames[-1], expected)


def write(path, n_frames, count):
    with VideoSink(path, 25, draw=plain, overwrite=True, count=count) as sink:
        for index in range(n_frames):
            sink.write(FrameResult(index, index / 25, frame(100)))


def test_frames_that_could_not_be_written_are_reported(path):
    with pytest.raises(SinkError, match=r"video\.\w+ holds only 2 of 3 frames; free some space"):
        write(path, 3, lambda path: 2)
    assert len(read(path)[1]) == 3


def test_a_video_without_frames_replaces_nothing(path):
    path.parent.mkdir()
    path.write_text("old")
    with pytest.raises(SinkError, match=r"was not written, 3 frames are lost; free some space"):
        write(path, 3, lambda path: 0)
    assert path.read_text() == "old"
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


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


def test_a_codec_that_is_not_there_is_named(path):
    def no_codec(path, fourcc, fps, size):
        return cv2.VideoWriter()

    other = {".mp4": r"mp4v .*128x96.* ends in \.avi", ".avi": r"MJPG .*128x96.* ends in \.mp4"}
    with (
        pytest.raises(SinkError, match=other[path.suffix]),
        VideoSink(path, 25, draw=plain, writer=no_codec) as sink,
    ):
        sink.write(FrameResult(0, 0.0, frame(100)))
    assert list(path.parent.iterdir()) == []


def test_a_format_that_is_not_known(tmp_path):
    with pytest.raises(UnknownNameError, match=r"unknown video format '\.mov'.*\.mp4, \.avi"):
        VideoSink(tmp_path / "video.mov", 25)


@pytest.mark.parametrize("fps", [0, -1.0, float("nan"), float("inf")])
def test_a_rate_must_be_one(fps, tmp_path):
    with pytest.raises(ValueError, match="positive number"):
        VideoSink(tmp_path / "video.mp4", fps)
