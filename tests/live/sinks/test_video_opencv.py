import cv2
import pytest

from fer_classic.exceptions import SinkError
from fer_classic.live.sinks._video_opencv import OpenCVVideo


@pytest.mark.parametrize(
    ("suffix", "message"),
    [(".mp4", r"codec mp4v .*128x96.* ends in \.avi"), (".avi", r"MJPG .*128x96.* ends in \.mp4")],
)
def test_a_codec_that_is_not_there_is_named(suffix, message, tmp_path):
    def no_codec(path, fourcc, fps, size):
        return cv2.VideoWriter()

    with pytest.raises(SinkError, match=message):
        OpenCVVideo(tmp_path / f"video{suffix}", size=(128, 96), fps=25, writer=no_codec)


def test_a_file_that_is_gone_holds_no_frame(tmp_path):
    path = tmp_path / "video.avi"
    video = OpenCVVideo(path, size=(128, 96), fps=25)
    path.unlink()
    assert video.close() == 0
