import numpy as np
import pytest
from sklearn import config_context
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fer_classic.faces import FaceCropper
from fer_classic.features import Flatten, HOGDescriptor, ReducedFeatures, _reduced_features

REDUCTION = make_pipeline(StandardScaler(), TruncatedSVD(3, random_state=0))


@pytest.fixture
def faces():
    return np.random.default_rng(0).integers(0, 256, (23, 32, 32), dtype=np.uint8)


@pytest.mark.parametrize("block", [1, 5, 23, 100])
def test_blocks_do_not_matter(block, faces, monkeypatch):
    monkeypatch.setattr(_reduced_features, "_BLOCK", block)
    result = ReducedFeatures(HOGDescriptor(), REDUCTION).fit_transform(faces)
    expected = make_pipeline(HOGDescriptor(), REDUCTION).fit_transform(faces)
    np.testing.assert_allclose(result, expected, atol=1e-4)


def test_sixteen_bits_are_judged_for_all_images(faces, monkeypatch):
    monkeypatch.setattr(_reduced_features, "_BLOCK", 4)
    wide = faces.astype(np.uint16) * 257
    wide[:9] >>= 8
    result = ReducedFeatures(Flatten(), REDUCTION).fit_transform(wide)
    expected = make_pipeline(Flatten(), REDUCTION).fit_transform(wide)
    np.testing.assert_allclose(result, expected, atol=1e-4)


def test_the_reduction_is_fitted_on_evenly_spaced_images(faces):
    step = ReducedFeatures(HOGDescriptor(), REDUCTION, max_samples=12).fit(faces)
    expected = make_pipeline(HOGDescriptor(), REDUCTION).fit(faces[::2]).transform(faces)
    np.testing.assert_allclose(step.transform(faces), expected, atol=1e-4)


class Labelled(StandardScaler):
    def fit(self, X, y=None):
        self.seen_ = X[:, 0], y
        return super().fit(X)


def test_labels_belong_to_the_same_images(faces):
    step = ReducedFeatures(Flatten(), Labelled(), max_samples=7).fit(faces, list(faces[:, 0, 0]))
    pixels, labels = step.reduction_.seen_
    np.testing.assert_allclose(255 * pixels, labels, rtol=1e-5)


def test_images_of_several_sizes(faces):
    crop = make_pipeline(FaceCropper(None, size=16), Flatten())
    ragged = [*faces[:2], np.zeros((20, 40), np.uint8)]
    step = ReducedFeatures(crop, StandardScaler()).fit(ragged)
    expected = StandardScaler().fit_transform(crop.transform(ragged))
    np.testing.assert_allclose(step.transform(ragged), expected, atol=1e-6)


@pytest.mark.parametrize("block", [5, 100])
def test_inner_steps_may_give_tables(block, faces, monkeypatch):
    pytest.importorskip("pandas", reason="tables need it")
    monkeypatch.setattr(_reduced_features, "_BLOCK", block)
    expected = ReducedFeatures(HOGDescriptor(), PCA(3, random_state=0)).fit_transform(faces)
    with config_context(transform_output="pandas"):
        step = ReducedFeatures(HOGDescriptor(), PCA(3, random_state=0)).fit(faces)
        table = step.transform(faces)
    assert list(table.columns) == ["pca0", "pca1", "pca2"]
    np.testing.assert_allclose(table, expected, atol=1e-5)
    inner = ReducedFeatures(
        HOGDescriptor().set_output(transform="pandas"),
        PCA(3, random_state=0).set_output(transform="pandas"),
    )
    result = inner.fit_transform(faces)
    assert type(result) is np.ndarray
    np.testing.assert_allclose(result, expected, atol=1e-5)


def test_names_are_those_of_the_reduction(faces):
    step = ReducedFeatures(HOGDescriptor(), REDUCTION).fit(faces)
    assert list(step.get_feature_names_out()) == [f"truncatedsvd{k}" for k in range(3)]
    assert step.n_features_in_ == 32 * 32


@pytest.mark.parametrize(
    ("parameters", "name"),
    [({"descriptor": "hog"}, "descriptor"), ({"max_samples": 0}, "max_samples")],
)
def test_wrong_parameters(parameters, name, faces):
    step = ReducedFeatures(HOGDescriptor(), REDUCTION).set_params(**parameters)
    with pytest.raises(ValueError, match=f"'{name}' parameter of ReducedFeatures"):
        step.fit(faces)


@pytest.mark.parametrize("n_labels", [22, 24])
def test_one_label_an_image(n_labels, faces):
    step = ReducedFeatures(HOGDescriptor(), REDUCTION)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        step.fit(faces, np.zeros(n_labels))
