"""Training and prediction block by block, in memory that does not grow with the images."""

from numbers import Integral

import numpy as np
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.pipeline import Pipeline
from sklearn.utils import _safe_indexing, check_consistent_length, check_random_state, get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _num_samples, check_is_fitted, column_or_1d

from fer_classic.utils._blocks import image_blocks
from fer_classic.utils._checks import is_table
from fer_classic.utils._parts import is_fitted
from fer_classic.utils._validation import HasMethods, Interval

__all__ = ["BlockwiseClassifier"]


def _has_probabilities(model):
    return hasattr(model._deployed(), "predict_proba")


def _has_decisions(model):
    return hasattr(model._deployed(), "decision_function")


class BlockwiseClassifier(ClassifierMixin, BaseEstimator):
    """Fit a pipeline block by block, for any number of images.

    The features of one block at a time are in memory. The images themselves can be a memory map,
    so that a million faces need no more memory than ten thousand.

    Parameters
    ----------
    model : Pipeline
        Its last step has ``partial_fit``, such as :class:`~sklearn.linear_model.SGDClassifier`. The
        steps before it are fitted on ``n_first`` images only.
    block_size : int, default=1000
        Images in a block.
    n_epochs : int, default=5
        How often each image is learned from.
    n_first : int, default=10000
        Images, drawn at random, that the steps before the classifier are fitted on.
    random_state : int, RandomState instance or None, default=None
        Which images come first, and the order of the blocks.

    Attributes
    ----------
    model_ : Pipeline
        The fitted clone.
    classes_ : ndarray of shape (n_classes,)
        Class labels, sorted.

    Notes
    -----
    A block holds images that follow each other, so that a memory map is read in order; images that
    are sorted by class have to be shuffled before. Blocks are taken in another order in each epoch.

    Groups are not used: there are no inner folds.

    Examples
    --------
    >>> from fer_classic.classifiers import BlockwiseClassifier
    >>> from fer_classic.datasets import load_drawn_faces
    >>> from fer_classic.features import LBPHistogram
    >>> from sklearn.linear_model import SGDClassifier
    >>> from sklearn.pipeline import make_pipeline
    >>> images, names = load_drawn_faces(n_subjects=4, n_per_class=2, return_X_y=True)
    >>> model = make_pipeline(LBPHistogram(), SGDClassifier(random_state=0))
    >>> BlockwiseClassifier(model, block_size=16).fit(images, names).predict(images).shape
    (64,)
    """

    _parameter_constraints = {
        "model": [HasMethods(["fit", "predict"])],
        "block_size": [Interval(Integral, 1, None, closed="left")],
        "n_epochs": [Interval(Integral, 1, None, closed="left")],
        "n_first": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(self, model, *, block_size=1000, n_epochs=5, n_first=10_000, random_state=None):
        self.model = model
        self.block_size = block_size
        self.n_epochs = n_epochs
        self.n_first = n_first
        self.random_state = random_state

    def fit(self, X, y):
        """Fit the steps on the first images, and the classifier on all, block by block.

        Parameters
        ----------
        X : array-like of shape (n, ...), list of n images, or object with a length and slices
            Input of the model; a memory map, or an object that reads a file when it is sliced, is
            read block by block.
        y : array-like of shape (n,)
            Labels; two classes or more.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            If the model is no pipeline that ends in a classifier with ``partial_fit``, or there is
            only one class.
        """
        self._validate_params()
        if not isinstance(self.model, Pipeline) or not hasattr(self.model[-1], "partial_fit"):
            raise ValueError(
                "BlockwiseClassifier needs a pipeline whose last step has partial_fit, such as "
                f"SGDClassifier; got {self.model!r}."
            )
        X = _sliceable(X)
        y = column_or_1d(y, warn=True)
        check_consistent_length(X, y)
        check_classification_targets(y)
        self.classes_ = np.unique(y)
        if len(self.classes_) < 2:
            raise ValueError(
                "BlockwiseClassifier needs samples of at least two classes, got one class: "
                f"{self.classes_.tolist()[0]!r}."
            )
        rng = check_random_state(self.random_state)
        model = clone(self.model)
        first = np.sort(rng.permutation(len(y))[: self.n_first])
        steps, classifier = model[:-1], model[-1]
        if len(steps):
            steps.fit(_take(X, first), y[first])
        blocks = image_blocks(X, self.block_size)
        for _ in range(self.n_epochs):
            for block in rng.permutation(len(blocks)):
                rows = blocks[block]
                features = steps.transform(X[rows]) if len(steps) else _as_rows(X[rows])
                order = rng.permutation(_num_samples(features))
                # A step may give a table (set_output).
                features = _safe_indexing(features, order)
                classifier.partial_fit(features, y[rows][order], classes=self.classes_)
        self.model_ = model
        return self

    def predict(self, X):
        """Predict the class of each image.

        Parameters
        ----------
        X : array-like of shape (n, ...), or list of n images
            Input of the model.

        Returns
        -------
        labels : ndarray of shape (n,)
        """
        return self._in_blocks("predict", X)

    @available_if(_has_probabilities)
    def predict_proba(self, X):
        """Probability of every class; available if the model has it.

        Parameters
        ----------
        X : array-like of shape (n, ...), or list of n images
            Input of the model.

        Returns
        -------
        probabilities : ndarray of shape (n, n_classes)
            Columns follow ``classes_``.
        """
        return self._in_blocks("predict_proba", X)

    @available_if(_has_decisions)
    def decision_function(self, X):
        """Decision values; available if the model has them.

        Parameters
        ----------
        X : array-like of shape (n, ...), or list of n images
            Input of the model.

        Returns
        -------
        scores : ndarray of shape (n, n_classes), or (n,) for two classes
        """
        return self._in_blocks("decision_function", X)

    def _in_blocks(self, method, X):
        check_is_fitted(self)
        X = _sliceable(X)
        predict = getattr(self.model_, method)
        # An empty input is for the model to refuse.
        blocks = image_blocks(X, self.block_size) or [slice(None)]
        return np.concatenate([predict(X[rows]) for rows in blocks])

    @property
    def n_features_in_(self):
        """What the first step has seen in ``fit``."""
        check_is_fitted(self)
        return self.model_.n_features_in_

    def _deployed(self):
        return getattr(self, "model_", self.model)

    def __sklearn_is_fitted__(self):
        return hasattr(self, "classes_") and is_fitted(self._deployed())

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = get_tags(self.model)
        tags.input_tags = inner.input_tags
        tags.classifier_tags = inner.classifier_tags
        return tags


def _sliceable(X):
    """Take tuples as lists; what can be sliced stays as it is, and tables keep their names."""
    if isinstance(X, tuple):
        return list(X)
    return X if hasattr(X, "__getitem__") else np.asarray(X)


def _as_rows(X):
    return np.asarray(X) if isinstance(X, list) else X


def _take(X, positions):
    """Take some images, at ascending positions."""
    if isinstance(X, np.ndarray) or issparse(X) or is_table(X):
        return _safe_indexing(X, positions)
    # What reads a file when it is sliced need not take a list of positions.
    runs = np.split(positions, np.flatnonzero(np.diff(positions) > 1) + 1)
    pieces = [X[int(run[0]) : int(run[-1]) + 1] for run in runs]
    if isinstance(pieces[0], list):
        return [image for piece in pieces for image in piece]
    return np.concatenate(pieces)
