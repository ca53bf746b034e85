import cv2
import numpy as np
import pytest
import skimage.data

from benchmarks.eyes import fit
from benchmarks.eyes.fit import fit_eye_finder
from fer_classic.faces import _eyes
from fer_classic.faces._eyes import average_eyes, refine


@pytest.fixture(scope="module")
def finder(faces, marks):
    pictures = [cv2.resize(skimage.data.brick(), (96, 96))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fit, "mark_again", lambda images, finder: marks)
        return fit_eye_finder(faces, marks, pictures, n_windows=10)


def test_weights_have_the_shape_of_those_of_the_package(finder):
    shipped = _eyes._stored()
    assert finder.stages.shape == shipped.stages.shape
    assert finder.check.shape == shipped.check.shape


def test_the_stages_come_closer_to_the_eyes(finder, faces, marks):
    start = average_eyes((-3, 2, 48), 15)
    marked = np.flatnonzero(np.isfinite(marks).all(axis=1))
    errors = [
        np.abs(refine(faces[number], start, finder.stages) - 48 * marks[number]).max()
        for number in marked
    ]
    starts = [np.abs(start - 48 * marks[number]).max() for number in marked]
    assert np.mean(errors) < np.mean(starts) / 2
