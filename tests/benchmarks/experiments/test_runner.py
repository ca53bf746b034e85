import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.pipeline import Pipeline

from benchmarks.experiments.models import keeping_epochs
from tests.benchmarks.conftest import Means, Nearest


class Patient(Nearest):
    """Counts its fits in a folder and is stopped in some of them."""

    stopped = 0

    def __init__(self, checkpoint_dir=None):
        self.checkpoint_dir = checkpoint_dir
        self.broken = False

    def fit(self, X, y, groups=None):
        if Patient.stopped:
            Patient.stopped -= 1
            raise KeyboardInterrupt
        self.folder_ = self.checkpoint_dir
        return super().fit(X, y, groups)


def make(name, **settings):
    return Pipeline([("means", Means()), ("patient", Patient())]).set_params(**settings)


def test_models_that_learn_in_epochs_get_a_folder(tmp_path):
    model = make("patient")
    assert keeping_epochs(model, tmp_path)["patient"].checkpoint_dir == str(tmp_path)
    assert model["patient"].checkpoint_dir is None
    own = make("patient", patient__checkpoint_dir="own")
    assert keeping_epochs(own, tmp_path)["patient"].checkpoint_dir == "own"


def test_other_models_are_left_alone(tmp_path):
    model = DummyClassifier()
    assert keeping_epochs(model, tmp_path).get_params() == model.get_params()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_records_contain_no_folder(jobs, run, records, tmp_path):
    arguments = ["--recipes", "patient", "--protocol", "kfold", "--jobs", jobs]
    assert run(*arguments, make=make) == 0
    assert {record["parameters"]["patient__checkpoint_dir"] for record in records("patient")} == {
        None
    }
    assert len(records("patient")) == 5


def test_a_stop_in_a_fit_is_no_record(run, records, monkeypatch):
    monkeypatch.setattr(Patient, "stopped", 1)
    arguments = ["--recipes", "patient", "--protocol", "kfold"]
    assert run(*arguments, make=make) == 130
    assert run(*arguments, make=make) == 0
    assert [record["fold"] for record in records("patient")] == [0, 1, 2, 3, 4]


def test_a_network_resumes_within_an_epoch(run, records, tmp_path, monkeypatch):
    from fer_classic.neural import CNNClassifier
    from fer_classic.neural._training import Trainer
    from tests.neural.networks import small

    def network(name, **settings):
        cnn = CNNClassifier(small, epochs=3, random_state=0)
        return Pipeline([("cnn", cnn)]).set_params(**settings)

    arguments = ["--recipes", "network", "--protocol", "kfold", "--folds", "2"]
    assert run(*arguments, make=network) == 0
    whole = [record["class_scores"] for record in records("network")]
    original, epochs = Trainer._epoch, []

    def train(self, progress):
        epochs.append(self.n_done + 1)
        if epochs == [1, 2, 3, 1, 2]:
            raise KeyboardInterrupt
        return original(self, progress)

    monkeypatch.setattr(Trainer, "_epoch", train)
    assert run(*arguments, "--force", make=network) == 130
    assert len(list((tmp_path / "out" / "drawn" / "checkpoints").iterdir())) == 1
    del epochs[:]
    assert run(*arguments, make=network) == 0
    assert epochs == []  # the records of the first run count
    (tmp_path / "out" / "drawn" / "network.jsonl").unlink()
    assert run(*arguments, make=network) == 0
    assert epochs == [1, 2, 3, 2, 3]
    np.testing.assert_array_equal([record["class_scores"] for record in records("network")], whole)
    assert not (tmp_path / "out" / "drawn" / "checkpoints").exists()
