import cv2
import numpy as np
import pytest

from fer_classic.exceptions import SourceError
from fer_classic.live import ArraySource, CameraSource, VideoSource


class FakeCapture:
    """Delivers what it is given; None stands for a read that fails."""

    def __init__(self, frames, opens=True, after=None):
        self.frames = iter(frames)
        self.opens = opens
        self.after = after
        self.released = 0
        self.asked_for = None

    def __call__(self, what):
        self.asked_for = what
        return self

    def isOpened(self):  # noqa: N802
        return self.opens

    def read(self):
        frame = next(self.frames, self.after)
        return frame is not None, frame

    def get(self, what):
        return 0.0

    def release(self):
        self.released += 1


class FakeTime:
    """Goes on only while somebody sleeps."""

    def __init__(self):
        self.now = 100.0

    def clock(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


FRAMES = [np.full((4, 6, 3), value, np.uint8) for value in range(5)]


def camera(capture, **options):
    time = FakeTime()
    return CameraSource(3, capture=capture, clock=time.clock, sleep=time.sleep, **options)


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


def test_camera_delivers_until_the_reader_stops():
    capture = FakeCapture([], after=FRAMES[0])
    frames = iter(camera(capture))
    assert [next(frames)[0] for _ in range(200)] == list(range(200))
    assert capture.asked_for == 3
    frames.close()
    assert capture.released == 1


def test_camera_times_frames_by_the_clock():
    capture = FakeCapture([None, FRAMES[0], None, None, FRAMES[1]], after=None)
    frames = iter(camera(capture))
    assert [next(frames)[:2] for _ in range(2)] == [
        (0, pytest.approx(0.02)),
        (1, pytest.approx(0.06)),
    ]


@pytest.mark.parametrize("nothing", [None, np.empty((0, 0, 3), np.uint8)], ids=["failure", "empty"])
def test_a_camera_that_goes_away_ends_the_loop(nothing):
    capture = FakeCapture(FRAMES, after=nothing)
    frames = iter(camera(capture, patience=2))
    assert [next(frames)[0] for _ in FRAMES] == [0, 1, 2, 3, 4]
    with pytest.raises(SourceError, match=r"camera 3 delivered no frame for 2 seconds \(after 5"):
        next(frames)
    assert capture.released == 1


def test_a_slow_reader_is_not_a_camera_that_is_gone():
    time = FakeTime()
    capture = FakeCapture(FRAMES)
    source = CameraSource(capture=capture, clock=time.clock, sleep=time.sleep, patience=1)
    frames = iter(source)
    for _ in FRAMES:
        next(frames)
        time.sleep(60)


def test_a_camera_that_does_not_open():
    capture = FakeCapture([], opens=False)
    with pytest.raises(SourceError, match="cannot open camera 3; check that it is connected"):
        next(iter(camera(capture)))
    assert capture.released == 1


@pytest.mark.filterwarnings("error")
def test_a_machine_without_such_a_camera_says_so_and_nothing_else(capfd):
    with pytest.raises(SourceError, match="cannot open camera 99"):
        next(iter(CameraSource(99)))
    assert capfd.readouterr().err == ""


def write_video(path, n_frames, fps=20.0):
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), fps, (64, 48))
    if not writer.isOpened():
        pytest.skip("this build of OpenCV cannot write Motion JPEG")
    for value in range(n_frames):
        writer.write(np.full((48, 64, 3), 40 * value, np.uint8))
    writer.release()


def test_video_ends_with_its_file(tmp_path):
    write_video(tmp_path / "vidéo.avi", 5)
    frames = list(VideoSource(tmp_path / "vidéo.avi"))
    assert [(index, time) for index, time, _ in frames] == [(i, i / 20) for i in range(5)]
    for value, (_, _, frame) in enumerate(frames):
        assert frame.shape == (48, 64, 3)
        assert abs(frame.mean() - 40 * value) < 3


def test_a_video_that_does_not_say_its_rate(tmp_path):
    (tmp_path / "v.avi").touch()
    frames = list(VideoSource(tmp_path / "v.avi", capture=FakeCapture(FRAMES)))
    assert [time for _, time, _ in frames] == [0.0, 0.04, 0.08, 0.12, 0.16]


def test_missing_video(tmp_path):
    with pytest.raises(SourceError, match="no such video file"):
        next(iter(VideoSource(tmp_path / "none.avi")))


@pytest.mark.parametrize("content", [b"", b"no video", bytes(2000)])
def test_a_file_that_is_no_video(content, tmp_path, capfd):
    (tmp_path / "v.avi").write_bytes(content)
    with pytest.raises(SourceError, match=r"v\.avi is not a video"):
        next(iter(VideoSource(tmp_path / "v.avi")))
    assert capfd.readouterr().err == ""


def test_a_video_without_frames(tmp_path):
    (tmp_path / "v.avi").touch()
    with pytest.raises(SourceError, match="is not a video"):
        list(VideoSource(tmp_path / "v.avi", capture=FakeCapture([])))
