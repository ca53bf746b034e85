"""Base classes of all estimators that read images, and the checks of their input.

An *image batch* is an array of shape ``(n, h, w)``, grey, ``n >= 1``. The dtype determines the
range: ``uint8`` is 0-255, floating is 0-1, see :mod:`~fer_classic.units`. Image-to-image steps
(denoisers, equalizers, the face cropper) return ``uint8`` batches, so they raise an error if values
lie outside the range of their dtype. Descriptors (LBP, Gabor, HOG) return ``float32`` rows and
accept any real numbers. No step modifies its input.

Flat rows are also accepted if their shape is given: ``image_shape=(48, 48)`` reshapes each row of
2,304 values into an image, and ``image_shape=(1, -1)`` treats each row as an image one pixel high.
Rows of unspecified length are treated as plain numbers, which may be negative, as in scikit-learn's
estimator checks. Only in this case do image-to-image steps clip values to the range of their dtype.
"""

from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from fer_classic.units import check_depth, clip_to_unit, to_uint8, to_unit

__all__ = [
    "ImageDescriptor",
    "ImageEstimator",
    "ImageFilter",
    "ImageTransformer",
    "LearnedDescriptor",
    "as_batch",
    "fold_rows",
    "pixel_names",
]


def as_batch(X):
    """Stack a collection of images into a batch if all have the same size.

    Parameters
    ----------
    X : array-like, or list or 1-D object array of 2-D arrays

    Returns
    -------
    X : ndarray of shape (n, h, w), or list of ndarray, or ``X``
        A list if image sizes differ; ``X`` itself if it is not a collection of 2-D arrays. Images
        of several dtypes become ``float32``, in which white is 1.

    Raises
    ------
    ValueError
        If the collection is empty, or holds an array that is not 2-D.
    """
    listed = isinstance(X, list | tuple) or (
        isinstance(X, np.ndarray) and X.dtype == object and X.ndim == 1
    )
    if not listed:
        return X
    if len(X) == 0:
        raise ValueError("expected at least one image, got an empty collection.")
    if not all(isinstance(image, np.ndarray) for image in X):
        return X
    if any(image.ndim != 2 for image in X):
        shape = next(image.shape for image in X if image.ndim != 2)
        raise ValueError(
            f"expected grey images of shape (h, w), got one of shape {shape}; convert colour "
            "images to grey first (fer_classic.utils.as_gray)."
        )
    return _stack(X) if len({image.shape for image in X}) == 1 else list(X)


def _stack(images):
    dtypes = {image.dtype for image in images}
    if len(dtypes) > 1 and all(dtype.kind in "buif" for dtype in dtypes):
        # A common dtype would hide the range that each has of its own.
        for image in images:
            check_depth(image)
        images = [to_unit(image) for image in images]
    return np.stack(images)


def _with_dtype(X):
    """Give an object array of numbers the dtype of these, such as int64 in place of float64."""
    if isinstance(X, np.ndarray) and X.dtype == object and X.ndim > 1:
        return np.asarray(X.tolist())
    return X


def _dtype_of_columns(X):
    """What a table of pandas' own integers is converted to: floats have another range."""
    dtypes = [getattr(dtype, "numpy_dtype", dtype) for dtype in getattr(X, "dtypes", ())]
    if all(isinstance(dtype, np.dtype) and dtype.kind in "bui" for dtype in dtypes) and dtypes:
        return "numeric" if X.isna().any(axis=None) else np.result_type(*dtypes)
    return "numeric"


def fold_rows(X, image_shape):
    """Reshape flat rows into images.

    Parameters
    ----------
    X : ndarray of shape (n, p)
    image_shape : tuple of two int
        ``(h, w)``; one of the two may be -1 and is then inferred from ``p``.

    Returns
    -------
    images : ndarray of shape (n, h, w)
        A view of ``X`` where its memory layout allows one.

    Raises
    ------
    ValueError
        If ``image_shape`` is invalid, or rows of ``p`` values do not fit it.
    """
    n_samples, n_pixels = X.shape
    sides = tuple(image_shape)
    legal = all(isinstance(side, Integral) and (side >= 1 or side == -1) for side in sides)
    if len(sides) != 2 or not legal or sides == (-1, -1):
        raise ValueError(
            "image_shape must be two integers (h, w) of at least 1, one of which may be -1; "
            f"got {image_shape!r}."
        )
    known = abs(sides[0] * sides[1])
    if n_pixels % known if -1 in sides else n_pixels != known:
        raise ValueError(
            f"X has rows of {n_pixels} values, which cannot be reshaped to images of shape "
            f"image_shape={sides}."
        )
    return X.reshape(n_samples, *sides)


