"""Fitting whole recipes, against the same with scikit-learn's support vector machine."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
from sklearn.svm import SVC

from benchmarks.speed.isolated import Measured, call_alone
from benchmarks.speed.timings import make_row
from fer_classic.datasets import load_fer2013, make_drawn_faces
from fer_classic.evaluation import make_folds
from fer_classic.expressions import decode
from fer_classic.recipes import make_recipe

__all__ = ["PLAIN_MACHINE", "time_fit"]

# Of few faces the recipes search kernel and ridge; these are what they take of many. So a fit of
# ours, too, is one fit, and takes the same steps at each number of faces.
PLAIN_MACHINE = {"svm__kernel": "rbf", "svm__alpha": 0.2}

_RECIPES = ("svm_lbp", "svm_hog", "svm_gabor", "svm_fusion")
# Of SVC: where it is about as accurate as our machine, on faces that are held out (of FER2013's
# Training).
_C = {"drawn": 1.0, "FER2013": 8.0}
# Of each fit; more would change nothing but the time it takes.
_MOST_REPEATS = 3
_PER_CLASS = 6
_HELD_OUT = 10  # drawn subjects


@dataclass
class _Fit:
    seconds: float
    machine_seconds: float
    memory: int | None
    accuracy: float
    gamma: float


def time_fit(repeats, n_faces, data_home=None, *, fer2013=False):
    """Time the fit of each recipe with a plain RBF machine, each in a process of its own.

    Parameters
    ----------
    repeats : int
        Fits of each; 3 at most.
    n_faces : int
        Faces to fit on, at most.
    data_home : path-like, optional
        Where FER2013 is.
    fer2013 : bool, default=False
        Fit on faces of FER2013's Training, evenly spaced, and score on PublicTest. By default faces
        are drawn, and the model is scored on those of ten further subjects.

    Yields
    ------
    row : Row
        For each recipe the features and the fit of all steps; and the machine, its last step,
        alone.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "faces.npz"
        faces = _load_fer2013(n_faces, data_home) if fer2013 else _draw(n_faces)
        np.savez(path, *faces)
        shapes = (faces[0].shape,) * 2
        source = "FER2013" if fer2013 else "drawn"
        for recipe in _RECIPES:
            ours, theirs = [], []
            for _ in range(min(repeats, _MOST_REPEATS)):
                ours.append(call_alone(_fit, recipe, None, path))
                svc = SVC(C=_C[source], gamma=ours[0].gamma)
                theirs.append(call_alone(_fit, recipe, svc, path))
            yield make_row(
                "fit",
                f"{recipe}, {source}",
                "the same with SVC",
                "fit",
                [[fit.seconds for fit in fits] for fits in (ours, theirs)],
                shapes,
                memory=_largest(ours),
                memory_against=_largest(theirs),
                accuracy=ours[0].accuracy,
                accuracy_against=theirs[0].accuracy,
            )
            yield make_row(
                "fit",
                f"{recipe}, {source}, machine alone",
                "SVC",
                "fit",
                [[fit.machine_seconds for fit in fits] for fits in (ours, theirs)],
                shapes,
            )


def _draw(n_faces):
    per_subject = 8 * _PER_CLASS
    n_subjects = -(-n_faces // per_subject)
    data = make_drawn_faces(n_subjects=n_subjects + _HELD_OUT, n_per_class=_PER_CLASS)
    names, held = decode(data.target), np.s_[n_subjects * per_subject :]
    return data.images[:n_faces], names[:n_faces], data.images[held], names[held]


def _load_fer2013(n_faces, data_home):
    data = load_fer2013(data_home)
    fold = next(fold for fold in make_folds(data, "official") if fold.name == "PublicTest")
    n_faces = min(n_faces, len(fold.train))
    fitted = fold.train[np.linspace(0, len(fold.train) - 1, n_faces).astype(int)]
    names = decode(data.target)
    return data.images[fitted], names[fitted], data.images[fold.test], names[fold.test]


def _fit(recipe, machine, path):
    """Fit a recipe, with another machine in the place of its own if there is one."""
    images, names, tested, true = np.load(path).values()
    model = make_recipe(recipe, **PLAIN_MACHINE)
    if machine is not None:
        model.set_params(svm=machine)
    features, machine = model[:-1], model[-1]
    with Measured() as whole:
        values = features.fit_transform(images)
        start = perf_counter()
        machine.fit(values, names)
        machine_seconds = perf_counter() - start
    accuracy = machine.score(features.transform(tested), true)
    # There is one kernel.
    gamma = np.asarray(getattr(machine, "gamma_", machine.gamma)).item()
    return _Fit(whole.seconds, machine_seconds, whole.memory, accuracy, gamma)


def _largest(fits):
    known = [fit.memory for fit in fits if fit.memory is not None]
    return max(known, default=None)
