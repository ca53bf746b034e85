import numpy as np
import pytest

from fer_classic.features import Flatten


def test_a_table():
    images = np.array([[[0, 51], [102, 255]]], dtype=np.uint8)
    rows = Flatten().fit_transform(images)
    np.testing.assert_allclose(rows, [[0, 0.2, 0.4, 1]], rtol=1e-6)
    assert rows.dtype == np.float32


@pytest.mark.parametrize("dtype", [np.int16, np.int64, np.uint32])
def test_all_integers_are_in_one_unit(dtype):
    images = np.random.default_rng(0).integers(0, 256, (2, 3, 5), dtype=np.uint8)
    expected = Flatten().fit_transform(images)
    np.testing.assert_array_equal(Flatten().fit_transform(images.astype(dtype)), expected)


def test_16_bits_are_in_their_own_unit():
    images = np.array([[[0, 13107], [26214, 65535]]], np.uint16)
    np.testing.assert_allclose(Flatten().fit_transform(images), [[0, 0.2, 0.4, 1]], rtol=1e-6)
    with pytest.raises(ValueError, match="uint16 hold 0 to 65535, got values from 0 to 200"):
        Flatten().fit_transform(np.array([[[0, 200]]], np.uint16))


def test_floating_values_are_kept():
    images = np.array([[[-1.5, 0.25]]])
    assert Flatten().fit_transform(images).tolist() == [[-1.5, 0.25]]


def test_names_point_at_the_pixels():
    flatten = Flatten().fit(np.zeros((1, 2, 5)))
    assert flatten.get_feature_names_out()[[0, 5, 9]].tolist() == [
        "pixel_r0c0",
        "pixel_r1c0",
        "pixel_r1c4",
    ]
    assert flatten.get_feature_boxes()[[0, 5, 9]].tolist() == [
        [0, 0, 1, 1],
        [0, 1, 1, 1],
        [4, 1, 1, 1],
    ]


def test_the_result_is_no_view():
    images = np.zeros((1, 2, 2), np.float32)
    assert not np.shares_memory(Flatten().fit_transform(images), images)
