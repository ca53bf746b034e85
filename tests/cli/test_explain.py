import json

import cv2
import numpy as np
import pytest

from fer_classic.cli import main
from fer_classic.expressions import EXPRESSIONS


def explain(model, photo, output, *arguments):
    return main(["explain", str(photo), "-o", str(output), "--model", str(model), *arguments])


def test_the_picture_and_the_map_are_written(model_file, photos, tmp_path, capsys):
    output, fields = tmp_path / "ö.png", tmp_path / "map.json"
    arguments = ["--face", "2", "--target", "sad", "--json", str(fields)]
    assert explain(model_file, photos / "two.jpg", output, *arguments) == 0
    picture = cv2.imdecode(np.fromfile(output, np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape[0] > 600
    written = json.loads(fields.read_text("utf-8"))
    assert (written["target"], written["method"]) == ("sad", "linear")
    assert np.shape(written["map"]) == (48, 48)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("face 2 of 2: ")
    assert lines[1].startswith("Explanation of 'sad': decision ")
    assert lines[2] == f"wrote {output} and {fields}"


def test_no_face(model_file, photos, tmp_path, capsys):
    assert explain(model_file, photos / "none.png", tmp_path / "out.png") == 1
    err = capsys.readouterr().err
    assert err.startswith(f"fer-classic: error: {photos / 'none.png'}: no face was found")
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--face", "3"], "two.jpg shows 2 faces; the largest is 1"),
        (["--target", "hapy"], "the model has no expression 'hapy'. Did you mean 'happy'?"),
        (["--json", "map.txt"], "--json map.txt: the name must end in .json"),
    ],
)
def test_wrong_usage(arguments, message, model_file, photos, tmp_path, capsys):
    assert explain(model_file, photos / "two.jpg", tmp_path / "out.png", *arguments) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out.png").exists()


def test_a_model_that_is_not_linear(photos, tmp_path, capsys):
    arguments = ["--method", "linear"]
    assert explain("cnn", photos / "one.png", tmp_path / "out.png", *arguments) == 2
    err = capsys.readouterr().err
    assert "--method linear is not possible with the model cnn: " in err
    assert "use --method auto." in err


def test_numbers_begin_at_1(model_file, photos, tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        explain(model_file, photos / "one.png", tmp_path / "out.png", "--face", "0")
    assert "whole number of 1 or more, got '0'" in capsys.readouterr().err


def test_outputs_are_checked_before_any_work(tmp_path, capsys):
    (tmp_path / "out.png").touch()
    assert explain("no such model", "no such photo", tmp_path / "out.png") == 2
    assert "exists and was not changed" in capsys.readouterr().err
    assert explain("no such model", "no such photo", tmp_path / "out.gif") == 2
    assert "must end in .png, .jpg, .jpeg" in capsys.readouterr().err


def test_the_photo_is_not_replaced(photos, capsys):
    before = (photos / "one.png").read_bytes()
    assert explain("cnn", photos / "one.png", photos / "one.png", "--overwrite") == 2
    assert "is the photo itself" in capsys.readouterr().err
    assert (photos / "one.png").read_bytes() == before


def test_a_photo_that_cannot_be_read(model_file, tmp_path, capsys):
    (tmp_path / "junk.png").write_bytes(b"junk")
    for name in ("junk.png", "missing.png"):
        assert explain(model_file, tmp_path / name, tmp_path / "out.png") == 1
        assert name in capsys.readouterr().err


def test_bundled_model_explains_a_crop(few_faces, tmp_path, capsys):
    cv2.imwrite(str(tmp_path / "crop.png"), few_faces.images[0])
    assert explain("svm_fast", tmp_path / "crop.png", tmp_path / "out.jpg") == 0
    first, second, _ = capsys.readouterr().out.splitlines()
    name = first.removeprefix("face 1 of 1: ")
    assert name in EXPRESSIONS
    assert second.startswith(f"Explanation of {name!r}: probability ")
