"""How a rule says that it is broken, and the bounds that several rules share."""

__all__ = ["MOST_OUTPUTS", "MOST_PIXELS", "require"]

MOST_PIXELS = 1024
"""No face is cut out larger, and no step asks for more of anything."""

MOST_OUTPUTS = 2**20
"""Numbers that may be made of one image."""


def require(holds, made, problem):
    """Raise ValueError, naming the class of the object, unless the rule holds."""
    if not holds:
        raise ValueError(f"{type(made).__name__}: {problem}")
