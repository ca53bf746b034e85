"""The models whose explanations are measured, and the faces that they are asked about."""

from benchmarks.robustness.faces import load_faces, stratified, take_faces
from benchmarks.robustness.measures import Model
from fer_classic.datasets import load_drawn_faces
from fer_classic.evaluation import fit_with_groups, independent_units, make_folds
from fer_classic.expressions import decode
from fer_classic.recipes import make_recipe

__all__ = ["RECIPES", "DrawnFaces", "fit_recipe", "public_faces"]

_LINEAR, _RBF = {"svm__kernel": "linear"}, {"svm__kernel": "rbf"}

RECIPES = {
    "pixels_svm (linear)": ("pixels_svm", _LINEAR),
    "svm_lbp (linear)": ("svm_lbp", _LINEAR),
    "svm_lbp": ("svm_lbp", _RBF),
    "svm_gabor (linear)": ("svm_gabor", _LINEAR),
    "svm_gabor": ("svm_gabor", _RBF),
    "svm_hog (linear)": ("svm_hog", _LINEAR),
    "svm_hog": ("svm_hog", _RBF),
    "svm_fusion (linear)": ("svm_fusion", _LINEAR),
    "svm_fusion": ("svm_fusion", _RBF),
    "svm_fast": ("svm_fast", _RBF),
    "cnn": ("cnn", {}),
}
"""Recipes that are fitted on drawn faces, and their settings, by name."""


class DrawnFaces:
    """Drawn faces to fit recipes on, and faces of other people to explain.

    Parameters
    ----------
    n : int
        At most so many faces to explain.

    Attributes
    ----------
    images, labels, units : ndarray
        Of the part to fit on.
    faces : Faces
        The others: the first of five folds that keep people whole.
    """

    def __init__(self, n):
        bunch = load_drawn_faces()
        fold = make_folds(bunch, "group-kfold")[0]
        labels = decode(bunch.target, bunch.target_names)
        self.images, self.labels = bunch.images[fold.train], labels[fold.train]
        self.units = independent_units(bunch)[fold.train]
        chosen = fold.test[stratified(bunch.target[fold.test], n)]
        self.faces = take_faces(bunch, chosen, part="people left out")


def fit_recipe(name, drawn):
    """Fit a recipe on drawn faces.

    Parameters
    ----------
    name : str
        One of :data:`RECIPES`.
    drawn : DrawnFaces

    Returns
    -------
    model : Model
        Without a digest.
    """
    recipe, settings = RECIPES[name]
    model = make_recipe(recipe, **settings)
    return Model(name, None, fit_with_groups(model, drawn.images, drawn.labels, drawn.units))


def public_faces(data_dir, n):
    """Load a sample of FER2013's PublicTest.

    Parameters
    ----------
    data_dir : path-like or None
        Where FER2013 is.
    n : int
        Number of faces.

    Returns
    -------
    faces : Faces
    """
    return load_faces("fer2013", data_dir, n)
