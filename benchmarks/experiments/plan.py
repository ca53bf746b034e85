"""What there is to do: one job for each fit, with the folds that it serves."""

import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from benchmarks.records.folds import record_key
from fer_classic.datasets import dataset_digest, near_twins
from fer_classic.evaluation import (
    Fold,
    count_leaks,
    cross_fold,
    default_protocol,
    independent_units,
    make_folds,
)
from fer_classic.exceptions import MissingDependencyError
from fer_classic.expressions import decode

__all__ = ["Data", "Job", "commit", "default_protocols", "make_jobs", "parameters_of"]


class Data:
    """A data set, with what every fold of it needs.

    Parameters
    ----------
    bunch : Bunch
        The data set.
    """

    def __init__(self, bunch):
        self.bunch = bunch
        self.name = bunch.name
        self.images = bunch.images
        self.labels = decode(bunch.target, bunch.target_names)
        self.units = independent_units(bunch)
        self.digest = dataset_digest(bunch)

    @cached_property
    def twin_correlation(self):
        """How near each test image comes to a training image; None without an official split."""
        return None if self.bunch.split is None else near_twins(self.bunch)


@dataclass(eq=False)
class Job:
    """One fit, and the folds that are scored with it.

    Parameters
    ----------
    base : dict
        The fields that the records of all its folds share.
    model : estimator or None
        Unfitted; None if it cannot be made.
    folds : list of Fold
        Folds with one training part.
    train, test : Data
        What the positions in the folds refer to.
    problem : str
        Why there is no model.
    """

    base: dict
    model: object
    folds: list[Fold]
    train: Data
    test: Data
    problem: str = ""

    def key(self, fold):
        """Give the key of the record of a fold."""
        return record_key(self.base | {"fold": fold.name})

    def leaks(self, fold):
        """Count the test items that depend on the training part."""
        if self.train is not self.test:
            return {"subject": None, "sequence": None, "duplicate": 0}
        return count_leaks(self.test.bunch, fold)


def default_protocols(dataset):
    """Name the protocols of a run that names none."""
    # The drawn faces are there to show what the leaky protocol does, at no cost to anyone.
    return ["group-kfold", "kfold"] if dataset == "drawn" else [default_protocol(dataset)]


def make_jobs(tested, trained, *, recipes, protocols, n_folds, seed, settings, make):
    """Lay out all the work of a run.

    Parameters
    ----------
    tested : Data
        The data set that is scored.
    trained : Data or None
        The data set that is fitted on under the protocol ``cross``.
    recipes, protocols : list of str
        What to run.
    n_folds, seed : int
        For the k-fold protocols.
    settings : dict
        Parameters set by hand.
    make : callable
        ``make(recipe, **settings)`` gives an unfitted model.

    Returns
    -------
    jobs : list of list of Job
        One list for each recipe.

    Raises
    ------
    ProtocolError
        If the data set cannot be split so.
    UnknownNameError
        If there is no such recipe, parameter or protocol.
    """
    splits = [
        (protocol, _folds(tested, trained, protocol, n_folds, seed)) for protocol in protocols
    ]
    jobs = []
    for recipe in recipes:
        problem = ""
        try:
            model = make(recipe, **settings)
        except MissingDependencyError as error:
            model, problem = None, str(error)
        jobs.append([])
        for protocol, folds in splits:
            source = trained if protocol == "cross" else tested
            base = {
                "dataset": tested.name,
                "digest": tested.digest,
                "size": len(tested.labels),
                "train_digest": trained.digest if protocol == "cross" else None,
                "recipe": recipe,
                "settings": _plain(settings),
                "parameters": {} if model is None else parameters_of(model),
                "protocol": f"cross:{trained.name}" if protocol == "cross" else protocol,
                "n_folds": len(folds),
                "seed": seed,
            }
            for group in _with_one_training_part(folds):
                jobs[-1].append(Job(base, model, group, source, tested, problem))
    return jobs


def _folds(tested, trained, protocol, n_folds, seed):
    if protocol == "cross":
        return [cross_fold(trained.bunch, tested.bunch)]
    # Only the official protocol asks, and the search takes seconds.
    twins = tested.twin_correlation if protocol == "official" else None
    return make_folds(tested.bunch, protocol, n_folds=n_folds, seed=seed, twin_correlation=twins)


def _with_one_training_part(folds):
    groups = []
    for fold in folds:
        if groups and np.array_equal(groups[-1][0].train, fold.train):
            groups[-1].append(fold)
        else:
            groups.append([fold])
    return groups


def parameters_of(model):
    """Describe every parameter of a model in terms of JSON.

    Parameters
    ----------
    model : estimator

    Returns
    -------
    parameters : dict
        Nested parameters by their full names; an estimator stands as its class name.
    """
    return {"": type(model).__name__} | {
        name: _plain(value) for name, value in sorted(model.get_params().items())
    }


def _plain(value):
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    # No repr: it may hold an address, and a key must be the same in the next run.
    return getattr(value, "__qualname__", type(value).__qualname__)


def commit():
    """Name the commit of the code, with ``-dirty`` where it was changed since; None without git."""
    root = Path(__file__).parent.parent

    def git(*arguments):
        command = ["git", "-C", str(root), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        name = git("rev-parse", "--short=12", "HEAD")
        changed = git("status", "--porcelain", "--", "fer_classic", "benchmarks")
    except (OSError, subprocess.CalledProcessError):
        return None
    return f"{name}-dirty" if changed else name
