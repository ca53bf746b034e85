"""Numbers of threads and jobs change no prediction; all recipes: python -m tests.determinism."""

from dataclasses import replace

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from fer_classic.datasets import make_drawn_faces
from tests.determinism import Result, compare, is_same, run_recipe

FACES = make_drawn_faces(n_subjects=4, n_per_class=1)
CHEAP = ("pixels_svm", "svm_lbp")


@pytest.mark.parametrize("recipe", CHEAP)
def test_threads_change_nothing(recipe):
    with threadpool_limits(1):
        first, again = (run_recipe(recipe, FACES) for _ in range(2))
    with threadpool_limits(2):
        other = run_recipe(recipe, FACES)
    assert first.deterministic
    assert compare(first, again) == (0, 0.0)
    assert is_same(first, other)


def test_jobs_change_nothing():
    assert is_same(*(run_recipe("pixels_svm", FACES, n_jobs=n_jobs) for n_jobs in (1, 2)))


def test_differences_are_seen():
    first = Result(["happy", "sad"], np.array([0.25, 0.75]), True)
    other = Result(["happy", "fear"], np.array([0.5, 0.75]), True)
    assert compare(first, other) == (1, 0.25)
    assert not is_same(first, other)
    assert is_same(first, replace(first, scores=first.scores + 0.5e-6))
    assert not is_same(first, replace(first, scores=first.scores + 2e-6))
