import numpy as np
import pytest
from sklearn.decomposition import TruncatedSVD
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import StandardScaler

from fer_classic.faces import FaceCropper
from fer_classic.features import BlockwiseTransformer, Flatten, HOGDescriptor, _blockwise


@pytest.fixture
def faces():
    return np.random.default_rng(0).integers(0, 256, (23, 32, 32), dtype=np.uint8)


@pytest.fixture
def reduced():
    return make_pipeline(HOGDescriptor(), StandardScaler(), TruncatedSVD(3, random_state=0))


@pytest.mark.parametrize("n_jobs", [None, 2])
@pytest.mark.parametrize("block", [1, 5, 23, 100])
def test_blocks_and_threads_do_not_matter(block, n_jobs, faces, reduced, monkeypatch):
    monkeypatch.setattr(_blockwise, "_BLOCK", block)
    result = BlockwiseTransformer(reduced, n_jobs=n_jobs).fit_transform(faces)
    np.testing.assert_allclose(result, reduced.fit_transform(faces), atol=1e-4)


def test_it_is_fitted_on_evenly_spaced_images(faces, reduced):
    step = BlockwiseTransformer(reduced, max_samples=12).fit(faces)
    expected = reduced.fit(faces[::2]).transform(faces)
    np.testing.assert_allclose(step.transform(faces), expected, atol=1e-4)


def test_labels_belong_to_the_same_images(faces):
    class Labelled(Flatten):
        def fit(self, X, y=None):
            self.seen_ = X[:, 0, 0], y
            return super().fit(X)

    step = BlockwiseTransformer(Labelled(), max_samples=7).fit(faces, faces[:, 0, 0].tolist())
    np.testing.assert_array_equal(*step.transformer_.seen_)


def test_images_of_several_sizes(faces):
    crop = make_pipeline(FaceCropper(None, size=16), Flatten())
    ragged = [*faces[:2], np.zeros((20, 40), np.uint8)]
    step = BlockwiseTransformer(crop, max_samples=2).fit(ragged)
    np.testing.assert_array_equal(step.transform(ragged), crop.transform(ragged))


def test_names_are_those_of_the_transformer(faces):
    union = FeatureUnion([("hog", HOGDescriptor()), ("pixels", Flatten())])
    step = BlockwiseTransformer(union).fit(faces)
    assert list(step.get_feature_names_out()) == list(union.fit(faces).get_feature_names_out())
    assert step.n_features_in_ == union.n_features_in_


@pytest.mark.parametrize(
    ("parameters", "name"),
    [({"transformer": "hog"}, "transformer"), ({"max_samples": 0}, "max_samples")],
)
def test_wrong_parameters(parameters, name, faces):
    step = BlockwiseTransformer(HOGDescriptor()).set_params(**parameters)
    with pytest.raises(ValueError, match=f"'{name}' parameter of BlockwiseTransformer"):
        step.fit(faces)