def pixel_names(height, width):
    """``["pixel_r0c0", "pixel_r0c1", ...]``, row by row."""
    return [f"pixel_r{row}c{column}" for row in range(height) for column in range(width)]


class ImageEstimator(BaseEstimator):
    """Base class of all estimators that take an image batch; validates their input.

    A subclass has an ``image_shape`` parameter, and sets ``_any_size`` if it accepts images of any
    size, including ragged batches.
    """

    _any_size = False

    def _validate_images(self, X, *, reset):
        """Return ``X`` as a batch ``(n, h, w)`` of real, finite numbers, or raise ValueError."""
        name = type(self).__name__
        if self.image_shape is not None:
            X, dtype = _with_dtype(X), _dtype_of_columns(X)
            X = validate_data(self, X, dtype=dtype, ensure_non_negative=False, reset=reset)
            return fold_rows(X, self.image_shape)
        X = as_batch(_with_dtype(X))
        if isinstance(X, list) and X and isinstance(X[0], np.ndarray):
            if self._any_size:
                if reset:
                    vars(self).pop("n_features_in_", None)
                return [self._validate_image(image) for image in X]
            raise ValueError(
                f"{name} requires images of one size, got images of several sizes; put FaceCropper "
                "before it, which accepts images of any size and returns one size."
            )
        ndim = X.ndim if hasattr(X, "ndim") else np.ndim(X)
        if ndim == 2:
            rows, columns = np.shape(X)
            raise ValueError(
                f"{name} expects an image batch of shape (n, h, w), got a 2-D array of shape "
                f"({rows}, {columns}). For flat rows set image_shape=(h, w); for a single image "
                "pass image[np.newaxis]. Reshape your data accordingly."
            )
        if ndim != 3:
            raise ValueError(
                f"{name} expects an image batch of shape (n, h, w), got a {ndim}-D array. "
                + (
                    "Convert colour images to grey: np.stack([as_gray(image) for image in X]), "
                    "with as_gray of fer_classic.utils."
                    if ndim == 4
                    else "Reshape your data."
                )
            )
        if np.shape(X)[-1] in (3, 4):
            raise ValueError(
                f"{name} expects an image batch of shape (n, h, w), got an array of shape "
                f"{np.shape(X)}; judging by its last axis, this is one colour image. Convert it to "
                "a grey batch: as_gray(image)[np.newaxis], with as_gray of fer_classic.utils. Pass "
                "grey images 3 or 4 pixels wide as flat rows, with image_shape=(h, w)."
            )
        X = check_array(
            X, dtype="numeric", allow_nd=True, ensure_2d=False, estimator=self, input_name="X"
        )
        if 0 in X.shape[1:]:
            raise ValueError(f"{name} got images of shape {X.shape[1:]}, which have no pixels.")
        if reset:
            self.n_features_in_ = X.shape[1] * X.shape[2]
        return X

    def _validate_image(self, image):
        return check_array(
            image, dtype="numeric", accept_large_sparse=False, estimator=self, input_name="X"
        )

    def _unfold(self, images):
        """Return images as they came in, which is what a wrapped estimator takes."""
        return images if self.image_shape is None else images.reshape(len(images), -1)

    @property
    def _takes_lines(self):
        """Whether rows have an unspecified length; see the module's docstring."""
        return self.image_shape is not None and -1 in self.image_shape

    def _check_fitted_size(self, images):
        """Raise ValueError if the image size differs from that seen in ``fit``."""
        if images.shape[1:] != self.image_shape_:
            raise ValueError(
                f"X has images of shape {images.shape[1:]}, but {type(self).__name__} was "
                f"fitted on images of shape {self.image_shape_}; crop them to one size first "
                "(FaceCropper)."
            )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = self.image_shape is None
        tags.input_tags.two_d_array = self.image_shape is not None
        return tags


