"""Exact contributions of the parts of a face to a linear decision."""

from dataclasses import replace

import numpy as np
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import FeatureUnion, Pipeline

from fer_classic.base import ImageFilter
from fer_classic.classifiers import BlockwiseClassifier, TrainingAugmentation
from fer_classic.features import SymmetricFeatures
from fer_classic.inspection._affine import LinearFunction, NotLinearError, before, decision_of

__all__ = ["linear_map"]


def linear_map(model, image, column, *, rows=False):
    """Split the decision score of a class into contributions of the pixels.

    Parameters
    ----------
    model : estimator
        A fitted classifier.
    image : ndarray of shape (h, w)
    column : int
        Index of the class in ``model.classes_``.
    rows : bool, default=False
        Whether the model takes rows of pixels.

    Returns
    -------
    pixels : ndarray of shape (h, w), float64
        The contribution of a feature is spread evenly over the rectangle that it describes.
    base_value : float
        The decision score minus the sum of ``pixels``: that of the mean features of the training
        set, where a step knows them, else that of features of 0.

    Raises
    ------
    NotLinearError
        If the decision is no linear function of features that belong to places.
    """
    *steps, classifier = _steps_of(model)
    if isinstance(classifier, str) or not hasattr(classifier, "classes_"):
        raise NotLinearError("the model ends with no classifier")
    given = image.reshape(1, -1) if rows else image[np.newaxis]
    return _locate(steps, given, decision_of(classifier, column), image.shape)


def _unwrap(step):
    """Return the estimator that predicts inside wrappers, such as the best one of a search."""
    while True:
        if isinstance(step, FrozenEstimator):
            step = step.estimator
        elif isinstance(step, TrainingAugmentation | BlockwiseClassifier):
            step = step.model_
        elif hasattr(step, "best_estimator_"):
            step = step.best_estimator_
        else:
            return step


def _steps_of(model):
    """List the steps that a model applies in prediction, without pipelines inside pipelines."""
    model = _unwrap(model)
    if not isinstance(model, Pipeline):
        return [model]
    steps = []
    for _, step in model.steps:
        # Samplers only take part in the fit.
        if step is None or step == "passthrough" or hasattr(step, "fit_resample"):
            continue
        steps += _steps_of(step)
    return steps


def _locate(steps, given, function, shape):
    """Split a function of the output of some steps; see :func:`linear_map`.

    ``given`` is their input, one image as a batch or a row.
    """
    while steps and isinstance(steps[0], ImageFilter):
        given = steps[0].transform(given)
        if given.shape[1:] != shape:
            raise NotLinearError(f"the step {type(steps[0]).__name__} moves the pixels")
        steps = steps[1:]
    # Models of rows need no descriptor: their features are the pixels.
    first = 0 if given.ndim == 2 and not _describes(steps) else 1
    for step in reversed(steps[first:]):
        function = before(step, function)
    if not first:
        pixels, constant = function.contributions(given[0].astype(np.float64))
        return pixels.reshape(shape), constant
    if not steps:
        raise NotLinearError("the model has no descriptor")
    return _locate_features(steps[0], given, function, shape)


def _describes(steps):
    return bool(steps) and (
        isinstance(steps[0], SymmetricFeatures | FeatureUnion)
        or hasattr(steps[0], "get_feature_boxes")
    )


def _locate_features(step, given, function, shape):
    if isinstance(step, SymmetricFeatures):
        return _locate_symmetric(step, given, function, shape)
    if isinstance(step, FeatureUnion):
        return _locate_union(step, given, function, shape)
    if not hasattr(step, "get_feature_boxes"):
        raise NotLinearError(f"the features of {type(step).__name__} belong to no place")
    features = np.asarray(step.transform(given))[0].astype(np.float64)
    contributions, constant = function.contributions(features)
    return _spread(contributions, step.get_feature_boxes(), shape), constant


def _locate_symmetric(step, given, function, shape):
    """Half of each feature is of the image, the other half of its mirror image."""
    steps = _steps_of(getattr(step, "extractor_", step.extractor))
    half = replace(function, weights=function.weights / 2, constant=function.constant / 2)
    mirrored = np.ascontiguousarray(given.reshape(1, *shape)[:, :, ::-1]).reshape(given.shape)
    pixels, constant = _locate(steps, given, half, shape)
    other_pixels, other_constant = _locate(steps, mirrored, half, shape)
    return pixels + other_pixels[:, ::-1], constant + other_constant


def _locate_union(step, given, function, shape):
    pixels, base_value, start = np.zeros(shape), function.constant, 0
    for name, part in step.transformer_list:
        if isinstance(part, str):
            if part == "drop":
                continue
            raise NotLinearError(f"the part {name!r} of the union has no descriptor")
        stop = start + np.shape(part.transform(given))[1]
        scale = (step.transformer_weights or {}).get(name, 1.0)
        part_function = _slice(function, slice(start, stop), scale)
        part_pixels, constant = _locate(_steps_of(part), given, part_function, shape)
        pixels, base_value, start = pixels + part_pixels, base_value + constant, stop
    return pixels, base_value


def _slice(function, columns, scale):
    """The function of some of the features, which are multiplied by ``scale`` first."""
    reference = function.reference
    if reference is not None:
        reference = reference[columns] / scale if scale else None
    return LinearFunction(function.weights[columns] * scale, 0.0, reference)


def _spread(values, boxes, shape):
    """Spread each value evenly over its box; the sum stays the same."""
    left, top, width, height = boxes.T
    corners = np.zeros((shape[0] + 1, shape[1] + 1))
    per_pixel = values / (width * height)
    for rows, columns, sign in (
        (top, left, 1),
        (top + height, left, -1),
        (top, left + width, -1),
        (top + height, left + width, 1),
    ):
        np.add.at(corners, (rows, columns), sign * per_pixel)
    return corners.cumsum(axis=0).cumsum(axis=1)[:-1, :-1]
