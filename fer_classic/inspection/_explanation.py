"""Which parts of a face raise or lower the score of a class, for every fitted model."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from fer_classic.exceptions import NoFaceError, UnknownNameError
from fer_classic.faces._crop import FaceStep
from fer_classic.faces._geometry import takes_rows
from fer_classic.inspection._affine import NotLinearError
from fer_classic.inspection._finite import check_scores
from fer_classic.inspection._linear import linear_map
from fer_classic.inspection._masks import masks_map
from fer_classic.inspection._occlusion import FILLS, occlusion_map
from fer_classic.neural._fitted import FittedNetwork
from fer_classic.utils import as_gray, class_scores
from fer_classic.utils._parts import model_parts
from fer_classic.utils._scores import predicting

__all__ = ["Explanation", "Scorer", "explain"]

_METHODS = ("auto", "linear", "masks", "occlusion")


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    """Which parts of a face raise the score of a class, and which lower it.

    Parameters
    ----------
    map : ndarray of shape (h, w), float32
        Positive where a part of the face raises the score of the class, negative where it lowers
        the score; in the unit of ``score``.
    target : str
        The class.
    base_value : float
        The score without the face: for ``"linear"`` that of the mean features of the training set,
        or of features of 0 where the model knows no mean; else that of the image that is covered
        as a whole.
    score : float
        Score of the class for this face.
    score_kind : {"decision", "probability"}
        Whether scores are values of the decision function or probabilities.
    method : {"linear", "masks", "occlusion"}
        ``"linear"``: exact, ``map.sum() + base_value`` equals ``score``. ``"masks"``: by how much
        the score rises, on average, when the surroundings of the pixel become visible.
        ``"occlusion"``: by how much it falls when a patch around the pixel is covered. The last two
        have no meaningful sum.
    image : ndarray of shape (h, w)
        The grey image that ``map`` belongs to.
    """

    map: np.ndarray
    target: str
    base_value: float
    score: float
    score_kind: Literal["decision", "probability"]
    method: Literal["linear", "masks", "occlusion"]
    image: np.ndarray

    def __repr__(self):
        parts = [
            f"{self.score_kind} {self.score:.3f}, {self.base_value:.3f} without the face",
            f"{self.method} map of {self.map.shape[0]} x {self.map.shape[1]} pixels",
        ]
        for word, extreme in (("for", self.map.argmax()), ("against", self.map.argmin())):
            row, column = np.unravel_index(extreme, self.map.shape)
            if self.map[row, column] * (1 if word == "for" else -1) > 0:
                parts.append(f"most {word} it at row {row}, column {column}")
        return f"<Explanation of {self.target!r}: {'; '.join(parts)}>"

    def as_dict(self):
        """Give the fields as a dictionary that can be written as JSON.

        Returns
        -------
        fields : dict
            ``map`` is a list of rows in it, and ``image`` is left out.
        """
        fields = asdict(self)
        del fields["image"]
        return fields | {"map": self.map.tolist()}


class Scorer:
    """Scores of a model for images of one size, whatever form the model takes them in.

    Parameters
    ----------
    model : estimator
        A fitted classifier.
    shape : tuple of two int
        ``(h, w)`` of the images.

    Attributes
    ----------
    rows : bool
        Whether the model takes rows of pixels.
    classes : tuple of str
        The classes of the model.
    """

    def __init__(self, model, shape):
        self.model = model
        self.rows = takes_rows(
            model,
            shape,
            remedy=(
                "give crops of the size that it was fitted on, or a pipeline that begins with "
                "FaceCropper"
            ),
        )
        self.classes = tuple(str(name) for name in model.classes_)

    def __call__(self, images):
        """Return the scores of images (n, h, w), ``(n, n_classes)``, and their kind."""
        with predicting(self.model, images):
            given = images.reshape(len(images), -1) if self.rows else images
            scores, kind = class_scores(self.model, given)
        if scores is None:
            raise ValueError(
                f"this {type(self.model).__name__} has no score for each class, so nothing can be "
                "explained; use a classifier with predict_proba or decision_function (an SVC with "
                "decision_function_shape='ovr')."
            )
        check_scores(scores, self.model)
        return scores, kind

    def column(self, image, target):
        """Return the index of a class by its name; None is the class of the highest score."""
        if target is None:
            return int(self(image[np.newaxis])[0][0].argmax())
        if str(target) not in self.classes:
            problem = f"the model has no class {str(target)!r}"
            raise UnknownNameError("class", target, self.classes, problem)
        return self.classes.index(str(target))


def explain(
    model: Any,
    image: np.ndarray,
    *,
    target: str | None = None,
    method: Literal["auto", "linear", "masks", "occlusion"] = "auto",
    fill: Literal["blur", "mean", "gray"] = "blur",
    n_masks: int = 240,
    patch: int | None = None,
    stride: int | None = None,
) -> Explanation:
    """Find out which parts of a face raise the score of a class, and which lower it.

    For linear classifiers of local features (LBP, HOG and Gabor cells, pixels), the contributions
    are exact and sum to the decision score. For all others, parts of the face are covered, and the
    map shows how the score depends on the visible parts.

    Parameters
    ----------
    model : estimator
        A fitted classifier of images or of rows of pixels, also inside wrappers such as
        :class:`~sklearn.model_selection.GridSearchCV`.
    image : ndarray of shape (h, w), (h, w, 3) or (h, w, 4)
        The face, as the model takes it: a crop, grey, BGR or BGRA. An image of another size is cut
        by the :class:`~fer_classic.faces.FaceCropper` or :class:`~fer_classic.faces.FaceAligner`
        of the model.
    target : str, optional
        The class; by default the one with the highest score.
    method : {"auto", "linear", "masks", "occlusion"}, default="auto"
        "linear" is exact, "masks" covers random parts of the face, about half of it at a time, and
        "occlusion" one patch at a time. "auto" is "linear" if possible, else "masks" for models
        with a network and "occlusion" for all others, such as kernel classifiers.
    fill : {"blur", "mean", "gray"}, default="blur"
        What covers the parts: the image strongly blurred, its mean, or mid-grey.
    n_masks : int, default=240
        Number of random masks, even. More masks make a smoother map and take more time.
    patch, stride : int, optional
        For "occlusion": side of the square patches, and distance between them, in pixels; ``patch``
        is a multiple of ``stride``. By default a sixth and a twelfth of the shorter side: 8 and 4
        of 48, which makes 169 patches. If only one is given, the stride is half the patch (the
        patch itself, if that is odd).

    Returns
    -------
    explanation : Explanation

    Raises
    ------
    ValueError
        If a parameter is not valid, the model does not take the image or has no scores, or
        ``method="linear"`` is not possible; the message names the step.
    UnknownNameError
        If the model has no class ``target``.
    NoFaceError
        If the model has to cut out a face and finds none.
    PredictionError
        If the model cannot score the images, or its scores are not finite.

    Notes
    -----
    If a step of the model centres the features (:class:`~sklearn.preprocessing.StandardScaler`,
    :class:`~sklearn.decomposition.PCA`), contributions are those of the centred features: they
    show how this face differs from the average one. The contribution of a cell is spread evenly
    over its pixels. Linear steps between the descriptor and the classifier are taken into account.
    The decision score of a linear :class:`~sklearn.svm.SVC` of three or more classes, which
    compares pairs of classes, is the mean of the decisions for the pairs with the class.

    Covering one patch at a time is the method of [1]_. If a network is sure of a class, its score
    hardly changes then. Random masks cover about half of the face; they are the same in every call,
    and each is used with its complement. The map is the slope of the score
    against the visibility of the pixel. It estimates the same order of pixels as the mean score of
    [2]_, with less noise.

    References
    ----------
    .. [1] M. D. Zeiler, R. Fergus, "Visualizing and understanding convolutional networks",
       ECCV 2014.
    .. [2] V. Petsiuk, A. Das, K. Saenko, "RISE: randomized input sampling for explanation of
       black-box models", BMVC 2018.

    Examples
    --------
    >>> from fer_classic.datasets import load_drawn_faces
    >>> from fer_classic.inspection import explain
    >>> from fer_classic.persistence import load_bundled
    >>> explanation = explain(load_bundled("svm_fast").model, load_drawn_faces().images[0])
    >>> explanation.map.shape
    (48, 48)
    """
    for name, value, known in (("method", method, _METHODS), ("fill", fill, FILLS)):
        if value not in known:
            raise ValueError(f"{name} must be one of {', '.join(known)}, got {value!r}.")
    if not hasattr(model, "classes_"):
        raise ValueError(
            f"this {type(model).__name__} is not a fitted classifier: it has no classes_; call "
            "fit(images, names) first."
        )
    image = as_crop(model, as_gray(image))
    scorer = Scorer(model, image.shape)
    column = scorer.column(image, target)
    if method in ("auto", "linear"):
        try:
            return _explain_linear(scorer, image, column)
        except NotLinearError as error:
            if method == "linear":
                raise ValueError(
                    f"method='linear' is not possible: {error}; use method='auto'."
                ) from error
    if method == "auto":
        networks = [part for part in model_parts(model) if isinstance(part, FittedNetwork)]
        method = "masks" if networks else "occlusion"
    if method == "occlusion":
        options = {"fill": fill, "patch": patch, "stride": stride}
        return _explain_by_covering(scorer, image, column, occlusion_map, options)
    options = {"fill": fill, "n_masks": n_masks}
    return _explain_by_covering(scorer, image, column, masks_map, options)


def as_crop(model, image):
    """Let a model cut out the face, unless the image has the size of its crops already."""
    step = next((part for part in model_parts(model) if isinstance(part, FaceStep)), None)
    if step is None or image.shape == step._output_shape():
        return image
    _, found = step.detect([image])
    if not found[0]:
        raise NoFaceError(
            f"no face was found in this image of {image.shape[0]} x {image.shape[1]} pixels, so "
            "there is nothing to explain; use an image with a face, or a crop."
        )
    return step.transform([image])[0]


def _explain_linear(scorer, image, column):
    pixels, base_value = linear_map(scorer.model, image, column, rows=scorer.rows)
    check_scores(np.array([[pixels.sum() + base_value]]), scorer.model)
    return Explanation(
        map=pixels.astype(np.float32),
        target=scorer.classes[column],
        base_value=base_value,
        score=float(pixels.sum()) + base_value,
        score_kind="decision",
        method="linear",
        image=image,
    )


def _explain_by_covering(scorer, image, column, measure, options):
    """Explain by ``masks_map`` or ``occlusion_map``, which score all copies in one call."""
    seen = {}

    def score(images):
        scores, seen["kind"] = scorer(images)
        # The first copy is the face as it is.
        seen["score"] = float(scores[0, column])
        return scores[:, column]

    pixels, base_value = measure(score, image, **options)
    return Explanation(
        map=pixels.astype(np.float32),
        target=scorer.classes[column],
        base_value=base_value,
        score=seen["score"],
        score_kind=seen["kind"],
        method="masks" if measure is masks_map else "occlusion",
        image=image,
    )
