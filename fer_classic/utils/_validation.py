"""Checks of parameters, as scikit-learn makes them.

They are private to scikit-learn, so the whole library takes them from here: if they move or change,
this is the one place to mend.
"""

from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    StrOptions,
    validate_parameter_constraints,
    validate_params,
)

__all__ = [
    "HasMethods",
    "Interval",
    "StrOptions",
    "validate_parameter_constraints",
    "validate_params",
]
