import json

import cv2
import numpy as np
import pytest
import skimage.data

import fer_classic.live
from fer_classic.cli import main


def webcam(model, *arguments):
    return main(["webcam", "--model", str(model), *map(str, arguments)])


@pytest.fixture
def video(tmp_path):
    """Three frames with a face and two without."""
    path = tmp_path / "video.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 10.0, (256, 256))
    if not writer.isOpened():
        pytest.skip("this build of OpenCV cannot write Motion JPEG")
    face = np.ascontiguousarray(skimage.data.astronaut()[:256, 100:356, ::-1])
    for frame in [face] * 3 + [np.full_like(face, 128)] * 2:
        writer.write(frame)
    writer.release()
    return path


def test_a_video_becomes_json_lines(model_file, video, capsys):
    assert webcam(model_file, "--source", video, "--headless") == 0
    out, err = capsys.readouterr()
    records = [json.loads(line) for line in out.splitlines()]
    assert [record["frame"] for record in records] == [0, 1, 2, 3, 4]
    assert [record["time"] for record in records] == [0.0, 0.1, 0.2, 0.3, 0.4]
    assert [len(record["faces"]) for record in records] == [1, 1, 1, 0, 0]
    assert "5 frames, 3 faces" in err


def test_the_window_is_the_default(model_file, video, monkeypatch, capsys):
    class Window:
        shown = 0

        def __enter__(self):
            return self

        def __exit__(self, *exc_info):
            return None

        def write(self, live_frame):
            Window.shown += 1
            return Window.shown < 2

    monkeypatch.setattr(fer_classic.live, "WindowSink", Window)
    assert webcam(model_file, "--source", video) == 0
    assert Window.shown == 2
    assert capsys.readouterr().out == ""


def test_without_a_display_there_is_a_message_and_code_1(model_file, video, monkeypatch, capsys):
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert webcam(model_file, "--source", video) == 1
    assert "--headless" in capsys.readouterr().err


def test_without_a_camera_there_is_a_message_and_code_1(model_file, capsys):
    assert webcam(model_file, "--camera", 99, "--headless") == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("fer-classic: error: cannot open camera 99")


def test_a_missing_video(model_file, capsys):
    assert webcam(model_file, "--source", "none.avi", "--headless") == 1
    assert "no such video file: none.avi" in capsys.readouterr().err


def test_ctrl_c_ends_the_stream_with_130(model_file, video, monkeypatch):
    def interrupt(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(fer_classic.live.Recognizer, "recognize", interrupt)
    assert webcam(model_file, "--source", video, "--headless") == 130
