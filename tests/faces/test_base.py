import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from fer_classic.exceptions import DetectorError
from fer_classic.faces._base import clip_boxes, per_thread, reduce_image, require_file


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
    with pytest.raises(
        DetectorError, match=rf"none at {tmp_path}; get x .* model= \(--detector-model"
    ):
        require_file(tmp_path, detector="yunet", source="x")
