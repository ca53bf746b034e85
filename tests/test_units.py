import numpy as np
import pytest

from fer_classic.units import (
    check_depth,
    check_gray,
    check_unit,
    clip_to_unit,
    to_uint8,
    to_unit,
)


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        ([0, 7, 255], np.uint8, [0, 7, 255]),
        ([False, True], bool, [0, 255]),
        ([0, 7, 255], np.int64, [0, 7, 255]),
        ([0, 7, 255], np.uint32, [0, 7, 255]),
        ([0, 0], np.uint16, [0, 0]),
        ([0, 128, 129, 257, 65534, 65535], np.uint16, [0, 0, 1, 1, 255, 255]),
        ([0, 128, 129, 257, 65534, 65535], ">u2", [0, 0, 1, 1, 255, 255]),
        ([0, 7, 255], ">i4", [0, 7, 255]),
        ([0.0, 0.5, 1.0], ">f4", [0, 128, 255]),
        ([0.0, 0.5, 1.0], np.float64, [0, 128, 255]),
        ([-1e-6, 1 + 1e-6], np.float32, [0, 255]),
        ([-0.0019, 1.0019], np.float64, [0, 255]),
        ([1 / 255, 0.49 / 255, 0.51 / 255], np.float64, [1, 0, 1]),
        ([], np.float64, []),
    ],
)
def test_to_uint8(values, dtype, expected):
    result = to_uint8(np.array(values, dtype=dtype))
    assert result.dtype == np.uint8
    assert result.tolist() == expected


def test_to_uint8_does_not_copy_what_is_uint8():
    image = np.zeros((2, 2), np.uint8)
    assert to_uint8(image) is image


@pytest.mark.parametrize("check", [check_unit, to_uint8])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([0, 200, 241], "got values from 0 to 241; divide"),
        ([0.5, 1.25], "got values from 0.5 to 1.25; divide"),
        ([-1, 0, 1], "got values from -1 to 1; divide"),
        ([0.5, np.nan], r"got values from 0.5 to 0.5 and 1 that are not finite \(NaN"),
        ([0.5, np.inf, 0.25], r"got values from 0.25 to 0.5 and 1 that are not finite"),
        ([np.nan, np.nan], "got none and 2 that are not finite"),
    ],
)
def test_floats_that_are_not_in_their_unit(values, found, dtype, check):
    with pytest.raises(ValueError, match=f"floating images hold 0 to 1, {found}") as caught:
        check(np.array(values, dtype=dtype))
    assert "divide images of 0-255 by 255 (images / 255)" in str(caught.value)
    assert "convert them to uint8 (images.astype(np.uint8))" in str(caught.value)


@pytest.mark.parametrize("check", [check_unit, to_uint8])
@pytest.mark.parametrize(
    ("values", "dtype", "message"),
    [
        ([-3, 255], np.int64, "dtype int64 hold 0 to 255, got values from -3 to 255; scale"),
        ([0, 4095], np.uint32, "dtype uint32 hold 0 to 255, got values from 0 to 4095; scale"),
        ([-128, 127], np.int8, "dtype int8 hold 0 to 255, got values from -128 to 127"),
        ([0, 255], np.uint16, "uint16 hold 0 to 65535, got values from 0 to 255, which would be"),
        ([0, 255], ">u2", "uint16 hold 0 to 65535, got values from 0 to 255, which would be"),
        ([1j], complex, "expected an image of dtype .* got complex128"),
        (["a"], str, "expected an image of dtype .* got <U1"),
    ],
)
def test_other_numbers_that_are_not_in_their_unit(values, dtype, message, check):
    with pytest.raises(ValueError, match=message):
        check(np.array(values, dtype=dtype))


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        ([0, 51, 255], np.uint8, [0, 0.2, 1]),
        ([0, 51, 255], np.int64, [0, 0.2, 1]),
        ([0, 13107, 65535], np.uint16, [0, 0.2, 1]),
        ([0, 13107, 65535], ">u2", [0, 0.2, 1]),
        # A part of a batch may be dark.
        ([0, 131], np.uint16, [0, 131 / 65535]),
        ([False, True], bool, [0, 1]),
        ([-2.0, 0.25, 3.0], np.float64, [-2.0, 0.25, 3.0]),
    ],
)
def test_to_unit(values, dtype, expected):
    result = to_unit(np.array(values, dtype=dtype))
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, expected, rtol=1e-6)


def test_units_undo_each_other():
    levels = np.arange(256, dtype=np.uint8)
    np.testing.assert_array_equal(to_uint8(to_unit(levels)), levels)


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        ([-2.0, 0.25, 3.0], np.float32, [0, 0.25, 1]),
        ([-2, 25, 300], np.int64, [0, 25, 255]),
        ([0, 300], np.uint16, [0, 300]),
        ([0, 300], ">u2", [0, 300]),
        ([False, True], bool, [False, True]),
    ],
)
def test_clip_to_unit(values, dtype, expected):
    result = clip_to_unit(np.array(values, dtype=dtype))
    assert result.dtype == dtype
    assert result.tolist() == expected
    check_unit(result)


@pytest.mark.parametrize("dtype", ["<u2", ">u2"])
def test_check_depth(dtype):
    for values in ([0, 255], [1]):
        with pytest.raises(ValueError, match="dtype uint16 hold 0 to 65535, got values from"):
            check_depth(np.array(values, dtype=dtype))
    for values in ([0, 256], [0, 0], []):
        check_depth(np.array(values, dtype=dtype))


@pytest.mark.parametrize("values", [np.uint8([9]), np.int32([-5]), np.float32([np.nan]), [True]])
def test_other_depths_are_not_checked(values):
    check_depth(np.asarray(values))


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((), r"got \(\)\."),
        ((9,), r"got \(9,\)\."),
        ((0, 5), r"got \(0, 5\), which has no pixels\."),
        ((5, 0), r"got \(5, 0\), which has no pixels\."),
        ((4, 5, 3), r"got \(4, 5, 3\); convert a colour image by fer_classic.utils.as_gray"),
    ],
)
def test_check_gray(shape, message):
    found = rf"step expects a grey image of shape \(h, w\), {message}"
    with pytest.raises(ValueError, match=found):
        check_gray(np.zeros(shape), name="step")
    check_gray(np.zeros((1, 1)), name="step")
