import numpy as np
import pytest

from fer_classic.exceptions import DetectorError
from fer_classic.faces._base import as_bgr, clip_boxes, reduce_image, require_file

COLOR = np.array([[[10, 20, 30], [0, 255, 51]]], np.uint8)


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (np.array([[7, 200]], np.uint8), [[[7, 7, 7], [200, 200, 200]]]),
        (np.array([[[7], [200]]], np.uint8), [[[7, 7, 7], [200, 200, 200]]]),
        (COLOR, COLOR),
        (COLOR / 255, COLOR),
        (COLOR.astype(np.uint16) * 257, COLOR),
        (COLOR[:, ::-1], COLOR[:, ::-1]),
        (np.dstack([COLOR, [[255, 0]]]).astype(np.uint8), [[[10, 20, 30], [255, 255, 255]]]),
    ],
)
def test_as_bgr(image, expected):
    picture = as_bgr(image)
    assert picture.dtype == np.uint8
    assert picture.flags.c_contiguous
    np.testing.assert_array_equal(picture, expected)


@pytest.mark.parametrize("shape", [(5,), (4, 4, 5), (4, 0), (0, 4, 3), (1, 2, 3, 4)])
def test_as_bgr_of_no_image(shape):
    with pytest.raises(ValueError, match="expected an image of shape"):
        as_bgr(np.zeros(shape, np.uint8))


@pytest.mark.parametrize(
    ("shape", "shorter_side", "seen", "scale"),
    [
        ((480, 640), None, (480, 640), [1, 1, 1, 1]),
        ((480, 640), 480, (480, 640), [1, 1, 1, 1]),
        ((480, 640), 240, (240, 320), [2, 2, 2, 2]),
        ((640, 480, 3), 240, (320, 240, 3), [2, 2, 2, 2]),
        ((300, 100), 50, (150, 50), [2, 2, 2, 2]),
        ((101, 99), 33, (34, 33), [3, 101 / 34, 3, 101 / 34]),
    ],
)
def test_reduce_image(shape, shorter_side, seen, scale):
    small, factors = reduce_image(np.zeros(shape, np.uint8), shorter_side)
    assert small.shape == seen
    np.testing.assert_allclose(factors, scale)


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((2, 3, 4, 5), [[2, 3, 4, 5]]),
        ((1.6, 2.4, 4.2, 5.8), [[2, 2, 4, 6]]),
        ((-3, -2, 10, 10), [[0, 0, 7, 8]]),
        ((15, 5, 10, 10), [[15, 5, 5, 5]]),
        ((-5, -5, 100, 100), [[0, 0, 20, 10]]),
        ((20, 0, 5, 5), []),
        ((-5, 2, 5, 5), []),
        ((4, 4, 0.4, 5), []),
        ((4, 4, -3, 5), []),
        ((np.nan, 4, 3, 5), []),
    ],
)
def test_boxes_are_clipped_to_the_image(box, expected):
    boxes, scores = clip_boxes([box], [0.5], (10, 20))
    np.testing.assert_array_equal(boxes, np.reshape(expected, (-1, 4)))
    assert (boxes.dtype, scores.dtype, len(scores)) == (np.int64, np.float32, len(expected))


def test_the_largest_of_what_is_left_comes_first():
    boxes, scores = clip_boxes([(18, 0, 50, 50), (0, 0, 3, 3), (30, 0, 9, 9)], [1, 2, 3], (10, 20))
    np.testing.assert_array_equal(boxes, [[18, 0, 2, 10], [0, 0, 3, 3]])
    np.testing.assert_array_equal(scores, [1, 2])


def test_a_file_that_is_there(tmp_path):
    path = tmp_path / "model.onnx"
    path.touch()
    assert require_file(path, detector="yunet", source="x") == str(path)


def test_files_that_are_not_there(tmp_path):
    with pytest.raises(DetectorError, match=r"yunet detector .* none was given; get x and give"):
        require_file(None, detector="yunet", source="x")
    with pytest.raises(DetectorError, match=rf"there is none at {tmp_path}; get x and give its"):
        require_file(tmp_path, detector="yunet", source="x")
