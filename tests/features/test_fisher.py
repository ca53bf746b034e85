import numpy as np
import pytest
from skimage.feature import fisher_vector
from sklearn.mixture import GaussianMixture

from fer_classic.features import FisherVectors, dense_sift
from fer_classic.features._sift import lattice
from fer_classic.features._windows import windows

pytestmark = pytest.mark.portability


def faces(n_images=12, shape=(20, 24), seed=0):
    return np.random.default_rng(seed).random((n_images, *shape))


def mixture_of(step):
    """The fitted mixture as one of scikit-learn's."""
    mixture = GaussianMixture(step.n_words, covariance_type="diag")
    mixture.weights_ = step.weights_.astype(float)
    mixture.means_ = step.means_.astype(float)
    mixture.covariances_ = step.variances_.astype(float)
    mixture.precisions_cholesky_ = 1 / np.sqrt(mixture.covariances_)
    return mixture


def encoded(step, image):
    """One image, window by window, without mirroring, by scikit-image."""
    sizes = []
    for bin_size in step.bin_sizes:
        settings = {"bin_size": bin_size, "stride": step.stride, "bins": step.bins}
        _, descriptors = dense_sift(image, **settings)
        vectors = (descriptors - step.mean_).astype(float) @ step.components_.T
        height, width = lattice(image.shape, **settings)
        vectors = vectors.reshape(height, width, -1)
        sizes.append(
            [
                fisher_vector(
                    vectors[top:bottom, left:right].reshape(-1, step.n_components),
                    mixture_of(step),
                )
                for grid in step.grids
                for top, bottom in windows(height, grid[0], step.overlap)
                for left, right in windows(width, grid[1], step.overlap)
            ]
        )
    return np.mean(sizes, axis=0)


SMALL = {"bin_sizes": (2, 3), "n_components": 6, "n_words": 3, "random_state": 0}


def test_the_only_gaussian_has_all_the_weight():
    # Windows of thirteen rows and columns of places, whose averages of ones miss 1 by rounding.
    settings = {**SMALL, "bin_sizes": (2,), "n_words": 1, "stride": 1}
    images = faces(shape=(19, 19))
    step = FisherVectors(**settings, grids=((3, 3),)).fit(images)
    weights = [name.endswith("_weight") for name in step.get_feature_names_out()]
    assert sum(weights) == 9
    assert not step.transform(images)[:, weights].any()


def test_the_mixture_is_that_of_scikit_learn():
    images = faces()
    step = FisherVectors(**{**SMALL, "bin_sizes": (3,)}, mirror=False).fit(images)
    descriptors = np.concatenate([dense_sift(image, bin_size=3, stride=3)[1] for image in images])
    vectors = (descriptors - step.mean_) @ step.components_.T
    assert step.means_.shape == step.variances_.shape == (3, 6)
    assert step.weights_.sum() == pytest.approx(1)
    # The likelihood cannot be raised from here.
    mixture = mixture_of(step)
    again = GaussianMixture(
        3,
        covariance_type="diag",
        weights_init=mixture.weights_ / mixture.weights_.sum(),
        means_init=mixture.means_,
        precisions_init=1 / mixture.covariances_,
    ).fit(vectors)
    assert again.score(vectors) == pytest.approx(mixture.score(vectors), abs=0.01)


@pytest.mark.parametrize(
    "parameters",
    [
        {"grids": ((1, 1),)},
        {"grids": ((2, 3),)},
        {"grids": ((1, 1), (2, 2)), "overlap": 0.0, "n_words": 1},
    ],
)
@pytest.mark.parametrize("mirror", [False, True])
def test_they_are_those_of_scikit_image(parameters, mirror):
    images = faces()
    step = FisherVectors(**{**SMALL, **parameters}, mirror=mirror, improved=False).fit(images)
    expected = encoded(step, images[0])
    if mirror:
        expected = (expected + encoded(step, images[0, :, ::-1])) / 2
    result = step.transform(images[:1])[0]
    assert np.abs(result).max() > 0.1
    np.testing.assert_allclose(result, expected.ravel(), atol=1e-4)


def test_improved_ones_are_signed_roots_of_length_1():
    images = faces()
    step = FisherVectors(**SMALL, improved=False).fit(images)
    plain = step.transform(images)
    improved = step.set_params(improved=True).transform(images)
    expected = np.sign(plain) * np.sqrt(np.abs(plain))
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(improved, expected, atol=1e-6)


def test_it_is_silent_about_rounds_that_were_not_enough():
    step = FisherVectors(**SMALL, max_iter=1).fit(faces())
    assert step.n_iter_ == 1


def test_names():
    step = FisherVectors(**SMALL, grids=((1, 1), (2, 3))).fit(faces())
    names = step.get_feature_names_out()
    assert list(names[:4]) == [
        "fisher1x1_r0c0_w00_weight",
        "fisher1x1_r0c0_w01_weight",
        "fisher1x1_r0c0_w02_weight",
        "fisher1x1_r0c0_w00_mean00",
    ]
    assert names[39] == "fisher2x3_r0c0_w00_weight"
    assert names[-1] == "fisher2x3_r1c2_w02_variance05"


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"bin_sizes": (7,)}, r"FisherVectors: bins=\(4, 4\) of 7 pixels require images"),
        ({"n_words": 2000}, "FisherVectors: n_words=2000 words cannot be learned from 600"),
        ({"improved": "yes"}, "'improved' parameter of FisherVectors"),
    ],
)
def test_errors(parameters, message):
    with pytest.raises(ValueError, match=message):
        FisherVectors(**{**SMALL, **parameters}).fit(faces())


def test_images_of_few_different_descriptors():
    image = np.zeros((48, 48), dtype=np.uint8)
    image[:, 24:] = 255
    with pytest.raises(ValueError, match=r"16 Gaussians .* fitted to \d+ distinct descriptors"):
        FisherVectors(bin_sizes=(3,), n_components=2, random_state=0).fit(np.stack([image] * 4))
