import numpy as np
import pytest

from fer_classic.faces._windows import (
    AROUND,
    WINDOW,
    cut_windows,
    local_contrast,
    pyramid,
    standardize,
)

ONE = np.ones(2)


def texture(*shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def test_levels_shrink_until_a_window_hardly_fits():
    levels = [level for level, _ in pyramid(texture(240, 320), 48)]
    assert levels[0].shape == (120, 160)
    heights = [level.shape[0] for level in levels]
    assert heights == sorted(heights, reverse=True)
    assert WINDOW * 0.8 <= heights[-1] < WINDOW * 1.3


def test_a_level_knows_its_scale():
    for level, scale in pyramid(texture(200, 330), 30):
        np.testing.assert_allclose(scale * level.shape[::-1], (330, 200))


def test_no_level_is_larger_than_the_picture():
    assert next(pyramid(texture(100, 90), 5))[0].shape == (100, 90)


@pytest.mark.parametrize("shape", [(1, 1), (10, 300), (300, 10), (18, 18)])
def test_a_picture_smaller_than_a_face_has_no_level(shape):
    assert not list(pyramid(np.zeros(shape, np.uint8), 24))


def test_local_contrast_of_one_pixel_by_hand():
    image = texture(60, 70).astype(np.float32)
    got = local_contrast(image)
    assert got.shape == (60 - AROUND + 1, 70 - AROUND + 1)
    near = image[10 : 10 + AROUND, 20 : 20 + AROUND].astype(np.float64)
    middle = near[AROUND // 2, AROUND // 2]
    expected = (middle - near.mean()) / np.sqrt(near.var() + 4)
    assert got[10, 20] == pytest.approx(expected, rel=1e-3)


def test_contrast_of_a_blank_image_is_nothing():
    np.testing.assert_allclose(local_contrast(np.full((40, 40), 200, np.uint8)), 0, atol=1e-3)


@pytest.mark.parametrize("change", [lambda x: x + 40, lambda x: 0.3 * x])
def test_light_hardly_changes_contrast(change):
    image = texture(60, 60).astype(np.float32) / 2
    np.testing.assert_allclose(local_contrast(change(image)), local_contrast(image), atol=0.05)


def test_standard_windows_have_mean_0_and_deviation_1():
    windows = standardize(texture(3, 40, 40).astype(np.float32))
    np.testing.assert_allclose(windows.mean(axis=(1, 2)), 0, atol=1e-4)
    np.testing.assert_allclose(windows.std(axis=(1, 2)), 1, atol=1e-2)


def test_a_blank_window_is_nothing():
    assert not standardize(np.full((1, 8, 8), 77, np.float32)).any()


def test_a_square_that_needs_no_resizing_is_the_picture_itself():
    picture = texture(100, 120)
    window = cut_windows([(picture, ONE)], np.array([[50.0, 40.0, 20.0]]), 20)
    np.testing.assert_array_equal(window[0], picture[30:50, 40:60])


def test_outside_the_picture_its_edge_goes_on():
    picture = texture(50, 50)
    window = cut_windows([(picture, ONE)], np.array([[0.0, 25.0, 20.0]]), 20)[0]
    np.testing.assert_array_equal(window[:, 10:], picture[15:35, :10])
    np.testing.assert_array_equal(window[:, :10], np.repeat(picture[15:35, :1], 10, axis=1))


@pytest.mark.parametrize("square", [(-30, -30, 20), (90, 20, 16), (25, 500, 40), (20, 20, 0.2)])
def test_squares_far_outside_and_tiny_ones(square):
    window = cut_windows([(texture(50, 50), ONE)], np.array([square], float), 12)
    assert np.isfinite(window).all()
    assert window.shape == (1, 12, 12)


def test_large_squares_come_from_a_small_level():
    levels = [(np.full((80, 80), 9, np.uint8), ONE), (np.zeros((40, 40), np.uint8), 2 * ONE)]
    windows = cut_windows(levels, np.array([[40.0, 40, 16], [40.0, 40, 19], [40.0, 40, 20]]), 10)
    assert windows.max(axis=(1, 2)).tolist() == [9, 9, 0]


def test_no_squares_no_windows():
    assert cut_windows([(texture(20, 20), ONE)], np.empty((0, 3)), 40).shape == (0, 40, 40)
