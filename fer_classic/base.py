"""The image contract: what every step that reads images accepts, checks and gives back.

An *image batch* is an array of shape ``(n, h, w)``, grey, ``n >= 1``. The dtype is the unit:
``uint8`` is 0-255, floating is 0-1, see :mod:`~fer_classic.units`. Steps that keep images
(denoisers, equalizers, the face cropper) give ``uint8`` batches, so they need the unit and refuse
numbers that contradict it; steps that describe images (LBP, Gabor, HOG) give ``float32`` rows, and
take any real numbers. No step changes its input.

Rows of a flat table are images too, once their shape is known: ``image_shape=(48, 48)`` folds each
row of 2,304 numbers into an image, and ``image_shape=(1, -1)`` takes each row for an image of one
line. A line whose length is not known beforehand is no picture but a row of numbers, such as
scikit-learn's checks feed to every estimator, negative ones among them. There, and only there,
steps that keep images clip numbers to the unit.
"""

from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from fer_classic.units import clip_to_unit, to_uint8

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
    """Make a batch of a collection of images, if they have one size.

    Parameters
    ----------
    X : array-like, or list or 1-D object array of 2-D arrays

    Returns
    -------
    X : ndarray of shape (n, h, w), or list of ndarray, or ``X``
        A list if the images have several sizes; ``X`` itself if it is no collection of 2-D arrays.

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
        raise ValueError("expected one image or more, got an empty collection.")
    if not all(isinstance(image, np.ndarray) for image in X):
        return X
    if any(image.ndim != 2 for image in X):
        shape = next(image.shape for image in X if image.ndim != 2)
        raise ValueError(
            f"expected grey images of shape (h, w), got one of shape {shape}; make colour images "
            "grey first (fer_classic.utils.as_gray)."
        )
    return np.stack(X) if len({image.shape for image in X}) == 1 else list(X)


def fold_rows(X, image_shape):
    """Fold the rows of a table into images.

    Parameters
    ----------
    X : ndarray of shape (n, p)
    image_shape : tuple of two int
        ``(h, w)``; one of the two may be -1, and is then found from ``p``.

    Returns
    -------
    images : ndarray of shape (n, h, w)
        A view of ``X`` where its memory layout allows one.

    Raises
    ------
    ValueError
        If ``image_shape`` is no such shape, or ``p`` numbers do not fill such an image.
    """
    n_samples, n_pixels = X.shape
    sides = tuple(image_shape)
    legal = all(isinstance(side, Integral) and (side >= 1 or side == -1) for side in sides)
    if len(sides) != 2 or not legal or sides == (-1, -1):
        raise ValueError(
            "image_shape must be two whole numbers of 1 or more, (h, w), of which one may be -1; "
            f"got {image_shape!r}."
        )
    known = abs(sides[0] * sides[1])
    if n_pixels % known if -1 in sides else n_pixels != known:
        raise ValueError(
            f"X has rows of {n_pixels} values, which do not fold into images of shape "
            f"image_shape={sides}."
        )
    return X.reshape(n_samples, *sides)


def pixel_names(height, width):
    """``["pixel_r0c0", "pixel_r0c1", ...]``, row by row."""
    return [f"pixel_r{row}c{column}" for row in range(height) for column in range(width)]


class ImageEstimator(BaseEstimator):
    """Base class of all estimators that read an image batch: they check their input alike.

    A subclass has an ``image_shape`` parameter. One that works on images of any size, ragged
    batches included, sets ``_any_size``.
    """

    _any_size = False

    def _validate_images(self, X, *, reset):
        """Return ``X`` as a batch ``(n, h, w)`` of real, finite numbers, or say what is wrong."""
        name = type(self).__name__
        if self.image_shape is not None:
            X = validate_data(self, X, dtype="numeric", ensure_non_negative=False, reset=reset)
            return fold_rows(X, self.image_shape)
        X = as_batch(X)
        if isinstance(X, list) and X and isinstance(X[0], np.ndarray):
            if self._any_size:
                if reset:
                    vars(self).pop("n_features_in_", None)
                return [self._validate_image(image) for image in X]
            raise ValueError(
                f"{name} needs images of one size, got images of several sizes; put FaceCropper "
                "before it, which takes images of any size and gives one."
            )
        ndim = X.ndim if hasattr(X, "ndim") else np.ndim(X)
        if ndim == 2:
            rows, columns = np.shape(X)
            raise ValueError(
                f"{name} expects an image batch of shape (n, h, w), got a 2-D array of shape "
                f"({rows}, {columns}). For flat rows set image_shape=(h, w); for one single image "
                "pass image[np.newaxis]. Reshape your data accordingly."
            )
        if ndim != 3:
            raise ValueError(
                f"{name} expects an image batch of shape (n, h, w), got a {ndim}-D array. "
                + (
                    "Make colour images grey first: np.stack([as_gray(image) for image in X]), "
                    "with as_gray of fer_classic.utils."
                    if ndim == 4
                    else "Reshape your data."
                )
            )
        if np.shape(X)[-1] in (3, 4):
            raise ValueError(
                f"{name} expects an image batch of shape (n, h, w), got an array of shape "
                f"{np.shape(X)}, which is one colour image by its last axis. Make it grey, and a "
                "batch of one: as_gray(image)[np.newaxis], with as_gray of fer_classic.utils. Grey "
                "images 3 or 4 pixels wide can be passed as flat rows, with image_shape=(h, w)."
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

    @property
    def _takes_lines(self):
        """Whether rows are lines of a length that is not known, see the module's docstring."""
        return self.image_shape is not None and -1 in self.image_shape

    def _check_fitted_size(self, images):
        """Raise ValueError if the images have another size than those of ``fit``."""
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
    """Base class of all steps that read an image batch.

    A subclass has an ``image_shape`` parameter and implements one of two verbs:
    ``_transform_images(images)``, given a checked batch, and, if it must know the image size
    beforehand, ``_check_size(height, width)``, which raises when its parameters do not fit.

    Steps are stateless: ``fit`` checks parameters and input and remembers the image size, and
    ``transform`` works without ``fit``. Those that learn implement ``_learn(images)`` and are
    tagged ``requires_fit``. A step whose output does not depend on the size of the input sets
    ``_any_size``; it then takes ragged batches too, and gets them as a list.
    """

    def fit(self, X, y=None):
        """Check parameters and input, and learn from the images if the step is one that learns.

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
            Images; integers in 0-255, ``uint16`` in 0-65535, or floating in 0-1. Steps that keep
            images raise ValueError if floating values are outside; steps that describe images
            take any real numbers.

        Returns
        -------
        Xt : ndarray
            ``(n, h, w)`` ``uint8`` for steps that keep images, ``(n, n_features)`` ``float32`` for
            steps that describe them.
        """
        # Steps that need no fit pass.
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
        """Raise ValueError when the parameters do not fit images of this size."""

    def _learn(self, images):
        """Learn from a checked batch; steps are stateless unless they say otherwise."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        return tags


class ImageFilter(ImageTransformer, auto_wrap_output_keys=None):  # type: ignore[call-arg]
    """Base class of steps that give images back: ``(n, h, w)``, ``uint8``.

    ``_transform_images`` is given ``uint8`` images, too.
    """

    def __init_subclass__(cls, **kwargs):
        # Subclasses would ask for tables again, which images cannot be.
        super().__init_subclass__(auto_wrap_output_keys=None, **kwargs)

    def set_output(self, *, transform=None):
        """Accepted so that ``Pipeline.set_output`` works; images stay arrays.

        Parameters
        ----------
        transform : ignored

        Returns
        -------
        self : object
        """
        return self

    def _validate_images(self, X, *, reset):
        """Return ``X`` as a ``uint8`` batch ``(n, h, w)``, or say what is wrong."""
        images = super()._validate_images(X, reset=reset)
        if isinstance(images, list):
            return [to_uint8(image) for image in images]
        return to_uint8(clip_to_unit(images) if self._takes_lines else images)

    def _output_shape(self):
        """Size ``(h, w)`` of the images that the fitted step gives."""
        return self.image_shape_

    def get_feature_names_out(self, input_features=None):
        """Name each pixel of the images that come out, row by row.

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


class ImageDescriptor(ImageTransformer):
    """Base class of steps that turn images into feature rows: ``(n, n_features)``, ``float32``.

    A subclass implements ``_feature_names(height, width)``, a list of names that point back at the
    face, and ``_transform_images``.
    """

    def get_feature_names_out(self, input_features=None):
        """Name each feature.

        Parameters
        ----------
        input_features : ignored
            Pixels have no names worth keeping.

        Returns
        -------
        names : ndarray of shape (n_features,), str objects
        """
        check_is_fitted(self, "image_shape_")
        return np.asarray(self._feature_names(*self.image_shape_), dtype=object)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags


class LearnedDescriptor(ImageDescriptor):
    """Base class of descriptors that learn from images, without labels, what they look for.

    A subclass implements ``_learn(images)``, which sets attributes that end in an underscore, and
    the verbs of :class:`ImageDescriptor`.
    """

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = True
        return tags
