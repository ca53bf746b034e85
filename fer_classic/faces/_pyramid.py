"""Faces by two small networks of our own: one proposes windows of a pyramid, one checks them."""

from importlib.resources import files
from numbers import Real
from os import PathLike
from pathlib import Path

import numpy as np
from scipy.special import expit

from fer_classic.exceptions import DetectorError
from fer_classic.faces._base import MIN_SIZE, FaceDetector, min_face_side, per_thread
from fer_classic.faces._boxes import intersection_over_union, shared_with_smaller
from fer_classic.faces._windows import (
    AROUND,
    WINDOW,
    cut_windows,
    local_contrast,
    pyramid,
    standardize,
)
from fer_classic.units import to_uint8
from fer_classic.utils import as_gray
from fer_classic.utils._opencv import cv2
from fer_classic.utils._validation import Interval
from fer_classic.utils._weights import is_intact

__all__ = ["PyramidDetector"]

_PROPOSALS, _CHECK = "proposals.onnx", "check.onnx"
_STRIDE = 4  # pixels from one proposed window to the next
_BEYOND = 6  # pixels by which a window may reach beyond the image
_CHECKED = 40  # pixels of what the second network looks at
_PROPOSED = -1.0  # logit from which a window may be checked
_TOP_K = 400  # windows that are compared with each other
_MAX_CHECKED = 32  # windows that are checked
_LIKELY = -1.0  # logit from which a checked window counts
_PROMISING = 0.0  # logit from which a window is seen in further views
_VIEWS = ((1.0, True), (0.88, False), (1.13, True))  # size, and whether it is mirrored
_SAME = 0.3  # overlap of windows that show one face, shared over joint area
_INSIDE = 0.6  # share of a box from which it is a part of a better one, or made of it
# The networks were taught the crops of FER2013, which are larger than the boxes of the cascade;
# the ratio is the median of faces in photos that both detectors find.
_FRAME = 0.985


def _moved(squares, places):
    """Squares after what a network says about the place of the faces in them."""
    centers = squares[:, :2] + places[:, :2] * squares[:, 2:]
    return np.hstack([centers, squares[:, 2:] * np.exp(places[:, 2:])])


def _boxes(squares):
    return np.hstack([squares[:, :2] - squares[:, 2:] / 2, squares[:, [2, 2]]])


def _nms(boxes, scores, *, overlap):
    """Non-maximum suppression: indices of the boxes that overlap no better one, best first."""
    order = np.argsort(-scores, kind="stable")[:_TOP_K]
    kept = cv2.dnn.NMSBoxes(boxes[order].tolist(), scores[order].tolist(), 0.0, overlap)
    return order[np.asarray(kept, dtype=int).reshape(-1)]


def _merge(squares, scores):
    """Make the squares of one face one, weighted by their scores."""
    boxes = _boxes(squares)
    merged = []
    for index in _nms(boxes, scores, overlap=_SAME):
        same = intersection_over_union(boxes[[index]], boxes)[0] > _SAME
        same[index] = True
        merged.append(np.average(squares[same], axis=0, weights=scores[same]))
    return np.reshape(merged, (-1, 3))


def _distinct(squares, logits):
    """Indices of the faces: what lies in a better one, or around it, is a part of it or chance."""
    boxes = _boxes(squares)
    kept = []
    for index in np.argsort(-logits, kind="stable"):
        if not kept or shared_with_smaller(boxes[[index]], boxes[kept]).max() <= _INSIDE:
            kept.append(index)
    return np.array(kept, dtype=int)


def _read_network(name, folder):
    if folder is None:
        data = files("fer_classic.faces").joinpath("networks", name).read_bytes()
        if not is_intact(f"faces/networks/{name}", data):
            raise DetectorError(f"{name} of the pyramid detector is damaged; install it again.")
        return data
    path = Path(folder, name)
    if not path.is_file():
        raise DetectorError(
            f"the pyramid detector needs a folder with {_PROPOSALS} and {_CHECK}, and there is no "
            f"{path}; without model= the networks of the library are taken."
        )
    return path.read_bytes()


@per_thread
def _load_networks(folder):
    return {name: _load_network(name, folder) for name in (_PROPOSALS, _CHECK)}


def _load_network(name, folder):
    try:
        return cv2.dnn.readNetFromONNX(np.frombuffer(_read_network(name, folder), np.uint8))
    except cv2.error as error:
        raise _not_ours(name, folder) from error


def _not_ours(name, folder):
    return DetectorError(f"{Path(folder or '', name)} is not a network of the pyramid detector.")


