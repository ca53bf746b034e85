"""The steps that learn nothing, run once for all folds."""

from dataclasses import dataclass
from time import perf_counter
from warnings import catch_warnings, simplefilter, warn_explicit

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.utils import get_tags

from benchmarks._memory import PeakMemory
from fer_classic.base import ImageTransformer
from fer_classic.exceptions import NoFaceWarning

__all__ = ["Shared", "compute_shared", "split_model"]

_BLOCK = 500


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
        Bytes.
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
    if isinstance(step, Pipeline):
        return all(_is_stateless(inner) for _, inner in step.steps)
    if isinstance(step, FeatureUnion):
        return all(_is_stateless(inner) for _, inner in step.transformer_list)
    return isinstance(step, ImageTransformer) and not get_tags(step).requires_fit


def compute_shared(steps, images, *, progress=iter):
    """Run the shared steps over a data set.

    Parameters
    ----------
    steps : Pipeline or None
        The steps, from :func:`split_model`.
    images : ndarray of shape (n, h, w), or (n,) of 2-D arrays
        All images.
    progress : callable
        Wraps the iterator over the starts of the blocks of work.

    Returns
    -------
    shared : Shared
    """
    if steps is None:
        return Shared(images)
    steps = clone(steps)
    with catch_warnings():
        # This only checks parameters and notes the size; faces are counted below.
        simplefilter("ignore", NoFaceWarning)
        steps.fit(images[:1])
    starts = range(0, len(images), _BLOCK)
    blocks = (images[start : start + _BLOCK] for start in starts)
    pieces = Parallel(return_as="generator")(delayed(_transform)(steps, block) for block in blocks)
    shared = None
    for start, piece in zip(progress(starts), pieces, strict=True):
        if shared is None:
            shape = (len(images), *piece.values.shape[1:])
            shared = Shared(np.empty(shape, piece.values.dtype))
        shared.values[start : start + _BLOCK] = piece.values
        shared.seconds += piece.seconds
        shared.no_face += piece.no_face
        shared.peak_memory = max(shared.peak_memory, piece.peak_memory)
    return shared


def _transform(steps, images):
    with PeakMemory() as memory, catch_warnings(record=True) as caught:
        simplefilter("always", NoFaceWarning)
        start = perf_counter()
        values = steps.transform(images)
        seconds = perf_counter() - start
    no_face = 0
    for warning in caught:
        if issubclass(warning.category, NoFaceWarning):
            no_face += warning.message.n_missing
        else:
            warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    return Shared(values, seconds, no_face, memory.bytes)
