import numpy as np
import pytest

from fer_classic.features import Flatten


def test_a_table():
    images = np.array([[[0, 51], [102, 255]]], dtype=np.uint8)
    rows = Flatten().fit_transform(images)
    np.testing.assert_allclose(rows, [[0, 0.2, 0.4, 1]], rtol=1e-6)
    assert rows.dtype == np.float32


@pytest.mark.parametrize("dtype", [np.int16, np.int64, np.uint16])
def test_all_integers_are_in_one_unit(dtype):
    images = np.random.default_rng(0).integers(0, 256, (2, 3, 4), dtype=np.uint8)
    expected = Flatten().fit_transform(images)
    np.testing.assert_array_equal(Flatten().fit_transform(images.astype(dtype)), expected)


def test_floating_values_are_kept():
    images = np.array([[[-1.5, 0.25, 7.0]]])
    assert Flatten().fit_transform(images).tolist() == [[-1.5, 0.25, 7.0]]


def test_names_point_at_the_pixels():
    flatten = Flatten().fit(np.zeros((1, 2, 3)))
    assert flatten.get_feature_names_out()[[0, 3, 5]].tolist() == [
        "pixel_r0c0",
        "pixel_r1c0",
        "pixel_r1c2",
    ]


def test_the_result_is_no_view():
    images = np.zeros((1, 2, 2), np.float32)
    assert not np.shares_memory(Flatten().fit_transform(images), images)
