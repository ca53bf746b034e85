import io
import json
import os
import sys

import cv2
import joblib
import numpy as np
import pytest

from fer_classic.cli import main
from fer_classic.expressions import EXPRESSIONS
from fer_classic.live import Recognizer
from fer_classic.live.tables import photo_rows
from fer_classic.persistence import load_model, make_card, save_model
from fer_classic.utils import read_image
from tests.wrappers import WRAPPERS, fit_wrapper


def predict(model, *arguments):
    return main(["predict", "--model", str(model), *map(str, arguments)])


def rows(capsys):
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == ["photo", "face", "box", "expression", "scores"]
    return lines[1:]


def test_every_face_of_every_photo_has_a_row(model_file, photos, capsys):
    assert predict(model_file, photos) == 0
    table = rows(capsys)
    assert [(row[0], row[1]) for row in table] == [
        (str(photos / "none.png"), "0/0"),
        (str(photos / "one.png"), "1/1"),
        (str(photos / "two.jpg"), "1/2"),
        (str(photos / "two.jpg"), "2/2"),
    ]
    assert table[0][3] == "no face"
    for _, _, box, expression, scores in table[1:]:
        assert len(box.split(",")) == 4
        ranked = [score.split("=") for score in scores.split()]
        assert ranked[0][0] == expression
        assert sorted(name for name, _ in ranked) == list(EXPRESSIONS)
        assert sum(float(score) for _, score in ranked) == pytest.approx(1, abs=0.01)


def test_faces_that_cannot_be_judged_say_why(model_file, tmp_path, capsys):
    cv2.imwrite(str(tmp_path / "blank.png"), np.full((48, 48), 90, np.uint8))
    assert predict(model_file, tmp_path, "--min-probability", "0.01") == 0
    assert rows(capsys)[0][3] == "uncertain: blurred"
    assert predict(model_file, tmp_path, "--min-probability", "0") == 0
    assert rows(capsys)[0][3] in EXPRESSIONS


@pytest.mark.filterwarnings("always")
def test_files_that_are_no_images_are_counted_in_one_line(model_file, photos, capsys):
    for name in ("faces.json", "film.mp4", ".DS_Store", "Thumbs.db"):
        (photos / name).touch()
    (photos / "two.jpg").rename(photos / "two.jfif")
    assert predict(model_file, photos) == 0
    out, err = capsys.readouterr()
    assert out.count("two.jfif") == 2
    assert err == (
        f"fer-classic: warning: {photos}: skipped 2 files that cannot be read as images: "
        "faces.json, film.mp4.\n"
    )


@pytest.mark.filterwarnings("always")
def test_photos_that_cannot_be_read_are_counted_and_named(model_file, photos, tmp_path, capfd):
    names = ["a\nb.png", "x" * 251 + ".png", "ö" * 125 + ".png"]
    for name in names[:2]:
        (photos / name).write_bytes(b"junk")
    (photos / "none.png").rename(photos / names[2])
    os.mkfifo(photos / "pipe.png")
    assert predict(model_file, photos, "--annotate", tmp_path / "copies") == 1
    out, err = capfd.readouterr()
    assert f"{photos / names[2]}\t0/0" in out
    assert "1 pipe, socket or device: pipe.png" in err
    assert f"error: {photos}/a\\nb.png is not an image" in err
    last = err.splitlines()[-1]
    assert last.startswith("fer-classic: 2 of 5 photos could not be read: ")
    assert r"a\nb.png, " in last
    assert len(list((tmp_path / "copies").iterdir())) == 3


