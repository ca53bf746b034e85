import csv
import json
import os
import shutil
import sys

import cv2
import joblib
import numpy as np
import pytest
import skimage.data

import fer_classic.live
from fer_classic.cli import main
from fer_classic.expressions import EXPRESSIONS
from fer_classic.live import Recognizer, TableSink, VideoSource, recognize_video
from fer_classic.persistence import load_bundled, load_model, save_model


def video(model, *arguments):
    return main(["video", "--model", str(model), *map(str, arguments)])


@pytest.fixture
def talk(tmp_path):
    """Twelve frames; the face goes after the eighth."""
    path = tmp_path / "talk.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 25.0, (256, 256))
    if not writer.isOpened():
        pytest.skip("this build of OpenCV cannot write Motion JPEG")
    face = np.ascontiguousarray(skimage.data.astronaut()[:256, 100:356, ::-1])
    for frame in [face] * 8 + [np.full_like(face, 128)] * 4:
        writer.write(frame)
    writer.release()
    return path


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_table_with_a_row_for_every_frame(model_file, talk, tmp_path, capsys):
    table = tmp_path / "talk.csv"
    assert video(model_file, talk, "--table", table) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "12 frames, 8 faces" in err
    assert f"wrote {table}" in err
    rows = read(table)
    assert [int(row["frame"]) for row in rows] == list(range(12))
    np.testing.assert_allclose([float(row["time"]) for row in rows], np.arange(12) / 25)
    assert [row["track"] for row in rows] == ["1"] * 8 + [""] * 4
    assert {row["expression"] for row in rows[8:]} == {"no face"}
    assert {row["smoothing"] for row in rows[:8]} == {"average of about 10 frames"}
    for row in rows[:8]:
        scores = [
            float(value)
            for name, value in row.items()
            if name.startswith("score_") and name != "score_kind"
        ]
        assert sum(scores) == pytest.approx(1)


def test_python_and_the_command_agree(tmp_path):
    # Larger than the size at which frames are searched, with faces near the smallest that counts.
    face = np.ascontiguousarray(skimage.data.astronaut()[:256, 100:356, ::-1])
    path, table = tmp_path / "crowd.avi", tmp_path / "crowd.csv"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 25.0, (1000, 480))
    if not writer.isOpened():
        pytest.skip("this build of OpenCV cannot write Motion JPEG")
    for k in range(12):
        frame = np.full((480, 1000, 3), 128, np.uint8)
        for number, side in enumerate((180, 200, 220, 240)):
            small = cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA)
            x = 10 + 245 * number + k
            frame[100 : 100 + side, x : x + side] = small[:, : 1000 - x]
        writer.write(frame)
    writer.release()
    assert main(["video", str(path), "--table", str(table)]) == 0
    model, card = load_bundled()
    with TableSink(tmp_path / "python.csv", model.classes_) as sink:
        for frame in recognize_video(path, Recognizer(model, card=card)):
            sink.write(frame)
    assert len(read(table)) > 12
    assert (tmp_path / "python.csv").read_text("utf-8") == table.read_text("utf-8")


def test_without_outputs_the_table_is_printed(model_file, talk, capsys):
    assert video(model_file, talk, "--smoothing", "none") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["frame"] for row in rows] == list(range(12))
    assert {row["smoothing"] for row in rows[:8]} == {"none"}


@pytest.mark.parametrize(
    ("suffix", "content"),
    [
        (".avi", "Motion JPEG without sound"),
        (".mp4", "H.264, without sound"),
        (".webm", "VP9, without sound"),
    ],
)
def test_an_annotated_copy(suffix, content, model_file, talk, tmp_path, capsys):
    if suffix != ".avi":
        pytest.importorskip("av")
    copy = tmp_path / f"copy{suffix}"
    assert video(model_file, talk, "--annotate", copy) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert f"wrote {copy}: {content}" in err
    before = [frame for _, _, frame in VideoSource(talk)]
    after = [frame for _, _, frame in VideoSource(copy)]
    assert [frame.shape for frame in after] == [frame.shape for frame in before]
    assert np.abs(after[0].astype(int) - before[0]).mean() > 1
    assert VideoSource(copy).fps == 25


def test_a_copy_alone_makes_no_table(model_file, talk, tmp_path, monkeypatch):
    def refuse(*arguments, **options):
        raise AssertionError("nobody asked for a table")

    monkeypatch.setattr(fer_classic.live, "TableSink", refuse)
    assert video(model_file, talk, "--annotate", tmp_path / "copy.avi") == 0


def test_a_finished_table_stays_as_it_is(model_file, talk, tmp_path, capsys):
    table = tmp_path / "talk.csv"
    assert video(model_file, talk, "--table", table, "--resume") == 0
    before = table.read_bytes()
    capsys.readouterr()
    for _ in range(2):
        assert video(model_file, talk, "--table", table, "--resume") == 0
        assert capsys.readouterr().err == f"{table} is complete\n"
        assert table.read_bytes() == before
    table.write_bytes(before[:-1])
    assert video(model_file, talk, "--table", table, "--resume") == 0
    assert [int(row["frame"]) for row in read(table)] == list(range(12))


