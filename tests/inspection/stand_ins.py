"""Classifiers whose explanation is known."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression


class BlockReader(ClassifierMixin, BaseEstimator):
    """Looks at one block of 48 x 48 pixels alone: its mean is the probability of ``"bright"``."""

    block = (slice(8, 16), slice(8, 16))

    def __init__(self):
        self.classes_ = np.array(["bright", "dark"])
        self.batches = []

    def fit(self, X, y):
        return self

    def predict_proba(self, X):
        self.batches.append(len(X))
        bright = X[(slice(None), *self.block)].mean(axis=(1, 2)) / 255
        return np.column_stack([bright, 1 - bright])

    def predict(self, X):
        assert X.shape[1:] == (48, 48)
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def linear_classifier(coef, intercept, classes=("a", "b")):
    """A linear classifier of given weights."""
    classifier = LogisticRegression()
    classifier.coef_, classifier.intercept_ = np.array(coef, float), np.array(intercept, float)
    classifier.classes_, classifier.n_features_in_ = np.array(classes), classifier.coef_.shape[1]
    return classifier
