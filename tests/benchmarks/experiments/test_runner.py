import numpy as np
import pytest
from sklearn.pipeline import Pipeline

from benchmarks.experiments import (
    Data,
    RunSettings,
    make_candidates,
    make_jobs,
    run_jobs,
    split_data,
)
from benchmarks.records.side_files import load_units
from tests.benchmarks.conftest import Means, Nearest, make_faces, make_model


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


@pytest.fixture
def fold_records(tmp_path):
    """Run a recipe on a data set; gives the records of its folds."""

    def fold_records(recipe="union", protocol="kfold", bunch=None, make=make_model, **settings):
        (candidate,) = make_candidates(recipe, make=make, settings={})
        jobs = make_jobs(candidate, [split_data(protocol, Data.of(bunch or make_faces()))])
        return list(run_jobs(jobs, output=tmp_path, settings=RunSettings(**settings)))

    return fold_records


def test_what_is_shared_changes_no_prediction(fold_records):
    shared, alone = (fold_records(share=share) for share in (True, False))
    assert [record["y_pred"] for record in shared] == [record["y_pred"] for record in alone]
    assert [record["feature_seconds"] for record in alone] == [0.0] * 5


def test_only_the_images_that_take_part_are_worked_on(fold_records, monkeypatch):
    seen, transform = [], Means._transform_images

    def note(self, images):
        seen.append(len(images))
        return transform(self, images)

    monkeypatch.setattr(Means, "_transform_images", note)
    bunch = make_faces("fer2013")
    records = fold_records("means", "development", bunch)
    assert seen == [1, 47]  # the first is looked at for its size
    labels = bunch.target_names[bunch.target]
    for record in records:
        assert max(record["test_index"]) < 48
        assert record["y_true"] == labels[record["test_index"]].tolist()


def test_scores_of_many_items_go_to_side_files(fold_records, tmp_path):
    (record,) = fold_records("means", "official", make_faces("fer2013"), inline_items=10)
    folder = tmp_path / "fer2013"
    with np.load(folder / record["class_scores"]) as side:
        assert side["class_scores"].shape == (32, 4)
    assert len(load_units(record, folder)) == 32


def test_records_contain_no_folder(run, records, tmp_path):
    arguments = ["--recipes", "patient", "--protocol", "kfold"]
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
