"""The error for violated rules, and bounds shared by several rules."""

__all__ = ["MAX_OUTPUTS", "MAX_SIDE", "require"]

MAX_SIDE = 1024
"""Maximum size of face crops, and of any size parameter."""

MAX_OUTPUTS = 2**20
"""Maximum number of values computed from one image."""


def require(holds, estimator, problem):
    """Raise ValueError with the class of the object unless the rule holds."""
    if not holds:
        raise ValueError(f"{type(estimator).__name__}: {problem}")
