"""Long features that are reduced block by block, so that few of them are in memory at a time."""

from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.utils import _safe_indexing, get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_array, check_consistent_length, check_is_fitted
from threadpoolctl import threadpool_limits

from fer_classic.base import as_batch
from fer_classic.utils._blocks import image_blocks
from fer_classic.utils._checks import is_table
from fer_classic.utils._threads import map_in_threads
from fer_classic.utils._validation import HasMethods, Interval

__all__ = ["ReducedFeatures"]

# Images per block: few, so that their features take little memory.
_BLOCK = 250


def _names_features(step):
    return hasattr(step.reduction, "get_feature_names_out")


class ReducedFeatures(TransformerMixin, BaseEstimator):
    """Describe images and reduce the features, block by block, in threads.

    The features of all training images may not fit in memory. The descriptor learns from all
    images, and the reduction from the features of a sample. There are as many threads as linear
    algebra may use (``threadpoolctl.threadpool_limits``, or environment variables such as
    OPENBLAS_NUM_THREADS).

    Parameters
    ----------
    descriptor : transformer
        Computes features of images.
    reduction : transformer
        Reduces features, such as a pipeline of standardisation and principal components.
    max_samples : int, default=6000
        Number of evenly spaced training images to fit the reduction on (all if there are no more).

    Attributes
    ----------
    descriptor_ : transformer
        The fitted descriptor.
    reduction_ : transformer
        The fitted reduction.
    n_features_in_ : int
        Number of features of the descriptor's input, if it knows it.

    See Also
    --------
    extract_features : features in blocks, by several processes or to disk.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.decomposition import PCA
    >>> from fer_classic.features import HOGDescriptor, ReducedFeatures
    >>> faces = np.random.default_rng(0).integers(0, 256, (30, 48, 48), dtype=np.uint8)
    >>> step = ReducedFeatures(HOGDescriptor(), PCA(4, random_state=0), max_samples=20)
    >>> step.fit_transform(faces).shape
    (30, 4)
    """

    _parameter_constraints = {
        "descriptor": [HasMethods(["fit", "transform"])],
        "reduction": [HasMethods(["fit", "transform"])],
        "max_samples": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(self, descriptor, reduction, *, max_samples=6000):
        self.descriptor = descriptor
        self.reduction = reduction
        self.max_samples = max_samples

    def fit(self, X, y=None):
        """Fit the descriptor on all images, and the reduction on evenly spaced ones.

        Parameters
        ----------
        X : array-like of shape (n, ...), or list of images
            Input of the descriptor.
        y : array-like of shape (n,), optional
            Passed to both.

        Returns
        -------
        self : object
        """
        self._validate_params()
        X = _check(X)
        if y is not None:
            check_consistent_length(X, y)
        rows = np.linspace(0, len(X) - 1, min(len(X), self.max_samples)).astype(int)
        # On its many small matrices, more threads would only wait for each other.
        with threadpool_limits(1, user_api="blas"):
            self.descriptor_ = clone(self.descriptor).fit(X, y)
        features = self._in_blocks(self._described, _safe_indexing(X, rows))
        labels = None if y is None else np.asarray(y)[rows]
        self.reduction_ = clone(self.reduction).fit(features, labels)
        return self

    def transform(self, X):
        """Describe images and reduce their features.

        Parameters
        ----------
        X : array-like of shape (n, ...), or list of images
            Input of the descriptor.

        Returns
        -------
        features : ndarray of shape (n, n_features_out)
        """
        check_is_fitted(self)
        return self._in_blocks(self._reduced, _check(X))

    def _described(self, X):
        # An array, even if transformers are set to return tables: the reduction is fitted without
        # names.
        return np.asarray(self.descriptor_.transform(X))

    def _reduced(self, X):
        return np.asarray(self.reduction_.transform(self._described(X)))

    def _in_blocks(self, function, X):
        blocks = [X[block] for block in image_blocks(X, _BLOCK)]
        return np.concatenate(map_in_threads(function, blocks))

    @available_if(_names_features)
    def get_feature_names_out(self, input_features=None):
        """Return the names that the reduction gives to its features.

        Parameters
        ----------
        input_features : array-like of str, optional
            Names of the pixels; ignored.

        Returns
        -------
        names : ndarray of str
        """
        check_is_fitted(self)
        return self.reduction_.get_feature_names_out()

    @property
    def n_features_in_(self):
        """Number of features of the descriptor's input, if it knows it."""
        return self.descriptor_.n_features_in_

    def __sklearn_is_fitted__(self):
        return hasattr(self, "reduction_")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = get_tags(self.descriptor)
        tags.input_tags, tags.transformer_tags = inner.input_tags, inner.transformer_tags
        tags.input_tags.sparse = False
        return tags


def _check(X):
    """Return images as an array, or as a list if sizes differ; tables keep their names."""
    X = as_batch(X)
    if isinstance(X, list) or is_table(X):
        return X
    return check_array(X, dtype=None, ensure_2d=False, allow_nd=True, ensure_all_finite=False)
