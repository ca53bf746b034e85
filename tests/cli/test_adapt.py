import re
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import skimage.data

import fer_classic.live
from fer_classic.cli import main
from fer_classic.live import ArraySource
from fer_classic.persistence import load_model

FACE = np.ascontiguousarray(skimage.data.astronaut()[:256, 100:356, ::-1])


def adapt(model, *arguments):
    return main(["adapt", "--model", str(model), *map(str, arguments)])


def test_a_folder_of_pictures(model_file, class_folders, tmp_path, capsys):
    output = tmp_path / "mine.joblib"
    assert adapt(model_file, "--images", class_folders, "-o", output) == 0
    out = capsys.readouterr().out
    assert "weight of the person's pictures: " in out
    assert "right among 48 pictures that were left out: " in out
    assert "% before, " in out
    assert re.search(r"\n  happy: \d+\.\d% before, \d+\.\d% after\n", out)
    model, card = load_model(output)
    assert card["crop"] == load_model(model_file).card["crop"]
    assert card["recipe"] == "mine"
    adapted = card["adapted"]
    assert (adapted["n_images"], len(adapted["classes"])) == (48, 8)
    assert adapted["accuracy_after"] == model.accuracy_after_ >= adapted["accuracy_before"]
    assert list(adapted["recall"]) == model.given_classes_.tolist()
    assert adapted["recall"]["angry"]["after"] == model.recall_after_[0]
    assert main(["predict", "--model", str(output), str(next(class_folders.glob("*/*.png")))]) == 0
    assert adapt(model_file, "--images", class_folders, "-o", output) == 2
    assert "mine.joblib" in capsys.readouterr().err


def write(folder, *pictures):
    folder.mkdir(parents=True)
    for number, picture in enumerate(pictures):
        cv2.imwrite(str(folder / f"{number}.png"), picture)


def test_classes_of_ones_own_and_whole_photos(model_file, tmp_path, capsys):
    write(tmp_path / "me" / "happy", FACE, FACE[:, ::-1])
    write(tmp_path / "me" / "bored", FACE // 2, FACE[:, ::-1] // 2)
    output = tmp_path / "mine.joblib"
    arguments = ["--images", tmp_path / "me", "-o", output]
    assert adapt(model_file, *arguments) == 1
    assert "no class: bored" in capsys.readouterr().err
    assert adapt(model_file, *arguments, "--class-names", "keep") == 0
    assert "known by the person's pictures only: bored" in capsys.readouterr().out
    assert "bored" in load_model(output).card["expressions"]


def test_copies_of_a_picture_do_not_judge(model_file, tmp_path, capsys):
    write(tmp_path / "me" / "happy", FACE, FACE)
    write(tmp_path / "me" / "sad", FACE[:, ::-1], FACE[:, ::-1])
    assert adapt(model_file, "--images", tmp_path / "me", "-o", tmp_path / "mine.joblib") == 0
    assert "not tested: no class has two different pictures; give two" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("folders", "code", "words"),
    [
        ({}, 1, "contains no images in class folders"),
        ({"happy": [FACE]}, 1, "at least two classes, got one class: happy"),
        ({"hapy": [FACE]}, 1, "no class: hapy"),
        (
            {"happy": [FACE], "sad": [FACE, np.full((90, 90), 9, np.uint8)]},
            1,
            "no face was found in 1 of 3 pictures of me: sad/1.png",
        ),
    ],
)
def test_bad_folders(folders, code, words, model_file, tmp_path, capsys):
    (tmp_path / "me").mkdir()
    for name, pictures in folders.items():
        write(tmp_path / "me" / name, *pictures)
    assert adapt(model_file, "--images", "me", "-o", "mine.joblib") == code
    assert words in capsys.readouterr().err
    assert not (tmp_path / "mine.joblib").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["-o", "m.joblib"], 2, "--images DIR, --camera, or both"),
        (["--images", "me", "--keep", "us", "-o", "m.joblib"], 2, "go with --camera"),
        (["--images", "me", "--rounds", "3", "-o", "m.joblib"], 2, "go with --camera"),
        (["--images", "none", "-o", "m.joblib"], 1, "no such folder: none"),
        (["--images", "me", "-o", "m.txt"], 2, "--output"),
    ],
)
def test_wrong_arguments(arguments, code, words, model_file, capsys):
    assert adapt(model_file, *arguments) == code
    assert words in capsys.readouterr().err


