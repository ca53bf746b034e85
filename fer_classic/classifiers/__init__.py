"""Classifiers that scikit-learn does not have."""

from fer_classic.classifiers._adapt import AdaptedClassifier, adapt
from fer_classic.classifiers._least_squares import LeastSquaresSVC
from fer_classic.classifiers._test_time_augmentation import TestTimeAugmentation

__all__ = ["AdaptedClassifier", "LeastSquaresSVC", "TestTimeAugmentation", "adapt"]
