"""Classifiers that scikit-learn does not have."""

from fer_classic.classifiers._augmented import Augmented
from fer_classic.classifiers._least_squares import LeastSquaresSVC

__all__ = ["Augmented", "LeastSquaresSVC"]
