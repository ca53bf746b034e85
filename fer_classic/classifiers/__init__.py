"""Least-squares support vector classifier, augmentation in training and at test time."""

from fer_classic.classifiers._adapt import AdaptedClassifier, adapt
from fer_classic.classifiers._least_squares import LeastSquaresSVC
from fer_classic.classifiers._test_time_augmentation import TestTimeAugmentation
from fer_classic.classifiers._training_augmentation import TrainingAugmentation

__all__ = [
    "AdaptedClassifier",
    "LeastSquaresSVC",
    "TestTimeAugmentation",
    "TrainingAugmentation",
    "adapt",
]
