import numpy as np

from fer_classic.neural._standardize import standardize


def images(n=4):
    return np.random.default_rng(0).random((n, 6, 8), dtype=np.float32)


def test_by_the_training_pixels():
    x = images()
    np.testing.assert_allclose(standardize(x, 0.25, 0.5), (x - 0.25) / 0.5, rtol=1e-6)


def test_each_by_its_own():
    changed = standardize(images())
    np.testing.assert_allclose(changed.mean(axis=(1, 2)), 0, atol=1e-6)
    np.testing.assert_allclose(changed.std(axis=(1, 2)), 1, atol=1e-5)


def test_neither_brightness_nor_contrast_counts():
    x = images()
    np.testing.assert_allclose(standardize(0.2 * x + 0.1), standardize(x), atol=1e-4)


def test_blank_images_are_zero():
    assert not standardize(np.full((1, 5, 5), 0.5, dtype=np.float32)).any()
