"""Computing on one thread."""

from contextlib import contextmanager

import cv2
from threadpoolctl import threadpool_limits

__all__ = ["one_thread"]


@contextmanager
def one_thread():
    """Keep the numerical libraries and OpenCV to one thread in the block."""
    n_threads = cv2.getNumThreads()
    with threadpool_limits(1):
        cv2.setNumThreads(1)
        try:
            yield
        finally:
            cv2.setNumThreads(n_threads)
