import re

import cv2
import numpy as np
import pytest

from fer_classic.preprocessing import Denoiser, denoise

pytestmark = pytest.mark.portability

METHODS = ("median", "gaussian", "bilateral", "nlmeans")


def noise(seed=0, shape=(24, 31)):
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def noisy_edge():
    """A dark and a bright half under noise, and the same without it."""
    clean = np.repeat([[60] * 24 + [190] * 24], 48, axis=0)
    noisy = clean + np.random.default_rng(1).normal(0, 10, clean.shape)
    return np.uint8(noisy.clip(0, 255)), np.uint8(clean)


def test_median_takes_single_dots_away():
    image = np.full((5, 5), 50, np.uint8)
    image[2, 2] = 255
    image[0, 4] = 0
    assert (denoise(image) == 50).all()


def test_median_of_a_window_by_hand():
    image = np.arange(25, dtype=np.uint8).reshape(5, 5)
    image[0, 0] = 200
    # Of 200 1 2 5 6 7 10 11 12 the middle is 7.
    assert denoise(image)[1, 1] == 7


def test_gaussian_spreads_a_dot_as_a_bell():
    image = np.zeros((21, 21), np.uint8)
    image[10, 10] = 255
    bell = np.exp(-(np.arange(-3, 4) ** 2) / (2 * 1.5**2))
    expected = 255 * np.outer(bell, bell) / bell.sum() ** 2
    blurred = denoise(image, method="gaussian", sigma=1.5)[7:14, 7:14]
    np.testing.assert_allclose(blurred, expected, atol=1.5)


@pytest.mark.parametrize("method", METHODS)
def test_noise_goes_and_the_edge_stays(method):
    noisy, clean = noisy_edge()
    denoised = denoise(noisy, method=method, strength=30.0, sigma=2.0)
    far = np.s_[:, [*range(16), *range(32, 48)]]
    assert denoised[far].astype(int).std() < noisy[far].astype(int).std()
    before, after = (np.abs(one[far] - clean[far].astype(int)).mean() for one in (noisy, denoised))
    assert after < 0.6 * before
    if method in {"bilateral", "median"}:
        assert (denoised[:, 25].astype(int) - denoised[:, 22]).mean() > 100


def test_gaussian_washes_the_edge_out_more_than_bilateral():
    noisy, _ = noisy_edge()
    contrast = {
        method: float(
            np.diff(denoise(noisy, method=method, sigma=2.0, strength=40.0)[:, [23, 24]]).mean(
                dtype=float
            )
        )
        for method in ("gaussian", "bilateral")
    }
    assert contrast["gaussian"] < 60 < contrast["bilateral"]


@pytest.mark.parametrize("method", METHODS)
def test_a_flat_image_stays_flat(method):
    assert (denoise(np.full((9, 12), 77, np.uint8), method=method) == 77).all()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 3)])
def test_tiny_images_keep_their_shape(method, shape):
    assert denoise(noise(shape=shape), method=method).shape == shape


@pytest.mark.parametrize("method", METHODS)
def test_a_batch_equals_its_single_images(method):
    images = noise(shape=(4, 15, 22))
    batch = Denoiser(method, size=5, sigma=2.0, strength=25.0).fit_transform(images)
    for image, result in zip(images, batch, strict=True):
        expected = denoise(image, method=method, size=5, sigma=2.0, strength=25.0)
        np.testing.assert_array_equal(result, expected)


def test_parameters_reach_the_filters():
    image = noise()
    np.testing.assert_array_equal(denoise(image, size=7), cv2.medianBlur(image, 7))
    expected = cv2.fastNlMeansDenoising(image, None, 20.0, 5, 21)
    np.testing.assert_array_equal(denoise(image, method="nlmeans", size=5, strength=20.0), expected)


def test_size_1_changes_nothing():
    np.testing.assert_array_equal(denoise(noise(), size=1), noise())


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"method": "mean"}, "'method' parameter"),
        ({"size": 0}, "'size' parameter"),
        ({"size": 33}, "'size' parameter"),
        ({"size": 4}, "size must be odd, got 4; use 3 or 5"),
        ({"sigma": 0}, "'sigma' parameter"),
        ({"sigma": 1e4}, r"'sigma' parameter .* range \(0\.0, 100\.0\]\. Got 10000\.0"),
        ({"strength": -1}, "'strength' parameter"),
    ],
)
def test_wrong_parameters_are_named_by_both_doors(parameters, message):
    with pytest.raises(ValueError, match=message):
        denoise(noise(), **parameters)
    with pytest.raises(ValueError, match=message):
        Denoiser(**parameters).fit_transform(noise()[np.newaxis])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("shape", [(9, 9, 3), (2, 9, 9), (9,), (0, 5), (5, 0)])
def test_what_is_no_grey_image(method, shape):
    found = re.escape(f"denoise expects a grey image of shape (h, w), got {shape}")
    with pytest.raises(ValueError, match=found):
        denoise(np.zeros(shape, np.uint8), method=method)


@pytest.mark.parametrize("method", METHODS)
def test_windows_are_odd_where_there_is_one(method):
    step = Denoiser(method, size=4)
    if method in ("median", "nlmeans"):
        with pytest.raises(ValueError, match="size must be odd, got 4; use 3 or 5"):
            step.fit(noise()[np.newaxis])
    else:
        assert step.fit_transform(noise()[np.newaxis]).shape == (1, 24, 31)
