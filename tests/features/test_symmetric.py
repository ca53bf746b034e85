import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import FeatureUnion
from sklearn.utils import get_tags

from fer_classic.features import (
    Flatten,
    GaborBank,
    HOGDescriptor,
    LBPHistogram,
    PatchDictionary,
    SymmetricFeatures,
)
from fer_classic.preprocessing import Equalizer

FACES = np.random.default_rng(0).integers(0, 256, (6, 24, 30), dtype=np.uint8)
NAMES = np.array(["happy", "sad"] * 3)


class Labelled(TransformerMixin, BaseEstimator):
    """Keeps what it was fitted on."""

    def fit(self, X, y):
        self.images_, self.labels_ = X, y
        return self

    def transform(self, X):
        return X.reshape(len(X), -1)


def union():
    return FeatureUnion([("lbp", LBPHistogram(grid=(2, 3))), ("hog", HOGDescriptor())])


def test_pixels_are_averaged_with_those_of_the_other_side():
    image = np.array([[[0, 10, 40], [1, 2, 3]]], dtype=np.uint8)
    features = SymmetricFeatures(Flatten(image_shape=(2, 3)), image_shape=(2, 3)).fit_transform(
        image.reshape(1, -1)
    )
    np.testing.assert_allclose(255 * features, [[20, 10, 20, 2, 2, 2]], rtol=1e-6)
    assert features.dtype == np.float32


@pytest.mark.parametrize("extractor", [union(), GaborBank(wavelengths=(4,), grid=(2, 2))])
def test_a_face_equals_its_mirror_image(extractor):
    symmetric = SymmetricFeatures(extractor)
    features = symmetric.fit_transform(FACES)
    np.testing.assert_array_equal(features, symmetric.transform(FACES[:, :, ::-1]))
    both = [extractor.fit(FACES).transform(part) for part in (FACES, FACES[:, :, ::-1])]
    assert np.abs(both[0] - both[1]).max() > 0.01
    np.testing.assert_allclose(features, np.mean(both, axis=0), atol=1e-6)


def test_names_are_those_of_the_extractor():
    symmetric = SymmetricFeatures(union()).fit(FACES)
    names = symmetric.get_feature_names_out()
    assert len(names) == symmetric.transform(FACES).shape[1]
    assert names[0] == "lbp__lbp_r0c0_u0"


def test_a_stateless_extractor_needs_no_fit():
    symmetric = SymmetricFeatures(HOGDescriptor())
    features = symmetric.transform(FACES)
    np.testing.assert_array_equal(features, SymmetricFeatures(HOGDescriptor()).fit_transform(FACES))
    assert not get_tags(symmetric).requires_fit


def test_a_learned_extractor_is_fitted_or_kept_as_it_is():
    learned = PatchDictionary(patch_size=4, n_atoms=6, random_state=0)
    symmetric = SymmetricFeatures(learned)
    assert get_tags(symmetric).requires_fit
    with pytest.raises(NotFittedError):
        symmetric.transform(FACES)
    frozen = FrozenEstimator(learned.fit(FACES[:3]))
    kept = SymmetricFeatures(frozen).fit(FACES[3:]).transform(FACES)
    fitted = symmetric.fit(FACES[3:]).transform(FACES)
    np.testing.assert_array_equal(kept, SymmetricFeatures(learned).transform(FACES))
    assert np.abs(kept - fitted).max() > 1e-3


def test_the_extractor_sees_the_images_and_labels():
    fitted = SymmetricFeatures(Labelled()).fit(FACES, NAMES).extractor_
    np.testing.assert_array_equal(fitted.images_, FACES)
    assert fitted.labels_ is NAMES


def test_images_are_no_features():
    with pytest.raises(ValueError, match=r"rows of features, but Equalizer gives .*\(6, 24, 30\)"):
        SymmetricFeatures(Equalizer()).fit_transform(FACES)


def test_images_of_another_size_are_refused():
    with pytest.raises(ValueError, match="was fitted on images of shape"):
        SymmetricFeatures(HOGDescriptor()).fit(FACES).transform(FACES[:, :20])


def test_names_without_fit_are_those_of_a_fitted_extractor():
    extractor = HOGDescriptor().fit(FACES)
    step = SymmetricFeatures(FrozenEstimator(extractor))
    assert list(step.get_feature_names_out()) == list(extractor.get_feature_names_out())
