import csv
import json
import shutil

import cv2
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.utils import Bunch

from fer_classic.cli import main
from fer_classic.cli._arguments import Selection
from fer_classic.cli._audit_labels import _seen
from fer_classic.datasets import dataset_digest
from fer_classic.faces import FaceCropper
from fer_classic.features import HOGDescriptor
from fer_classic.persistence import load_model, make_card, save_model
from fer_classic.utils import read_image

pytestmark = pytest.mark.usefixtures("use_few_faces")
NO_NEAR = ["--near"]


@pytest.fixture
def sure_model(few_faces, tmp_path):
    """A model that is right, and sure, about the few faces."""
    names = few_faces.target_names[few_faces.target]
    model = make_pipeline(FaceCropper(), HOGDescriptor(), LogisticRegression(C=100.0))
    path = tmp_path / "sure.joblib"
    save_model(model.fit(few_faces.images, names), path, card=make_card(model))
    return path


@pytest.fixture
def mislabelled(class_folders):
    """Class folders with one happy face among the sad ones."""
    path = min((class_folders / "happy").iterdir())
    return class_folders, shutil.move(path, class_folders / "sad" / "moved.png")


def audit(folders, *arguments):
    return main(["audit", "--images", str(folders), "--labels", *NO_NEAR, *map(str, arguments)])


def test_a_wrong_label_is_found(mislabelled, sure_model, tmp_path, capsys):
    pytest.importorskip("matplotlib")
    outputs = ["--csv", "out/issues.csv", "--sheet", "out/issues.png"]
    assert audit(mislabelled[0], "--model", sure_model, "--json", *outputs) == 0
    labels = json.loads(capsys.readouterr().out)["labels"]
    first = labels["issues"][0]
    assert (first["filename"], first["label"]) == ("sad/moved.png", "sad")
    assert first["suggested"] == "happy"
    assert labels["noise"]["classes"]["sad"]["value"] > 0.1
    assert labels["n_images"] == 48
    with open(tmp_path / "out" / "issues.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == labels["n_issues"] >= 1
    assert rows[0]["filename"] == "sad/moved.png"
    assert min(read_image(tmp_path / "out" / "issues.png").shape[:2]) > 50


def test_a_readable_text(capsys):
    arguments = ["--recipe", "svm_hog", "--set", "hog__orientations=8", "--top", "1"]
    assert main(["audit", "--dataset", "drawn", "--labels", *arguments]) == 0
    out = capsys.readouterr().out
    assert "Subjects: 3" in out
    assert "48 images of drawn, checked by svm_hog" in out
    assert "labels are contradicted" in out


def test_subjects_and_copies_stay_together(class_folders, monkeypatch, capsys):
    seen = {}

    def judge(model, images, names, *, groups, n_folds, report):
        seen["groups"] = groups
        return np.unique(names), np.full((len(names), 8), 1 / 8)

    monkeypatch.setattr("fer_classic.evaluation.out_of_fold_probabilities", judge)
    arguments = ["audit", "--images", str(class_folders), "--labels", "--near", "0.99", "--json"]
    path = min(class_folders.rglob("*.png"))
    brighter = np.clip(read_image(path) * 0.9, 0, 255).astype(np.uint8)
    cv2.imwrite(str(path.with_stem("zz")), brighter)
    assert main(arguments) == 0
    assert len(np.unique(seen["groups"])) < len(seen["groups"])
    assert json.loads(capsys.readouterr().out)["labels"]["n_issues"] == 0


def test_images_that_a_model_was_fitted_on(few_faces, model_file, tmp_path, capsys):
    model = load_model(model_file).model
    origin = {"name": "drawn", "digest": dataset_digest(few_faces), "split": None}
    save_model(model, tmp_path / "own.joblib", card=make_card(model, dataset=origin))
    assert main(["audit", "--dataset", "drawn", "--labels", "--model", "own.joblib"]) == 1
    err = capsys.readouterr().err
    assert "48 images that the model was fitted on" in err
    assert "--recipe" in err


def test_another_edition_with_the_same_parts(few_faces):
    split = np.array(["Training", "PublicTest"])[np.arange(48) % 2]
    bunch = Bunch(**few_faces | {"name": "fer2013", "split": split})
    data = Selection(bunch, np.arange(48), None)
    card = {"dataset": {"name": "fer2013", "digest": "another", "split": ["Training"]}}
    np.testing.assert_array_equal(_seen(data, card), split == "Training")
    assert not _seen(data, {"dataset": None}).any()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--top", "5"], 2, "--top requires --labels"),
        (["--set", "a=1"], 2, "--set requires --labels"),
        (["--labels", "--sheet", "a.txt"], 2, "--sheet a.txt: the name must end in .png"),
        (["--labels", "--recipe", "svm_hgo"], 2, "svm_hog"),
        (["--labels", "--set", "svm__alhpa=1"], 2, "svm__alpha"),
        (["--labels", "--set", "svm"], 2, "--set: expected"),
        (["--labels", "--model", "cnn", "--set", "a=1"], 2, "cannot be combined with --model"),
        (["--labels", "--near", "--split", "Training"], 2, "no official parts"),
        (["--labels", "--near", "--recipe", "svm_lbp_smote"], 1, "no predict_proba"),
        (["--labels", "--near", "--model", "absent.joblib"], 1, "absent.joblib"),
        (["--labels", "--csv", "there.csv"], 2, "there.csv exists"),
    ],
)
def test_wrong_arguments(arguments, code, message, tmp_path, capsys):
    if "svm_lbp_smote" in arguments:
        pytest.importorskip("imblearn")
    (tmp_path / "there.csv").write_text("mine")
    assert main(["audit", "--dataset", "drawn", *arguments]) == code
    assert message in capsys.readouterr().err
    assert (tmp_path / "there.csv").read_text() == "mine"


def test_less_than_one_label_to_list(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["audit", "--dataset", "drawn", "--labels", "--top", "0"])
    assert "--top: must be a whole number of 1 or more, got '0'" in capsys.readouterr().err


def test_a_model_whose_card_names_no_parts(sure_model, few_faces, capsys):
    model = load_model(sure_model).model
    origin = {"name": "drawn", "digest": dataset_digest(few_faces)}
    save_model(model, sure_model, card=make_card(model, dataset=origin))
    arguments = ["--dataset", "drawn", "--model", str(sure_model)]
    assert main(["audit", *arguments, "--labels", *NO_NEAR]) == 1
    assert "48 images that the model was fitted on are left out" in capsys.readouterr().err
    assert main(["evaluate", *arguments]) == 0
    assert "the model was fitted on these images" in capsys.readouterr().out


def test_a_recipe_that_has_seen_the_labels(fer2013_csv, capsys):
    arguments = ["audit", "--dataset", "fer2013", "--data-dir", str(fer2013_csv), "--labels"]
    assert main([*arguments, "--near", "--recipe", "svm_deep"]) == 2
    assert "fitted on fer2013" in capsys.readouterr().err


def test_too_few_images(tmp_path, class_folders, capsys):
    for path in sorted(class_folders.rglob("*.png"))[3:]:
        path.unlink()
    assert audit(class_folders, "--recipe", "svm_hog") == 1
    assert "fer-classic: error:" in capsys.readouterr().err
