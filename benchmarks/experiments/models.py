"""Models that learn in epochs, and models that a benchmark leaves behind for those who use them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sklearn.base import clone
from sklearn.pipeline import Pipeline

from benchmarks.experiments.stateless import split_model
from fer_classic.persistence import make_card, save_model
from fer_classic.utils._parts import model_parts

__all__ = ["Keeper", "forget_folders", "keeping_epochs", "training_of"]


def keeping_epochs(model, folder):
    """Let a fit that was killed go on after its last epoch, where the model learns in epochs.

    Parameters
    ----------
    model : estimator
        Unfitted; what has a ``checkpoint_dir`` already keeps it.
    folder : path-like
        Where epochs are kept.

    Returns
    -------
    model : estimator
        A copy, since records tell the parameters of the model as it was asked for.
    """
    parameters = model.get_params()
    names = [name for name in _folders(parameters) if parameters[name] is None]
    return clone(model).set_params(**dict.fromkeys(names, str(folder)))


def forget_folders(model, asked):
    """Give a model the folders that it was asked for with, in place of the benchmark's own.

    Parameters
    ----------
    model : estimator
    asked : estimator
        The model before :func:`keeping_epochs`.

    Returns
    -------
    model : estimator
        The same, changed in place.
    """
    parameters = asked.get_params()
    return model.set_params(**{name: parameters[name] for name in _folders(parameters)})


def _folders(parameters):
    return [name for name in parameters if name.split("__")[-1] == "checkpoint_dir"]


@dataclass(frozen=True)
class Keeper:
    """Saves the fitted model of a fold, whole and as it was asked for.

    Parameters
    ----------
    asked : estimator
        The unfitted model, with the stateless steps that are shared by all folds.
    path : path-like
        Model file to write.
    card : dict
        What the card says besides what the model tells: arguments of ``make_card``.
    """

    asked: Any
    path: Path
    card: dict

    def __call__(self, fitted):
        """Save the model.

        Parameters
        ----------
        fitted : estimator
            What was fitted inside the fold.
        """
        steps, rest = split_model(clone(self.asked))
        fitted = forget_folders(fitted, rest)
        model = fitted if steps is None else Pipeline([*steps.steps, *fitted.steps])
        save_model(model, self.path, card=make_card(model, **self.card))


def training_of(model):
    """Tell how a model that learns in epochs was trained.

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
