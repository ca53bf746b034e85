"""Finding the windows on which the networks are still wrong."""

import numpy as np
import torch

from benchmarks.detector.pictures import cut_square, vary
from benchmarks.detector.scenes import make_scenes
from fer_classic.faces import intersection_over_union

__all__ = ["mine"]

_LEAST_SCORE = 0.2  # of the second network


def _next_picture(faces, pictures, rng):
    """Give a picture without people, or now and then one with faces, and their boxes."""
    if rng.random() < 2 / 3:
        return vary(pictures[rng.integers(len(pictures))], rng), np.empty((0, 4))
    seed = int(rng.integers(2**31))
    scene = make_scenes(faces, pictures, 1, seed=seed, angle=25, sizes=(0.1, 0.9))[0]
    return scene.image, scene.boxes


def mine(detector, faces, pictures, *, n, rng, side=48):
    """Collect what a detector takes for faces where there is none.

    Parts of faces are among it: what hardly overlaps with a face is not one.

    Parameters
    ----------
    detector : PyramidDetector
        With a low threshold.
    faces : ndarray of shape (m, h, h), uint8
    pictures : list of ndarray of shape (h, w), uint8
        Without people.
    n : int
        How many pictures are searched.
    rng : numpy.random.Generator
    side : int, default=48
        Pixels of what is returned.

    Returns
    -------
    windows : tensor of shape (k, 1, side, side), uint8
        The windows that seem to be faces to the second network.
    surroundings : tensor of shape (l, 1, side, side), uint8
        What the first network proposes, and as much again around it on all sides as the window's
        half side.
    """
    windows, surroundings = [], []
    for _ in range(n):
        picture, truth = _next_picture(faces, pictures, rng)
        boxes, scores = _wrong(detector.propose(picture), truth)
        surroundings += [cut_square(picture, box, side, context=2.0) for box in boxes]
        found, _ = _wrong(detector.detect(picture), truth)
        likely = [*boxes[scores > _LEAST_SCORE], *found]
        windows += [cut_square(picture, box, side) for box in likely]
    return _stack(windows, side), _stack(surroundings, side)


def _wrong(found, truth):
    boxes, scores = found
    if len(truth) and len(boxes):
        wrong = intersection_over_union(boxes, truth).max(axis=1) < 0.3
        boxes, scores = boxes[wrong], scores[wrong]
    return boxes, scores


def _stack(squares, side):
    return torch.from_numpy(np.reshape(squares, (-1, 1, side, side)).astype(np.uint8))
