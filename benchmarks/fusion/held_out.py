"""What fitted models say of training images that they were not fitted on."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import softmax
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.pipeline import Pipeline

from fer_classic.classifiers import LeastSquaresSVC, ScoreFusion, TestTimeAugmentation
from fer_classic.evaluation import score
from fer_classic.exceptions import ModelFileError
from fer_classic.persistence import open_model

__all__ = [
    "Answers",
    "HeldOut",
    "answers_of",
    "check_classes",
    "held_out",
    "is_network",
    "open_parts",
    "out_of_fold",
    "score_answers",
    "training_part",
]

_TRAINING = "Training"
# Decision values of one SVM, fitted on two machines, differ by less.
_TOLERANCE = 0.1
_N_COMPARED = 200


@dataclass(frozen=True, eq=False)
class Answers:
    """Probabilities of some images by one model.

    Parameters
    ----------
    plain : ndarray of shape (n, n_classes)
    mirrored : ndarray of shape (n, n_classes) or None
        Of the mirror images; None for models other than networks.
    """

    plain: np.ndarray
    mirrored: np.ndarray | None = None

    @property
    def averaged(self):
        """Probabilities averaged over mirror images, where there are any."""
        return self.plain if self.mirrored is None else (self.plain + self.mirrored) / 2


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What the parts of a fusion say of images that none of them was fitted on.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,), str
    labels : ndarray of shape (n,), str
    units : ndarray of shape (n,), int
    parts : dict of str to Answers
    """

    classes: np.ndarray
    labels: np.ndarray
    units: np.ndarray
    parts: dict

    @property
    def averaged(self):
        """Probabilities of all parts, ``(n_parts, n, n_classes)``, averaged over mirror images."""
        return np.stack([answers.averaged for answers in self.parts.values()])

    @property
    def plain(self):
        """The same without mirror images."""
        return np.stack([answers.plain for answers in self.parts.values()])

    def score(self, probabilities):
        """Score probabilities of these images, see :func:`fer_classic.evaluation.score`."""
        return score_answers(self.labels, self.units, self.classes, probabilities)

    def fit_weights(self, probabilities, rows=slice(None), *, biases=None):
        """Fit a fusion to probabilities of some of these images.

        Parameters
        ----------
        probabilities : ndarray of shape (n_parts, n, n_classes)
        rows : slice or ndarray of int
            The images that are used.
        biases : {"fit"} or None

        Returns
        -------
        fusion : ScoreFusion
            With fitted weights; its parts are stand-ins.
        """
        # Probabilities are at hand, so that anything that knows the classes stands for the parts.
        known = DummyClassifier().fit(self.classes, self.classes)
        fusion = ScoreFusion([(name, known) for name in self.parts], biases=biases)
        return fusion.fit_weights(probabilities[:, rows], self.labels[rows])


def is_network(model):
    """Say whether a fitted pipeline ends in a network that has held out images."""
    return len(getattr(model[-1], "validation_index_", ())) > 0


def open_parts(sources):
    """Open fitted models of FER2013's Training part.

    Parameters
    ----------
    sources : list of str or path-like
        Names of bundled models, or files. In place of a fitted ``ScoreFusion`` its parts are taken.

    Returns
    -------
    models : dict of str to Pipeline
        By the names of their recipes; parts of a fusion by names such as "cnn of fusion_best".
    cards : dict of str to dict

    Raises
    ------
    ModelFileError
        If a model is no pipeline, its card says that it was fitted on something else, or two are of
        one recipe.
    """
    models, cards = {}, {}
    for source in sources:
        model, card = open_model(source)
        if not isinstance(model, Pipeline):
            raise ModelFileError(f"{source} holds no pipeline, but a {type(model).__name__}.")
        dataset = card.get("dataset") or {}
        if (dataset.get("name"), dataset.get("split")) != ("fer2013", [_TRAINING]):
            raise ModelFileError(
                f"the card of {source} does not say that it was fitted on Training of fer2013."
            )
        for name, part in _parts(card.get("recipe") or Path(source).stem, model):
            if name in models:
                raise ModelFileError(
                    f"two of the models are of the recipe {name}; name different ones."
                )
            models[name], cards[name] = part, card
    return models, cards


def _parts(recipe, model):
    """Yield the fitted pipelines of which a fusion consists; the model itself if it is none."""
    fusion = model[-1]
    if not isinstance(fusion, ScoreFusion):
        yield recipe, model
        return
    for name, part in fusion.named_estimators_.items():
        # Mirror images are averaged by answers_of.
        if isinstance(part, TestTimeAugmentation):
            part = getattr(part, "model_", part.model)
        steps = part.steps if isinstance(part, Pipeline) else [(name, part)]
        yield f"{name} of {recipe}", Pipeline([*model.steps[:-1], *steps])


def answers_of(model, images):
    """Predict images with a fitted pipeline.

    Parameters
    ----------
    model : Pipeline
    images : ndarray of shape (n, h, w)

    Returns
    -------
    answers : Answers
        With those for mirror images if it is a network.
    """
    if not is_network(model):
        return Answers(model.predict_proba(images))
    images = model[:-1].transform(images)
    mirrored = np.ascontiguousarray(images[..., ::-1])
    return Answers(model[-1].predict_proba(images), model[-1].predict_proba(mirrored))