class ImageTransformer(TransformerMixin, ImageEstimator):
    """Base class of all transformers that take an image batch.

    A subclass has an ``image_shape`` parameter and implements ``_transform_images(images)``, which
    receives a validated batch. If its parameters depend on the image size, it also implements
    ``_check_size(height, width)``, which raises an error if they do not fit.

    Steps are stateless by default: ``fit`` validates parameters and input and stores the image
    size, and ``transform`` works without ``fit``. Learned steps implement ``_learn(images)`` and
    set the tag ``requires_fit``. A step whose output does not depend on the size of the input sets
    ``_any_size``; it then also accepts ragged batches, which it receives as a list.
    """

    def fit(self, X, y=None):
        """Validate parameters and input; learned steps are fitted to the images.

        Parameters
        ----------
        X : array-like of shape (n, h, w), or (n, p) with ``image_shape``
            Images.
        y : ignored

        Returns
        -------
        self : object
        """
        self._validate_params()
        images = self._validate_images(X, reset=True)
        if not self._any_size:
            self.image_shape_ = images.shape[1:]
            self._check_size(*self.image_shape_)
        self._learn(images)
        return self

    def transform(self, X):
        """Apply the step to every image.

        Parameters
        ----------
        X : array-like of shape (n, h, w), or (n, p) with ``image_shape``
            Images; integers in 0-255, ``uint16`` in 0-65535, or floating in 0-1. Image-to-image
            steps raise ValueError for floating values outside 0-1; descriptors accept any real
            numbers.

        Returns
        -------
        Xt : ndarray
            ``(n, h, w)`` ``uint8`` for image-to-image steps, ``(n, n_features)`` ``float32`` for
            descriptors.
        """
        # Stateless steps pass.
        check_is_fitted(self)
        fitted = hasattr(self, "n_features_in_")
        if not fitted:
            self._validate_params()
        images = self._validate_images(X, reset=False)
        if not self._any_size:
            if fitted:
                self._check_fitted_size(images)
            self._check_size(*images.shape[1:])
        return self._transform_images(images)

    def _check_size(self, height, width):
        """Raise ValueError if the parameters do not fit images of this size."""

    def _learn(self, images):
        """Learn from a validated batch; by default a step is stateless."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        return tags


class ImageFilter(ImageTransformer, auto_wrap_output_keys=None):  # type: ignore[call-arg]
    """Base class of image-to-image steps: the output is ``(n, h, w)``, ``uint8``.

    ``_transform_images`` also receives ``uint8`` images.
    """

    def __init_subclass__(cls, **kwargs):
        # Subclasses would enable set_output again, but images are not tables.
        super().__init_subclass__(auto_wrap_output_keys=None, **kwargs)

    def set_output(self, *, transform=None):
        """Do nothing: images stay arrays. Defined so that ``Pipeline.set_output`` works.

        Parameters
        ----------
        transform : ignored

        Returns
        -------
        self : object
        """
        return self

    def _validate_images(self, X, *, reset):
        """Return ``X`` as a ``uint8`` batch ``(n, h, w)``, or raise ValueError."""
        images = super()._validate_images(X, reset=reset)
        if isinstance(images, list):
            return [to_uint8(image) for image in images]
        return to_uint8(clip_to_unit(images) if self._takes_lines else images)

    def _output_shape(self):
        """Size ``(h, w)`` of the output images of the fitted step."""
        return self.image_shape_

    def get_feature_names_out(self, input_features=None):
        """Return the names of the output pixels, row by row.

        Parameters
        ----------
        input_features : ignored

        Returns
        -------
        names : ndarray of shape (h * w,), str objects
        """
        if not self._any_size:
            check_is_fitted(self, "image_shape_")
        return np.asarray(pixel_names(*self._output_shape()), dtype=object)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags


def _knows_boxes(descriptor):
    return hasattr(descriptor, "_feature_boxes")


class ImageDescriptor(ImageTransformer):
    """Base class of feature extractors: ``(n, n_features)``, ``float32``.

    A subclass implements ``_feature_names(height, width)``, a list of names that refer to places of
    the face, and ``_transform_images``. If each feature describes one rectangle of the image, it
    also implements ``_feature_boxes(height, width)``, see :meth:`get_feature_boxes`.
    """

    def get_feature_names_out(self, input_features=None):
        """Return the names of the output features.

        Parameters
        ----------
        input_features : ignored
            Present for API consistency.

        Returns
        -------
        names : ndarray of shape (n_features,), str objects
        """
        check_is_fitted(self, "image_shape_")
        return np.asarray(self._feature_names(*self.image_shape_), dtype=object)

    @available_if(_knows_boxes)
    def get_feature_boxes(self):
        """Return the part of the image that each feature describes.

        Only for descriptors whose features describe rectangles, such as the cells of a grid.

        Returns
        -------
        boxes : ndarray of shape (n_features, 4), int
            ``x, y, w, h`` in pixels of the images seen in ``fit``.
        """
        check_is_fitted(self, "image_shape_")
        return self._feature_boxes(*self.image_shape_)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags


class LearnedDescriptor(ImageDescriptor):
    """Base class of descriptors that are learned from unlabelled images.

    A subclass implements ``_learn(images)``, which sets attributes that end in an underscore, and
    the methods of :class:`ImageDescriptor`.
    """

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = True
        return tags
