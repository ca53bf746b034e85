"""Scenes to measure on: faces that were held out, pasted into pictures that were held out."""

from dataclasses import dataclass

import cv2
import numpy as np

from fer_classic.faces import intersection_over_union

__all__ = ["Scene", "count_found", "make_scenes"]


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


def _paste(image, face, x, y, side, angle, rng):
    """Blend a face into an image, its middle at x, y."""
    source = np.float32(face)
    scale = side / len(face)
    around = (len(face) - 1) / 2
    matrix = cv2.getRotationMatrix2D((around, around), angle, scale)
    matrix[:, 2] += np.array([x, y]) - around
    size = image.shape[::-1]
    flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    if scale < 1:
        source = cv2.GaussianBlur(source, (0, 0), 0.4 / scale)
    drawn = cv2.warpAffine(source, matrix, size, flags=flags & ~cv2.INTER_AREA | cv2.INTER_LINEAR)
    line = np.clip((1 - np.abs(np.linspace(-1, 1, len(face)))) / 0.12, 0, 1)
    mask = cv2.warpAffine(np.float32(np.outer(line, line)), matrix, size)
    image[:] = image + mask * (drawn - image)


def make_scenes(faces, pictures, n, *, seed=0, angle=0.0, gain=1.0, sizes=(0.07, 0.5)):
    """Paste one to four faces into each of some pictures.

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
        for _ in range(rng.integers(1, 5)):
            side = np.exp(rng.uniform(*np.log(sizes))) * 480
            x, y = (rng.uniform(side / 2, length - side / 2) for length in image.shape[::-1])
            box = np.array([[x - side / 2, y - side / 2, side, side]])
            if len(boxes) and intersection_over_union(box, boxes).max() > 0:
                continue
            face = faces[rng.integers(len(faces))]
            _paste(image, face, x, y, side, rng.uniform(-angle, angle), rng)
            boxes = np.vstack([boxes, box])
        image = np.clip(np.rint(image * gain), 0, 255).astype(np.uint8)
        scenes.append(Scene(image, np.rint(boxes).astype(np.int64)))
    return scenes


def count_found(detector, scenes, *, overlap=0.3):
    """Count what a detector finds.

    Parameters
    ----------
    detector : Detector
    scenes : list of Scene
    overlap : float, default=0.3
        Shared over joint area from which a box is that of a face.

    Returns
    -------
    found, false : int
    """
    found = false = 0
    for scene in scenes:
        boxes, _ = detector.detect(scene.image)
        overlaps = intersection_over_union(scene.boxes, boxes)
        hit = np.zeros(len(boxes), bool)
        for row in overlaps:
            row = np.where(hit, 0, row)
            if len(row) and row.max() >= overlap:
                hit[row.argmax()] = True
                found += 1
        false += int((~hit).sum())
    return found, false