def _forward(name, folder, images, side):
    """Outputs ``(n, 4, ...)`` of a network for images ``(n, h, w)``, one for each window."""
    network = _load_networks(folder)[name]
    try:
        network.setInput(images[:, None])
        found = network.forward()
    except cv2.error as error:
        raise _not_ours(name, folder) from error
    windows = [(length - side) // _STRIDE + 1 for length in images.shape[1:]]
    if found.ndim != 4 or found.shape[1:] != (4, *windows):
        raise _not_ours(name, folder)
    return found


class PyramidDetector(FaceDetector):
    """Faces of any size by two small networks, which come with the library.

    The first network looks at every window of 24 pixels of an image pyramid, the second at the 32
    windows that look most like a face, and moves each onto its face. What remains is checked in
    four views, mirrored, smaller and larger ones among them, whose mean decides. Boxes are squares.

    Parameters
    ----------
    min_size : float or int, default=0.07
        Smallest face: a share of the shorter image side if below 1, else pixels. Most of the time
        goes with its inverse square; 0.12 is enough for people at their desk. Faces of less than
        about 20 pixels are not found.
    score_threshold : float, default=0.9
        Least score of a face; between 0 and 1.
    model : str or path-like, optional
        A folder with networks of one's own, ``proposals.onnx`` and ``check.onnx``, as
        ``python -m benchmarks.detector`` makes them. By default those of the library.

    Notes
    -----
    Both networks see contrast, not brightness: dark images are searched as well as light ones.
    They were fitted on the Training images of FER2013, turned by up to 30 degrees, and on pictures
    without people. A face that lies in a better one is taken for a part of it.

    References
    ----------
    Li, Lin, Shen, Brandt, Hua: A convolutional neural network cascade for face detection.
    CVPR 2015.

    Examples
    --------
    >>> import numpy as np
    >>> from fer_classic.faces import PyramidDetector
    >>> boxes, scores = PyramidDetector().detect(np.zeros((120, 160), dtype=np.uint8))
    >>> boxes.shape, scores.shape
    ((0, 4), (0,))
    """

    _parameter_constraints = {
        "min_size": [Interval(Real, 0, MIN_SIZE.right, closed="right")],
        "score_threshold": [Interval(Real, 0, 1, closed="neither")],
        "model": [str, PathLike, None],
    }

    def __init__(self, *, min_size=0.07, score_threshold=0.9, model=None):
        self.min_size = min_size
        self.score_threshold = score_threshold
        self.model = model

    def propose(self, image):
        """Find windows in which there may be a face, before the second network moves them.

        For fitting the second network, and for looking where a face is lost.

        Parameters
        ----------
        image : ndarray of shape (h, w), (h, w, 3) or (h, w, 4)

        Returns
        -------
        boxes : ndarray of shape (k, 4), float64
            ``x, y, w, h``, the likeliest to the first network first; they may reach beyond the
            image.
        scores : ndarray of shape (k,), float64
            What the second network says, 0 to 1.
        """
        self._validate_params()
        levels = self._levels(self._read(image))
        squares = self._propose(levels)
        return _boxes(squares), expit(self._check(levels, squares)[1])

    def _read(self, image):
        return np.ascontiguousarray(to_uint8(as_gray(image)))

    def _levels(self, picture):
        """The picture as it is, then the pyramid that is searched."""
        min_side = min_face_side(self.min_size, picture.shape)
        return [(picture, np.ones(2)), *pyramid(picture, min_side)]

    def _find(self, picture):
        levels = self._levels(picture)
        squares, logits = self._check(levels, self._propose(levels))
        likely = logits > _LIKELY
        # A look from where several agree is better than each of theirs.
        squares = _merge(squares[likely], expit(logits[likely]))
        squares, logits = self._check_views(levels, squares)
        kept = expit(logits) >= self.score_threshold
        squares, logits = squares[kept], logits[kept]
        faces = _distinct(squares, logits)
        return _boxes(squares[faces] * [1, 1, _FRAME]), expit(logits[faces])

    def _propose(self, levels):
        """Squares ``(n, 3)`` in which there may be a face: centre in x and y, and side."""
        squares, logits = [np.empty((0, 3))], [np.empty(0)]
        pad = _BEYOND + AROUND // 2
        for level, scale in levels[1:]:
            padded = cv2.copyMakeBorder(level, pad, pad, pad, pad, cv2.BORDER_REPLICATE)
            found = _forward(_PROPOSALS, self.model, local_contrast(padded)[None], WINDOW)[0]
            rows, columns = np.nonzero(found[0] > _PROPOSED)
            logit, *place = found[:, rows, columns]
            middles = np.stack([columns, rows], axis=1) * _STRIDE - _BEYOND + WINDOW / 2
            windows = np.hstack([middles, np.full((len(rows), 1), WINDOW)])
            squares.append(_moved(windows, np.stack(place, axis=1)) * [*scale, scale.mean()])
            logits.append(logit)
        squares, scores = np.concatenate(squares), expit(np.concatenate(logits))
        return squares[_nms(_boxes(squares), scores, overlap=0.6)[:_MAX_CHECKED]]

    def _check(self, levels, squares, mirrored=None):
        """Squares, moved onto the face that may be in them, and the logits of there being one."""
        if not len(squares):
            return squares, np.empty(0)
        windows = standardize(cut_windows(levels, squares, _CHECKED))
        if mirrored is not None:
            windows[mirrored] = windows[mirrored, :, ::-1]
        found = _forward(_CHECK, self.model, windows, _CHECKED).reshape(-1, 4).astype(np.float64)
        if mirrored is not None:
            found[mirrored, 1] *= -1
        return _moved(squares, found[:, 1:]), found[:, 0]

    def _check_views(self, levels, squares):
        """The same as the mean over several views, for squares that the first look promises."""
        moved, logits = self._check(levels, squares)
        promising = logits > _PROMISING
        n = promising.sum()
        views = np.concatenate([squares[promising] * [1, 1, size] for size, _ in _VIEWS])
        mirrored = np.repeat([mirrored for _, mirrored in _VIEWS], n)
        further = self._check(levels, views, mirrored)
        moved = np.concatenate([moved[promising], further[0]]).reshape(1 + len(_VIEWS), n, 3)
        logits = np.concatenate([logits[promising], further[1]]).reshape(1 + len(_VIEWS), n)
        weights = expit(logits)[..., np.newaxis]
        return (weights * moved).sum(axis=0) / weights.sum(axis=0), logits.mean(axis=0)
