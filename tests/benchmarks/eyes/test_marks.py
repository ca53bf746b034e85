import numpy as np
import pytest

from benchmarks.eyes.marks import mark_again, mark_eyes
from fer_classic.faces import _eyes

EYES = [0.32 + 0.39j, 0.68 + 0.39j]


def test_eyes_are_marked_where_the_cascades_agree(marks):
    marked = np.isfinite(marks).all(axis=1)
    assert marked.mean() > 0.3
    np.testing.assert_allclose(marks[marked].mean(axis=0), EYES, atol=0.03)


def test_nothing_is_marked_in_blank_images():
    with pytest.warns(RuntimeWarning, match="All-NaN"):
        assert np.isnan(mark_eyes(np.zeros((2, 48, 48), np.uint8))).all()


def test_a_finder_marks_the_other_faces(faces):
    marks = mark_again(faces[:8], _eyes._stored())
    assert np.isfinite(marks).all(axis=1).sum() >= 7
    np.testing.assert_allclose(np.nanmean(marks, axis=0), EYES, atol=0.03)
