"""Features averaged over a face and its mirror image."""

import numpy as np
from sklearn.base import clone
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from fer_classic.base import ImageDescriptor
from fer_classic.utils._parts import is_fitted
from fer_classic.utils._validation import HasMethods

__all__ = ["SymmetricFeatures"]


class SymmetricFeatures(ImageDescriptor):
    """Average the features of each image and of its mirror image.

    Expressions are nearly symmetric, while illumination and pose are not. With the average, a
    classifier need not learn that the sides are alike, which matters most for small training sets.
    An expression of one side, such as contempt, is still recognised, but not on which side it is.

    Parameters
    ----------
    extractor : transformer
        Anything that makes rows of features of images, such as
        :class:`~fer_classic.features.HOGDescriptor`, a
        :class:`~sklearn.pipeline.FeatureUnion`, or a fitted
        :class:`~fer_classic.neural.CNNClassifier` in a :class:`~sklearn.frozen.FrozenEstimator`,
        whose features are its embedding. ``fit`` fits a clone of it; one that is fitted or needs no
        fit can be used without ``fit``.
    image_shape : tuple of two int, optional
        ``(h, w)`` of the images in flat rows; None takes batches. The extractor receives flat rows
        as well.

    Attributes
    ----------
    extractor_ : transformer
        The fitted clone; only after ``fit``.
    image_shape_ : tuple of two int
        Size of the images seen in ``fit``.
    n_features_in_ : int
        Number of pixels of one image.

    See Also
    --------
    fer_classic.classifiers.TestTimeAugmentation : averages predictions instead of features.

    Notes
    -----
    The features of an image and of its mirror image are equal bit by bit. The extractor runs twice,
    so that features take twice the time.

    Examples
    --------
    >>> import numpy as np
    >>> from fer_classic.features import HOGDescriptor, SymmetricFeatures
    >>> faces = np.random.default_rng(0).integers(0, 256, (3, 48, 48), dtype=np.uint8)
    >>> symmetric = SymmetricFeatures(HOGDescriptor())
    >>> features = symmetric.fit_transform(faces)
    >>> bool((features == symmetric.transform(faces[:, :, ::-1])).all())
    True
    """

    _parameter_constraints = {
        "extractor": [HasMethods(["fit", "transform"])],
        "image_shape": [tuple, list, None],
    }

    def __init__(self, extractor, *, image_shape=None):
        self.extractor = extractor
        self.image_shape = image_shape

    def fit(self, X, y=None):
        """Fit a clone of the extractor to the images as they are.

        Parameters
        ----------
        X : array-like of shape (n, h, w), or (n, p) with ``image_shape``
            Images.
        y : array-like of shape (n,), optional
            Passed to the extractor.

        Returns
        -------
        self : object
        """
        self._validate_params()
        images = self._validate_images(X, reset=True)
        self.image_shape_ = images.shape[1:]
        self.extractor_ = clone(self.extractor).fit(self._unfold(images), y)
        return self

    def _deployed(self):
        return getattr(self, "extractor_", self.extractor)

    def _transform_images(self, images):
        features = self._rows(images)
        features = features + self._rows(np.ascontiguousarray(images[:, :, ::-1]))
        features *= 0.5
        return features

    def _rows(self, images):
        rows = np.asarray(self._deployed().transform(self._unfold(images)))
        if rows.ndim != 2:
            raise ValueError(
                f"SymmetricFeatures averages rows of features, but {type(self.extractor).__name__} "
                f"gives an array of shape {rows.shape}; put a descriptor in its place."
            )
        return rows.astype(np.float32, copy=False)

    def get_feature_names_out(self, input_features=None):
        """Return the names that the extractor gives its features.

        Parameters
        ----------
        input_features : ignored
            Present for API consistency.

        Returns
        -------
        names : ndarray of shape (n_features,), str objects
        """
        check_is_fitted(self)
        return self._deployed().get_feature_names_out()

    def __sklearn_is_fitted__(self):
        return is_fitted(self._deployed())

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = get_tags(self.extractor).requires_fit
        return tags
