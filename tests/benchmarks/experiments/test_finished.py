import pytest

from benchmarks.experiments import (
    Data,
    latest_of,
    make_candidates,
    make_jobs,
    run_jobs,
    split_data,
    unfinished,
)
from tests.benchmarks.conftest import make_faces, make_model


@pytest.fixture
def jobs_of():
    data = Data.of(make_faces())

    def jobs_of(protocol, **settings):
        (candidate,) = make_candidates("means", make=make_model, settings=settings)
        return make_jobs(candidate, [split_data(protocol, data)])

    return jobs_of


def folds_of(jobs):
    return [fold.name for job in jobs for fold in job.folds]


def test_folds_with_a_finished_record_are_left_out(jobs_of, tmp_path):
    jobs = jobs_of("kfold")
    assert latest_of([jobs], tmp_path) == {}
    list(run_jobs(jobs[1:3], output=tmp_path))
    found = latest_of([jobs, jobs_of("group-kfold")], tmp_path)
    assert folds_of(unfinished(jobs, found)) == [0, 3, 4]
    assert folds_of(unfinished(jobs_of("group-kfold"), found)) == [0, 1, 2, 3, 4]
    next(iter(found.values()))["status"] = "error"
    assert folds_of(unfinished(jobs, found)) == [0, 1, 3, 4]


@pytest.mark.parametrize(("protocol", "n_left"), [("kfold", 0), ("development", 5)])
def test_the_recipe_as_it_is_needs_records_of_its_own(jobs_of, tmp_path, protocol, n_left):
    set_by_hand, plain = jobs_of(protocol, nearest__broken=False), jobs_of(protocol)
    list(run_jobs(set_by_hand, output=tmp_path))
    found = latest_of([plain], tmp_path)
    assert len(unfinished(plain, found)) == n_left
    assert unfinished(set_by_hand, found) == []
