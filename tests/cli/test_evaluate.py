import json

import numpy as np
import pytest

from fer_classic.cli import main
from fer_classic.datasets import dataset_digest

pytestmark = pytest.mark.usefixtures("use_few_faces")


def evaluate(model, *arguments):
    return main(["evaluate", "--model", str(model), *arguments])


def test_scores_come_with_intervals(model_file, capsys):
    assert evaluate(model_file, "--dataset", "drawn") == 0
    out = capsys.readouterr().out
    for label in ("accuracy", "balanced accuracy", "macro-F1", "recall of happy"):
        (row,) = [line for line in out.splitlines() if line.startswith(f"{label} ")]
        assert " to " in row
    assert "log-loss" in out
    assert "fitted on" not in out


def test_json_holds_everything(model_file, few_faces, capsys):
    assert evaluate(model_file, "--dataset", "drawn", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["dataset"] == {
        "name": "drawn",
        "digest": dataset_digest(few_faces),
        "split": None,
    }
    assert report["scores"]["n_items"] == len(few_faces.target)
    assert report["scores"]["n_units"] == len(set(few_faces.subjects))
    accuracy = report["scores"]["accuracy"]
    assert accuracy["low"] <= accuracy["value"] <= accuracy["high"]
    assert report["notes"] == []
    assert report["leaky"] is False


def test_images_that_the_model_was_fitted_on_are_called_so(capsys):
    assert main(["train", "--dataset", "drawn", "--recipe", "majority", "-o", "m.joblib"]) == 0
    assert evaluate("m.joblib", "--dataset", "drawn") == 0
    out = capsys.readouterr().out
    assert "images of drawn (leaky, see the note)\n" in out
    assert "note: the model was fitted on these images (or" in out


def test_people_that_the_model_was_fitted_on_are_counted(few_faces, monkeypatch, capsys):
    parts = np.where(np.arange(len(few_faces.target)) % 2, "PublicTest", "Training")
    monkeypatch.setitem(few_faces, "split", parts)
    assert main(["train", "--dataset", "drawn", "--recipe", "majority", "-o", "m.joblib"]) == 0
    assert evaluate("m.joblib", "--dataset", "drawn", "--json") == 0
    report = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert report["leaky"] is True
    assert report["notes"] == [
        "24 of these images show a person or sequence that the model was fitted on; the scores do "
        "not hold for new people."
    ]


@pytest.mark.parametrize(
    ("split", "n_images", "note"),
    [
        (None, 14, None),
        ("PublicTest", 7, None),
        ("Training", 14, "fitted on these images"),
        ("all", 28, "fitted on 14 of these images"),
    ],
)
def test_official_parts(split, n_images, note, fer2013_csv, capsys):
    data = ["--dataset", "fer2013", "--data-dir", str(fer2013_csv)]
    assert main(["train", *data, "--recipe", "majority", "-o", "m.joblib"]) == 0
    capsys.readouterr()
    assert evaluate("m.joblib", *data, "--json", *(["--split", split] if split else [])) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["scores"]["n_items"] == n_images
    assert (note is None and not report["notes"]) or note in report["notes"][0]


def test_twins_of_training_images_are_counted(fer2013_csv, capsys):
    table = fer2013_csv / "fer2013.csv"
    rows = table.read_text().splitlines()
    twin = rows[1].replace("Training", "PublicTest")
    table.write_text("\n".join([*rows, twin, twin]) + "\n")
    data = ["--dataset", "fer2013", "--data-dir", str(fer2013_csv)]
    assert main(["train", *data, "--recipe", "majority", "-o", "m.joblib"]) == 0
    assert evaluate("m.joblib", *data, "--split", "PublicTest") == 0
    assert "fitted on 2 of these images (or identical ones)" in capsys.readouterr().out


def test_classes_that_the_model_does_not_know(model_file, fer2013_csv, capsys):
    data = ["--dataset", "fer2013", "--data-dir", str(fer2013_csv)]
    assert main(["train", *data, "--recipe", "majority", "-o", "m.joblib"]) == 0
    assert evaluate("m.joblib", "--dataset", "drawn") == 0
    assert "classes unknown to the model: contempt." in capsys.readouterr().out


def test_a_file_that_is_no_model(tmp_path, capsys):
    (tmp_path / "m.joblib").write_text("no model")
    assert evaluate("m.joblib", "--dataset", "drawn") == 1
    assert "m.joblib is damaged or not a model file" in capsys.readouterr().err
