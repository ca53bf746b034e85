"""Recipes that join a network and a kernel classifier. Fitting needs torch, predicting does not.

The weights are fitted on the images that the network holds out, for which the SVM has closed-form
out-of-fold scores, so that nothing is fitted twice.
"""

from fer_classic.recipes._pipelines import _pipeline
from fer_classic.recipes._registry import make_recipe, recipe


def _fusion(svm):
    """Join the network of ``cnn_flip`` and a recipe, behind a common crop."""
    from fer_classic.classifiers import ScoreFusion

    parts = [("cnn", make_recipe("cnn_flip")["cnn"]), (svm, make_recipe(svm)[1:])]
    return _pipeline(("fusion", ScoreFusion(parts)))


@recipe(heavy=True)
def fusion_fast():
    """The network of cnn with mirror images, and svm_fast, joined by fitted weights."""
    return _fusion("svm_fast")


@recipe(heavy=True)
def fusion_best():
    """The network of cnn with mirror images, and svm_best, joined by fitted weights."""
    return _fusion("svm_best")
