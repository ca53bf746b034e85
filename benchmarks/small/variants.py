"""Recipes with and without their ingredients, on features that are computed once."""

import json
import warnings

import numpy as np
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags

from benchmarks.experiments.candidates import parameters_of
from fer_classic.base import ImageTransformer
from fer_classic.classifiers import ScoreFusion
from fer_classic.exceptions import NotFoundWarning
from fer_classic.faces import FaceAligner, FaceCropper
from fer_classic.recipes import make_recipe

__all__ = ["BASE", "VARIANTS", "FeatureCache"]

BASE = "svm_small"
"""The recipe whose ingredients are left out."""

_PARTS = ("descriptors", "network")


def _without_mirror():
    model = make_recipe(BASE)
    for part in _PARTS:
        step = f"fusion__{part}__describe"
        model.set_params(**{step: model.get_params()[f"{step}__extractor"]})
    return model


def _only(part):
    model = make_recipe(BASE)
    return Pipeline([("crop", model["crop"]), *model.get_params()[f"fusion__{part}"].steps])


def _setting(name, value):
    return make_recipe(BASE).set_params(**{f"fusion__{part}__{name}": value for part in _PARTS})


VARIANTS = {
    BASE: lambda: make_recipe(BASE),
    "without the mirror image": _without_mirror,
    "without the network": lambda: _only("descriptors"),
    "without the descriptors": lambda: _only("network"),
    "without alignment": lambda: make_recipe(BASE, crop=FaceCropper()),
    "without fitted weights": lambda: make_recipe(BASE, fusion__weights=None),
    "kernel selected": lambda: _setting("svm__kernel", "auto"),
    "svm_fusion": lambda: make_recipe("svm_fusion"),
    "svm_deep": lambda: make_recipe("svm_deep"),
}
"""Functions that make an unfitted model, by what they do; the recipe itself comes first."""


class FeatureCache:
    """Features of one set of images, which folds and variants share.

    Only steps that learn nothing from these images are shared: stateless and frozen ones.

    Parameters
    ----------
    images : ndarray of shape (n, h, w)
    """

    def __init__(self, images):
        self.images = images
        self._found = {}

    def on_rows(self, model):
        """Compute the features of a model, and replace the steps that make them.

        Parameters
        ----------
        model : Pipeline
            Unfitted.

        Returns
        -------
        rows : ndarray of shape (n, n_features), float32
            All features of its parts.
        model : Pipeline
            The rest of the model, which takes these rows.
        """
        steps, rest = _split(model)
        last = rest.steps[-1][1]
        if not isinstance(last, ScoreFusion):
            return self._features(steps), rest
        blocks, parts, start = [], [], 0
        for name, part in last.estimators:
            inner, tail = _split(part)
            blocks.append(self._features([*steps, *inner]))
            stop = start + blocks[-1].shape[1]
            columns = ColumnTransformer([("block", "passthrough", slice(start, stop))])
            parts.append((name, Pipeline([("columns", columns), *tail.steps])))
            start = stop
        return np.hstack(blocks), Pipeline([("fusion", clone(last).set_params(estimators=parts))])

    def _features(self, steps):
        values, key = self.images, ""
        for step in steps:
            key += json.dumps(parameters_of(step))
            if key not in self._found:
                with warnings.catch_warnings():
                    # Drawings without eyes are not the subject here.
                    warnings.simplefilter("ignore", NotFoundWarning)
                    self._found[key] = clone(step).fit(values, None).transform(values)
            values = self._found[key]
        return values


def _split(model):
    """Split a pipeline into the steps that learn nothing from the images, and the rest."""
    steps = [step for _, step in model.steps]
    n_shared = 0
    while n_shared < len(steps) - 1 and _learns_nothing(steps[n_shared]):
        n_shared += 1
    return steps[:n_shared], model[n_shared:]


def _learns_nothing(step):
    if isinstance(step, FaceAligner | FaceCropper | FrozenEstimator):
        return True
    inner = getattr(step, "extractor", step)
    union = getattr(inner, "transformer_list", [("", inner)])
    return all(
        isinstance(part, FrozenEstimator)
        or (isinstance(part, ImageTransformer) and not get_tags(part).requires_fit)
        for _, part in union
    )
