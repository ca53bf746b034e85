import numpy as np
import pytest

from benchmarks.labels.clean import TREATMENTS, _treat, fit_cleaned
from benchmarks.labels.plant import plant
from tests.benchmarks.conftest import make_faces, make_model

ISSUES = {"index": np.array([7, 2, 5]), "suggested": np.array(["b", "b", "b"])}
LABELS = np.array(["a"] * 40)


@pytest.mark.parametrize(
    ("treatment", "left_out", "relabelled"),
    [
        ("as it is", [], []),
        ("surest 2 % left out", [7], []),
        ("surest 5 % left out", [2, 7], []),
        ("all suspects left out", [2, 5, 7], []),
        ("surest 5 % relabelled", [], [2, 7]),
    ],
)
def test_treatments(treatment, left_out, relabelled):
    kept, treated = _treat(treatment, LABELS, ISSUES, 0)
    assert np.flatnonzero(~kept).tolist() == left_out
    assert np.flatnonzero(treated == "b").tolist() == relabelled
    assert treatment in TREATMENTS


def test_as_many_are_left_out_at_random():
    kept, treated = _treat("as many left out at random", LABELS, ISSUES, 0)
    assert (~kept).sum() == 3
    assert (treated == "a").all()


def test_scores_against_the_true_labels():
    faces = make_faces()
    true = faces.target_names[faces.target]
    labels = plant(true, 0.1, flips="random", draw=0)
    units = np.unique(faces.subjects, return_inverse=True)[1]
    calls = []
    rows = fit_cleaned(
        make_model("means"),
        faces.images,
        labels,
        units,
        reference=true,
        n_folds=2,
        report=lambda: calls.append(1),
    )
    assert [row.treatment for row in rows] == list(TREATMENTS)
    assert len(calls) == 2 * len(TREATMENTS)
    plain, *others = rows
    assert (plain.changed, plain.difference) == (0.0, None)
    for row in others:
        assert row.accuracy - plain.accuracy == pytest.approx(row.difference)
    assert 0 < rows[1].changed < rows[2].changed <= rows[3].changed == rows[4].changed
