"""Models that learn in epochs, and models that a benchmark leaves behind for those who use them."""

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import softmax
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from benchmarks._format import slug
from benchmarks.experiments.stateless import split_model
from fer_classic.evaluation import choose_threshold
from fer_classic.persistence import make_card, save_model
from fer_classic.utils._parts import model_parts

__all__ = [
    "OUT_OF_FOLD",
    "ModelSaver",
    "keeping_epochs",
    "model_path",
    "threshold_of",
    "training_of",
]

OUT_OF_FOLD = "out-of-fold scores of the training part"
"""What a card says of a threshold that :func:`threshold_of` chose."""


@contextmanager
def keeping_epochs(model, folder):
    """Let a fit that was killed go on after its last epoch, where the model learns in epochs.

    In the block, the parts of the model that could keep their epochs and have no folder for them
    get one. After it they have none again: a record and a model file hold the parameters of the
    model as it was asked for.

    Parameters
    ----------
    model : estimator
        The model that is fitted in the block; it is changed in place.
    folder : path-like
        Where epochs are kept.
    """
    parameters = model.get_params()
    names = [
        name
        for name, value in parameters.items()
        if name.split("__")[-1] == "checkpoint_dir" and value is None
    ]
    model.set_params(**dict.fromkeys(names, str(folder)))
    try:
        yield
    finally:
        model.set_params(**dict.fromkeys(names))


def model_path(folder, base, fold):
    """Say where the model of a fold is kept.

    Parameters
    ----------
    folder : path-like
        Where the records are.
    base : dict
        ``recipe``, ``settings`` and ``protocol`` of the record.
    fold : int or str
        Official test parts, which have names, share one model.

    Returns
    -------
    path : pathlib.Path
        ``models/<recipe>[-<setting>]-<protocol>[-<fold>].joblib``.
    """
    changes = [f"{name}={value}" for name, value in base["settings"].items()]
    number = [] if isinstance(fold, str) else [str(fold)]
    words = [base["recipe"], *changes, base["protocol"], *number]
    return Path(folder) / "models" / f"{slug(*words)}.joblib"


@dataclass(frozen=True)
class ModelSaver:
    """Saves the fitted model of a fold, whole and as it was asked for.

    Parameters
    ----------
    asked : estimator
        The unfitted model, with the stateless steps that are shared by all folds.
    path : path-like
        Model file to write.
    card : dict
        What the card says besides what the model and its scores say: arguments of ``make_card``.
    feature_seconds : float
        What the shared steps took for the training part.
    """

    asked: Any
    path: Path
    card: dict
    feature_seconds: float = 0.0

    def __call__(self, fitted, labels, outcome):
        """Save the model.

        Parameters
        ----------
        fitted : estimator
            What was fitted inside the fold.
        labels : ndarray of shape (n_train,), str
            Labels of the training part.
        outcome : dict
            ``metrics``, ``fit_seconds``, ``y_true``, ``classes``, ``class_scores`` and
            ``score_kind``.
        """
        steps, _ = split_model(clone(self.asked))
        model = fitted if steps is None else Pipeline([*steps.steps, *fitted.steps])
        seconds = round(self.feature_seconds + outcome["fit_seconds"], 1)
        card = make_card(
            model,
            **self.card,
            scores=outcome["metrics"],
            min_probability=self._threshold(fitted, labels, outcome),
            seconds=seconds,
        )
        save_model(model, self.path, card=card)

    def _threshold(self, fitted, labels, outcome):
        """From which probability on the model is believed."""
        if outcome["score_kind"] != "probability":
            return None
        threshold = threshold_of(fitted, labels)
        if threshold is None:
            items = (outcome[name] for name in ("y_true", "classes", "class_scores"))
            threshold = choose_threshold(*items) | {"measured_on": self.card["protocol"]}
        return threshold


def threshold_of(model, labels):
    """Choose the threshold of a model from its out-of-fold scores, without any test item.

    Parameters
    ----------
    model : estimator
        Fitted.
    labels : array-like of shape (n_train,), str
        Labels of the training part.

    Returns
    -------
    threshold : dict or None
        As the card holds it; None for a model without calibrated out-of-fold scores.
    """
    last = model.steps[-1][1] if isinstance(model, Pipeline) else model
    if not all(hasattr(last, name) for name in ("oof_rows_", "oof_scores_", "temperature_")):
        return None
    probabilities = softmax(last.temperature_ * last.oof_scores_.astype(np.float64), axis=1)
    threshold = choose_threshold(np.asarray(labels)[last.oof_rows_], last.classes_, probabilities)
    return threshold | {"measured_on": OUT_OF_FOLD}


def training_of(model):
    """Say how a model that learns in epochs was trained.

    Parameters
    ----------
    model : estimator
        Fitted.

    Returns
    -------
    training : dict or None
        ``n_parameters``, ``epochs``, ``best_epoch``, ``seconds_per_epoch``, ``seconds``; None for
        other models.
    """
    network = next((part for part in model_parts(model) if hasattr(part, "history_")), None)
    if network is None:
        return None
    seconds = network.history_["seconds"]
    return {
        "n_parameters": network.n_parameters_,
        "epochs": len(seconds),
        "best_epoch": network.best_epoch_,
        "seconds_per_epoch": sum(seconds) / len(seconds),
        "seconds": sum(seconds),
    }
