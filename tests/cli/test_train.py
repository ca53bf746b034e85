import io
import json
import threading

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier

from fer_classic.cli import main
from fer_classic.datasets import dataset_digest
from fer_classic.expressions import EXPRESSIONS
from fer_classic.persistence import load_model

pytestmark = pytest.mark.usefixtures("use_few_faces")

TOO_COARSE = ["--set", "hog__pixels_per_cell=(40, 40)"]


def train(*arguments, output="m.joblib"):
    return main(["train", *arguments, "-o", str(output)])


@pytest.mark.parametrize("output", ["m.joblib", "new/folder/m.skops"])
def test_a_recipe_is_fitted_and_saved_with_its_card(output, few_faces, tmp_path, capsys):
    assert train("--dataset", "drawn", "--recipe", "svm_hog", output=output) == 0
    out = capsys.readouterr().out
    assert f"fitting svm_hog on {len(few_faces.target)} images of drawn" in out
    assert f"saved to {output}" in out
    model, card = load_model(tmp_path / output)
    assert card["recipe"] == "svm_hog"
    assert card["dataset"] == {"name": "drawn", "digest": dataset_digest(few_faces), "split": None}
    assert card["n_images"] == len(few_faces.target)
    assert card["seconds"] > 0
    assert card["crop"]["size"] == 48
    assert len(model.predict(few_faces.images)) == len(few_faces.images)


@pytest.mark.parametrize("name", ["m.joblib", "m.history.csv", "m.history.png"])
def test_files_that_are_there_are_replaced_only_when_asked_for(name, tmp_path, capsys):
    (tmp_path / name).write_text("mine")
    arguments = ["--dataset", "drawn", "--recipe", "majority"]
    assert train(*arguments) == 2
    out, err = capsys.readouterr()
    assert (out, f"{name} exists" in err, "--overwrite" in err) == ("", True, True)
    assert [(path.name, path.read_text()) for path in tmp_path.glob("m.*")] == [(name, "mine")]
    assert train(*arguments, "--overwrite") == 0
    assert load_model(tmp_path / "m.joblib").card["recipe"] == "majority"


def test_a_long_fit_prints_progress_without_a_terminal(monkeypatch, few_faces):
    class Log(io.StringIO):
        def write(self, text):
            if text.startswith(line):
                told.set()
            return super().write(text)

    def fit(self, X, y, **parameters):
        assert told.wait(60)
        return whole(self, X, y)

    whole, told = DummyClassifier.fit, threading.Event()
    line = f"fitting majority on {len(few_faces.target)} images: "
    monkeypatch.setattr("fer_classic.utils._progress.INTERVAL", 0.01)
    monkeypatch.setattr("sys.stderr", Log())
    monkeypatch.setattr(DummyClassifier, "fit", fit)
    assert train("--dataset", "drawn", "--recipe", "majority") == 0


def test_settings_and_seed_reach_the_recipe(tmp_path):
    settings = ["--set", "hog__orientations=5", "--set", "crop__margin=0.125", "--seed", "7"]
    assert train("--dataset", "drawn", "--recipe", "svm_hog", *settings) == 0
    model, card = load_model(tmp_path / "m.joblib")
    assert model.get_params()["hog__orientations"] == 5
    assert card["crop"]["margin"] == 0.125
    seeds = {value for name, value in card["parameters"].items() if name.endswith("random_state")}
    assert seeds == {7}


@pytest.mark.parametrize(
    ("arguments", "n_images", "split"),
    [
        ([], 14, ["Training"]),
        (["--split", "PublicTest"], 7, ["PublicTest"]),
        (["--split", "all"], 28, ["PrivateTest", "PublicTest", "Training"]),
    ],
)
def test_the_training_part_is_the_default(arguments, n_images, split, fer2013_csv, tmp_path):
    data = ["--dataset", "fer2013", "--data-dir", str(fer2013_csv)]
    assert train(*data, *arguments, "--recipe", "majority") == 0
    card = load_model(tmp_path / "m.joblib").card
    assert (card["n_images"], card["dataset"]["split"]) == (n_images, split)


