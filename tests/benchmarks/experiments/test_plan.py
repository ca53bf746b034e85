from dataclasses import replace

import numpy as np
import pytest

from benchmarks.experiments import plan
from benchmarks.experiments.candidates import make_candidates
from benchmarks.experiments.data import Data
from benchmarks.experiments.plan import default_protocols, make_jobs, split_data
from fer_classic.evaluation import Subset
from fer_classic.exceptions import LeakageError
from tests.benchmarks.conftest import make_faces, make_model


def jobs_of(bunch, *protocols, trained=None, recipe="means", settings=None):
    data = Data.of(bunch)
    (candidate,) = make_candidates(recipe, make=make_model, settings=settings or {})
    return make_jobs(candidate, [split_data(name, data, trained) for name in protocols])


def test_a_job_for_each_fit():
    jobs = jobs_of(make_faces(), "kfold", "group-kfold")
    assert [job.base["protocol"] for job in jobs] == ["kfold"] * 5 + ["group-kfold"] * 5
    assert all(len(job.folds) == 1 for job in jobs)


def test_official_test_parts_share_a_fit():
    bunch = make_faces("fer2013")
    bunch.split = bunch.split.astype("<U11")
    bunch.split[-16:] = "PrivateTest"
    (job,) = jobs_of(bunch, "official")
    assert [fold.name for fold in job.folds] == ["PublicTest", "PrivateTest"]
    subsets = ["no-twins", "no-near-twins-0.99", "no-near-twins"]
    assert [list(fold.subsets) for fold in job.folds] == [subsets] * 2
    assert job.base["n_folds"] == 2


def test_only_the_official_protocol_looks_for_near_twins():
    data = Data.of(make_faces("fer2013"))
    for protocol in ("kfold", "group-kfold", "development"):
        split_data(protocol, data)
    assert "twin_correlation" not in vars(data)
    split_data("official", data)
    assert "twin_correlation" in vars(data)


def test_development_is_known_by_its_number_of_images():
    job, *others = jobs_of(make_faces("fer2013"), "development")
    # The twin of a test image is left out.
    assert job.base["n_items"] == sum(len(j.folds[0].test) for j in (job, *others)) == 47
    assert jobs_of(make_faces(), "kfold")[0].base["n_items"] is None
    assert job.count_leaks(job.folds[0])["duplicate"] == 0


def test_cross_names_both_data_sets():
    trained = Data.of(make_faces("fer2013", seed=1))
    (job,) = jobs_of(make_faces("jaffe"), "cross", trained=trained)
    assert job.base["dataset"] == "jaffe"
    assert job.base["protocol"] == "cross:fer2013"
    assert job.base["train_digest"] == trained.digest != job.base["digest"]
    assert job.train is trained
    assert job.count_leaks(job.folds[0]) == {"subject": None, "sequence": None, "duplicate": 0}


def test_a_recipe_that_cannot_be_made_is_still_planned():
    absent, *_ = jobs_of(make_faces(), "kfold", recipe="absent")
    assert absent.model is None
    assert absent.problem == "it needs a package."


def test_keys_differ_and_come_back():
    first, again = (jobs_of(make_faces(), "kfold", "group-kfold") for _ in range(2))
    keys = [job.key(job.folds[0]) for job in first]
    assert len(set(keys)) == 10
    assert keys == [job.key(job.folds[0]) for job in again]
    changed, *_ = jobs_of(make_faces(), "kfold", settings={"nearest__broken": True})
    assert changed.key(changed.folds[0]) not in keys


@pytest.mark.parametrize(
    ("dataset", "protocols"),
    [
        ("drawn", ["group-kfold", "kfold"]),
        ("fer2013", ["official"]),
        ("jaffe", ["group-kfold"]),
        ("folder", ["group-kfold"]),
    ],
)
def test_default_protocols(dataset, protocols):
    assert default_protocols(dataset) == protocols


def with_planted(leak):
    """A maker of folds whose first fold leaks: it tests an image of ``leak`` for its last one."""

    def make(bunch, protocol, **options):
        first, *others = make_folds(bunch, protocol, **options)
        return [replace(first, **leak(first, bunch)), *others]

    make_folds = plan.make_folds
    return make


LEAKS = {
    "images on both sides": lambda fold, bunch: {"test": np.append(fold.test, fold.train[0])},
    "share a subject": lambda fold, bunch: {"train": fold.train[1:], "test": fold.train[:1]},
    "share a sequence": lambda fold, bunch: {"train": fold.train[1:], "test": fold.train[:1]},
    "share a duplicate": lambda fold, bunch: {"train": np.array([1, 2]), "test": np.array([79])},
}


@pytest.mark.parametrize("kind", LEAKS)
def test_a_planted_leak_stops_the_run(kind, monkeypatch, run, capsys, tmp_path):
    def load(name, home):
        bunch = make_faces()
        if kind != "share a subject":
            bunch.subjects = None
        if kind == "share a sequence":
            bunch.sequences = np.repeat([f"Q{k}" for k in range(40)], 2)
        return bunch

    monkeypatch.setattr(plan, "make_folds", with_planted(LEAKS[kind]))
    assert run("--recipes", "means", "--protocol", "group-kfold", load=load) == 1
    assert kind in capsys.readouterr().err
    assert not (tmp_path / "out" / "drawn").exists()


def test_a_subset_that_keeps_a_twin_stops_the_run(monkeypatch):
    def all_kept(fold, bunch):
        return {"subsets": {"no-twins": Subset(np.ones(len(fold.test), bool))}}

    monkeypatch.setattr(plan, "make_folds", with_planted(all_kept))
    with pytest.raises(LeakageError, match="subset no-twins of PublicTest: 1 of 32 test images"):
        jobs_of(make_faces("fer2013"), "official")


def test_an_image_of_two_data_sets_stops_the_run(monkeypatch):
    trained, tested = Data.of(make_faces("fer2013", seed=1)), make_faces("jaffe")
    fold = plan.cross_fold(trained.bunch, tested)
    tested.images[fold.test[3]] = trained.bunch.images[fold.train[2]]
    monkeypatch.setattr(plan, "cross_fold", lambda *bunches: fold)
    with pytest.raises(LeakageError, match="1 of 80 test images of jaffe are also in the training"):
        jobs_of(tested, "cross", trained=trained)


def test_near_twins_of_development_stay_together(monkeypatch):
    monkeypatch.setattr(
        plan, "development_folds", lambda data, **_: (make_folds(data), units_joined(data))
    )

    def make_folds(data):
        return plan.make_folds(data.bunch, "group-kfold")

    def units_joined(data):
        return replace(data, units=np.zeros(80, int))

    with pytest.raises(LeakageError, match="of development tears 1 groups apart"):
        jobs_of(make_faces(), "development")
