"""Registry of the named recipes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from fer_classic.exceptions import UnknownNameError

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

__all__ = [
    "describe_recipe",
    "list_recipes",
    "make_recipe",
    "parse_setting",
    "pretrained_on",
    "recipe",
    "recipe_grid",
]

_RECIPES: dict[str, tuple] = {}


def recipe(*, grid=None, heavy=False, pretrained=None):
    """Register a function that returns an unfitted pipeline as a recipe of its name.

    Parameters
    ----------
    grid : dict, optional
        Default grid for ``GridSearchCV``: parameter names mapped to lists of values.
    heavy : bool, default=False
        Whether the recipe should only run when named explicitly, as fitting takes very long or it
        suits only some data sets.
    pretrained : str, optional
        Name of the data set whose official training part a frozen step was fitted on.

    Returns
    -------
    decorator : callable

    Examples
    --------
    >>> from fer_classic.recipes import make_recipe, recipe
    >>> @recipe(grid={"svm__C": [0.1, 1, 10]})
    ... def my_recipe():
    ...     '''Pixels and a linear SVM.'''
    ...     from sklearn.pipeline import Pipeline
    ...     from sklearn.svm import LinearSVC
    ...
    ...     from fer_classic.features import Flatten
    ...
    ...     return Pipeline([("flatten", Flatten()), ("svm", LinearSVC())])
    >>> make_recipe("my_recipe", svm__C=0.5).named_steps["svm"].C
    0.5
    """

    def register(function):
        if not (function.__doc__ or "").strip():
            raise ValueError(f"recipe {function.__name__!r} needs a one-line docstring.")
        _RECIPES[function.__name__] = (function, dict(grid or {}), heavy, pretrained)
        return function

    return register


def _find(name):
    if name not in _RECIPES:
        raise UnknownNameError("recipe", name, tuple(_RECIPES))
    return _RECIPES[name]


def list_recipes(*, heavy: bool = True) -> list[str]:
    """List the names of all recipes, simplest first.

    Parameters
    ----------
    heavy : bool, default=True
        Whether to include recipes that should only run when named explicitly.

    Returns
    -------
    names : list of str
    """
    return [name for name, (_, _, slow, _) in _RECIPES.items() if heavy or not slow]


def describe_recipe(name: str) -> str:
    """Return the one-line description of a recipe.

    Parameters
    ----------
    name : str

    Returns
    -------
    line : str

    Raises
    ------
    UnknownNameError
        If there is no such recipe.
    """
    return _find(name)[0].__doc__.strip().splitlines()[0]


def recipe_grid(name: str) -> dict[str, list]:
    """Return the default grid of a recipe for ``GridSearchCV``.

    Parameters
    ----------
    name : str

    Returns
    -------
    grid : dict of str to list

    Raises
    ------
    UnknownNameError
        If there is no such recipe.
    """
    return {key: list(values) for key, values in _find(name)[1].items()}


def pretrained_on(name: str) -> str | None:
    """The data set that a frozen step of a recipe has seen, or None.

    Only the official protocol scores such a recipe fairly on that data set: other protocols test on
    images that the frozen step was fitted on.

    Parameters
    ----------
    name : str

    Returns
    -------
    dataset : str or None

    Raises
    ------
    UnknownNameError
        If there is no such recipe.
    """
    return _find(name)[3]


def make_recipe(name: str, **parameters: Any) -> Pipeline:
    """Build an unfitted pipeline by name.

    Parameters
    ----------
    name : str
        One of :func:`list_recipes`.
    **parameters
        Parameters of the pipeline's steps, such as ``lbp__radius=2``.

    Returns
    -------
    pipeline : sklearn.pipeline.Pipeline

    Raises
    ------
    UnknownNameError
        If there is no such recipe, or its pipeline has no such parameter, or a step would be
        replaced by what is no step.

    Examples
    --------
    >>> from fer_classic.recipes import make_recipe
    >>> make_recipe("svm_lbp", lbp__radius=2).named_steps["lbp"].radius
    2
    """
    pipeline = _find(name)[0]()
    known = pipeline.get_params()
    for key, value in parameters.items():
        if key not in known:
            problem = f"the recipe {name} has no parameter {key!r}"
            raise UnknownNameError("parameter", key, _settable(known), problem)
        if _is_whole(known[key]) and not _can_replace(
            value, known[key], last=key == pipeline.steps[-1][0]
        ):
            others = tuple(other for other in _settable(known) if _is_within(other, key))
            problem = (
                f"{key}={value} replaces a whole step; change a parameter of it, such as "
                f"{_example(value, others, known)}"
            )
            # No close matches: the name is right.
            raise UnknownNameError("parameter", "", others, problem)
    return pipeline.set_params(**parameters)


def _is_whole(part):
    """Whether a parameter is a step, or a list of steps."""
    return hasattr(part, "get_params") or (
        isinstance(part, list) and any(hasattr(step[1], "get_params") for step in part)
    )


def _can_replace(value, part, *, last):
    if isinstance(part, list):
        return isinstance(value, list) and all(
            isinstance(step, tuple) and hasattr(step[-1], "get_params") for step in value
        )
    # A recipe without its last step does not predict.
    skips = value is None or (isinstance(value, str) and value == "passthrough")
    return hasattr(value, "get_params") or (skips and not last)


def _is_within(other, key):
    """Whether a parameter is one of a step, or of one of the steps of a list."""
    if key == "steps" or key.endswith(("__steps", "__transformer_list")):
        key = key.rpartition("__")[0]
    return not key or other.startswith(f"{key}__")


def _example(value, names, known):
    """A parameter, with the value if it could be its value."""
    for name in names:
        if type(known[name]) is type(value):
            return f"{name}={value}"
    return next((name for name in names if not _is_whole(known[name])), "step__param")


def _settable(known):
    return tuple(sorted(key for key in known if "__" in key))


def parse_setting(text):
    """Parse a setting given on the command line.

    Parameters
    ----------
    text : str
        ``step__param=value``; the value is a Python literal, otherwise a string.

    Returns
    -------
    key : str
    value : object

    Raises
    ------
    ValueError
        If there is no ``=`` or no key before it.

    Examples
    --------
    >>> from fer_classic.recipes._registry import parse_setting
    >>> parse_setting("lbp__radius=(1, 2)")
    ('lbp__radius', (1, 2))
    >>> parse_setting("crop__detector=haar")
    ('crop__detector', 'haar')
    """
    key, sign, value = text.partition("=")
    key = key.strip()
    if not sign or not key:
        raise ValueError(f"expected step__param=value, got {text!r}.")
    try:
        return key, ast.literal_eval(value.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return key, value.strip()