def test_classes_of_ones_own_go_the_whole_way(class_folders, few_faces, photos, tmp_path, capsys):
    names = {"happy": "engaged", "surprise": "engaged", "sad": "bored", "neutral": "bored"}
    names |= dict.fromkeys(set(few_faces.target_names) - set(names), "any other")
    table = tmp_path / "names.json"
    table.write_text(json.dumps(names))
    data = ["--images", str(class_folders), "--class-names", str(table)]
    assert train(*data, "--recipe", "svm_hog") == 0
    assert load_model(tmp_path / "m.joblib").card["expressions"] == [
        "any other",
        "bored",
        "engaged",
    ]

    capsys.readouterr()
    assert main(["evaluate", "--model", "m.joblib", *data, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert sorted(report["scores"]["recall"]) == ["any other", "bored", "engaged"]
    assert "the model was fitted on these images" in report["notes"][0]

    photo, copies = str(photos / "one.png"), tmp_path / "copies"
    drawing = ["--annotate", str(copies), "--labels", "de"]
    assert main(["predict", "--model", "m.joblib", photo, "--json", *drawing]) == 0
    (row,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert row["expression"] in names.values()
    assert row["score_bored"] >= 0
    assert (copies / "one-faces.png").exists()

    assert main(["video", "--model", "m.joblib", str(photos), "--table", "t.csv"]) == 0
    assert "score_any other,score_bored,score_engaged" in (tmp_path / "t.csv").read_text()


def test_numbered_class_folders(class_folders, tmp_path):
    for number, name in enumerate(("neutral", "happy", "sad", "surprise", "fear", "disgust")):
        (class_folders / name).rename(class_folders / str(number))
    data = ["--images", str(class_folders), "--class-names", "affectnet"]
    assert train(*data, "--recipe", "majority") == 0
    assert load_model(tmp_path / "m.joblib").card["expressions"] == list(EXPRESSIONS)


def test_class_folders(class_folders, few_faces, tmp_path):
    assert train("--images", str(class_folders), "--recipe", "majority") == 0
    card = load_model(tmp_path / "m.joblib").card
    assert (card["dataset"]["name"], card["n_images"]) == ("folder", len(few_faces.target))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--dataset", "drwan", "--recipe", "majority"], "Did you mean 'drawn'"),
        (["--dataset", "drawn", "--recipe", "svm_hogg"], "Did you mean 'svm_hog'"),
        (["--dataset", "drawn", "--recipe", "svm_hog", "--set", "hog__size=3"], "hog__size"),
        (["--dataset", "drawn", "--recipe", "svm_hog", "--set", "hog"], "--set: expected step__"),
        (
            ["--dataset", "drawn", "--recipe", "svm_hog", "--set", "crop=haar"],
            "crop__detector=haar",
        ),
        (["--dataset", "drawn", "--split", "Test", "--recipe", "majority"], "no official parts"),
        (["--dataset", "drawn", "--class-names", "keep", "--recipe", "majority"], "requires --im"),
        (
            ["--images", ".", "--class-names", "keeep", "--recipe", "majority"],
            "mean 'keep'",
        ),
        (["--images", "x", "--data-dir", "y", "--recipe", "majority"], "--data-dir requires"),
        (["--dataset", "folder", "--recipe", "majority"], "needs the folder: give --images DIR"),
        (["--dataset", "drawn", "--data-dir", "y", "--recipe", "majority"], "drawn, not read"),
    ],
)
def test_mistakes_in_names_end_with_2(arguments, message, tmp_path, capsys):
    assert train(*arguments) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.glob("*.joblib"))


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--seed", "-1"),
        ("--seed", "99999999999"),
        ("--subject-pattern", "x"),
        ("--subject-pattern", "(a)(b)"),
    ],
)
def test_values_that_are_refused_before_the_data_are_read(option, value, capsys):
    with pytest.raises(SystemExit) as end:
        train("--images", "x", "--recipe", "majority", f"{option}={value}")
    assert end.value.code == 2
    assert f"argument {option}: " in capsys.readouterr().err


