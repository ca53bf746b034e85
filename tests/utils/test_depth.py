import numpy as np
import pytest

from fer_classic.utils._depth import declared_white, to_grey_levels


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        ([0, 7, 255], np.uint8, [0, 7, 255]),
        # White is the largest value of the fewest usual bits.
        ([0, 128, 255], np.uint16, [0, 128, 255]),
        ([0, 3], np.uint16, [0, 3]),
        ([0, 512, 1023], np.uint16, [0, 128, 255]),
        ([0, 256, 2000], np.uint16, [0, 16, 125]),
        ([0, 128, 129, 65535], np.uint16, [0, 0, 1, 255]),
        ([0, 2**23, 2**24 - 1], np.int32, [0, 128, 255]),
        ([0, 2**31, 2**32 - 1], np.uint32, [0, 128, 255]),
        # It fills too little of 24 bits.
        ([0, 70_000], np.int32, [0, 255]),
        ([-100, 0, 155], np.int16, [0, 72, 183]),
        ([0.0, 0.5, 1.0], np.float32, [0, 128, 255]),
        ([0.0, 0.001], np.float64, [0, 0]),
        ([-1e-4, 1.001], np.float64, [0, 255]),
        ([0.0, 102.0, 240.0], np.float64, [0, 102, 240]),
        ([0.0, 4095.0], np.float64, [0, 255]),
        ([0.0, 1.5, 6.0], np.float64, [0, 64, 255]),
        ([-1.0, 0.0, 1.0], np.float64, [0, 128, 255]),
        ([0, 0], np.int32, [0, 0]),
    ],
)
def test_to_grey_levels(values, dtype, expected):
    result = to_grey_levels(np.array(values, dtype))
    assert result.dtype == np.uint8
    assert result.tolist() == expected


def test_a_declared_white():
    assert to_grey_levels(np.array([0, 51, 4095, 5000], np.uint16), 4095).tolist() == [
        0,
        3,
        255,
        255,
    ]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_no_numbers(value):
    with pytest.raises(ValueError, match=r"holds 1 pixels that are not finite .*, of 3;"):
        to_grey_levels(np.array([0.0, value, 1.0]))


@pytest.mark.parametrize(
    ("content", "white"),
    [
        (b"P5 2 1 4095 ....", 65535),
        (b"P6\n# width 9\n2 1\n#255\n100\n", 65535),
        (b"P5 2 1 65535 ....", None),
        (b"\0\0\0\x1cftypavif....pixi\0\0\0\0\x03\x0a\x0a\x0a", 1023),
        (b"\0\0\0\x1cftypavif....pixi\0\0\0\0\x03\x08\x08\x08", None),
        (b"\xff\x4f\xff\x51" + bytes(38) + b"\x0b", 4095),
        (b"\x89PNG", None),
        (b"II*\0 torn", None),
        (b"MM\0*", None),
    ],
)
def test_declared_white(content, white):
    assert declared_white(content) == white
