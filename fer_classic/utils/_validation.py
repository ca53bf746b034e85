"""Parameter validation of scikit-learn.

It is private to scikit-learn, so the whole library imports it from here: if it moves or changes,
only this module has to be adapted.
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
