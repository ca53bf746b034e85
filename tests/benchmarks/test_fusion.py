import numpy as np
import pytest
from scipy.special import softmax
from sklearn.dummy import DummyClassifier
from sklearn.pipeline import Pipeline

from benchmarks.bundle import main as bundle
from benchmarks.experiments import Data
from benchmarks.fusion import compare_ways, held_out, main, training_part
from fer_classic.classifiers import LeastSquaresSVC
from fer_classic.evaluation import fit_with_groups
from fer_classic.exceptions import ModelFileError
from fer_classic.faces import FaceCropper
from fer_classic.features import HOGDescriptor
from fer_classic.persistence import load_model, save_model
from tests.benchmarks.conftest import make_faces

DATA = Data.of(make_faces("fer2013"))


def load(home):
    return make_faces("fer2013")


def fit(*steps):
    part = training_part(DATA)
    model = Pipeline([("crop", FaceCropper(None, size=24)), *steps])
    return fit_with_groups(model, part.values, part.labels, part.units)


@pytest.fixture(scope="module")
def parts():
    """What stands for a network holds out every second image, and knows the frequencies."""
    network = fit(("cnn", DummyClassifier()))
    network["cnn"].validation_index_ = np.arange(0, 48, 2)
    return network, fit(("hog", HOGDescriptor()), ("svm", LeastSquaresSVC()))


@pytest.fixture
def folder(parts, tmp_path):
    for name, model in zip(("cnn", "svm_fast"), parts, strict=True):
        save_model(model, tmp_path / f"{name}.joblib")
    return tmp_path


def test_no_part_was_fitted_on_the_images(parts):
    network, svm = parts
    part, rows = training_part(DATA), network["cnn"].validation_index_
    found = held_out(network, svm, part)
    assert found.labels.tolist() == part.labels[rows].tolist()
    np.testing.assert_allclose(found.network, network.predict_proba(part.values[rows]), atol=1e-6)
    svm = svm["svm"]
    expected = softmax(svm.temperature_ * svm.oof_scores_[rows].astype(float), axis=1)
    np.testing.assert_allclose(found.svm, expected, atol=1e-4)


def test_the_file_of_the_fusion_and_its_page(folder, capsys):
    assert bundle(["fusion_fast", "--output", str(folder)], load=load) == 0
    path = folder / "fusion_fast.joblib"
    model, card = load_model(path)
    assert path.stat().st_size < 20_000
    assert list(model.named_steps) == ["crop", "fusion"]
    assert model["fusion"].weights == list(card["weights"].values())
    assert card["n_images"] == 48
    assert card["scores"]["n_items"] == 32
    assert card["held_out"]["accuracy"]["value"] >= 0
    assert "that cnn has held out" in card["min_probability"]["measured_on"]
    assert len(card["licence"]) > 50
    page = path.with_suffix(".md").read_text("utf-8")
    assert "**Parts.** Bundled models and their weights: `cnn` " in page
    assert "accuracy" in capsys.readouterr().out


def test_parts_that_are_others(parts, folder, capsys):
    network, svm = parts
    part = training_part(DATA)
    with pytest.raises(ModelFileError, match="end in DummyClassifier and DummyClassifier"):
        held_out(network, network, part)
    with pytest.raises(ModelFileError, match="not fitted on these 10 images"):
        held_out(network, svm, part.at(part.positions[:10]))
    turned = part.with_values(part.values[:, ::-1])
    with pytest.raises(ModelFileError, match="svm_fast was not fitted on these images"):
        held_out(network, svm, turned)
    save_model(network, folder / "svm_fast.joblib")
    assert bundle(["fusion_fast", "--output", str(folder)], load=load) == 1
    assert "LeastSquaresSVC" in capsys.readouterr().err
    assert not (folder / "fusion_fast.joblib").exists()


def test_ways_are_compared(parts, folder, capsys):
    found = held_out(*parts, training_part(DATA))
    ways = {
        name: (weights, scores, against) for name, weights, scores, against in compare_ways(found)
    }
    assert ways["network, mirror images"][2] is None
    assert ways["mean"][0] == ""
    assert len(ways["log pool"][0].split(", ")) == 2
    assert ways["log pool"][2]["n_items"] == ways["SVM"][1]["n_items"] == len(found.labels)
    assert main(["--models", str(folder)], load=load) == 0
    assert "log pool, class biases" in capsys.readouterr().out
    assert main(["--models", str(folder / "none")], load=load) == 1
    assert "none" in capsys.readouterr().err
