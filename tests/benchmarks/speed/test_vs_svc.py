import json

import numpy as np
import pytest

from benchmarks.speed import __main__ as speed
from benchmarks.speed import vs_svc
from benchmarks.speed.vs_svc import time_fit
from fer_classic.datasets import make_drawn_faces
from fer_classic.recipes import make_recipe
from tests.benchmarks.conftest import make_faces


@pytest.fixture
def quick(monkeypatch):
    """One recipe, and no processes."""
    calls = []

    def call(function, recipe, svm, path):
        fit = function(recipe, svm, path)
        calls.append((svm, fit.gamma))
        return fit

    monkeypatch.setattr(vs_svc, "call_alone", call)
    monkeypatch.setattr(vs_svc, "_RECIPES", ("svm_hog",))
    monkeypatch.setattr(vs_svc, "_PER_CLASS", 1)
    monkeypatch.setattr(vs_svc, "_HELD_OUT", 2)
    return calls


def test_ours_and_theirs_are_fitted_on_the_same_faces(quick):
    whole, alone = time_fit(5, 20)
    assert (whole.subject, whole.against) == ("svm_hog, drawn", "the same with SVC")
    assert (alone.subject, alone.against) == ("svm_hog, drawn, machine alone", "SVC")
    assert whole.shape == whole.shape_against == [20, 48, 48]
    assert whole.seconds > alone.seconds > 0
    assert 0 <= whole.accuracy <= 1
    assert 0 <= whole.accuracy_against <= 1
    # In turn, three times, with kernels of one width.
    ours, theirs = quick[::2], quick[1::2]
    assert [svm for svm, _ in ours] == [None] * 3
    assert {svc.kernel for svc, _ in theirs} == {"rbf"}
    assert {svc.gamma for svc, _ in theirs} == {gamma for _, gamma in ours + theirs}


def test_kernel_and_regularisation_are_not_searched(quick, monkeypatch):
    made = []

    def make(recipe, **settings):
        made.append(make_recipe(recipe, **settings))
        return made[-1]

    monkeypatch.setattr(vs_svc, "make_recipe", make)
    list(time_fit(1, 20))
    svm = made[0][-1]
    assert (svm.kernel_, svm.alpha_) == ("rbf", 0.2)
    assert not hasattr(svm, "search_")


def test_drawn_people_who_are_scored_are_not_fitted_on(quick):
    images, names, tested, true = vs_svc._draw(10)
    everyone = make_drawn_faces(n_subjects=4, n_per_class=1).images
    np.testing.assert_array_equal(images, everyone[:10])
    np.testing.assert_array_equal(tested, everyone[16:])
    assert (len(names), len(true)) == (10, 16)


def test_fer2013_is_split_as_is_official(monkeypatch):
    data = make_faces("fer2013")
    monkeypatch.setattr(vs_svc, "load_fer2013", {"there": data}.get)
    images, names, tested, true = vs_svc._load_fer2013(10, "there")
    np.testing.assert_array_equal(images[[0, -1]], data.images[[0, 47]])
    assert len(images) == len(names) == 10
    np.testing.assert_array_equal(tested, data.images[48:])
    assert len(true) == 32
    assert len(vs_svc._load_fer2013(1000, "there")[0]) == 48


def test_no_data(tmp_path, capsys):
    arguments = ["fit", "--dataset", "fer2013", "--data-dir", str(tmp_path / "none")]
    assert speed.main([*arguments, "--output", str(tmp_path)]) == 1
    assert "benchmarks.speed:" in capsys.readouterr().err
    assert not (tmp_path / "speed.jsonl").exists()


def test_rows_and_page(quick, tmp_path, capsys):
    arguments = ["fit", "--repeats", "1", "--n-fit", "16", "--json", "--output", str(tmp_path)]
    assert speed.main(arguments) == 0
    whole, alone = map(json.loads, capsys.readouterr().out.splitlines())
    assert whole["ratio"] == whole["seconds_against"] / whole["seconds"]
    assert alone["accuracy"] is None
    page = (tmp_path / "speed.md").read_text("utf-8")
    assert "| svm_hog, drawn | the same with SVC |" in page.split("## Fit")[1]
