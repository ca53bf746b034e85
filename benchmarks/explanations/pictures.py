"""Pictures of class-average maps, over mean drawn faces."""

import numpy as np
from PIL import Image

from benchmarks._figures import save_column
from benchmarks.explanations.models import DrawnFaces
from fer_classic.inspection import Explanation, render_explanation
from fer_classic.plotting import plot_class_maps

__all__ = ["PICTURE", "draw", "shown_maps", "tinted"]

PICTURE = "explanations.png"


def shown_maps(records):
    """Give maps in the size of the faces that they are of, and the mean of these faces.

    Parameters
    ----------
    records : list of dict
        Rows of ``explanations_maps.jsonl``.

    Returns
    -------
    shown : list of (dict, dict, dict)
        Each row with its maps, ``(h, w)``, -1 to 1, and its faces, ``(h, w)``, ``uint8``; both by
        class. Where the drawn faces are not those of the row, its faces are white.
    """
    means = {}
    for record in records:
        if record["digest"] not in means:
            means[record["digest"]] = _mean_faces(record)
    shown = []
    for record in records:
        faces = means[record["digest"]]
        maps = {
            name: _enlarge(np.float32(values) / 100, faces[name].shape)
            for name, values in record["maps"].items()
        }
        shown.append((record, maps, faces))
    return shown


def _enlarge(values, shape):
    size = shape[::-1]
    return np.asarray(Image.fromarray(values).resize(size, Image.Resampling.BICUBIC)).clip(-1, 1)


def _mean_faces(record):
    faces = DrawnFaces(record["n"]).faces
    if faces.digest != record["digest"]:
        white = np.full(faces.images.shape[1:], 255, np.uint8)
        return dict.fromkeys(record["maps"], white)
    return {
        name: np.rint(faces.of_classes([name]).images.mean(axis=0)).astype(np.uint8)
        for name in record["maps"]
    }


def draw(records, path):
    """Draw the maps of all models, one line each.

    Parameters
    ----------
    records : list of dict
        Rows of ``explanations_maps.jsonl``, at least one.
    path : pathlib.Path
        Where the picture goes.

    Raises
    ------
    MissingDependencyError
        If matplotlib is not installed.
    """
    axes = []
    for record, maps, faces in shown_maps(records):
        axes.append(plot_class_maps(maps, faces, columns=len(maps)))
        axes[-1].figure.set_size_inches(8.4, 1.4)
        axes[-1].set_title(record["model"], loc="left", fontsize=9)
    save_column(axes, path)


def tinted(maps, faces):
    """Colour faces by maps, with one scale for all.

    Parameters
    ----------
    maps, faces : dict of str to ndarray of shape (h, w)
        Of :func:`shown_maps`.

    Returns
    -------
    pictures : dict of str to ndarray of shape (h, w, 3), uint8
        RGB.
    """
    # One picture of all classes has one scale.
    values = np.hstack(list(maps.values()))
    strip = np.hstack([faces[name] for name in maps])
    of_all = Explanation(values, "", 0.0, 0.0, "decision", "linear", strip)
    colored = render_explanation(strip, of_all, least_side=1)[..., ::-1]
    return dict(zip(maps, np.split(colored, len(maps), axis=1), strict=True))