def test_a_limit_on_pixels(model_file, photos, capsys, monkeypatch):
    monkeypatch.setenv("FER_CLASSIC_MAX_PIXELS", "20000")
    assert predict(model_file, photos) == 1
    assert [row[1] for row in rows(capsys)] == ["0/0"]
    monkeypatch.setenv("FER_CLASSIC_MAX_PIXELS", "large")
    assert predict(model_file, photos) == 1
    assert "FER_CLASSIC_MAX_PIXELS must be a number of pixels" in capsys.readouterr().err
    # The argument comes first, and ends with the command.
    assert predict(model_file, photos, "--max-pixels", "70_000") == 1
    assert [row[1] for row in rows(capsys)] == ["0/0", "1/1"]
    assert os.environ["FER_CLASSIC_MAX_PIXELS"] == "large"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--table", "in"], 2, "--table in: the name must end in .csv, .jsonl or .parquet."),
        (["--font", "a.ttf"], 2, "--font is of the copies that --annotate DIR writes"),
        (["--min-face", "0"], 2, "--min-face 0: the detector pyramid needs a smallest face"),
        (["--detector", "blazeface"], 2, "give its path as model= (--detector-model FILE)"),
        (["--detector", "yunet", "--detector-model", "a.onnx"], 1, "there is none at a.onnx"),
    ],
)
def test_mistakes_are_found_before_anything_is_printed(
    arguments, code, message, model_file, photos, capsys
):
    assert predict(model_file, photos, *arguments) == code
    out, err = capsys.readouterr()
    assert (out, message in err) == ("", True)


@pytest.mark.parametrize("value", ["foo", "tcp://", "tcp://host"])
def test_what_is_no_address_of_a_scheduler(value, model_file, photos, capsys):
    with pytest.raises(SystemExit, match="2"):
        predict(model_file, photos, "--scheduler", value)
    assert "argument --scheduler: must be the address of a scheduler" in capsys.readouterr().err


@pytest.mark.parametrize("value", ["0", "-1", "5e7", "many"])
def test_values_that_are_no_number_of_pixels(value, model_file, photos, capsys):
    with pytest.raises(SystemExit) as stop:
        predict(model_file, photos, f"--max-pixels={value}")
    assert stop.value.code == 2
    message = f"--max-pixels: must be a number of pixels, such as 100_000_000, got '{value}'"
    assert message in capsys.readouterr().err


