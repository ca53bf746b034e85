"""The models of a run: recipes with what was set by hand, and the parameters that are tried."""

import json
import math
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from fer_classic.exceptions import MissingDependencyError

__all__ = ["Candidate", "make_candidates", "parameters_of"]


@dataclass(frozen=True, eq=False)
class Candidate:
    """A recipe with some parameters set.

    Parameters
    ----------
    recipe : str
        Its name.
    settings : dict
        Parameters that were set.
    model : estimator or None
        Unfitted; None if it cannot be made.
    problem : str
        Why there is no model.
    """

    recipe: str
    settings: dict
    model: Any
    problem: str = ""

    @property
    def fields(self):
        """What a record says of it."""
        return {
            "recipe": self.recipe,
            "settings": _plain(self.settings),
            "parameters": {} if self.model is None else parameters_of(self.model),
        }


def make_candidates(recipe, *, make, settings, grid=None):
    """Make the models of a recipe.

    Parameters
    ----------
    recipe : str
        Its name.
    make : callable
        ``make(recipe, **settings)`` gives an unfitted model.
    settings : dict
        Parameters set by hand.
    grid : dict of str to list, optional
        Values to try by parameter. All combinations are taken, each with ``settings``; the first
        candidate is the recipe as it is. By default there is one candidate, with ``settings``.

    Returns
    -------
    candidates : list of Candidate
        No two of them have the same parameters.

    Raises
    ------
    UnknownNameError
        If there is no such recipe or parameter.
    """
    chosen = [settings]
    if grid is not None:
        values = product(*grid.values())
        chosen = [{}, *(settings | dict(zip(grid, v, strict=True)) for v in values)]
    candidates = {}
    for changes in chosen:
        problem = ""
        try:
            model = make(recipe, **changes)
        except MissingDependencyError as error:
            model, problem = None, str(error)
        candidate = Candidate(recipe, changes, model, problem)
        candidates.setdefault(json.dumps(candidate.fields["parameters"]), candidate)
    return list(candidates.values())


def parameters_of(model):
    """Describe every parameter of a model in terms of JSON.

    Parameters
    ----------
    model : estimator

    Returns
    -------
    parameters : dict
        Nested parameters by their full names; an estimator stands as its class name.
    """
    return {"": type(model).__name__} | {
        name: _plain(value) for name, value in sorted(model.get_params().items())
    }


def _plain(value):
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # JSON has no such number
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.generic | np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    # No repr: it may hold an address, and a key must be the same in the next run.
    return getattr(value, "__qualname__", type(value).__qualname__)
