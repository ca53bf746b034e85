"""Steps before a classifier: those that the graph computes, and those that stay in front of it."""

from functools import singledispatch

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.frozen import FrozenEstimator
from sklearn.kernel_approximation import RBFSampler
from sklearn.pipeline import FeatureUnion, Pipeline

from fer_classic.base import ImageFilter, ImageTransformer
from fer_classic.exceptions import ExportError
from fer_classic.export._foreign import foreign_rows
from fer_classic.export._networks import network_rows, to_unit_images
from fer_classic.export._patches import patch_rows
from fer_classic.faces._crop import FaceStep
from fer_classic.features import Flatten, PatchDictionary, ReducedFeatures, SymmetricFeatures
from fer_classic.neural._fitted import FittedNetwork

__all__ = ["describe_step", "mirrored", "transform", "transform_by_steps"]


def transform_by_steps(builder, value, steps):
    """Apply named steps one after the other; those without ``transform`` see training data only."""
    for name, step in steps:
        if hasattr(step, "transform"):
            value = transform(step, builder, value, name)
    return value


@singledispatch
def transform(step, builder, value, name):
    """Apply a fitted step.

    Parameters
    ----------
    step : transformer
    builder : Builder
    value : Value
        What goes in.
    name : str
        Name of the step.

    Returns
    -------
    value : Value
        What comes out.

    Raises
    ------
    ExportError
        If neither the graph nor the card can say what the step does.
    """
    raise ExportError(f"the step {name!r} ({type(step).__name__}) has no form in ONNX.")


@transform.register
def _(step: BaseEstimator, builder, value, name):
    if not value.rows:
        raise ExportError(
            f"the step {name!r} ({type(step).__name__}) takes images and has no form in ONNX; only "
            "steps that take rows of features are converted by skl2onnx."
        )
    return builder.rows(foreign_rows(builder, builder.enter(value), step, name))


@transform.register
def _(step: Pipeline, builder, value, name):
    return transform_by_steps(builder, value, step.steps)


@transform.register
def _(step: FrozenEstimator, builder, value, name):
    return transform(step.estimator, builder, value, name)


@transform.register
def _(step: FeatureUnion, builder, value, name):
    weights, parts = step.transformer_weights or {}, []
    for part, transformer in step.transformer_list:
        if transformer == "drop":
            continue
        output = value
        if transformer != "passthrough":
            output = transform(transformer, builder, value, part)
        output = builder.enter(output)
        if part in weights:
            output = builder.graph.add("Mul", output, np.float32(weights[part]))
        parts.append(output)
    return builder.rows(builder.graph.add("Concat", *parts, axis=1))


@transform.register
def _(step: FaceStep, builder, value, name):
    # A crop passes through unchanged; the card says how it is cut out.
    return value


@transform.register
def _(step: ImageTransformer, builder, value, name):
    """Stateless filters and descriptors stay in front of the graph."""
    if not _is_stateless(step):
        raise ExportError(
            f"the step {name!r} ({type(step).__name__}) is learned from images and has no form in "
            "ONNX, and its arrays do not fit a card; choose a model whose descriptors are not "
            "learned, or PatchDictionary, which is exported."
        )
    if value.name is not None:
        raise ExportError(
            f"the step {name!r} ({type(step).__name__}) has no form in ONNX, and what it takes is "
            "made inside the graph."
        )
    return value.after(name, step, rows=not isinstance(step, ImageFilter))


@transform.register
def _(step: Flatten, builder, value, name):
    if value.rows:
        raise ExportError(f"the step {name!r} (Flatten) takes rows, which are flat already.")
    images = to_unit_images(builder, value)
    return builder.rows(builder.graph.add("Flatten", images, axis=1))


@transform.register
def _(step: PatchDictionary, builder, value, name):
    if value.rows:
        raise ExportError(
            f"the step {name!r} (PatchDictionary) takes flat rows of pixels "
            f"(image_shape={step.image_shape!r}); fit it on image batches, image_shape=None."
        )
    return patch_rows(builder, value, step)


@transform.register
def _(step: SymmetricFeatures, builder, value, name):
    if _is_stateless(step) and value.name is None:
        return value.after(name, step, rows=True)
    both = mirrored(builder, value)
    rows = builder.enter(transform(step._deployed(), builder, both, name))
    rows = builder.graph.add("Reshape", rows, np.array([2, -1, _width(step)]))
    return builder.rows(builder.graph.add("ReduceMean", rows, axes=[0], keepdims=0))


@transform.register
def _(step: ReducedFeatures, builder, value, name):
    features = transform(step.descriptor_, builder, value, name)
    return transform(step.reduction_, builder, features, name)


@transform.register
def _(step: RBFSampler, builder, value, name):
    """Random Fourier features, which skl2onnx does not know."""
    weights, offset = step.random_weights_, step.random_offset_
    rows = builder.graph.add("MatMul", builder.enter(value), weights.astype(np.float32))
    waves = builder.graph.add("Cos", builder.graph.add("Add", rows, offset.astype(np.float32)))
    return builder.rows(builder.graph.add("Mul", waves, np.float32(np.sqrt(2 / len(offset)))))


@transform.register
def _(step: FittedNetwork, builder, value, name):
    return network_rows(builder, value, step)


def mirrored(builder, value):
    """Join images and their mirror images to one batch of twice as many."""
    if value.rows:
        raise ExportError("mirror images of flat rows of pixels are not exported.")
    graph, images = builder.graph, builder.enter(value)
    width = value.shape[1]
    mirror = graph.add("Gather", images, np.arange(width)[::-1].copy(), axis=2)
    return builder.inside(value, graph.add("Concat", images, mirror, axis=0))


def _width(step):
    """Number of features that a fitted step gives."""
    return len(step.get_feature_names_out())


def _is_stateless(step):
    """Whether the parameters of a step, which a card can hold, say all about it."""
    if isinstance(step, FeatureUnion):
        return all(_is_stateless(part) for _, part in step.transformer_list)
    if isinstance(step, SymmetricFeatures):
        return _is_stateless(step._deployed())
    return isinstance(step, ImageTransformer) and not step.__sklearn_tags__().requires_fit


def describe_step(step):
    """Describe a stateless step by its class and its parameters.

    Parameters
    ----------
    step : transformer

    Returns
    -------
    description : dict
    """
    kind = type(step)
    package = kind.__module__.split("._")[0]
    description = {"class": f"{package}.{kind.__name__}"}
    if isinstance(step, FeatureUnion):
        parts = {name: describe_step(part) for name, part in step.transformer_list}
        given = step.transformer_weights or {}
        weights = {name: float(given.get(name, 1)) for name in parts}
        return description | {"side_by_side": parts, "weights": weights}
    if isinstance(step, SymmetricFeatures):
        return description | {"extractor": describe_step(step._deployed())}
    return description | {"parameters": step.get_params(deep=False)}
