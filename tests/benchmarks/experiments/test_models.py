import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.pipeline import Pipeline

from benchmarks.experiments.models import keeping_epochs, model_path, training_of
from benchmarks.report.pages import dataset_page
from benchmarks.report.results import read_results
from fer_classic.classifiers import TestTimeAugmentation
from fer_classic.neural import CNNClassifier
from fer_classic.persistence import load_model
from tests.benchmarks.conftest import Means, Nearest, make_faces
from tests.neural.networks import small


def network(name="network", **settings):
    cnn = CNNClassifier(small, epochs=3, random_state=0)
    return Pipeline([("cnn", cnn)]).set_params(**settings)


@pytest.fixture(scope="module")
def fitted():
    faces = make_faces()
    return network().fit(faces.images, faces.target.astype(str))


@pytest.mark.parametrize("wrap", [lambda model: model, TestTimeAugmentation])
def test_a_training_prints_progress(fitted, wrap):
    training = training_of(wrap(fitted))
    seconds = fitted["cnn"].history_["seconds"]
    assert training == {
        "n_parameters": (9 * 8 + 8) + 2 * 8 + (128 * 4 + 4),
        "epochs": 3,
        "best_epoch": fitted["cnn"].best_epoch_,
        "seconds_per_epoch": pytest.approx(np.mean(seconds)),
        "seconds": pytest.approx(np.sum(seconds)),
    }


def test_records_and_report_name_the_training_set(run, records, tmp_path):
    arguments = ["--recipes", "network", "--protocol", "kfold", "--folds", "2"]
    assert run(*arguments, make=network) == 0
    for record in records("network"):
        assert record["training"]["epochs"] == 3
        assert record["fit_seconds"] >= record["training"]["seconds"]
    assert run("--recipes", "means", "--protocol", "kfold", "--folds", "2") == 0
    assert {record["training"] for record in records("means")} == {None}
    page = dataset_page(read_results(tmp_path / "out", "drawn"))
    table = page.split("Training of the networks")[1].split("Recall")[0]
    assert "| network | 612 | 3 | " in table
    assert "| means |" not in table


class Continued(Nearest):
    """Went on with a training of which most was done before."""

    def fit(self, X, y, groups=None):
        self.history_, self.n_parameters_, self.best_epoch_ = {"seconds": [1e6]}, 3, 1
        return super().fit(X, y, groups)


def test_a_fold_that_went_on_counts_all_its_seconds(run, records):
    def make(name, **settings):
        return Pipeline([("means", Means()), ("nearest", Continued())]).set_params(**settings)

    arguments = ["--recipes", "continued", "--protocol", "kfold", "--folds", "2"]
    assert run(*arguments, make=make) == 0
    assert {record["fit_seconds"] for record in records("continued")} == {1e6}


class Patient(Nearest):
    """Learns in epochs, so to speak."""

    def __init__(self, checkpoint_dir=None):
        self.checkpoint_dir = checkpoint_dir
        self.broken = False


@pytest.mark.parametrize("own", [None, "own"])
def test_models_that_learn_in_epochs_have_a_folder_in_the_block(own, tmp_path):
    model = Pipeline([("means", Means()), ("patient", Patient(own))])
    with keeping_epochs(model, tmp_path):
        assert model["patient"].checkpoint_dir == (own or str(tmp_path))
    assert model["patient"].checkpoint_dir == own
    with pytest.raises(KeyboardInterrupt), keeping_epochs(model, tmp_path):
        raise KeyboardInterrupt
    assert model["patient"].checkpoint_dir == own


def test_other_models_are_left_alone(tmp_path):
    model = DummyClassifier()
    before = model.get_params()
    with keeping_epochs(model, tmp_path):
        assert model.get_params() == before


def test_a_model_has_a_file_for_its_recipe_settings_protocol_and_fold(tmp_path):
    base = {"recipe": "svm", "settings": {}, "protocol": "official"}
    assert model_path(tmp_path, base, "PublicTest") == tmp_path / "models/svm-official.joblib"
    other = {"recipe": "svm", "settings": {"lbp__grid": (7, 7)}, "protocol": "cross:fer2013"}
    assert model_path(tmp_path, other, 0).name == "svm-lbp__grid=-7-7-cross-fer2013-0.joblib"


# The stand-ins are not on the list of allowed classes.
@pytest.mark.filterwarnings("ignore:saved, but")
def test_models_are_kept_whole(run, records, tmp_path):
    arguments = ["--recipes", "means", "--protocol", "kfold", "--keep-models"]
    assert run(*arguments) == 0
    folder = tmp_path / "out" / "drawn" / "models"
    assert sorted(path.name for path in folder.iterdir()) == [
        f"means-kfold-{fold}.joblib" for fold in range(5)
    ]
    faces = make_faces()
    for record in records():
        path = folder / f"means-kfold-{record['fold']}.joblib"
        model, card = load_model(path, trust=True)
        assert list(model.named_steps) == ["means", "nearest"]
        assert model.predict(faces.images[record["test_index"]]).tolist() == record["y_pred"]
        assert (card["recipe"], card["n_images"]) == ("means", record["n_train"])
        assert card["dataset"] == {"name": "drawn", "digest": record["digest"], "split": None}
        assert card["protocol"].startswith(f"kfold: fold {record['fold']} (leaky: same subject")
        assert card["scores"] == record["metrics"]
        seconds = record["fit_seconds"] + record["feature_seconds"]
        assert card["seconds"] == pytest.approx(seconds, abs=0.06)


@pytest.mark.filterwarnings("ignore:saved, but")
def test_official_test_parts_share_a_model(run, tmp_path):
    assert run("--dataset", "fer2013", "--recipes", "means", "--keep-models") == 0
    (path,) = (tmp_path / "out" / "fer2013" / "models").iterdir()
    assert path.name == "means-official.joblib"
    assert load_model(path, trust=True).card["dataset"]["split"] == ["Training"]


@pytest.mark.filterwarnings("ignore:saved, but")
def test_a_kept_model_contains_no_folder(run, tmp_path):
    arguments = ["--recipes", "network", "--protocol", "kfold", "--folds", "2", "--keep-models"]
    assert run(*arguments, make=network) == 0
    path = tmp_path / "out" / "drawn" / "models" / "network-kfold-0.joblib"
    assert load_model(path, trust=True).model["cnn"].checkpoint_dir is None
