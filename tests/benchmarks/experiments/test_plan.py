import pytest

from benchmarks.experiments.candidates import make_candidates
from benchmarks.experiments.data import Data
from benchmarks.experiments.plan import commit, default_protocols, make_jobs, split_data
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


def test_commit_is_a_name_or_nothing(monkeypatch):
    found = commit()
    assert found is None or len(found.removesuffix("-dirty")) == 12
    monkeypatch.setenv("PATH", "")
    assert commit() is None
