import json
from dataclasses import replace

import numpy as np

from benchmarks.speed import vs_svc
from benchmarks.speed.__main__ import main
from benchmarks.speed.vs_svc import PLAIN_SVM, FitSettings, time_fit
from fer_classic.datasets import make_drawn_faces
from fer_classic.expressions import decode
from fer_classic.recipes import make_recipe
from tests.benchmarks.conftest import make_faces

FEW = FitSettings(n_faces=20, recipes=("svm_hog",), per_class=1, held_out=2)


def call_here(function, *arguments):
    """Call a function in this process."""
    return function(*arguments)


def test_ours_and_theirs_are_fitted_on_the_same_faces():
    fits = []

    def call(function, recipe, svm, path):
        fit = function(recipe, svm, path)
        fits.append((svm, fit.gamma))
        return fit

    whole, alone = time_fit(5, FEW, call=call)
    assert (whole.subject, whole.against) == ("svm_hog, drawn", "the same with SVC")
    assert (alone.subject, alone.against) == ("svm_hog, drawn, SVM alone", "SVC")
    assert whole.ours.shape == whole.theirs.shape == [20, 48, 48]
    assert whole.ours.seconds > alone.ours.seconds > 0
    assert 0 <= whole.ours.accuracy <= 1
    assert 0 <= whole.theirs.accuracy <= 1
    # In turn, three times, with kernels of one width.
    ours, theirs = fits[::2], fits[1::2]
    assert [svm for svm, _ in ours] == [None] * 3
    assert {svc.kernel for svc, _ in theirs} == {"rbf"}
    assert {svc.gamma for svc, _ in theirs} == {gamma for _, gamma in ours + theirs}


def test_no_search_of_kernel_and_ridge():
    model = make_recipe("svm_hog", **PLAIN_SVM)
    faces = make_drawn_faces(n_subjects=2, n_per_class=2)
    svm = model.fit(faces.images, decode(faces.target))[-1]
    assert (svm.kernel_, svm.alpha_) == ("rbf", 0.2)
    assert not hasattr(svm, "search_")


def test_drawn_people_who_are_scored_are_not_fitted_on():
    images, names, tested, true = vs_svc._draw(replace(FEW, n_faces=10))
    everyone = make_drawn_faces(n_subjects=4, n_per_class=1).images
    np.testing.assert_array_equal(images, everyone[:10])
    np.testing.assert_array_equal(tested, everyone[16:])
    assert (len(names), len(true)) == (10, 16)


def test_fer2013_is_split_as_is_official():
    data = make_faces("fer2013")
    images, names, tested, true = vs_svc._take_fer2013(data, 10)
    np.testing.assert_array_equal(images[[0, -1]], data.images[[0, 47]])
    assert len(images) == len(names) == 10
    np.testing.assert_array_equal(tested, data.images[48:])
    assert len(true) == 32
    assert len(vs_svc._take_fer2013(data, 1000)[0]) == 48


def test_no_data(tmp_path, capsys):
    arguments = ["fit", "--dataset", "fer2013", "--data-dir", str(tmp_path / "none")]
    assert main([*arguments, "--output", str(tmp_path)]) == 1
    assert "benchmarks.speed:" in capsys.readouterr().err
    assert not (tmp_path / "speed.jsonl").exists()


def test_rows_and_page(tmp_path, capsys):
    parts = {"fit": lambda args: time_fit(1, replace(FEW, n_faces=16), call=call_here)}
    assert main(["fit", "--json", "--output", str(tmp_path)], parts=parts) == 0
    whole, alone = map(json.loads, capsys.readouterr().out.splitlines())
    assert whole["ratio"] == whole["seconds_against"] / whole["seconds"]
    assert alone["accuracy"] is None
    page = (tmp_path / "speed.md").read_text("utf-8")
    assert "| svm_hog, drawn | the same with SVC |" in page.split("## Fit")[1]