class Window:
    """Stands in for the window."""

    def __init__(self, title, *, draw):
        self.draw = draw

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        pass

    def write(self, result):
        assert self.draw(result.image, result.faces, fps=None, milliseconds={}) is result.image


@pytest.fixture
def camera(monkeypatch):
    """A camera, frame by frame a second apart, before which somebody sits; may end with Ctrl-C."""
    settings = SimpleNamespace(frames=[FACE] * 60, interrupt=False)

    def frames(index):
        yield from ArraySource(settings.frames, fps=1)
        if settings.interrupt:
            raise KeyboardInterrupt

    monkeypatch.setattr("fer_classic.live.sinks.check_display", lambda: None)
    monkeypatch.setattr(fer_classic.live, "WindowSink", Window)
    monkeypatch.setattr(fer_classic.live, "CameraSource", frames)
    return settings


TWO = ["--camera", "--expressions", "happy", "sad"]


@pytest.mark.usefixtures("camera")
def test_a_camera_asks_twice_and_keeps_what_a_folder_can_be_read_from(model_file, tmp_path, capsys):
    keep = tmp_path / "me"
    assert adapt(model_file, *TWO, "--keep", keep, "-o", "mine.joblib") == 0
    out = capsys.readouterr().out
    assert out.startswith("happy: 5 pictures\nsad: 5 pictures\nhappy: 5 pictures\n")
    assert "right among 20 pictures" in out
    assert len(list((keep / "happy").glob("take-*.png"))) == 10
    (tmp_path / "mine.joblib").unlink()
    # Takes stay together.
    for path in keep.glob("*/*-[1-4].png"):
        path.unlink()
    one_take = sorted(keep.glob("sad/*.png"))[1:] + sorted(keep.glob("happy/*.png"))[1:]
    for path in one_take:
        path.unlink()
    assert adapt(model_file, "--images", keep, "-o", "mine.joblib") == 0
    assert "not tested" in capsys.readouterr().out


def test_ctrl_c_says_what_was_kept(model_file, tmp_path, camera, capsys):
    camera.frames, camera.interrupt = [FACE] * 10, True
    arguments = ["--keep", tmp_path / "me", "-o", "mine.joblib"]
    assert adapt(model_file, *TWO, *arguments) == 130
    err = capsys.readouterr().err
    assert "stopped; mine.joblib was not written, 5 pictures (happy 5) were taken; the faces" in err
    assert not (tmp_path / "mine.joblib").exists()


def test_a_camera_that_ends_early(model_file, camera, capsys):
    camera.frames = [FACE] * 25
    assert adapt(model_file, *TWO, "-o", "mine.joblib") == 0
    assert "ended before all were taken: 15 pictures" in capsys.readouterr().err
    camera.frames = [FACE] * 2
    assert adapt(model_file, *TWO, "-o", "mine.joblib", "--overwrite") == 1
    assert "no picture was taken" in capsys.readouterr().err


@pytest.mark.usefixtures("camera")
def test_expressions_that_the_model_does_not_know(model_file, capsys):
    camera = ["--camera", "-o", "mine.joblib", "--expressions", "happy"]
    assert adapt(model_file, *camera, "hapy") == 2
    assert "Did you mean 'happy'" in capsys.readouterr().err
    assert adapt(model_file, *camera, "../bored", "--class-names", "keep") == 2
    assert "'../bored' cannot be the name of a folder" in capsys.readouterr().err


def test_a_single_expression_is_refused_before_a_picture_is_taken(model_file, camera, capsys):
    assert adapt(model_file, "--camera", "-o", "mine.joblib", "--expressions", "happy") == 2
    out, err = capsys.readouterr()
    assert "'happy' is the only expression" in err
    assert out == ""


def test_without_a_display(model_file, monkeypatch, capsys):
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert adapt(model_file, "--camera", "-o", "mine.joblib") == 1
    err = capsys.readouterr().err
    assert "no window can be shown: " in err
    assert "with --images" in err
    assert "--headless" not in err
