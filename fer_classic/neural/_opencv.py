"""A fitted network that computes with OpenCV, in place of torch."""

import threading

import numpy as np

from fer_classic.neural._onnx import write_onnx
from fer_classic.utils._opencv import cv2

__all__ = ["OpenCVNetwork"]


class OpenCVNetwork:
    """Computes a list of layers.

    OpenCV's networks keep buffers between calls, so each thread loads one of its own.

    Parameters
    ----------
    layers : list of dict
        See :mod:`~fer_classic.neural._layers`.
    state : dict of str to ndarray
        Weights by name.
    image_shape : tuple of two int
        ``(h, w)`` of the images.
    """

    def __init__(self, layers, state, image_shape):
        self._parts = layers, state, image_shape
        self._threads = threading.local()

    def __call__(self, images, *, n_layers=None):
        """Compute the value of a layer.

        Parameters
        ----------
        images : ndarray of shape (n, h, w), float32
            Standardised images.
        n_layers : int, optional
            Number of layers to compute; all by default.

        Returns
        -------
        values : ndarray of shape (n, n_values), float32

        Raises
        ------
        ValueError
            If the layers make no network.
        """
        network, values = self._load(n_layers), []
        # One by one: memory stays flat, an image gets the same answer in any batch, and OpenCV
        # need not prepare itself anew, as it does whenever the number of images changes.
        for image in images:
            network.setInput(image[np.newaxis, np.newaxis])
            values.append(network.forward().reshape(1, -1))
        return np.concatenate(values)

    def _load(self, n_layers):
        # One for each length: OpenCV merges layers, and would take those apart whose values are
        # asked for.
        loaded = vars(self._threads).setdefault("loaded", {})
        if n_layers not in loaded:
            data = write_onnx(*self._parts, n_layers=n_layers)
            loaded[n_layers] = cv2.dnn.readNetFromONNX(np.frombuffer(data, np.uint8))
        return loaded[n_layers]
