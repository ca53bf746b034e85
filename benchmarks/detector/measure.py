"""How many of the held-out faces a detector finds, and how often it is wrong."""

import numpy as np

from benchmarks.detector.scenes import Scene, count_found, make_scenes

__all__ = ["CONDITIONS", "measure"]

CONDITIONS = {
    "upright": {},
    "small, in a crowd": {"sizes": (0.055, 0.12), "n_faces": (6, 12)},
    "cut by the edge": {"beyond": 0.35},
    "covered in part": {"covered": True},
    "narrow": {"narrow": 0.7},
    "turned by up to 30 degrees": {"angle": 30},
    "blurred, JPEG": {"quality": 25},
    "against the light": {"backlit": True},
    "at 15 % of the light": {"gain": 0.15},
    "at 10 % of the light": {"gain": 0.1},
}


def measure(detector, faces, pictures, *, n, thresholds):
    """Count what is found in scenes of faces, and in pictures without any.

    Parameters
    ----------
    detector : Detector
        With a threshold that is none above.
    faces : ndarray of shape (m, h, h), uint8
    pictures : list of ndarray of shape (h, w), uint8
    n : int
        Number of scenes of each kind.
    thresholds : tuple of float

    Returns
    -------
    header : tuple of str
    rows : list of tuple of str
        For each kind of scenes, and pictures without faces, the percentage of faces that are found
        and false boxes in a hundred images, for each threshold.
    """
    kinds = {
        name: make_scenes(faces, pictures, n, seed=number, **condition)
        for number, (name, condition) in enumerate(CONDITIONS.items())
    }
    kinds["without faces"] = [Scene(picture, np.empty((0, 4))) for picture in pictures]
    rows = []
    for name, scenes in kinds.items():
        found = [detector.detect(scene.image) for scene in scenes]
        rows.append((name, *(_cell(found, scenes, threshold) for threshold in thresholds)))
    return ("scenes", *map(str, thresholds)), rows


def _cell(found, scenes, threshold):
    hits, false = count_found(found, scenes, threshold=threshold)
    total = sum(len(scene.boxes) for scene in scenes)
    share = f"{100 * hits / total:.1f} / " if total else ""
    return f"{share}{100 * false / len(scenes):.1f}"
