"""Fitting whole recipes, against the same with scikit-learn's support vector machine."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
from sklearn.svm import SVC

from benchmarks.speed.isolated import Measured, call_alone
from benchmarks.speed.timings import Row, timing_of
from fer_classic.datasets import load_fer2013, make_drawn_faces
from fer_classic.evaluation import make_folds
from fer_classic.expressions import decode
from fer_classic.recipes import make_recipe

__all__ = ["PLAIN_SVM", "FitSettings", "time_fit"]

# Of few faces the recipes search kernel and ridge; these are what they take of many. So a fit of
# ours, too, is one fit, and takes the same steps at each number of faces.
PLAIN_SVM = {"svm__kernel": "rbf", "svm__alpha": 0.2}

# Of SVC: where it is about as accurate as our SVM, on faces that are held out (of FER2013's
# Training).
_C = {"drawn": 1.0, "FER2013": 8.0}
# Of each fit; more would change nothing but the time it takes.
_MOST_REPEATS = 3


@dataclass(frozen=True)
class FitSettings:
    """What is fitted, and on how many faces.

    Parameters
    ----------
    n_faces : int
        Faces to fit on, at most.
    fer2013 : bool
        Fit on faces of FER2013's Training, evenly spaced, and score on PublicTest. By default faces
        are drawn, and the model is scored on those of further subjects.
    recipes : tuple of str
    per_class, held_out : int
        Of the drawn faces: images of each subject and class, and subjects to score on.
    """

    n_faces: int = 2000
    fer2013: bool = False
    recipes: tuple = ("svm_lbp", "svm_hog", "svm_gabor", "svm_fusion")
    per_class: int = 6
    held_out: int = 10


@dataclass
class _Fit:
    seconds: float
    svm_seconds: float
    memory: int | None
    accuracy: float
    gamma: float


def time_fit(repeats, settings=None, *, data_home=None, call=call_alone):
    """Time the fit of each recipe with a plain RBF SVM, each in a process of its own.

    Parameters
    ----------
    repeats : int
        Fits of each; 3 at most.
    settings : FitSettings, optional
    data_home : path-like, optional
        Where FER2013 is.
    call : callable
        ``call(function, *arguments)`` calls a function, by default in a process of its own.

    Yields
    ------
    row : Row
        For each recipe the features and the fit of all steps; and the SVM, its last step, alone.
    """
    settings = settings or FitSettings()
    source = "FER2013" if settings.fer2013 else "drawn"
    with TemporaryDirectory() as folder:
        path = Path(folder) / "faces.npz"
        if settings.fer2013:
            faces = _take_fer2013(load_fer2013(data_home), settings.n_faces)
        else:
            faces = _draw(settings)
        np.savez(path, *faces)
        for recipe in settings.recipes:
            ours, theirs = [], []
            for _ in range(min(repeats, _MOST_REPEATS)):
                ours.append(call(_fit, recipe, None, path))
                svc = SVC(C=_C[source], gamma=ours[0].gamma)
                theirs.append(call(_fit, recipe, svc, path))
            yield Row(
                part="fit",
                subject=f"{recipe}, {source}",
                against="the same with SVC",
                unit="fit",
                ours=_timing_of(ours, faces[0].shape),
                theirs=_timing_of(theirs, faces[0].shape),
            )
            ours, theirs = (
                timing_of([fit.svm_seconds for fit in fits], shape=faces[0].shape)
                for fits in (ours, theirs)
            )
            yield Row(
                part="fit",
                subject=f"{recipe}, {source}, SVM alone",
                against="SVC",
                unit="fit",
                ours=ours,
                theirs=theirs,
            )


def _timing_of(fits, shape):
    known = [fit.memory for fit in fits if fit.memory is not None]
    return timing_of(
        [fit.seconds for fit in fits],
        shape=shape,
        memory=max(known, default=None),
        accuracy=fits[0].accuracy,
    )


def _draw(settings):
    per_subject, n_faces = 8 * settings.per_class, settings.n_faces
    n_subjects = -(-n_faces // per_subject)
    data = make_drawn_faces(
        n_subjects=n_subjects + settings.held_out, n_per_class=settings.per_class
    )
    names, held = decode(data.target), np.s_[n_subjects * per_subject :]
    return data.images[:n_faces], names[:n_faces], data.images[held], names[held]


def _take_fer2013(data, n_faces):
    fold = next(fold for fold in make_folds(data, "official") if fold.name == "PublicTest")
    n_faces = min(n_faces, len(fold.train))
    fitted = fold.train[np.linspace(0, len(fold.train) - 1, n_faces).astype(int)]
    names = decode(data.target)
    return data.images[fitted], names[fitted], data.images[fold.test], names[fold.test]


def _fit(recipe, svm, path):
    """Fit a recipe, with another SVM in the place of its own if there is one."""
    images, names, tested, true = np.load(path).values()
    model = make_recipe(recipe, **PLAIN_SVM)
    if svm is not None:
        model.set_params(svm=svm)
    features, svm = model[:-1], model[-1]
    with Measured() as whole:
        values = features.fit_transform(images)
        start = perf_counter()
        svm.fit(values, names)
        svm_seconds = perf_counter() - start
    accuracy = svm.score(features.transform(tested), true)
    # There is one kernel.
    gamma = np.asarray(getattr(svm, "gamma_", svm.gamma)).item()
    return _Fit(whole.seconds, svm_seconds, whole.memory, accuracy, gamma)
