import cv2
import numpy as np
import pytest

from fer_classic.units import to_uint8
from fer_classic.utils import as_bgr, as_gray
from tests.utils.pictures import BGR, GRAY, RGB


class TestAsGray:
    @pytest.mark.parametrize(
        ("pixel", "dtype", "gray"),
        [
            ([255, 0, 0], np.uint8, 29),
            ([0, 255, 0], np.uint8, 150),
            ([0, 0, 255], np.uint8, 76),
            ([90, 90, 90], np.uint8, 90),
            ([1.0, 0.0, 0.0], np.float32, 0.114),
            ([0.0, 0.0, 1.0], np.float64, 0.299),
            ([65535, 65535, 65535], np.uint16, 255),
            ([77], np.uint8, 77),
            ([True], bool, 255),
            ([0, 0, 0, 0], np.uint8, 255),
            ([90, 90, 90, 255], np.uint8, 90),
            ([0, 0, 0, 51], np.uint8, 204),
            ([100, 0], np.uint8, 255),
            ([100, 255], np.uint8, 100),
            ([0.0, 0.25], np.float32, 0.75),
            ([0.2, 0.2, 0.2, 0.5], np.float64, 0.6),
            ([0, 0, 0, 32768], np.uint16, 127),
        ],
    )
    def test_pixels(self, pixel, dtype, gray):
        image = np.full((2, 3, len(pixel)), pixel, dtype=dtype)
        result = as_gray(image)
        assert result.shape == (2, 3)
        assert result.dtype == (np.float32 if np.dtype(dtype).kind == "f" else np.uint8)
        assert result == pytest.approx(np.full((2, 3), gray), abs=1e-3)

    @pytest.mark.parametrize(
        ("value", "gray"), [(0, 0), (128, 0), (129, 1), (257, 1), (65534, 255), (65535, 255)]
    )
    def test_16_bits_are_rounded(self, value, gray):
        assert as_gray(np.array([[value, 65535]], np.uint16)).tolist() == [[gray, 255]]

    def test_grey_bytes_are_not_copied(self):
        assert as_gray(GRAY) is GRAY or np.shares_memory(as_gray(GRAY), GRAY)

    def test_views(self):
        expected = cv2.cvtColor(BGR, cv2.COLOR_BGR2GRAY)
        np.testing.assert_array_equal(as_gray(RGB[..., ::-1]), expected)
        np.testing.assert_array_equal(as_gray(BGR[::-1, ::2]), expected[::-1, ::2])

    def test_the_image_is_not_changed(self):
        image = np.dstack([BGR, GRAY])
        before = image.copy()
        image.flags.writeable = False
        as_gray(image)
        np.testing.assert_array_equal(image, before)

    @pytest.mark.parametrize("shape", [(3,), (4, 4, 5), (2, 4, 4, 3), (0, 4), (4, 0, 3), ()])
    def test_other_shapes(self, shape):
        with pytest.raises(ValueError, match=r"expected an image of shape \(h, w\), or"):
            as_gray(np.zeros(shape, np.uint8))

    def test_what_a_failed_imread_gives(self):
        with pytest.raises(ValueError, match=r"got an array of shape \(\)"):
            as_gray(None)

    @pytest.mark.parametrize("dtype", [np.int16, np.int64, np.uint32])
    def test_integers_of_every_size_hold_grey_levels(self, dtype):
        np.testing.assert_array_equal(as_gray(BGR.astype(dtype)), as_gray(BGR))

    @pytest.mark.parametrize("convert", [as_gray, as_bgr])
    @pytest.mark.parametrize(
        ("image", "message"),
        [
            (BGR.astype(np.float32), "floating images hold 0 to 1, got values from 0 to 255"),
            (np.full((2, 2), np.nan), "floating images hold 0 to 1, got none and 4 that are no"),
            (np.array([[-0.5, 1.5]]), "floating images hold 0 to 1, got values from -0.5 to 1.5"),
            (GRAY.astype(np.int64) * 16, "int64 hold 0 to 255, got values from 0 to 3888"),
            (GRAY.astype(np.uint16), "uint16 hold 0 to 65535, got values from 0 to 243"),
            (np.zeros((2, 2), complex), "expected an image of dtype uint8, uint16, another int"),
            (np.zeros((2, 2), "U1"), "expected an image of dtype uint8, uint16, another int"),
        ],
    )
    def test_numbers_that_are_not_in_their_unit(self, image, message, convert):
        with pytest.raises(ValueError, match=message):
            convert(image)


COLOR = np.array([[[10, 20, 30], [0, 255, 51]]], np.uint8)


class TestAsBGR:
    @pytest.mark.parametrize(
        ("image", "expected"),
        [
            (np.array([[7, 200]], np.uint8), [[[7, 7, 7], [200, 200, 200]]]),
            (np.array([[[7], [200]]], np.uint8), [[[7, 7, 7], [200, 200, 200]]]),
            (np.array([[[7, 255], [200, 0]]], np.uint8), [[[7, 7, 7], [255, 255, 255]]]),
            (np.array([[True, False]]), [[[255, 255, 255], [0, 0, 0]]]),
            (COLOR, COLOR),
            (COLOR / 255, COLOR),
            (COLOR.astype(np.uint16) * 257, COLOR),
            (np.array([[[128, 129, 65534]]], np.uint16), [[[0, 1, 255]]]),
            (COLOR[:, ::-1], COLOR[:, ::-1]),
            (np.dstack([COLOR, [[255, 0]]]).astype(np.uint8), [[[10, 20, 30], [255, 255, 255]]]),
            (np.array([[[0, 0.2, 1, 0.6]]]), [[[102, 133, 255]]]),
            (np.array([[[-1e-3, 1.001, 0.5]]]), [[[0, 255, 128]]]),
            (COLOR.astype(np.int64), COLOR),
        ],
    )
    def test_pixels(self, image, expected):
        picture = as_bgr(image)
        assert picture.dtype == np.uint8
        assert picture.flags.c_contiguous
        np.testing.assert_array_equal(picture, expected)

    @pytest.mark.parametrize("channels", [1, 2, 3, 4])
    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
    def test_its_grey_is_that_of_the_image(self, channels, dtype):
        top = 1 if dtype is np.float32 else np.iinfo(dtype).max
        image = (np.random.default_rng(0).random((20, 30, channels)) * top).astype(dtype)
        gray = to_uint8(as_gray(image)).astype(int)
        np.testing.assert_allclose(as_gray(as_bgr(image)), gray, atol=1 if channels > 2 else 0)

    def test_colour_of_8_bits_is_not_copied(self):
        assert np.shares_memory(as_bgr(BGR), BGR)

    @pytest.mark.parametrize("shape", [(5,), (4, 4, 5), (4, 0), (0, 4, 3), (1, 2, 3, 4)])
    def test_other_shapes(self, shape):
        with pytest.raises(ValueError, match="expected an image of shape"):
            as_bgr(np.zeros(shape, np.uint8))