@pytest.mark.filterwarnings("default::fer_classic.exceptions.FerClassicWarning")
def test_images_that_cannot_be_read_are_left_out(model_file, photos, tmp_path, capsys):
    (photos / "ow.png").write_bytes(b"no image")
    table = tmp_path / "photos.csv"
    assert video(model_file, photos, "--table", table) == 1
    err = capsys.readouterr().err
    assert "1 of 4 images of" in err
    assert f"the first of them image 3 of {photos}: " in err
    assert [int(row["frame"]) for row in read(table)] == [0, 1, 3, 3]


def test_retries_are_of_streams(model_file, talk, capsys):
    assert video(model_file, talk, "--retries", "2") == 2
    assert "--retries is of cameras and streams" in capsys.readouterr().err


def test_a_table_is_resumed(model_file, talk, tmp_path, capsys):
    whole, table = tmp_path / "whole.csv", tmp_path / "talk.csv"
    assert video(model_file, talk, "--table", whole) == 0
    lines = whole.read_text(encoding="utf-8").splitlines(keepends=True)
    table.write_text("".join(lines[:6]) + lines[6][:20], encoding="utf-8")  # killed in a row
    shutil.copy(f"{whole}.settings.json", f"{table}.settings.json")
    assert video(model_file, talk, "--table", table) == 2
    assert "--resume" in capsys.readouterr().err
    assert video(model_file, talk, "--table", table, "--resume") == 0
    rows = read(table)
    assert [int(row["frame"]) for row in rows] == list(range(12))
    assert [row["run"] for row in rows] == ["0"] * 4 + ["1"] * 8
    assert [row["time"] for row in rows] == [row["time"] for row in read(whole)]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["--detector", "haar"], "detector, frame_detector"),
        (["--min-face", "0.3"], "detector, frame_detector"),
        (["--views", "flip"], "views"),
        (["--no-upright"], "upright"),
        (["--min-probability", "0.4"], "min_probability"),
        (["--smoothing", "none"], "smoothing"),
        (["--smoothing-window", "3"], "window"),
        (["--detect-every", "1"], "detect_every"),
    ],
)
def test_a_table_is_not_resumed_with_other_options(
    arguments, names, suffix, model_file, talk, tmp_path, capsys
):
    table = tmp_path / f"talk{suffix}"
    assert video(model_file, talk, "--table", table) == 0
    before = {path.name: path.read_bytes() for path in tmp_path.glob("talk*")}
    capsys.readouterr()
    assert video(model_file, talk, "--table", table, "--resume", *arguments) == 1
    assert capsys.readouterr().err == (
        f"fer-classic: error: {table} cannot be resumed: it was begun in another way. These "
        f"differ: {names} (see {table.name}.settings.json). Give the same source, model and "
        "options, or write to another file.\n"
    )
    assert {path.name: path.read_bytes() for path in tmp_path.glob("talk*")} == before


def test_a_table_is_not_resumed_with_another_model_or_source(model_file, talk, tmp_path, capsys):
    table, copied = tmp_path / "talk.csv", tmp_path / "copied.avi"
    shutil.copy(talk, copied)
    assert video(model_file, talk, "--table", table) == 0
    assert video(model_file, copied, "--table", table, "--resume") == 1
    assert "These differ: source (see" in capsys.readouterr().err
    # The same classes, and perhaps of the same second.
    model, card = load_model(model_file)
    model[-1].coef_ = -model[-1].coef_
    save_model(model, tmp_path / "other.joblib", card=card)
    assert video(tmp_path / "other.joblib", talk, "--table", table, "--resume") == 1
    assert "These differ: model (see" in capsys.readouterr().err
    # A copy is the same model, and the working directory does not matter.
    shutil.copy(model_file, tmp_path / "same.joblib")
    assert video("same.joblib", talk.name, "--table", table.name, "--resume") == 0


def test_a_table_of_a_pickle_is_resumed(model_file, talk, tmp_path):
    pickled = tmp_path / "pickled.joblib"
    joblib.dump(load_model(model_file).model, pickled)
    arguments = [talk, "--trust", "--table", tmp_path / "talk.csv"]
    assert video(pickled, *arguments) == 0
    os.utime(pickled, (0, 0))
    assert video(pickled, *arguments, "--resume") == 0


def test_a_replaced_table_has_the_new_settings(model_file, talk, tmp_path):
    table = tmp_path / "talk.csv"
    assert video(model_file, talk, "--table", table) == 0
    changed = ["--table", table, "--detect-every", "2"]
    assert video(model_file, talk, *changed, "--overwrite") == 0
    assert video(model_file, talk, "--table", table, "--resume") == 1
    assert video(model_file, talk, *changed, "--resume") == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--resume"], "give it with --table"),
        (["--resume", "--table", "a.csv", "--annotate", "a.mp4"], "annotated copy"),
        (["--resume", "--table", "a.csv", "--overwrite"], "choose one"),
        (["--table", "a.xls"], "--table a.xls: the name must end in .csv, .jsonl or .parquet"),
        (["--font", "a.ttf"], "--font is of the copy that --annotate FILE writes"),
        (["--labels", "zh", "--table", "a.csv"], "--labels is of --annotate"),
        (["--resume", "--table", "a.parquet"], "appears when it is finished"),
    ],
)
def test_arguments_that_do_not_go_together(arguments, words, model_file, talk, capsys):
    assert video(model_file, talk, *arguments) == 2
    assert words in capsys.readouterr().err