@pytest.mark.filterwarnings("always")
def test_a_folder_of_heic_photos_alone(model_file, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("fer_classic.utils._listing.image_suffixes", lambda: {".png"})
    (tmp_path / "IMG_0001.HEIC").touch()
    assert predict(model_file, tmp_path) == 1
    warning, error = capsys.readouterr().err.splitlines()
    assert 'IMG_0001.HEIC. To read HEIC photos: pip install "fer-classic[heic]"' in warning
    assert "no image in the folder" in error


def test_json_lines_hold_what_the_recognizer_says(model_file, photos, capsys):
    assert predict(model_file, photos, "--json") == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    model, card = load_model(model_file)
    recognizer = Recognizer(model, card=card)
    expected = []
    for photo in sorted(photos.iterdir()):
        faces = recognizer.recognize(read_image(photo))
        expected += photo_rows(photo, faces, recognizer.classes)
    assert records == expected
    assert [record["expression"] == "no face" for record in records] == [True, False, False, False]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_a_table_in_addition_to_the_printed_rows(suffix, model_file, photos, capsys):
    table = photos.parent / f"faces{suffix}"
    assert predict(model_file, photos, photos / "missing.png", "--table", table) == 1
    assert len(rows(capsys)) == 4
    assert table.read_text(encoding="utf-8").count("\n") == 5 + (suffix == ".csv")
    before = table.read_bytes()
    assert predict(model_file, photos, "--table", table) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert table.read_bytes() == before
    assert predict(model_file, photos, "--table", table, "--overwrite") == 0
    assert table.read_bytes() != before


def test_an_unreadable_photo_is_reported_and_the_others_are_done(model_file, photos, capsys):
    (photos / "damaged.jpg").write_bytes(b"\xff\xd8\xff\xe0 no photo")
    (photos / "empty.png").touch()
    assert predict(model_file, photos, photos / "missing.png", "--json") == 1
    out, err = capsys.readouterr()
    records = {os.path.basename(r["photo"]): r for r in map(json.loads, out.splitlines())}
    assert set(records) == {
        *("damaged.jpg", "empty.png", "missing.png", "none.png", "one.png", "two.jpg")
    }
    for name in ("damaged.jpg", "empty.png", "missing.png"):
        assert name in records[name]["error"]
        assert records[name]["expression"] is None
        assert name in err
    assert records["two.jpg"]["face"] == 1  # the second of two, counted from 0


def test_patterns_and_repeated_names(model_file, photos, capsys):
    assert predict(model_file, photos / "*o*.png", photos / "one.png") == 0
    assert [os.path.basename(row[0]) for row in rows(capsys)] == ["none.png", "one.png"]


def test_hidden_files_of_a_folder_are_passed_over(model_file, photos, capsys):
    (photos / "._one.png").write_bytes(b"what some systems leave behind")
    (photos / ".cache").mkdir()
    (photos / "none.png").rename(photos / ".cache" / "none.png")
    assert predict(model_file, photos) == 0
    assert [os.path.basename(row[0]) for row in rows(capsys)] == ["one.png", "two.jpg", "two.jpg"]


def test_folders_are_searched_however_they_were_found(model_file, photos, capsys):
    inside = photos / "more" / "x"
    inside.mkdir(parents=True)
    (photos / "folder.png").mkdir()
    (photos / "one.png").rename(inside / "one.png")
    (photos / "two.jpg").unlink()
    named = [str(inside / "one.png"), str(photos / "none.png")]
    assert predict(model_file, photos / "*") == 0
    assert [row[0] for row in rows(capsys)] == named
    assert predict(model_file, photos, photos / "**") == 0
    assert [row[0] for row in rows(capsys)] == named
    assert predict(model_file, photos / "f*") == 1
    assert "no image in the folder" in capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_names_that_the_output_cannot_show(encoding, model_file, photos, capsys, monkeypatch):
    (photos / "one.png").rename(photos / "é顔.png")
    out = io.TextIOWrapper(io.BytesIO(), encoding)
    monkeypatch.setattr(sys, "stdout", out)
    assert predict(model_file, photos) == 0
    lines = out.buffer.getvalue().decode(encoding).splitlines()
    shown = "\\xe9" if encoding == "ascii" else "é"
    assert [line.split("\t")[0] for line in lines[2:]] == [
        str(photos / name) for name in ("two.jpg", "two.jpg", f"{shown}\\u9854.png")
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_that_are_no_text(model_file, photos, tmp_path, capsys):
    (photos / "one.png").rename(photos / os.fsdecode(b"a\xff.png"))
    (photos / os.fsdecode(b"b\xff.png")).touch()
    assert predict(model_file, photos, "--table", tmp_path / "t.csv") == 1
    shown = [os.path.basename(row[0]) for row in rows(capsys)]
    assert shown == ["a\\udcff.png", "none.png", "two.jpg", "two.jpg"]
    assert r"b\udcff.png is empty" in (tmp_path / "t.csv").read_text(encoding="utf-8")


def test_a_folder_without_images(model_file, tmp_path, capsys):
    assert predict(model_file, tmp_path) == 1
    assert "no image in the folder" in capsys.readouterr().err


def test_a_drawn_face_of_the_size_of_a_crop_is_a_face(model_file, few_faces, tmp_path, capsys):
    cv2.imwrite(str(tmp_path / "crop.png"), few_faces.images[0])
    assert predict(model_file, tmp_path / "crop.png") == 0
    ((_, face, box, _, _),) = rows(capsys)
    assert (face, box) == ("1/1", "0,0,48,48")


def test_annotated_copies(model_file, photos, capsys):
    before = {path.name: path.read_bytes() for path in photos.iterdir()}
    assert predict(model_file, photos, "--annotate", photos / "new") == 0
    assert {path.name: path.read_bytes() for path in photos.iterdir() if path.is_file()} == before
    assert sorted(path.name for path in (photos / "new").iterdir()) == [
        "none-faces.png",
        "one-faces.png",
        "two-faces.png",
    ]
    source, copy = read_image(photos / "one.png"), read_image(photos / "new" / "one-faces.png")
    assert copy.shape == source.shape
    assert (copy != source).any()


def test_annotated_copies_never_take_the_place_of_a_photo_or_of_another_copy(
    model_file, photos, tmp_path
):
    other = tmp_path / "other"
    other.mkdir()
    plain = read_image(photos / "none.png")
    for path in (photos / "none-faces.png", other / "none.jpg"):
        cv2.imwrite(str(path), plain)
    sources = [photos / "none.png", photos / "none-faces.png", other / "none.jpg"]
    before = [path.read_bytes() for path in sources]
    assert predict(model_file, *sources, "--annotate", photos) == 0
    assert [path.read_bytes() for path in sources] == before
    written = {path.name for path in photos.iterdir()} - {"none.png", "one.png", "two.jpg"}
    assert written == {
        *("none-faces.png", "none-faces-2.png", "none-faces-faces.png", "none-faces-3.png")
    }


def test_annotated_copies_that_are_there_are_left_alone(model_file, photos, tmp_path, capsys):
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "two-faces.png").write_text("mine")
    annotated = photos, "--annotate", folder
    assert predict(model_file, *annotated, "--table", tmp_path / "t.csv") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "two-faces.png exists" in err
    assert "--overwrite" in err
    assert [path.name for path in folder.iterdir()] == ["two-faces.png"]
    assert (folder / "two-faces.png").read_text() == "mine"
    assert not (tmp_path / "t.csv").exists()
    assert predict(model_file, *annotated, "--overwrite") == 0
    assert read_image(folder / "two-faces.png").shape == (256, 512, 3)


def test_copies_go_to_a_folder_and_not_to_a_file(model_file, photos, capsys):
    before = (photos / "two.jpg").read_bytes()
    assert predict(model_file, photos / "one.png", "--annotate", photos / "two.jpg") == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "two.jpg: the folder cannot be created" in err
    assert (photos / "two.jpg").read_bytes() == before


def test_a_folder_that_cannot_be_written_to(model_file, photos, capsys):
    assert predict(model_file, photos / "one.png", "--annotate", photos / "two.jpg" / "x") == 1
    assert "error:" in capsys.readouterr().err


def test_photos_with_accents_in_their_names(model_file, photos, capsys):
    photo = photos / "été 顔.png"
    (photos / "one.png").rename(photo)
    assert predict(model_file, photo, "--annotate", photos / "ü") == 0
    assert (photos / "ü" / "été 顔-faces.png").is_file()


def test_a_model_of_another_size_gets_crops_of_its_size(photos, tmp_path, capsys):
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    from fer_classic.features import HOGDescriptor

    images = np.random.default_rng(0).integers(0, 256, (6, 64, 64), dtype=np.uint8)
    model = make_pipeline(HOGDescriptor(), LogisticRegression(max_iter=20, tol=1.0))
    save_model(model.fit(images, ["sad", "happy"] * 3), tmp_path / "m.joblib")
    assert predict(tmp_path / "m.joblib", photos / "one.png") == 0
    ((_, face, _, expression, _),) = rows(capsys)
    assert (face, expression in ("sad", "happy")) == ("1/1", True)


@pytest.mark.parametrize("name", WRAPPERS)
def test_what_wraps_a_pipeline_does_not_matter(name, photos, tmp_path, capsys):
    save_model(fit_wrapper(name), tmp_path / "m.joblib")
    assert predict(tmp_path / "m.joblib", photos / "one.png") == 0
    ((_, face, _, expression, _),) = rows(capsys)
    assert (face, expression in EXPRESSIONS) == ("1/1", True)


@pytest.mark.filterwarnings("default:this model was fitted on drawn faces")
@pytest.mark.parametrize("command", ["predict", "video"])
def test_a_model_of_drawn_faces_warns_once(command, photos, tmp_path, capsys):
    model = fit_wrapper("search")
    save_model(model, tmp_path / "m.joblib", card=make_card(model, dataset={"name": "drawn"}))
    assert main([command, "--model", str(tmp_path / "m.joblib"), str(photos)]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert sum("warning: this model was fitted on drawn faces" in line for line in lines) == 1


class Greedy:
    def __reduce__(self):
        return os.system, ("true",)


def test_a_pickle_is_refused_and_the_way_out_is_said(photos, tmp_path, capsys):
    joblib.dump(Greedy(), tmp_path / "m.joblib")
    assert predict(tmp_path / "m.joblib", photos / "one.png") == 1
    err = capsys.readouterr().err
    assert "m.joblib is a pickle" in err
    assert "--trust" in err
