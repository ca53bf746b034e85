import numpy as np
import pytest
from sklearn.decomposition import TruncatedSVD
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.speed.arithmetic import bare_predict
from fer_classic.classifiers import LeastSquaresSVC
from fer_classic.datasets import make_drawn_faces
from fer_classic.faces import FaceCropper
from fer_classic.features import GaborBank
from fer_classic.recipes import make_recipe


@pytest.fixture(scope="module")
def faces():
    return make_drawn_faces(n_subjects=2, n_per_class=2, size=32, return_X_y=True)


@pytest.mark.parametrize("precision", ["full", "float16", "uint8"])
def test_the_names_are_those_of_the_model(faces, precision, monkeypatch):
    images, names = faces
    model = Pipeline(
        [
            ("crop", FaceCropper(size=32)),
            ("gabor", GaborBank(grid=(4, 4))),
            ("scale", StandardScaler()),
            ("components", TruncatedSVD(8, random_state=0)),
            ("svm", LeastSquaresSVC(alpha=2.0, precision=precision)),
        ]
    ).fit(images, names)
    predict = bare_predict(model)
    many = np.concatenate([images] * 40)  # more than a block
    expected = model.predict(many)
    assert len(set(expected)) > 3
    np.testing.assert_array_equal(predict(many), expected)
    np.testing.assert_array_equal(predict(images[:1]), expected[:1])


@pytest.mark.parametrize("kernel", ["rbf", "linear"])
def test_the_steps_of_a_small_model(faces, kernel):
    images, names = faces
    model = make_recipe(
        "svm_fast",
        crop__size=32,
        patches__n_atoms=20,
        patches__n_patches=2000,
        components__n_components=12,
        svm__kernel=kernel,
        svm__alpha=0.2,
    ).fit(images, names)
    assert model[-1].X_fit_.dtype == np.uint8
    expected = model.predict(images)
    assert len(set(expected)) > 3
    np.testing.assert_array_equal(bare_predict(model)(images), expected)
