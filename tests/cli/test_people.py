import cv2
import numpy as np
import pytest
import skimage.data

import fer_classic.live
from fer_classic.analysis import Timeline, analyze
from fer_classic.cli import main
from fer_classic.cli._people import summary_lines
from fer_classic.live import Face, FrameResult

LABELS = {"happy": "joie", "sad": "triste", "uncertain": "incertain", "no face": "personne"}


@pytest.fixture
def talk(tmp_path):
    """Eight frames at two a second, the last two without a face."""
    path = tmp_path / "talk.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 2.0, (256, 256))
    if not writer.isOpened():
        pytest.skip("this build of OpenCV cannot write Motion JPEG")
    face = np.ascontiguousarray(skimage.data.astronaut()[:256, 100:356, ::-1])
    for image in [face] * 6 + [np.full_like(face, 128)] * 2:
        writer.write(image)
    writer.release()
    return path


def video(model, *arguments):
    return main(["video", "--model", str(model), *map(str, arguments)])


def seen(*frames, fps=1):
    timeline = Timeline(["happy", "sad"], fps=fps)
    for index, (time, *faces) in enumerate(frames):
        faces = [
            Face((0, 0, 9, 9), name, scores, None, None, track) for track, name, scores in faces
        ]
        timeline.write(FrameResult(index, time, None, faces))
    return timeline


def test_a_line_for_each_person_by_hand():
    scores = {"happy": 0.75, "sad": 0.25}
    timeline = seen(
        (0.0, (1, "happy", scores)),
        (3.0, (1, "uncertain", scores), (12, "sad", None)),
        (4.0,),
        (3723.4, (12, "sad", None)),
    )
    assert list(summary_lines(timeline, LABELS)) == [
        "track  first seen  last seen  seconds  expressions: share of time (mean score)",
        "   #1      0:00.0     0:04.0      4.0  joie 75% (0.75), incertain 25%",
        "  #12      0:03.0  1:02:04.4      2.0  triste 100%",
    ]


def test_nobody():
    assert list(summary_lines(seen((0.0,)), LABELS)) == ["personne"]


def test_a_summary_is_printed_in_place_of_rows(model_file, talk, capsys):
    assert video(model_file, talk, "--summary") == 0
    out, err = capsys.readouterr()
    header, person = out.splitlines()
    assert header.split()[:3] == ["track", "first", "seen"]
    assert person.split()[:4] == ["#1", "0:00.0", "0:03.0", "3.0"]
    assert "8 frames, 6 faces" in err
    (row,) = analyze(talk, model=model_file).summary()
    assert f"{row['expression']} {row['share_' + row['expression']]:.0%}" in person


def test_a_timeline_is_drawn(model_file, talk, tmp_path, capsys):
    pytest.importorskip("matplotlib.figure")
    target = tmp_path / "new" / "talk.png"
    assert video(model_file, talk, "--timeline", target) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert f"wrote {target}" in err
    assert cv2.imread(str(target)).shape[1] > 300
    assert video(model_file, talk, "--timeline", target) == 2
    assert "was not changed" in capsys.readouterr().err
    assert video(model_file, talk, "--timeline", target, "--overwrite") == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--timeline", "talk.gif"], "must end in .png, .jpg, .svg, .pdf"),
        (["--summary", "--resume", "--table", "a.csv"], "need all frames"),
        (["--timeline", "t.png", "--resume", "--table", "a.csv"], "need all frames"),
        (["--timeline", "talk.avi", "--overwrite"], "is the source"),
    ],
)
def test_arguments_that_do_not_go_together(arguments, words, model_file, talk, capsys):
    assert video(model_file, talk, *arguments) == 2
    assert words in capsys.readouterr().err


def test_without_matplotlib_nothing_is_begun(model_file, talk, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    target, table = tmp_path / "talk.png", tmp_path / "talk.csv"
    assert video(model_file, talk, "--timeline", target, "--table", table) == 1
    assert "fer-classic[plot]" in capsys.readouterr().err
    assert not target.exists()
    assert not table.exists()


def test_after_ctrl_c_there_is_a_summary_of_what_was_seen(model_file, talk, monkeypatch, capsys):
    recognize, calls = fer_classic.live.StreamRecognizer.recognize, []

    def interrupt(self, frame):
        calls.append(frame)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return recognize(self, frame)

    monkeypatch.setattr(fer_classic.live.StreamRecognizer, "recognize", interrupt)
    assert video(model_file, talk, "--summary") == 130
    assert capsys.readouterr().out.splitlines()[1].split()[:4] == ["#1", "0:00.0", "0:01.5", "1.5"]
