"""Scenes to measure on: faces that were held out, pasted into pictures that were held out."""

from dataclasses import dataclass

import cv2
import numpy as np

from benchmarks.detector.pictures import jpeg
from fer_classic.faces import intersection_over_union

__all__ = ["Scene", "count_found", "make_scenes"]

# Shared over joint area from which a box is that of a face.
_OVERLAP = 0.3


@dataclass
class Scene:
    """A picture and the faces in it.

    Parameters
    ----------
    image : ndarray of shape (h, w), uint8
    boxes : ndarray of shape (k, 4), int64
        ``x, y, w, h``.
    """

    image: np.ndarray
    boxes: np.ndarray


def _paste(image, face, box, angle):
    """Blend a face into an image, so that it fills a box, and turn it there."""
    x, y, w, h = box
    side = len(face)
    to_box = np.array([[w / side, 0, x], [0, h / side, y], [0, 0, 1]])
    # Middles of pixels, not their corners, lie at whole numbers.
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    turn = np.vstack([cv2.getRotationMatrix2D((x + w / 2, y + h / 2), angle, 1), [0, 0, 1]])
    matrix = (np.linalg.inv(half) @ turn @ to_box @ half)[:2]
    source = np.float32(face)
    if h < side:
        source = cv2.GaussianBlur(source, (0, 0), 0.4 * side / h)
    size = image.shape[::-1]
    drawn = cv2.warpAffine(source, matrix, size, flags=cv2.INTER_LINEAR)
    line = np.clip((1 - np.abs(np.linspace(-1, 1, side))) / 0.12, 0, 1)
    mask = cv2.warpAffine(np.float32(np.outer(line, line)), matrix, size)
    image[:] = image + mask * (drawn - image)


def _cover(face, rng):
    """Lay a bar over up to a third of a face, from a side, as hats, hands and hair do."""
    side = rng.integers(4)
    face = np.rot90(face, side).copy()
    face[: rng.integers(len(face) // 6, len(face) // 3 + 1)] = rng.integers(256)
    return np.rot90(face, -side)


def _place(shape, side, narrow, beyond, rng):
    """A box somewhere in the image, or, by up to ``beyond`` of its side, out of it."""
    size = np.array([side * rng.uniform(narrow, 1), side])
    corner = rng.uniform(0, np.array(shape[::-1]) - size)
    if beyond:
        axis, out = rng.integers(2), rng.uniform(0.1, beyond) * side
        far = shape[1 - axis] - size[axis] + out
        corner[axis] = -out if rng.random() < 0.5 else far
    return np.hstack([corner, size])


def make_scenes(
    faces,
    pictures,
    n,
    *,
    seed=0,
    angle=0.0,
    gain=1.0,
    sizes=(0.07, 0.5),
    n_faces=(1, 4),
    narrow=1.0,
    beyond=0.0,
    covered=False,
    backlit=False,
    quality=None,
):
    """Paste faces into some pictures.

    Parameters
    ----------
    faces : ndarray of shape (m, h, h), uint8
    pictures : list of ndarray of shape (h, w), uint8
    n : int
    seed : int, default=0
    angle : float, default=0.0
        The faces are turned by up to this many degrees.
    gain : float, default=1.0
        Brightness of the scene.
    sizes : tuple of two float, default=(0.07, 0.5)
        Least and greatest side of a face as a share of the shorter side of the picture.
    n_faces : tuple of two int, default=(1, 4)
        Least and greatest number of faces that are tried; what would overlap is left out.
    narrow : float, default=1.0
        Least width of a face over its height.
    beyond : float, default=0.0
        If above 0, all faces lie beyond an edge of the picture, by up to this share of their side.
    covered : bool, default=False
        Cover up to a third of each face.
    backlit : bool, default=False
        Darken the faces to a third or less, but not the picture.
    quality : int, optional
        Blur the scenes and compress them as JPEG of this quality.

    Returns
    -------
    scenes : list of Scene
    """
    rng = np.random.default_rng(seed)
    scenes = []
    for index in rng.integers(0, len(pictures), n):
        image = np.float32(pictures[index])
        ratio = 480 / min(image.shape)
        image = cv2.resize(image, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
        image = np.ascontiguousarray(image[:640, :640])
        boxes = np.empty((0, 4))
        for _ in range(rng.integers(n_faces[0], n_faces[1] + 1)):
            side = np.exp(rng.uniform(*np.log(sizes))) * 480
            box = _place(image.shape, side, narrow, beyond, rng)
            if len(boxes) and intersection_over_union(box[None], boxes).max() > 0:
                continue
            face = faces[rng.integers(len(faces))]
            face = _cover(face, rng) if covered else face
            face = face * rng.uniform(0.12, 0.33) if backlit else face
            _paste(image, face, box, rng.uniform(-angle, angle))
            boxes = np.vstack([boxes, box])
        image = np.clip(np.rint(image * gain), 0, 255).astype(np.uint8)
        if quality is not None:
            image = jpeg(cv2.GaussianBlur(image, (0, 0), 1.5), quality)
        scenes.append(Scene(image, _visible(boxes, image.shape)))
    return scenes


def _visible(boxes, shape):
    starts = np.clip(np.rint(boxes[:, :2]), 0, shape[::-1])
    ends = np.clip(np.rint(boxes[:, :2] + boxes[:, 2:]), 0, shape[::-1])
    return np.hstack([starts, ends - starts]).astype(np.int64)


def count_found(found, scenes, *, threshold=0.0):
    """Count which faces were found, by boxes that overlap them by 0.3 or more.

    Parameters
    ----------
    found : list of (ndarray of shape (k, 4), ndarray of shape (k,))
        Boxes and scores of each scene, as detectors give them.
    scenes : list of Scene
    threshold : float, default=0.0
        Least score of a box that counts.

    Returns
    -------
    hits, false : int
    """
    hits = false = 0
    for (boxes, scores), scene in zip(found, scenes, strict=True):
        boxes = boxes[scores >= threshold]
        hit = np.zeros(len(boxes), bool)
        for row in intersection_over_union(scene.boxes, boxes):
            row = np.where(hit, 0, row)
            if len(row) and row.max() >= _OVERLAP:
                hit[row.argmax()] = True
                hits += 1
        false += int((~hit).sum())
    return hits, false
