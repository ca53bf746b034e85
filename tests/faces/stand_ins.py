"""A stand-in for a network whose weights are not here; a white square is a face to it."""

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
