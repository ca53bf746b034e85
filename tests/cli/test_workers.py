"""Commands that several processes work on."""

import os
import shutil
import signal

import cv2
import numpy as np
import pytest

from fer_classic.cli import main
from fer_classic.persistence import load_model, save_model
from tests.cli.test_predict import predict, rows

pandas = pytest.importorskip("pandas")
pytest.importorskip("pyarrow")


def test_processes_change_no_row(model_file, photos, capsys, tmp_path):
    assert predict(model_file, photos) == 0
    alone = rows(capsys)
    arguments = ["--jobs", "2", "--annotate", tmp_path / "drawn"]
    assert predict(model_file, photos, *arguments) == 0
    assert rows(capsys) == alone
    assert len(list((tmp_path / "drawn").glob("*-faces.png"))) == 3


def test_processes_obey_the_limit_of_pixels(model_file, photos, capsys):
    assert predict(model_file, photos, "--jobs", "2", "--max-pixels", "70000") == 1
    out, err = capsys.readouterr()
    assert "two.jpg has 512 x 256 = 131,072 pixels; the limit is 70,000" in err
    assert out.count("/one.png") == 1


def test_parts_and_their_counts(model_file, photos, capsys, tmp_path):
    (photos / "damaged.png").write_bytes(b"no image")
    parts = tmp_path / "parts"
    assert predict(model_file, photos, "--parts", parts) == 1
    out, err = capsys.readouterr()
    assert out == f"4 photos, 3 faces, 1 photos could not be read; wrote {parts}\n"
    assert "damaged.png is not an image" in err
    assert len(pandas.read_parquet(parts)) == 5
    assert predict(model_file, photos, "--parts", parts, "--resume") == 1
    assert capsys.readouterr().out == out
    assert predict(model_file, photos, "--parts", parts) == 2
    assert "do the missing parts with resume=True (--resume)" in capsys.readouterr().err


def test_many_videos(model_file, capsys, tmp_path):
    for name in ("a", "b"):
        codec = cv2.VideoWriter_fourcc(*"MJPG")
        video = cv2.VideoWriter(str(tmp_path / f"{name}.avi"), codec, 10, (64, 48))
        for _ in range(2):
            video.write(np.full((48, 64, 3), 90, np.uint8))
        video.release()
    sources = [str(tmp_path / "a.avi"), str(tmp_path / "b.avi")]
    command = ["video", "--model", str(model_file), *sources]
    assert main([*command, "--parts", str(tmp_path / "tables")]) == 0
    out, err = capsys.readouterr()
    assert sorted(out.splitlines()) == [f"{source}: 2 frames" for source in sources]
    assert "2 videos, 4 frames" in err
    assert main(command) == 2
    assert "several videos, and several workers, need --parts DIR" in capsys.readouterr().err


def test_two_videos_of_one_name(model_file, capsys, tmp_path, monkeypatch):
    def refuse(*arguments, **options):
        raise AssertionError("workers were started")

    monkeypatch.setattr("fer_classic.utils._cluster.working", refuse)
    folder = tmp_path / "tables"
    sources = ["a/x.mp4", "http://me:secret@host/x.mp4"]
    command = ["video", "--model", str(model_file), *sources, "--parts", str(folder)]
    assert main([*command, "--jobs", "2"]) == 2
    assert capsys.readouterr().err == (
        f"fer-classic: error: a/x.mp4 and http://***@host/x.mp4 would have the same table, "
        f"{folder / 'x.parquet'}; rename one, or write them to two folders.\n"
    )
    assert not folder.exists()


@pytest.fixture
def drawn_model(model_file, tmp_path):
    """A model whose card says that it has seen no photo."""
    model, card = load_model(model_file)
    path = tmp_path / "drawn.joblib"
    save_model(model, path, card=card | {"dataset": {"name": "drawn"}})
    return path


@pytest.mark.filterwarnings("always::fer_classic.exceptions.FerClassicWarning")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_warnings_are_lines_of_the_program_and_not_repeated(
    jobs, drawn_model, photos, capfd, tmp_path
):
    shutil.copytree(photos, tmp_path / "more")
    folders = [str(photos), str(tmp_path / "more")]
    commands = [
        ["predict", *folders],
        ["predict", *folders, "--parts", str(tmp_path / "parts")],
        ["video", *folders, "--parts", str(tmp_path / "tables")],
    ]
    for name, *arguments in commands:
        assert main([name, "--model", str(drawn_model), "--jobs", jobs, *arguments]) == 0
        err = capfd.readouterr().err
        assert err.count("was fitted on drawn faces") == 1
        assert "fer-classic: warning: this model was fitted on drawn faces" in err
        assert "FerClassicWarning" not in err


@pytest.mark.parametrize("arguments", [["--labels", "zh"], ["--font", "a.ttf"], ["--retries", "3"]])
def test_what_many_videos_do_not_take(arguments, model_file, capsys):
    command = ["video", "--model", str(model_file), "a.avi", "--parts", "tables"]
    assert main([*command, *arguments]) == 2
    assert "does not go with --labels, --font and --retries" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signal")
def test_a_killed_worker_is_an_error(model_file, photos, monkeypatch, capsys):
    def kill(*arguments):
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr("fer_classic.live._batch._recognize", kill)
    assert predict(model_file, photos, "--jobs", "2") == 1
    assert "error: a worker was killed, perhaps for lack of memory" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--resume"], "--resume goes with --parts"),
        (["--parts", "x", "--table", "y.csv"], "--parts does not go with"),
        (["--parts", "x", "--jobs", "2", "--cluster", "local:2"], "give only one of --jobs"),
        (["--parts", "x", "--labels", "zh"], "--parts does not go with --labels and --font"),
    ],
)
def test_what_does_not_go_together(arguments, message, model_file, photos, capsys):
    assert predict(model_file, photos, *arguments) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--jobs", "0"], ["--jobs", "x"], ["--cluster", "far:2"]])
def test_wrong_values(arguments, model_file, photos, capsys):
    with pytest.raises(SystemExit) as stop:
        predict(model_file, photos, *arguments)
    assert stop.value.code == 2
    assert "must be" in capsys.readouterr().err