def held_out(models, training):
    """Predict the images that the networks have held out.

    Parameters
    ----------
    models : dict of str to Pipeline
        Fitted on the training part. The last steps are classifiers with ``validation_index_``, such
        as ``CNNClassifier``, at least one, or ``LeastSquaresSVC``.
    training : Data
        The training part.

    Returns
    -------
    found : HeldOut

    Raises
    ------
    ModelFileError
        If the models are others, were fitted on other images, or the networks have held out
        different images.
    """
    check_classes(models, training)
    rows = _held_out_rows(models, len(training))
    images = training.values[rows]
    parts = {
        name: answers_of(model, images)
        if is_network(model)
        else Answers(out_of_fold(name, model, training, rows))
        for name, model in models.items()
    }
    classes = next(iter(models.values())).classes_
    return HeldOut(classes, training.labels[rows], training.units[rows], parts)


def check_classes(models, training):
    """Raise ModelFileError if a model knows other classes than those of the training part."""
    known = np.unique(training.labels).tolist()
    for name, model in models.items():
        if model.classes_.tolist() != known:
            raise ModelFileError(
                f"{name} knows the classes {', '.join(map(str, model.classes_))}, and not those of "
                f"{training.name}: {', '.join(known)}."
            )


def _check_svm(name, model):
    if not isinstance(model[-1], LeastSquaresSVC):
        raise ModelFileError(
            f"{name} must end in a network that has held out images or in a LeastSquaresSVC; it "
            f"ends in {type(model[-1]).__name__}."
        )
    if not model[-1].probability:
        raise ModelFileError(f"{name} has no probabilities (probability=False).")


def _held_out_rows(models, n_images):
    rows = None
    for name, model in models.items():
        if not is_network(model):
            _check_svm(name, model)
            continue
        own = np.asarray(model[-1].validation_index_)
        if own.max() >= n_images:
            raise ModelFileError(f"{name} was not fitted on these {n_images:,} images.")
        if rows is not None and not np.array_equal(own, rows):
            raise ModelFileError(
                f"{name} has held out other images than the network before it; fit both with the "
                "same random_state and validation_fraction."
            )
        rows = own
    if rows is None:
        raise ModelFileError(
            f"none of {', '.join(models)} is a network that has held out images, on which weights "
            "could be fitted."
        )
    return rows


def out_of_fold(name, svm, training, rows):
    """Give the probabilities of training images by an SVM as fitted without the unit of each.

    Parameters
    ----------
    name : str
        Of the SVM, for messages.
    svm : Pipeline
        Fitted; it ends in a ``LeastSquaresSVC`` with probabilities. Where it does not hold the
        scores that are asked for, it is fitted again.
    training : Data
        The training part.
    rows : ndarray of shape (n,), int
        The images.

    Returns
    -------
    probabilities : ndarray of shape (n, n_classes)

    Raises
    ------
    ModelFileError
        If the model is another, or was fitted on other images.
    """
    _check_svm(name, svm)
    fitted = svm[-1]
    if not _holds_scores(svm, training, rows):
        fitted = _fit_again(name, svm, training, rows)
    scores = fitted.oof_scores_[np.searchsorted(fitted.oof_rows_, rows)]
    return softmax(svm[-1].temperature_ * scores.astype(np.float64), axis=1)


def _holds_scores(svm, training, rows):
    """Say whether a model was fitted on these images, and holds the scores of all that are asked.

    The decision values of a least-squares SVM for an image that it was fitted on are its targets
    less the regularisation times its dual coefficients.
    """
    fitted, known = svm[-1], getattr(svm[-1], "oof_rows_", ())
    if len(fitted.dual_coef_) != len(training) or not np.isin(rows, known).all():
        return False
    few = rows[:_N_COMPARED]
    targets = np.where(training.labels[few, np.newaxis] == fitted.classes_, 1.0, -1.0)
    expected = targets - fitted.alpha_ * fitted.dual_coef_[few]
    values = svm.decision_function(training.values[few])
    return np.abs(values - expected).max() < _TOLERANCE


def _fit_again(name, svm, training, rows):
    features, fitted = svm[:-1].transform(training.values), svm[-1]
    again = clone(fitted).fit(features, training.labels, groups=training.units, oof_rows=rows)
    few = features[:: max(1, len(features) // _N_COMPARED)]
    difference = np.abs(fitted.decision_function(few) - again.decision_function(few)).max()
    if not difference < _TOLERANCE:
        raise ModelFileError(
            f"{name} was not fitted on these images: fitted again, its scores differ by "
            f"{difference:.2g}."
        )
    return again


def training_part(data):
    """Take FER2013's Training part, on which the models were fitted."""
    return data.at(np.flatnonzero(np.asarray(data.bunch.split) == _TRAINING))


def score_answers(labels, units, classes, probabilities):
    """Score probabilities, see :func:`fer_classic.evaluation.score`.

    Parameters
    ----------
    labels : ndarray of shape (n,), str
    units : ndarray of shape (n,), int
    classes : ndarray of shape (n_classes,), str
    probabilities : ndarray of shape (n, n_classes)

    Returns
    -------
    scores : dict
    """
    return score(
        labels,
        classes[probabilities.argmax(axis=1)],
        classes=classes,
        class_scores=probabilities,
        score_kind="probability",
        units=units,
    )