def test_an_unknown_split_ends_with_2(fer2013_csv, capsys):
    data = ["--dataset", "fer2013", "--data-dir", str(fer2013_csv)]
    assert train(*data, "--split", "publictest", "--recipe", "majority") == 2
    message = "fer2013 has no part 'publictest'. Did you mean 'PublicTest'?"
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--dataset", "jaffe", "--recipe", "majority"], "JAFFE was not found"),
        (["--images", "nowhere", "--recipe", "majority"], "no such folder"),
        (["--images", __file__, "--recipe", "majority"], "is a file; give a folder"),
        (["--dataset", "drawn", "--recipe", "svm_hog", "--set", "hog__orientations=x"], "'x'"),
        (
            ["--dataset", "drawn", "--recipe", "svm_hog", *TOO_COARSE],
            "HOG",
        ),
    ],
)
def test_what_cannot_be_fitted_ends_with_1(arguments, message, tmp_path, capsys):
    assert train(*arguments) == 1
    err = capsys.readouterr().err
    assert message in err
    assert "Traceback" not in err
    assert not list(tmp_path.glob("*.joblib"))


def test_one_class_is_not_enough(class_folders, capsys):
    for folder in class_folders.iterdir():
        if folder.name != "happy":
            folder.rename(class_folders.parent / folder.name)
    assert train("--images", str(class_folders), "--recipe", "svm_hog") == 1
    assert "class" in capsys.readouterr().err


@pytest.mark.parametrize(("output", "code"), [("m.pkl", 2), ("file/m.joblib", 1), (".", 2)])
def test_an_output_that_cannot_be_written_is_refused_before_anything_is_read(
    output, code, tmp_path, monkeypatch, capsys
):
    def load(*args, **kwargs):
        raise AssertionError("the data were loaded")

    (tmp_path / "file").touch()
    monkeypatch.setattr("fer_classic.datasets.load_dataset", load)
    assert train("--dataset", "drawn", "--recipe", "majority", output=output) == code
    assert output in capsys.readouterr().err


class TestStartFrom:
    @pytest.fixture
    def tiny(self, monkeypatch):
        pytest.importorskip("torch")
        quick = ("--set", "cnn__epochs=1", "--set", "cnn__verbose=False", "--seed", "0")
        return ("--dataset", "drawn", "--recipe", "cnn_plain3", *quick)

    def test_training_begins_with_the_weights_of_a_model(self, tiny, tmp_path):
        slow = ("--set", "cnn__learning_rate=1e-12", "--set", "cnn__batch_size=32")
        assert train(*tiny, *slow, output=tmp_path / "a.joblib") == 0
        start = ("--start-from", str(tmp_path / "a.joblib"))
        other = ("--seed", "1")
        assert train(*tiny, *slow, *other, *start, output=tmp_path / "b.joblib") == 0
        first, second = (load_model(tmp_path / f"{name}.joblib").model["cnn"] for name in "ab")
        for name, weights in first.state_.items():
            if name.endswith("weight"):
                np.testing.assert_allclose(second.state_[name], weights, atol=1e-5)

    @pytest.mark.parametrize(
        ("recipe", "source", "message"),
        [
            ("svm_lbp", "cnn", "the recipe svm_lbp does not end in a network"),
            ("cnn_flip", "cnn", "the recipe cnn_flip does not end in a network"),
            ("cnn", "svm_fast", "the model svm_fast has no network"),
            ("cnn_plain3", "cnn", "trains the network 'plain3', and cnn holds 'compact'"),
        ],
    )
    def test_models_that_do_not_fit(self, recipe, source, message, capsys, tmp_path):
        output = tmp_path / "m.joblib"
        arguments = ("--dataset", "drawn", "--recipe", recipe, "--start-from", source)
        assert train(*arguments, output=output) == 2
        assert message in capsys.readouterr().err
        assert not output.exists()
