"""Least-squares support vector classifier and test-time augmentation."""

from fer_classic.classifiers._adapt import AdaptedClassifier, adapt
from fer_classic.classifiers._blockwise import BlockwiseClassifier
from fer_classic.classifiers._least_squares import LeastSquaresSVC
from fer_classic.classifiers._test_time_augmentation import TestTimeAugmentation

__all__ = [
    "AdaptedClassifier",
    "BlockwiseClassifier",
    "LeastSquaresSVC",
    "TestTimeAugmentation",
    "adapt",
]
