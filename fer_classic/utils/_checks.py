"""Parameter checks shared by several modules."""

from numbers import Integral

__all__ = ["check_pair", "is_table"]


def is_table(X):
    """Whether samples are in a table of pandas or polars, whose columns have names."""
    return hasattr(X, "columns") and hasattr(X, "__getitem__")


def check_pair(pair, name):
    """Raise ValueError unless ``pair`` is two integers of at least 1."""
    if len(pair) != 2 or not all(isinstance(side, Integral) and side >= 1 for side in pair):
        raise ValueError(f"{name} must be two integers of at least 1, got {pair!r}.")
