"""Classifiers, their fusion, augmentation in training and at prediction, and adaptation."""

from fer_classic.classifiers._adapt import AdaptedClassifier, adapt
from fer_classic.classifiers._blockwise import BlockwiseClassifier
from fer_classic.classifiers._fusion import ScoreFusion
from fer_classic.classifiers._least_squares import LeastSquaresSVC
from fer_classic.classifiers._test_time_augmentation import TestTimeAugmentation
from fer_classic.classifiers._training_augmentation import TrainingAugmentation

__all__ = [
    "AdaptedClassifier",
    "BlockwiseClassifier",
    "LeastSquaresSVC",
    "ScoreFusion",
    "TestTimeAugmentation",
    "TrainingAugmentation",
    "adapt",
]
