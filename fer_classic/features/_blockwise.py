"""Feature extraction that learns from a sample of the images and runs in blocks."""

from numbers import Integral

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.utils import _safe_indexing, get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_array, check_is_fitted
from threadpoolctl import threadpool_limits

from fer_classic.base import as_batch
from fer_classic.utils._validation import HasMethods, Interval

__all__ = ["BlockwiseTransformer"]

# Images per block: few, so that their features take little memory.
_BLOCK = 250


def _names_features(blockwise):
    return hasattr(blockwise.transformer, "get_feature_names_out")


class BlockwiseTransformer(TransformerMixin, BaseEstimator):
    """Fit a transformer on a sample of the images, and apply it to blocks of images in threads.

    Long features of all training images may not fit in memory. If they are only reduced to a few
    components, those are determined equally well by a sample.

    Parameters
    ----------
    transformer : transformer
        Such as a pipeline of a descriptor, standardisation and principal components.
    max_samples : int, default=6000
        Number of evenly spaced training images to fit the transformer on (all if there are no
        more).
    n_jobs : int, optional
        Number of threads, as in :class:`joblib.Parallel`; by default that of
        :func:`joblib.parallel_config`, or 1. Linear algebra uses one thread in each.

    Attributes
    ----------
    transformer_ : transformer
        The fitted transformer.
    n_features_in_ : int
        Number of features, if the transformer knows it.

    See Also
    --------
    extract_features : blocks in processes or to disk, for transformers that are already fitted.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.decomposition import PCA
    >>> from sklearn.pipeline import make_pipeline
    >>> from fer_classic.features import BlockwiseTransformer, HOGDescriptor
    >>> faces = np.random.default_rng(0).integers(0, 256, (30, 48, 48), dtype=np.uint8)
    >>> reduced = make_pipeline(HOGDescriptor(), PCA(4, random_state=0))
    >>> BlockwiseTransformer(reduced, max_samples=20).fit_transform(faces).shape
    (30, 4)
    """

    _parameter_constraints = {
        "transformer": [HasMethods(["fit", "transform"])],
        "max_samples": [Interval(Integral, 1, None, closed="left")],
        "n_jobs": [Integral, None],
    }

    def __init__(self, transformer, *, max_samples=6000, n_jobs=None):
        self.transformer = transformer
        self.max_samples = max_samples
        self.n_jobs = n_jobs

    def fit(self, X, y=None):
        """Fit the transformer on evenly spaced images.

        Parameters
        ----------
        X : array-like of shape (n, ...), or list of images
            Input of the transformer.
        y : array-like of shape (n,), optional
            Passed to the transformer.

        Returns
        -------
        self : object
        """
        self._validate_params()
        X = _check(X)
        rows = np.linspace(0, len(X) - 1, min(len(X), self.max_samples)).astype(int)
        labels = None if y is None else np.asarray(y)[rows]
        self.transformer_ = clone(self.transformer).fit(_safe_indexing(X, rows), labels)
        return self

    def transform(self, X):
        """Transform images block by block.

        Parameters
        ----------
        X : array-like of shape (n, ...), or list of images
            Input of the transformer.

        Returns
        -------
        features : ndarray of shape (n, n_features_out)
        """
        check_is_fitted(self)
        X = _check(X)
        blocks = [X[start : start + _BLOCK] for start in range(0, len(X), _BLOCK)]
        if len(blocks) < 2:
            return self.transformer_.transform(X)
        with threadpool_limits(1, user_api="blas"):
            parallel = Parallel(self.n_jobs, prefer="threads")
            return np.concatenate(parallel(delayed(self.transformer_.transform)(b) for b in blocks))

    @available_if(_names_features)
    def get_feature_names_out(self, input_features=None):
        """Return the names that the fitted transformer gives to its features.

        Parameters
        ----------
        input_features : array-like of str, optional
            Passed to the transformer.

        Returns
        -------
        names : ndarray of str
        """
        check_is_fitted(self)
        return self.transformer_.get_feature_names_out(input_features)

    @property
    def n_features_in_(self):
        """Number of features, if the transformer knows it."""
        return self.transformer_.n_features_in_

    def __sklearn_is_fitted__(self):
        return hasattr(self, "transformer_")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = get_tags(self.transformer)
        tags.input_tags, tags.transformer_tags = inner.input_tags, inner.transformer_tags
        tags.input_tags.sparse = False
        return tags


def _check(X):
    """Return images as an array, or as a list if sizes differ; tables keep their names."""
    X = as_batch(X)
    if isinstance(X, list) or hasattr(X, "iloc"):
        return X
    return check_array(X, dtype=None, ensure_2d=False, allow_nd=True, ensure_all_finite=False)

