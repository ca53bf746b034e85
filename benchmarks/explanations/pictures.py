"""Pictures of class-average maps, over mean drawn faces."""

import numpy as np
from PIL import Image

from benchmarks._figures import save_picture
from benchmarks.explanations.models import DrawnFaces
from fer_classic.inspection._render import tint
from fer_classic.plotting import plot_class_maps
from fer_classic.plotting._axes import own_figure
from fer_classic.utils._opencv import cv2

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
            name: cv2.resize(
                np.float32(values) / 100, faces[name].shape[::-1], interpolation=cv2.INTER_CUBIC
            ).clip(-1, 1)
            for name, values in record["maps"].items()
        }
        shown.append((record, maps, faces))
    return shown


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
    figure = own_figure((8.0, 1.4 * len(records)))
    axes = figure.subplots(len(records), squeeze=False)[:, 0]
    for ax, (record, maps, faces) in zip(axes, shown_maps(records), strict=True):
        plot_class_maps(maps, faces, columns=len(maps), ax=ax)
        ax.set_title(record["model"], loc="left", fontsize=9)
    # Half of the picture is grey, and blue is rare.
    save_picture(axes[0], path, colors=Image.Quantize.MAXCOVERAGE)


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
    strip = np.hstack([faces[name] for name in maps])[..., np.newaxis]
    colored = tint(strip, np.hstack(list(maps.values())))[..., ::-1]
    return dict(zip(maps, np.split(colored, len(maps), axis=1), strict=True))
