import numpy as np
import pytest

from fer_classic.features import BagOfVisualWords, dense_sift
from fer_classic.features._sift import lattice, mirrored_order
from fer_classic.features._windows import windows

pytestmark = pytest.mark.portability


def faces(n_images=12, shape=(20, 24), seed=0):
    return np.random.default_rng(seed).random((n_images, *shape))


def reduced(step, image, bin_size):
    """Whitened descriptors of length 1, ``(h, w, n_components)``, one by one."""
    settings = {"bin_size": bin_size, "stride": step.stride, "bins": step.bins}
    _, descriptors = dense_sift(image, **settings)
    vectors = np.zeros((len(descriptors), step.n_components))
    for vector, descriptor in zip(vectors, descriptors, strict=True):
        if descriptor.any():
            vector[:] = step.components_ @ (descriptor - step.mean_)
            vector /= np.linalg.norm(vector)
    return vectors.reshape(*lattice(image.shape, **settings), -1)


def encoded(step, image):
    """One image, window by window, without mirroring: (windows, words)."""
    sizes = []
    for bin_size in step.bin_sizes:
        responses = np.maximum(0, reduced(step, image, bin_size) @ step.words_.T - step.threshold)
        height, width, _ = responses.shape
        sizes.append(
            [
                responses[top:bottom, left:right].mean(axis=(0, 1))
                for grid in step.grids
                for top, bottom in windows(height, grid[0], step.overlap)
                for left, right in windows(width, grid[1], step.overlap)
            ]
        )
    return np.mean(sizes, axis=0)


SMALL = {
    "bin_sizes": (2, 3),
    "n_components": 10,
    "n_words": 6,
    "normalization": None,
    "random_state": 0,
}


class TestLearning:
    def test_where_all_descriptors_are_equal_nothing_is_learned(self):
        # All grey values rise to the right, here and in any unit.
        ramps = np.multiply.outer(np.arange(1, 9), np.tile(np.arange(24), (20, 1)))
        settings = {"bins": (1, 1), "n_components": 4, "n_words": 2, "mirror": False}
        step = BagOfVisualWords(**settings, random_state=0).fit(ramps)
        assert not step.components_.any()
        assert not step.transform(ramps).any()

    def test_descriptors_are_whitened_and_reduced(self):
        images = faces()
        step = BagOfVisualWords(
            bin_sizes=(3,), n_components=5, n_words=3, mirror=False, grids=((1, 1),), random_state=0
        ).fit(images)
        descriptors = np.concatenate([dense_sift(image, bin_size=3)[1] for image in images])
        np.testing.assert_allclose(step.mean_, descriptors.mean(axis=0), atol=1e-5)
        vectors = (descriptors - step.mean_) @ step.components_.T
        # A little less than 1, as something is added to the variances.
        np.testing.assert_allclose(np.cov(vectors.T), np.eye(5), atol=0.05)

    def test_directions_are_even_or_odd(self):
        step = BagOfVisualWords(**SMALL, grids=((2, 2),)).fit(faces())
        order = mirrored_order((4, 4))
        np.testing.assert_allclose(step.mean_[order], step.mean_, atol=1e-6)
        mirrored = step.parity_[:, np.newaxis] * step.components_
        np.testing.assert_allclose(step.components_[:, order], mirrored, atol=1e-4)
        assert set(step.parity_) == {-1, 1}
        assert (np.diff(step.parity_) <= 0).all()

    def test_words_have_length_1(self):
        step = BagOfVisualWords(**SMALL, grids=((2, 2),)).fit(faces())
        assert step.words_.shape == (6, 10)
        assert step.words_.dtype == step.components_.dtype == step.mean_.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(step.words_, axis=1), 1, atol=1e-6)

    def test_few_descriptors_are_enough(self):
        step = BagOfVisualWords(**SMALL, n_descriptors=40, grids=((2, 2),))
        assert step.fit_transform(faces()).shape == (12, 24)

    def test_flat_places_are_not_drawn(self):
        images = np.full((8, 20, 24), 0.4)
        images[3, 4:12, 4:12] = faces(1)[0, 4:12, 4:12]
        step = BagOfVisualWords(**SMALL, grids=((1, 1),)).fit(images)
        np.testing.assert_allclose(np.linalg.norm(step.words_, axis=1), 1, atol=1e-6)


