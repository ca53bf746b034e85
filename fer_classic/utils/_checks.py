"""Checks of parameters that several modules share."""

from numbers import Integral

__all__ = ["check_pair"]


def check_pair(pair, name):
    """Raise ValueError unless ``pair`` is two whole numbers of 1 or more."""
    if len(pair) != 2 or not all(isinstance(side, Integral) and side >= 1 for side in pair):
        raise ValueError(f"{name} must be two whole numbers of 1 or more, got {pair!r}.")
