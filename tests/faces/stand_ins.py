"""Stand-ins for networks whose weights are not here; a white square is a face to them."""

from types import ModuleType

import cv2
import numpy as np


def white_squares(image):
    """Boxes ``x, y, w, h`` of the bright parts of a grey ``uint8`` image."""
    _, _, stats, _ = cv2.connectedComponentsWithStats((image > 127).astype(np.uint8))
    return stats[1:, :4]


class BlazeFaceNetwork:
    """What ``cv2.dnn.readNetFromTFLite`` gives, with the outputs of the short-range model."""

    def setInput(self, blob):  # noqa: N802 - OpenCV's name
        assert (blob.shape, blob.dtype) == ((1, 3, 128, 128), np.float32)
        assert -1 <= blob.min() <= blob.max() <= 1
        self.blob = blob

    def getUnconnectedOutLayersNames(self):  # noqa: N802 - OpenCV's name
        return ("regressors", "classificators")

    def forward(self, names):
        assert names == self.getUnconnectedOutLayersNames()
        regressors = np.zeros((1, 896, 16), np.float32)
        logits = np.full((1, 896, 1), -100, np.float32)
        gray = np.rint(127.5 + 127.5 * self.blob[0].mean(axis=0)).astype(np.uint8)
        for x, y, w, h in white_squares(gray):
            column, row = int((x + w / 2) // 8), int((y + h / 2) // 8)
            # Both anchors of the cell see the face.
            for anchor in (2 * (16 * row + column), 2 * (16 * row + column) + 1):
                center = x + w / 2 - 8 * column - 4, y + h / 2 - 8 * row - 4
                regressors[0, anchor, :4] = *center, w, h
                logits[0, anchor] = 3
        return regressors, logits


class MTCNN:
    """The used part of the class of the package ``mtcnn``."""

    def detect_faces(self, image, *, threshold_onet=0.7):
        assert (image.ndim, image.shape[2], image.dtype) == (3, 3, np.uint8)
        assert min(image.shape[:2]) >= 24, "of such images the package makes no reduced copy"
        self.image, self.threshold = image, threshold_onet
        return [
            {"box": box.tolist(), "confidence": np.float32(0.99), "keypoints": {}}
            for box in white_squares(image.min(axis=2))
        ]


def mtcnn_package(network):
    """A module ``mtcnn`` whose class gives the network."""
    package = ModuleType("mtcnn")
    package.MTCNN = lambda: network
    return package
