import numpy as np
import pytest
from scipy.special import softmax
from sklearn.dummy import DummyClassifier

from benchmarks.bundle import open_stored
from benchmarks.distill import main, make_soft_labels
from benchmarks.experiments import make_candidates
from fer_classic.classifiers import LeastSquaresSVC
from fer_classic.features import HOGDescriptor
from fer_classic.neural import CNNClassifier
from fer_classic.persistence import load_model
from fer_classic.recipes import make_recipe
from tests.benchmarks.fusion.test_fusion import TRAINING, fit, load, save_as

pytest.importorskip("torch")


@pytest.fixture(scope="module")
def teachers(tmp_path_factory):
    """Files of a network and an SVM that holds the out-of-fold scores of all images."""
    folder = tmp_path_factory.mktemp("teachers")
    network = CNNClassifier(epochs=2, validation_fraction=0.2, random_state=0)
    svm = LeastSquaresSVC(alpha=0.3, oof_samples=None)
    save_as(fit(("cnn", network)), folder / "cnn.joblib")
    save_as(fit(("hog", HOGDescriptor()), ("svm", svm)), folder / "svm.joblib")
    return folder / "cnn.joblib", folder / "svm.joblib"


def distill(*arguments):
    return main([str(argument) for argument in arguments], load=load)


def test_soft_labels_are_pooled_out_of_fold(teachers):
    network, svm = (load_model(path).model for path in teachers)
    soft = make_soft_labels({"cnn": network, "svm": svm}, [0.6, 0.7], TRAINING, label_share=0.25)
    views = [TRAINING.values, TRAINING.values[..., ::-1]]
    images = [network[:-1].transform(np.ascontiguousarray(view)) for view in views]
    logs = np.mean([np.log(network[-1].predict_proba(view)) for view in images], axis=0)
    fitted = svm["svm"]
    unseen = softmax(fitted.temperature_ * fitted.oof_scores_.astype(float), axis=1)
    expected = softmax(0.6 * logs + 0.7 * np.log(unseen), axis=1)
    labels = np.asarray(TRAINING.labels)[:, np.newaxis] == fitted.classes_
    np.testing.assert_allclose(soft, 0.25 * labels + 0.75 * expected, atol=1e-4)


def test_a_network_goes_on_from_the_first_teacher(teachers, tmp_path, capsys):
    output = tmp_path / "new.joblib"
    command = [*teachers, "--weights", "0.6", "0.7", "--output", output]
    assert distill(*command, "--set", "epochs=1", "--set", "learning_rate=1e-9") == 0
    assert "new.joblib: held out " in capsys.readouterr().out
    model, card = load_model(output)
    first = load_model(teachers[0]).model
    assert list(model.named_steps) == ["crop", "cnn"]
    # At this rate the weights stay.
    for name, weights in first["cnn"].state_.items():
        if name.endswith("weight"):
            np.testing.assert_allclose(model["cnn"].state_[name], weights, atol=1e-5)
    assert card["training"] == (
        "1 epoch on soft labels (python -m benchmarks.distill): 30% the label, the rest the "
        "logarithmic pool of cnn (0.6) and svm (0.7)."
    )
    assert card["scores"]["n_items"] == 32
    (candidate,) = make_candidates("cnn", make=make_recipe, settings={})
    assert open_stored(output, candidate)[1]["training"] == card["training"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--weights", "1"], "--weights takes one for each of the 2 models"),
        (["--label-share", "1.5"], "--label-share must lie between 0 and 1, got 1.5"),
    ],
)
def test_wrong_usage(arguments, words, teachers, capsys):
    with pytest.raises(SystemExit, match="2"):
        distill(*teachers, *arguments)
    assert words in capsys.readouterr().err


def test_the_first_teacher_is_a_network(teachers, tmp_path, capsys):
    assert distill(*teachers[::-1], "--output", tmp_path / "new.joblib") == 1
    assert "svm.joblib comes first, and must be a network" in capsys.readouterr().err


def test_a_teacher_of_another_kind(teachers, tmp_path, capsys):
    save_as(fit(("other", DummyClassifier())), tmp_path / "other.joblib")
    output = tmp_path / "new.joblib"
    assert distill(teachers[0], tmp_path / "other.joblib", "--output", output) == 1
    assert "LeastSquaresSVC; it ends in DummyClassifier" in capsys.readouterr().err
    assert not output.exists()
