"""Training on disturbed copies of the images."""

from numbers import Real

import numpy as np
from sklearn.base import ClassifierMixin, clone
from sklearn.utils import check_consistent_length, check_random_state, get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from fer_classic.base import ImageEstimator
from fer_classic.exceptions import LeakageError
from fer_classic.units import check_unit, to_unit
from fer_classic.utils import DISTURBANCES, disturb
from fer_classic.utils._groups import (
    check_groups,
    fit_passing_groups,
    groups_required,
    split_single_group,
)
from fer_classic.utils._splits import check_inner_splits
from fer_classic.utils._validation import HasMethods, Interval, StrOptions

__all__ = ["TrainingAugmentation"]

PRESETS = {
    "camera": {
        "rotation": 0.5,
        "scale": 0.5,
        "shift": 0.5,
        "occlusion": 0.25,
        "blur": 0.2,
        "resolution": 0.2,
        "darkness": 0.1,
        "noise": 0.25,
        "compression": 0.2,
    },
}
"""Probabilities of the disturbances by name of the setting."""

# The scene first, then the lens, the light, the sensor and the stream.
_ORDER = tuple(PRESETS["camera"])


def _forwards(name):
    return available_if(lambda augmented: hasattr(augmented._deployed(), name))


class TrainingAugmentation(ClassifierMixin, ImageEstimator):
    """Fit a classifier on the images and on disturbed copies of them.

    The copies look like what a face detector, a camera and a stream deliver: the box is too large,
    too small or off, the head is tilted, the picture is dark, noisy, blurred, small, compressed or
    partly covered. Predictions are those of the fitted classifier; they take no extra time.

    Parameters
    ----------
    model : estimator
        A classifier of images, or a pipeline that ends in one. ``fit`` fits a clone of it.
    n_copies : float, default=1
        Number of disturbed copies of each image; 0.5 makes a copy of a random half of the images, 0
        fits the model on the images alone.
    augment : {"camera"} or dict of str to float, default="camera"
        Probability of each disturbance in a copy, by its name in
        :data:`~fer_classic.utils.DISTURBANCES`; those that are not named are left out. "camera" is
        0.5 for "rotation", "scale" and "shift", 0.25 for "occlusion" and "noise", 0.2 for "blur",
        "resolution" and "compression", and 0.1 for "darkness".
    max_strength : float, default=1.0
        Disturbances have a random strength between 0 and this; above 0, at most 1.
    random_state : int, RandomState instance or None, default=None
        Determines the copies; pass an int for reproducible results.
    image_shape : tuple of two int, optional
        ``(h, w)`` of the images in flat rows; None takes batches. The model receives flat rows as
        well.

    Attributes
    ----------
    model_ : estimator
        The fitted clone.
    classes_ : ndarray of shape (n_classes,)
        Class labels of the model.
    n_images_ : int
        Number of images seen in ``fit``, without copies.
    oof_rows_ : ndarray of shape (m,)
        Images that have out-of-fold scores, if the last step of the model has such scores, as
        :class:`LeastSquaresSVC`; copies are left out.
    oof_scores_ : ndarray of shape (m, n_classes)
        Their scores by the classifier fitted without their group, hence without their copies.
    temperature_ : float
        That of the last step of the model, if it has one.
    n_features_in_ : int
        Number of pixels of one image.

    Notes
    -----
    The model is fitted on all images followed by all first copies, all second copies, and so on. A
    copy belongs to the group of its image, and each step that accepts ``groups`` gets them. So
    folds and held-out parts never separate an image from its copies. Steps that would separate them
    are refused: those with folds or early stopping of their own that take no groups (such as
    ``GridSearchCV`` with ``cv=5``), and those that get no groups inside of such as
    ``VotingClassifier``. A search around this class keeps copies with their image in any case.
    Searches pass groups on to pipelines only; where there are subjects, put this class into one::

        search = GridSearchCV(
            Pipeline([("all", TrainingAugmentation(model))]),
            {"all__model__svm__alpha": [0.1, 0.2]},
            cv=StratifiedGroupKFold(5),
        )
        fit_with_groups(search, images, labels, subjects)

    Images have one size. Put a :class:`~fer_classic.faces.FaceCropper` before this class, so that
    copies are copies of the crop: a disturbed photo would be cropped again.

    Examples
    --------
    >>> from fer_classic.classifiers import TrainingAugmentation
    >>> from fer_classic.datasets import load_drawn_faces
    >>> from fer_classic.recipes import make_recipe
    >>> images, names = load_drawn_faces(n_subjects=4, n_per_class=2, return_X_y=True)
    >>> model = TrainingAugmentation(make_recipe("svm_hog"), random_state=0).fit(images, names)
    >>> model.predict_proba(images).shape
    (64, 8)
    """

    _parameter_constraints = {
        "model": [HasMethods(["fit", "predict"])],
        "n_copies": [Interval(Real, 0, None, closed="left")],
        "augment": [StrOptions(set(PRESETS)), dict],
        "max_strength": [Interval(Real, 0, 1, closed="right")],
        "random_state": ["random_state"],
        "image_shape": [tuple, list, None],
    }

    def __init__(
        self,
        model,
        *,
        n_copies=1,
        augment="camera",
        max_strength=1.0,
        random_state=None,
        image_shape=None,
    ):
        self.model = model
        self.n_copies = n_copies
        self.augment = augment
        self.max_strength = max_strength
        self.random_state = random_state
        self.image_shape = image_shape

    def fit(self, X, y, groups=None, **fit_params):
        """Fit a clone of the model on the images and their copies.

        Parameters
        ----------
        X : array-like of shape (n, h, w), or (n, p) with ``image_shape``
            Images; floating values in 0-1.
        y : array-like of shape (n,)
            Labels.
        groups : array-like of shape (n,), optional
            Images of one group (a subject, a sequence) are held out together. By default, and if
            all images are of one group, byte-identical images form a group.
        **fit_params
            Passed to ``fit`` of the model; arrays and lists of n values are repeated for the
            copies.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            If a parameter, the images or the labels are not as described.
        LeakageError
            If a step of the model would separate images from their copies.
        """
        self._validate_params()
        # If this fit fails, the model of an earlier one would not fit the rest.
        vars(self).pop("model_", None)
        probabilities = self._probabilities()
        images = self._validate_images(X, reset=True)
        check_consistent_length(images, y)
        groups = check_groups(groups, images)
        rng, self.n_images_ = self._generator(), len(images)
        origins = self._origins(rng)
        if len(origins) > len(images):
            # Models cannot do that: copies are not identical to their image.
            groups = split_single_group(groups, images)
        groups = groups[origins]
        try:
            check_inner_splits(self.model, groups)
        except LeakageError as error:
            raise LeakageError(
                f"TrainingAugmentation: {error} A search or calibration can also be put around "
                "it, in a pipeline of one step: Pipeline([('model', TrainingAugmentation(...))])."
            ) from error
        repeated = {name: _repeat(value, origins) for name, value in fit_params.items()}
        rows = self._unfold(self._with_copies(images, origins, probabilities, rng))
        with groups_required(groups):
            self.model_ = fit_passing_groups(
                clone(self.model), rows, _repeat(y, origins), groups, **repeated
            )
        return self

    def _probabilities(self):
        """Return the probability of each disturbance, in the order in which they are applied."""
        given = PRESETS[self.augment] if isinstance(self.augment, str) else self.augment
        for name, probability in given.items():
            if name not in DISTURBANCES:
                raise ValueError(
                    f"augment has no disturbance {name!r}; it has "
                    f"{', '.join(map(repr, DISTURBANCES))}."
                )
            if not isinstance(probability, Real) or not 0 <= probability <= 1:
                raise ValueError(
                    f"augment: the probability of {name!r} must be a number from 0 to 1, got "
                    f"{probability!r}."
                )
        return {name: given[name] for name in _ORDER if given.get(name)}

    def _generator(self):
        seed = check_random_state(self.random_state).randint(np.iinfo(np.int32).max)
        return np.random.default_rng(seed)

    def _origins(self, rng):
        """Return the position of each image, and of the image that each copy is made of."""
        every = np.arange(self.n_images_)
        whole = int(self.n_copies)
        some = rng.permutation(every)[: round((self.n_copies - whole) * self.n_images_)]
        return np.concatenate([every] * (1 + whole) + [np.sort(some)])

    def _with_copies(self, images, origins, probabilities, rng):
        """Return the images, then their copies, in the dtype of the images."""
        if len(origins) == len(images):
            return images
        check_unit(images)
        white = {"bool": 1, "uint16": 65535}.get(images.dtype.name, 255)
        every = images[origins]
        for place in range(len(images), len(every)):
            copy = to_unit(every[place])
            for kind, probability in probabilities.items():
                if rng.random() < probability:
                    copy = disturb(copy, kind, self.max_strength * rng.random(), rng)
            # Rounded like the images, if these are of whole numbers.
            every[place] = copy if images.dtype.kind == "f" else np.rint(white * copy)
        return every

    @property
    def classes_(self):
        """Class labels of the model."""
        return self._deployed().classes_

    @property
    def oof_rows_(self):
        """Images that have out-of-fold scores."""
        rows = self._last_step().oof_rows_
        return rows[rows < self.n_images_]

    @property
    def oof_scores_(self):
        """Out-of-fold scores of these images."""
        last = self._last_step()
        return last.oof_scores_[last.oof_rows_ < self.n_images_]

    @property
    def temperature_(self):
        """Factor of the scores in the probabilities."""
        return self._last_step().temperature_

    def predict(self, X):
        """Predict the class of each image, by the fitted model.

        Parameters
        ----------
        X : array-like of shape (n, h, w), or (n, p) with ``image_shape``

        Returns
        -------
        labels : ndarray of shape (n,)
        """
        return self._call("predict", X)

    @_forwards("predict_proba")
    def predict_proba(self, X):
        """Class probabilities; available if the model has ``predict_proba``.

        Parameters
        ----------
        X : array-like of shape (n, h, w), or (n, p) with ``image_shape``

        Returns
        -------
        probabilities : ndarray of shape (n, n_classes)
        """
        return self._call("predict_proba", X)

    @_forwards("decision_function")
    def decision_function(self, X):
        """Decision values; available if the model has ``decision_function``.

        Parameters
        ----------
        X : array-like of shape (n, h, w), or (n, p) with ``image_shape``

        Returns
        -------
        scores : ndarray
            As returned by the model.
        """
        return self._call("decision_function", X)

    def _call(self, method, X):
        check_is_fitted(self, "model_")
        images = self._validate_images(X, reset=False)
        return getattr(self.model_, method)(self._unfold(images))

    def _deployed(self):
        return getattr(self, "model_", self.model)

    def _last_step(self):
        steps = getattr(self.model_, "steps", None)
        return steps[-1][1] if steps else self.model_

    def __sklearn_is_fitted__(self):
        return hasattr(self, "model_")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags = get_tags(self.model).classifier_tags
        return tags


def _repeat(value, origins):
    """Repeat an array of one value for each image; return other values unchanged."""
    if isinstance(value, list | tuple) or hasattr(value, "__array__"):
        values = np.asarray(value)
        if values.ndim and len(values) == 1 + origins.max():
            return values[origins]
    return value
