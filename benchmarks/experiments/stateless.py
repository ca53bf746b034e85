"""The steps that learn nothing, run once for all folds."""

from dataclasses import dataclass
from warnings import catch_warnings, simplefilter, warn_explicit

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.utils import get_tags

from benchmarks._peak_memory import PeakMemory
from fer_classic.base import ImageTransformer
from fer_classic.exceptions import NoFaceWarning, NotFoundWarning
from fer_classic.features import extract_features
from fer_classic.utils._parts import model_parts

__all__ = ["Shared", "compute_shared", "split_model"]


@dataclass
class Shared:
    """What the shared steps made of a data set.

    Parameters
    ----------
    values : ndarray of shape (n, ...)
        Input of the other steps, one entry per image.
    seconds : float
        Time of the shared steps for all images, one process after another.
    no_face : int
        Images in which no face was found.
    peak_memory : int
        Bytes, of the process that collects the values.
    """

    values: np.ndarray
    seconds: float = 0.0
    no_face: int = 0
    peak_memory: int = 0


def split_model(model):
    """Split a pipeline after its leading stateless steps.

    What learns nothing gives each image the same features in every fold, so that sharing it over
    folds carries nothing from a test part into a training part.

    Parameters
    ----------
    model : estimator

    Returns
    -------
    shared : Pipeline or None
        The leading stateless steps.
    rest : estimator
        What has to be fitted inside the fold.
    """
    if not isinstance(model, Pipeline):
        return None, model
    n_shared = 0
    while n_shared < len(model.steps) - 1 and _is_stateless(model.steps[n_shared][1]):
        n_shared += 1
    return (model[:n_shared], model[n_shared:]) if n_shared else (None, model)


def _is_stateless(step):
    if step is None or isinstance(step, str):  # "passthrough" or "drop"
        return True
    return all(
        isinstance(part, Pipeline | FeatureUnion)
        or (isinstance(part, ImageTransformer) and not get_tags(part).requires_fit)
        for part in model_parts(step)
    )


def compute_shared(steps, images, *, features_memory=None, gather=False, report=None):
    """Run the shared steps over a data set.

    Parameters
    ----------
    steps : Pipeline or None
        The steps, from :func:`split_model`.
    images : ndarray of shape (n, h, w), or (n,) of 2-D arrays
        All images.
    features_memory : float, optional
        Bytes that the result may take in memory; see
        :func:`~fer_classic.features.extract_features`.
    gather : bool, default=False
        Whether workers send the features back in place of writing them to a file; see there.
    report : callable, optional
        ``report(n_images, seconds)`` is called after each block of images.

    Returns
    -------
    shared : Shared
    """
    if steps is None:
        return Shared(images)
    steps, seconds = clone(steps), []

    def note(n_images, of_block):
        seconds.append(of_block)
        if report is not None:
            report(n_images, of_block)

    with catch_warnings():
        # This only checks parameters and notes the size; faces and eyes are counted below.
        simplefilter("ignore", NotFoundWarning)
        steps.fit(images[:1])
    with PeakMemory() as memory, catch_warnings(record=True) as caught:
        simplefilter("always", NotFoundWarning)
        values = extract_features(
            steps, images, features_memory=features_memory, gather=gather, report=note
        )
    no_face = 0
    for warning in caught:
        if issubclass(warning.category, NoFaceWarning):
            no_face += warning.message.n_missing
        else:
            warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    return Shared(values, sum(seconds), no_face, memory.bytes)
