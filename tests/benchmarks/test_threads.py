import cv2
import pytest

from benchmarks._threads import one_thread


def test_opencv_has_its_threads_back():
    before = cv2.getNumThreads()
    cv2.setNumThreads(2)
    try:
        with one_thread():
            assert cv2.getNumThreads() == 1
        assert cv2.getNumThreads() == 2
        with pytest.raises(ValueError, match="inside"), one_thread():
            raise ValueError("inside")
        assert cv2.getNumThreads() == 2
    finally:
        cv2.setNumThreads(before)
