import json
import os
import signal
import subprocess
import sys
import time

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
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["frame"] for row in rows] == [0, 1, 2, 3, 4]
    assert [row["time"] for row in rows] == [0.0, 0.1, 0.2, 0.3, 0.4]
    assert [row["track"] for row in rows] == [1, 1, 1, None, None]
    assert [row["expression"] == "no face" for row in rows] == [False] * 3 + [True] * 2
    assert "5 frames, 3 faces" in err
    assert "milliseconds per frame" in err


def test_a_table_in_place_of_json_lines(model_file, video, tmp_path, capsys):
    table = tmp_path / "faces.csv"
    assert webcam(model_file, "--source", video, "--headless", "--table", table) == 0
    assert capsys.readouterr().out == ""
    assert len(table.read_text(encoding="utf-8").splitlines()) == 6
    assert webcam(model_file, "--source", video, "--headless", "--table", table) == 2
    assert "faces.csv" in capsys.readouterr().err
    assert webcam(model_file, "--source", video, "--headless", "--table", table, "--overwrite") == 0


class Window:
    """Stands in for the window; is closed when it has shown two frames."""

    shown = []

    def __init__(self, *, draw):
        self.draw = draw
        del Window.shown[:]

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        return None

    def write(self, frame):
        picture = self.draw(
            frame.image, frame.faces, fps=frame.fps, milliseconds=frame.milliseconds
        )
        Window.shown.append(picture)
        return len(Window.shown) < 2


@pytest.fixture
def window(monkeypatch):
    monkeypatch.setattr(fer_classic.live, "WindowSink", Window)
    monkeypatch.setattr(fer_classic.live.sinks, "check_display", lambda: None)


@pytest.mark.usefixtures("window")
def test_the_window_is_the_default(model_file, video, capsys):
    assert webcam(model_file, "--source", video) == 0
    assert [picture.shape for picture in Window.shown] == [(256, 256, 3)] * 2
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("window")
def test_labels_are_drawn(model_file, video, tmp_path):
    assert webcam(model_file, "--source", video) == 0
    plain = Window.shown[0]
    labels = tmp_path / "labels.json"
    labels.write_text(json.dumps(dict.fromkeys(["happy", "sad", "fear", "angry"], "any of four")))
    assert webcam(model_file, "--source", video, "--labels", labels) == 0
    assert (Window.shown[0] != plain).any()


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


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--source", "none.avi"], 1, "no such source: 'none.avi'"),
        (["--source", "gopher://host"], 2, "gopher"),
        (["--detector", "hair"], 2, "Did you mean 'haar'"),
        (
            ["--detector", "haar", "--detector-model", "x.onnx"],
            2,
            "the detector haar has no such setting",
        ),
        (["--table", "faces.xls"], 2, "--table faces.xls: the name must end in"),
        (["--labels", "zh"], 2, "--labels and --font are of the window"),
        (["--font", "a.ttf"], 2, "--labels and --font are of the window"),
    ],
)
def test_wrong_arguments(arguments, code, words, model_file, capsys):
    assert webcam(model_file, "--headless", *arguments) == code
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argument", "value", "least"),
    [
        ("--detect-every", "0", 1),
        ("--smoothing-window", "0", 1),
        ("--retries", "x", 0),
        ("--camera", "1.5", 0),
    ],
)
def test_whole_numbers(argument, value, least, model_file, capsys):
    with pytest.raises(SystemExit, match="2"):
        webcam(model_file, "--headless", argument, value)
    words = f"argument {argument}: must be a whole number of {least} or more, got {value!r}"
    assert words in capsys.readouterr().err


def test_ctrl_c_ends_the_stream_with_130(model_file, video, monkeypatch):
    def interrupt(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(fer_classic.live.StreamRecognizer, "recognize", interrupt)
    assert webcam(model_file, "--source", video, "--headless") == 130


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signal")
def test_sigterm_leaves_a_whole_table_and_143(model_file, tmp_path):
    images = tmp_path / "images"
    images.mkdir()
    for number in range(400):
        cv2.imwrite(str(images / f"{number}.png"), np.full((240, 320), 128, np.uint8))
    table = tmp_path / "faces.csv"
    command = [sys.executable, "-m", "fer_classic", "webcam", "--model", str(model_file)]
    command += ["--source", str(images), "--headless", "--table", str(table)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not table.exists() or table.read_text().count("\n") < 5:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 143
    assert "Traceback" not in err
    *_, last = table.read_text(encoding="utf-8").splitlines()
    assert last.count(",") == table.read_text(encoding="utf-8").splitlines()[0].count(",")
