import json

import numpy as np
import pytest
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.pipeline import Pipeline

from benchmarks.experiments import plan
from benchmarks.experiments.plan import Data, commit, default_protocols, make_jobs, parameters_of
from tests.benchmarks.conftest import Nearest, make_faces, make_model


def jobs_of(bunch, *protocols, trained=None, recipes=("means",), settings=None):
    return make_jobs(
        Data(bunch),
        trained,
        recipes=list(recipes),
        protocols=list(protocols),
        n_folds=5,
        seed=0,
        settings=settings or {},
        make=make_model,
    )


def test_a_job_for_each_fit():
    (jobs,) = jobs_of(make_faces(), "kfold", "group-kfold")
    assert [job.base["protocol"] for job in jobs] == ["kfold"] * 5 + ["group-kfold"] * 5
    assert all(len(job.folds) == 1 for job in jobs)


def test_official_test_parts_share_a_fit():
    ((job,),) = jobs_of(make_faces("fer2013"), "official")
    assert [fold.name for fold in job.folds] == [
        "PublicTest",
        "PublicTest:no-twins",
        "PublicTest:no-near-twins-0.99",
        "PublicTest:no-near-twins",
    ]
    assert job.base["n_folds"] == 4


def test_only_the_official_protocol_looks_for_near_twins(monkeypatch):
    asked = []
    monkeypatch.setattr(plan, "near_twins", lambda bunch: asked.append(bunch) or np.zeros(80))
    bunch = make_faces("fer2013")
    jobs_of(bunch, "kfold", "group-kfold")
    assert not asked
    jobs_of(bunch, "official", "kfold", recipes=["means", "dummy"])
    assert asked == [bunch]


def test_cross_names_both_data_sets():
    trained = Data(make_faces("fer2013", seed=1))
    ((job,),) = jobs_of(make_faces("jaffe"), "cross", trained=trained)
    assert job.base["dataset"] == "jaffe"
    assert job.base["protocol"] == "cross:fer2013"
    assert job.base["train_digest"] == trained.digest != job.base["digest"]
    assert job.train is trained
    assert job.leaks(job.folds[0]) == {"subject": None, "sequence": None, "duplicate": 0}


def test_a_recipe_that_cannot_be_made_is_still_planned():
    absent, means = jobs_of(make_faces(), "kfold", recipes=["absent", "means"])
    assert absent[0].model is None
    assert absent[0].problem == "it needs a package."
    assert means[0].model is not None


def test_keys_differ_and_come_back():
    first, again = (jobs_of(make_faces(), "kfold", "group-kfold")[0] for _ in range(2))
    keys = [job.key(job.folds[0]) for job in first]
    assert len(set(keys)) == 10
    assert keys == [job.key(job.folds[0]) for job in again]
    (changed,) = jobs_of(make_faces(), "kfold", settings={"nearest__broken": True})
    assert changed[0].key(changed[0].folds[0]) not in keys


def test_parameters_are_plain_and_without_addresses():
    model = Pipeline(
        [("select", SelectKBest(f_classif, k=np.int64(3))), ("nearest", Nearest(broken=(1, 2)))]
    )
    parameters = parameters_of(model)
    assert json.loads(json.dumps(parameters)) == parameters
    assert parameters[""] == "Pipeline"
    assert parameters["select"] == "SelectKBest"
    assert parameters["select__score_func"] == "f_classif"
    assert parameters["select__k"] == 3
    assert parameters["nearest__broken"] == [1, 2]
    assert "0x" not in json.dumps(parameters)


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
