import cv2
import numpy as np
import pytest
import skimage.data

from fer_classic.datasets import draw_portrait
from fer_classic.datasets._drawing._identity import sample_identity
from fer_classic.faces import _eyes, _train_eyes, crop_face
from fer_classic.faces._eyes import EyeFinder, average_eyes, refine
from fer_classic.faces._train_eyes import _mark_again, mark_eyes, write_weights

EYES = [0.32 + 0.39j, 0.68 + 0.39j]


@pytest.fixture(scope="module")
def faces():
    """Drawn faces as the cascade frames them: eyes 0.36 sides apart, at 0.39 of the height."""
    rng, crops = np.random.default_rng(0), []
    for _ in range(24):
        image, (x, y, w, h) = draw_portrait({}, identity=sample_identity(rng))
        crops.append(crop_face(image, (x, y - 0.09 * h, w, h)))
    return np.stack(crops)


@pytest.fixture(scope="module")
def marks(faces):
    return mark_eyes(faces)


def test_eyes_are_marked_where_the_cascades_agree(marks):
    marked = np.isfinite(marks).all(axis=1)
    assert marked.mean() > 0.3
    np.testing.assert_allclose(marks[marked].mean(axis=0), EYES, atol=0.03)


def test_nothing_is_marked_in_blank_images():
    with pytest.warns(RuntimeWarning, match="All-NaN"):
        assert np.isnan(mark_eyes(np.zeros((2, 48, 48), np.uint8))).all()


def test_a_finder_marks_the_other_faces(faces):
    marks = _mark_again(faces[:8], _eyes._stored())
    assert np.isfinite(marks).all(axis=1).sum() >= 7
    np.testing.assert_allclose(np.nanmean(marks, axis=0), EYES, atol=0.03)


def test_weights_are_written(faces, marks, tmp_path, monkeypatch):
    # So few faces teach too little for the second round.
    monkeypatch.setattr(_train_eyes, "_mark_again", lambda images, finder: marks)
    monkeypatch.setattr(_train_eyes, "mark_eyes", lambda images: marks)
    monkeypatch.setattr(_train_eyes, "_N_WINDOWS", 10)
    write_weights(tmp_path / "eyes.npz", faces, [cv2.resize(skimage.data.brick(), (96, 96))])
    with np.load(tmp_path / "eyes.npz", allow_pickle=False) as stored:
        finder = EyeFinder(*(stored[name].astype(np.float32) for name in ("stages", "check")))
    shipped = _eyes._stored()
    assert finder.stages.shape == shipped.stages.shape
    assert finder.check.shape == shipped.check.shape
    start = average_eyes((-3, 2, 48), 15)
    marked = np.flatnonzero(np.isfinite(marks).all(axis=1))
    errors = [
        np.abs(refine(faces[number], start, finder.stages) - 48 * marks[number]).max()
        for number in marked
    ]
    starts = [np.abs(start - 48 * marks[number]).max() for number in marked]
    assert np.mean(errors) < np.mean(starts) / 2
