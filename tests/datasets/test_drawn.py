from importlib import resources

import numpy as np
import pytest
from skimage.feature import local_binary_pattern
from sklearn.decomposition import PCA
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from fer_classic.datasets import _drawn, dataset_digest, load_drawn_faces, make_drawn_faces
from fer_classic.expressions import EXPRESSIONS
from fer_classic.utils import read_image

SHEET = resources.files("fer_classic.datasets").joinpath("data", "drawn_faces.png")

pytestmark = pytest.mark.portability


@pytest.fixture(scope="module")
def faces():
    return load_drawn_faces()


def by_subject(faces):
    """Give the images of a whole set as (subject, expression, number, height, width)."""
    n_subjects = len(np.unique(faces.subjects))
    return faces.images.reshape(n_subjects, 8, -1, *faces.images.shape[1:])


def test_bunch(faces):
    assert faces.images.shape == (768, 48, 48)
    assert faces.images.dtype == np.uint8
    assert faces.images.flags.c_contiguous
    assert faces.data.shape == (768, 48 * 48)
    assert faces.target.dtype == np.int64
    assert faces.target_names.tolist() == list(EXPRESSIONS)
    assert faces.name == "drawn"
    assert "Action Coding System" in faces.DESCR
    assert faces.sequences is faces.split is faces.filenames is None


def test_the_records_of_the_repository_are_about_these_pixels(faces):
    assert dataset_digest(faces) == "0fa9fd73a6b1a8ed"


def test_subjects_are_balanced_over_classes(faces):
    subjects = np.unique(faces.subjects)
    assert subjects.tolist() == [f"D{number:02d}" for number in range(1, 17)]
    for subject in subjects:
        counts = np.bincount(faces.target[faces.subjects == subject], minlength=8)
        assert counts.tolist() == [6] * 8


def test_no_two_images_are_the_same_and_none_is_blank(faces):
    assert faces.duplicates.tolist() == list(range(768))
    assert faces.images.std(axis=(1, 2)).min() > 10.0


def test_fewer_of_them(faces):
    few = load_drawn_faces(n_subjects=3, n_per_class=2)
    np.testing.assert_array_equal(by_subject(few), by_subject(faces)[:3, :, :2])
    assert few.target.tolist() == 3 * [code for code in range(8) for _ in range(2)]
    assert few.subjects.tolist() == ["D01"] * 16 + ["D02"] * 16 + ["D03"] * 16


def test_images_and_names(faces):
    images, names = load_drawn_faces("ignored", n_subjects=2, return_X_y=True)
    np.testing.assert_array_equal(images, faces.images[:96])
    assert names.tolist() == [
        expression for _ in range(2) for expression in EXPRESSIONS for _ in range(6)
    ]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_subjects": 0}, "n_subjects=0 must be an integer of at least 1"),
        ({"n_per_class": 2.5}, r"n_per_class=2\.5 must be"),
        ({"n_subjects": 17}, "n_subjects=17 exceeds the 16 .* make_drawn_faces draws"),
        ({"n_per_class": 7}, "n_per_class=7 exceeds the 6"),
    ],
)
def test_numbers_out_of_range(parameters, message):
    with pytest.raises(ValueError, match=message):
        load_drawn_faces(**parameters)


@pytest.mark.parametrize("sample", [{"n_per_class": 1}, {"n_subjects": 1}])
def test_what_is_shipped_is_what_is_drawn(sample):
    shipped, drawn = load_drawn_faces(**sample), make_drawn_faces(**sample)
    difference = np.abs(shipped.images.astype(int) - drawn.images)
    # Processors round differently: without AVX2 in OpenCV, 7 of all 1,769,472 pixels are 1 off.
    assert difference.max() <= 1
    assert np.count_nonzero(difference) <= 10
    for field in ("target", "subjects", "target_names"):
        np.testing.assert_array_equal(shipped[field], drawn[field])


def test_the_sheet_can_be_written_anew(faces, tmp_path, monkeypatch):
    monkeypatch.setattr(_drawn, "make_drawn_faces", lambda **parameters: faces)
    _drawn.write_sheet(tmp_path / "sheet.png")
    sheet = read_image(tmp_path / "sheet.png")
    np.testing.assert_array_equal(sheet, read_image(SHEET.read_bytes()))
    # The last face of the second subject.
    np.testing.assert_array_equal(sheet[48:96, -48:], faces.images[95])


def lbp_histograms(image, grid=6):
    codes = local_binary_pattern(image, 8, 2, "nri_uniform").astype(int)
    cells = codes.reshape(grid, 8, grid, 8).swapaxes(1, 2).reshape(grid * grid, 64)
    return np.sqrt([np.bincount(cell, minlength=59) for cell in cells]).ravel()


def test_texture_beats_pixels_and_nothing_is_perfect():
    faces = load_drawn_faces(n_subjects=10, n_per_class=4)
    descriptors = {
        "pixels": faces.data / 255.0,
        "lbp": np.array([lbp_histograms(image) for image in faces.images]),
    }
    accuracy = {}
    for name, X in descriptors.items():
        model = make_pipeline(StandardScaler(), PCA(60, random_state=0), SVC(C=10.0))
        folds = GroupKFold(5)
        accuracy[name] = cross_val_score(
            model, X, faces.target, groups=faces.subjects, cv=folds
        ).mean()
    assert 0.25 < accuracy["pixels"] < accuracy["lbp"] - 0.08
    assert accuracy["lbp"] < 0.97
