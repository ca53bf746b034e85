import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from fer_classic.exceptions import DetectorError
from fer_classic.faces._base import (
    clip_boxes,
    in_frame,
    min_face_side,
    per_thread,
    reduce_image,
    require_file,
)


def test_each_thread_loads_once_however_many_there_are():
    loads = []

    @per_thread
    def load(path, size=0):
        loads.append((threading.get_ident(), path, size))
        return object()

    everyone = threading.Barrier(24)

    def work():
        everyone.wait()
        first = load("a"), load("b"), load("b", 2)
        everyone.wait()
        return first, (load("a"), load("b"), load("b", 2))

    with ThreadPoolExecutor(24) as pool:
        pairs = [done.result() for done in [pool.submit(work) for _ in range(24)]]
    assert all(first == again for first, again in pairs)
    assert len({native for first, _ in pairs for native in first}) == len(loads) == 3 * 24


def test_what_cannot_be_loaded_is_tried_again():
    answers = iter([DetectorError("not yet"), None])

    @per_thread
    def load():
        if error := next(answers):
            raise error
        return "native"

    with pytest.raises(DetectorError, match="not yet"):
        load()
    assert load() == load() == "native"


def test_what_a_thread_loaded_goes_with_it():
    class Native:
        pass

    load = per_thread(Native)
    with ThreadPoolExecutor(1) as pool:
        native = pool.submit(lambda: weakref.ref(load())).result()
    gc.collect()
    assert native() is None


@pytest.mark.parametrize(
    ("shape", "ratio", "seen", "scale"),
    [
        ((480, 640), 1, (480, 640), [1, 1, 1, 1]),
        ((480, 640), 1.5, (480, 640), [1, 1, 1, 1]),
        ((480, 640), 0.5, (240, 320), [2, 2, 2, 2]),
        ((640, 480, 3), 0.5, (320, 240, 3), [2, 2, 2, 2]),
        ((300, 100), 0.5, (150, 50), [2, 2, 2, 2]),
        ((101, 99), 1 / 3, (34, 33), [3, 101 / 34, 3, 101 / 34]),
        ((300, 2), 0.1, (30, 1), [2, 10, 2, 10]),
    ],
)
def test_reduce_image(shape, ratio, seen, scale):
    small, factors = reduce_image(np.zeros(shape, np.uint8), ratio)
    assert small.shape == seen
    np.testing.assert_allclose(factors, scale)


@pytest.mark.parametrize(
    ("min_size", "min_side"), [(0, 0), (0.1, 10), (1, 1), (30, 30), (0.5, 50), (250, 250)]
)
def test_the_smallest_face_is_a_share_or_pixels(min_size, min_side):
    assert min_face_side(min_size, (300, 100, 3)) == min_side


@pytest.mark.parametrize(
    ("box", "frame", "expected"),
    [
        # 18 x 32 pixels have the area of 24 x 24.
        ((10, 20, 18, 32), (1.0, 0.0), (7, 24, 24, 24)),
        ((10, 20, 18, 32), (1.5, 0.0), (1, 18, 36, 36)),
        ((10, 20, 18, 32), (1.5, -0.25), (1, 12, 36, 36)),
        ((10, 20, 18, 32), (0.5, 0.5), (13, 42, 12, 12)),
        ((0, 0, 10, 10), (1.0, 0.0), (0, 0, 10, 10)),
    ],
)
def test_boxes_become_squares_of_one_frame(box, frame, expected):
    boxes, scores = in_frame([box], [0.5], frame)
    np.testing.assert_allclose(boxes, [expected])
    assert scores.tolist() == [0.5]


def test_squares_that_are_too_small_are_left_out():
    boxes, scores = in_frame(
        [(0, 0, 9, 9), (0, 0, 20, 20), (5, 5, 10, 10)], [1, 2, 3], (2.0, 0.0), min_side=20
    )
    np.testing.assert_allclose(boxes, [(-10, -10, 40, 40), (0, 0, 20, 20)])
    assert scores.tolist() == [2, 3]


def test_no_boxes_in_no_frame():
    boxes, scores = in_frame(np.empty((0, 4)), np.empty(0), (1.2, 0.1), min_side=10)
    assert (boxes.shape, scores.shape) == ((0, 4), (0,))


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
        # Halves go upwards, and the centre stays.
        ((0.5, 1.5, 9, 7), [[1, 2, 9, 7]]),
        ((0.4, 0.4, 2.5, 2.5), [[0, 0, 3, 3]]),
        ((4.7, 4.7, 0.8, 0.8), [[5, 5, 1, 1]]),
        ((-1.4, -1.6, 10.4, 10.4), [[0, 0, 9, 9]]),
        ((19.8, 5, 0.8, 3), []),
        ((4, 4, 0.4, 5), []),
        ((0, 0, np.inf, np.inf), []),
        ((4, 4, -3, 5), []),
        ((np.nan, 4, 3, 5), []),
    ],
)
def test_boxes_are_clipped_to_the_image(box, expected):
    boxes, scores = clip_boxes([box], [0.5], (10, 20))
    np.testing.assert_array_equal(boxes, np.reshape(expected, (-1, 4)))
    assert (boxes.dtype, scores.dtype, len(scores)) == (np.int64, np.float32, len(expected))


@pytest.mark.parametrize("seed", range(5))
def test_boxes_of_one_size_keep_it_wherever_they_lie(seed):
    rng = np.random.default_rng(seed)
    places, sides = rng.uniform(0, 60, (200, 2)), rng.uniform(0.5, 30, 2)
    # Halves are where two ways of rounding differ.
    places[::2] = np.round(2 * places[::2]) / 2
    boxes = np.hstack([places, np.tile(sides, (200, 1))])
    found, _ = clip_boxes(boxes, np.arange(200), (100, 100))
    np.testing.assert_array_equal(found[:, 2:], np.tile(np.floor(sides + 0.5), (200, 1)))
    centers = (places + sides / 2) - (found[:, :2] + found[:, 2:] / 2)
    assert np.abs(centers).max() <= 0.5 + 1e-9


def test_the_largest_of_what_is_left_comes_first():
    boxes, scores = clip_boxes([(18, 0, 50, 50), (0, 0, 3, 3), (30, 0, 9, 9)], [1, 2, 3], (10, 20))
    np.testing.assert_array_equal(boxes, [[18, 0, 2, 10], [0, 0, 3, 3]])
    np.testing.assert_array_equal(scores, [1, 2])


def test_a_file_that_is_there(tmp_path):
    path = tmp_path / "model.onnx"
    path.touch()
    assert require_file(path, detector="yunet", remedy="x") == str(path)


def test_files_that_are_not_there(tmp_path):
    with pytest.raises(DetectorError, match=r"yunet detector .* none was given; get x\."):
        require_file(None, detector="yunet", remedy="get x")
    with pytest.raises(DetectorError, match=rf"none at {tmp_path / 'x'}; get x\."):
        require_file(tmp_path / "x", detector="yunet", remedy="get x")
    with pytest.raises(DetectorError, match=rf"{tmp_path} is a folder; get x\."):
        require_file(tmp_path, detector="yunet", remedy="get x")