class TestEncoding:
    @pytest.mark.parametrize(
        "parameters",
        [
            {"grids": ((2, 3),)},
            {"grids": ((1, 1), (2, 2), (4, 4)), "overlap": 0.0, "threshold": 0.1},
            {"bins": (2, 3), "stride": 3, "grids": ((3, 1),)},
        ],
    )
    def test_it_is_what_each_descriptor_answers(self, parameters):
        images = faces()
        images[0, :, :15] = 0.6
        step = BagOfVisualWords(**SMALL, mirror=False, **parameters).fit(images)
        result = step.transform(images[:2])
        expected = [encoded(step, image).ravel() for image in images[:2]]
        np.testing.assert_allclose(result, expected, atol=1e-5)
        assert result.max() > 0.05

    def test_mirror_averages_over_the_face_and_its_mirror_image(self):
        images = faces()
        step = BagOfVisualWords(**SMALL, grids=((2, 3),)).fit(images)
        face, mirrored = (encoded(step, part) for part in (images[0], images[0, :, ::-1]))
        result = step.transform(images[:1])[0]
        np.testing.assert_allclose(result, (face + mirrored).ravel() / 2, atol=1e-4)

    def test_square_roots(self):
        images = faces()
        step = BagOfVisualWords(**SMALL, grids=((2, 3),)).fit(images)
        plain = step.transform(images)
        step.set_params(normalization="sqrt")
        np.testing.assert_array_equal(step.transform(images), np.sqrt(plain))

    def test_names(self):
        step = BagOfVisualWords(**SMALL, grids=((1, 1), (2, 3))).fit(faces())
        names = step.get_feature_names_out()
        assert list(names[:2]) == ["word1x1_r0c0_w000", "word1x1_r0c0_w001"]
        assert names[6] == "word2x3_r0c0_w000"
        assert names[-1] == "word2x3_r1c2_w005"


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"bin_sizes": ()}, r"bin_sizes must be one or more integers .*, got \(\)"),
        ({"bin_sizes": (3, 0.5)}, r"bin_sizes must be .*, got \(3, 0.5\)"),
        ({"bin_sizes": (3, 7)}, r"BagOfVisualWords: bins=\(4, 4\) of 7 pixels require images"),
        ({"grids": ()}, r"grids must be one or more pairs, such as \(\(6, 6\),\), got \(\)"),
        ({"grids": (6, 6)}, r"grids must be one or more pairs, .* got \(6, 6\)"),
        ({"grids": ((7, 6),)}, r"grid=\(7, 6\) has more windows than .* \(6 x 8\); use at most"),
        ({"grids": ((0, 1),)}, "BagOfVisualWords: grid must be two integers"),
        ({"n_components": 129}, r"n_components=129 exceeds the length 128 .*; use at most"),
        (
            {"n_words": 2000},
            r"n_words=2000 words cannot be learned from 1332 descriptors .* \(1332 of 1332 places "
            r"in n_samples=12 images of n_features=480 pixels were drawn\); use fewer words",
        ),
        ({"n_words": 50, "n_descriptors": 49}, "n_words=50 words cannot be learned from 49"),
        ({"threshold": 1.0}, "'threshold' parameter of BagOfVisualWords"),
    ],
)
def test_errors(parameters, message):
    settings = {"bin_sizes": (2, 3), "grids": ((2, 2),), "n_words": 5, **parameters}
    with pytest.raises(ValueError, match=message):
        BagOfVisualWords(**settings).fit(faces())
