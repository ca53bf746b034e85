"""A few images that a model file carries, with the scores that the model gave them.

They are scored again after loading. A model that was put together wrongly, or that another version
of a package understands otherwise, is noticed then, and not by its predictions.
"""

import warnings

import joblib
import numpy as np

from fer_classic.exceptions import ModelFileError
from fer_classic.faces import FaceCropper
from fer_classic.faces._geometry import crop_geometry
from fer_classic.utils import class_scores

__all__ = ["make_probes", "replay"]

_TOLERANCE = 1e-4
_N_PROBES = 4
_COARSE = 8
_MOST_PROBES, _MOST_VALUES = 16, 2**20


def make_probes(model, images=None):
    """Choose images that a model takes, and score them.

    Parameters
    ----------
    model : estimator
        A fitted classifier of images, or of rows.
    images : ndarray of shape (m, h, w) or (m, n_features), optional
        Images or rows to take; made ones by default.

    Returns
    -------
    probes : dict
        ``images``; ``labels`` that the model
        predicts; ``scores`` of the classes, or None, and their ``kind``.

    Raises
    ------
    ModelFileError
        If the model can score neither images nor rows of any size that it mentions.
    """
    problem = "it does not say what it takes"
    for each in _candidates(model) if images is None else [_checked(np.asarray(images))]:
        try:
            return {"images": each, **_answers(model, each)}
        except Exception as error:  # whatever a model says to input that it does not take
            problem = f"{type(error).__name__}: {error}"
    raise ModelFileError(
        f"this {type(model).__name__} can score neither images nor rows of any size that it "
        f"mentions ({problem}); give save_model a few with probes=images."
    )


def replay(model, probes):
    """Score the images of a file again.

    Parameters
    ----------
    model : estimator
        The model of the file.
    probes : dict
        What :func:`make_probes` gave when the file was written.

    Returns
    -------
    difference : str
        How the answers differ; empty if they agree.

    Raises
    ------
    Exception
        Of any kind, if the model cannot score them.
    """
    now = _answers(model, _checked(probes["images"]))
    if now["kind"] != probes["kind"] or np.shape(now["scores"]) != np.shape(probes["scores"]):
        return "other kinds of scores"
    if now["labels"] != probes["labels"]:
        return "other labels"
    if now["scores"] is not None:
        size = np.maximum(1.0, np.abs(probes["scores"]).max(initial=0.0))
        difference = np.abs(now["scores"] - probes["scores"]).max(initial=0.0) / size
        if not difference < _TOLERANCE:
            return f"scores that differ by {difference:.2g}"
    return ""


def _answers(model, images):
    # In threads: a few images are not worth the processes that a model may ask for.
    with warnings.catch_warnings(), joblib.parallel_config(backend="threading"):
        warnings.simplefilter("ignore")
        scores, kind = class_scores(model, images)
        labels = [str(label) for label in model.predict(images)]
    return {"labels": labels, "scores": scores, "kind": kind}


def _candidates(model):
    """Give images and rows of each size that a model mentions."""
    # What takes images of any size takes those of this.
    size = (crop_geometry(model) or FaceCropper().get_params())["size"]
    n_features = getattr(model, "n_features_in_", None)
    # Images of little contrast stay within what a model was fitted on, if it asks for that.
    for contrast in (1.0, 0.1, 0.0):
        images = _patterns(*((size, size) if isinstance(size, int) else size), contrast)
        yield images
        yield images.reshape(len(images), -1)
        if n_features is not None:
            rows = _patterns(1, n_features, contrast)[:, 0]
            yield rows / np.float32(255)
            yield rows


def _patterns(height, width, contrast):
    """Grey fields of chance with a ramp over them: the same on every machine."""
    fields = np.random.RandomState(0).randint(0, 192, (_N_PROBES, _COARSE, _COARSE))
    rows = np.arange(height) * _COARSE // height
    columns = np.arange(width) * _COARSE // width
    ramp = np.arange(height * width).reshape(height, width) % 64
    images = fields[:, rows][:, :, columns] + ramp
    return (128 + contrast * (images - 128)).astype(np.uint8)


def _checked(images):
    legal = (
        type(images) is np.ndarray
        and images.dtype.kind in "uif"
        and images.ndim in (2, 3)
        and 0 < len(images) <= _MOST_PROBES
        and images.size <= _MOST_VALUES
    )
    if not legal:
        raise ModelFileError(f"probes must be 1 to {_MOST_PROBES} small images or rows of numbers.")
    return images