def test_what_is_no_video(model_file, tmp_path, capsys):
    (tmp_path / "text.mp4").write_text("no video")
    assert video(model_file, tmp_path / "text.mp4", "--table", tmp_path / "t.csv") == 1
    assert "not a video that OpenCV can decode" in capsys.readouterr().err
    assert video(model_file, tmp_path / "none.mp4") == 1
    assert "no such source" in capsys.readouterr().err
    with pytest.raises(SystemExit) as end:
        main(["video"])
    assert end.value.code == 2


@pytest.mark.filterwarnings("always::fer_classic.exceptions.FerClassicWarning")
def test_a_damaged_video_ends_with_an_error_and_a_whole_table(model_file, tmp_path, capsys):
    face = np.ascontiguousarray(skimage.data.astronaut()[:256, 100:356, ::-1])
    path, table = tmp_path / "talk.avi", tmp_path / "talk.csv"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 25.0, (256, 256))
    if not writer.isOpened():
        pytest.skip("this build of OpenCV cannot write Motion JPEG")
    for _ in range(20):
        writer.write(face)
    writer.release()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert video(model_file, path, "--table", table) == 1
    rows, err = read(table), capsys.readouterr().err
    assert 5 < len(rows) < 15
    assert f"warning: {path} ended after {len(rows)} frames, at " in err
    assert f"wrote {table}" in err


def test_a_folder_of_images(model_file, photos, capsys):
    assert video(model_file, photos, "--detect-every", "1") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert sorted({row["frame"] for row in rows}) == [0, 1, 2]


def test_the_source_is_never_replaced(model_file, talk, capsys):
    before = talk.read_bytes()
    assert video(model_file, talk, "--annotate", talk, "--overwrite") == 2
    assert "is the source" in capsys.readouterr().err
    assert talk.read_bytes() == before


def test_without_pyav_a_live_source_has_no_annotated_copy(
    model_file, tmp_path, capsys, monkeypatch
):
    monkeypatch.setitem(sys.modules, "av", None)
    assert video(model_file, "0", "--annotate", tmp_path / "a.mp4") == 1
    assert "a live one has none" in capsys.readouterr().err


def test_ctrl_c_prints_how_to_resume(model_file, talk, tmp_path, monkeypatch, capsys):
    def interrupt(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(fer_classic.live.StreamRecognizer, "recognize", interrupt)
    assert video(model_file, talk, "--table", tmp_path / "t.csv") == 130
    assert "--resume continues" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_that_are_no_text(model_file, talk, tmp_path, capsys):
    strange = os.fsdecode(b"talk\xff.avi")
    os.rename(talk, tmp_path / strange)
    words = r"talk\udcff.avi' is not valid UTF-8, and OpenCV cannot open it"
    assert video(model_file, tmp_path / strange) == 1
    assert words in capsys.readouterr().err
    assert video(model_file, tmp_path / strange, "--parts", tmp_path / "tables") == 1
    assert words in capsys.readouterr().err
    os.rename(tmp_path / strange, talk)
    assert video(model_file, talk, "--annotate", tmp_path / strange) == 1
    assert "is not valid UTF-8" in capsys.readouterr().err
    assert video(model_file, talk, "--detector", "yunet", "--detector-model", tmp_path / strange)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_timeline_of_a_folder_whose_name_is_no_text_or_a_formula(model_file, photos, tmp_path):
    pytest.importorskip("matplotlib")
    for name in (b"faces\xff", b"pay $_^ $1"):
        folder = photos.rename(tmp_path / os.fsdecode(name))
        assert video(model_file, folder, "--timeline", tmp_path / "t.png", "--overwrite") == 0
        assert cv2.imread(str(tmp_path / "t.png")).any()
        folder.rename(photos)


def test_a_timeline_has_the_displayed_names(model_file, talk, tmp_path):
    matplotlib = pytest.importorskip("matplotlib")
    drawn, displayed = tmp_path / "t.svg", tmp_path / "names.json"
    names = {name: f"displayed {name}" for name in (*EXPRESSIONS, "uncertain", "no face")}
    displayed.write_text(json.dumps(names))
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        assert video(model_file, talk, "--timeline", drawn, "--labels", displayed) == 0
    assert "displayed " in drawn.read_text()


def test_passwords_are_not_printed(model_file, talk, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("fer_classic.live._batch.open_source", lambda url: VideoSource(talk))
    url = "http://me:secret@host/talk.avi"
    assert video(model_file, url, "--parts", tmp_path / "tables") == 0
    out, err = capsys.readouterr()
    assert "http://***@host/talk.avi: " in out
    assert "secret" not in out + err
