"""Models that a benchmark leaves behind, for those who want to look at them or use them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sklearn.base import clone
from sklearn.pipeline import Pipeline

from benchmarks._features import split_model
from fer_classic.persistence import make_card, save_model
from fer_classic.utils import fitted_parts

__all__ = ["Keeper", "training_of"]


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
        own = rest.get_params()
        # The benchmark sets folders for its own use.
        fitted.set_params(
            **{name: own[name] for name in own if name.split("__")[-1] == "checkpoint_dir"}
        )
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
    network = next((part for part in fitted_parts(model) if hasattr(part, "history_")), None)
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
