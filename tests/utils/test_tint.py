import numpy as np

from fer_classic.utils._palette import AGAINST_COLOR, FOR_COLOR
from fer_classic.utils._tint import tint


def test_colours_by_hand():
    picture = np.full((1, 3, 3), 100, np.uint8)
    values = np.array([[1, 0, -0.5]], np.float32)
    tinted = tint(picture, values)
    assert tinted.dtype == np.float32
    np.testing.assert_allclose(tinted[0, 0], 25 + 0.75 * np.array(FOR_COLOR), rtol=1e-6)
    np.testing.assert_array_equal(tinted[0, 1], 100)
    np.testing.assert_allclose(tinted[0, 2], 62.5 + 0.375 * np.array(AGAINST_COLOR), rtol=1e-6)
    np.testing.assert_array_equal(tint(picture[..., :1], values), tinted)
