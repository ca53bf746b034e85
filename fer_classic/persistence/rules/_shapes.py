"""Shapes and dtypes of the arrays of fitted estimators."""

import numpy as np

from fer_classic.persistence.rules._require import require

__all__ = ["SHAPES", "check_shapes"]

# Shapes of arrays by class name, also applied to subclasses. p: n_features_in_, k: number of
# classes, r: k, or 1 for two classes, where the axis may be missing, q: pairs of classes, d: k - 1;
# other letters: any number, the same throughout an object. After a colon: dtype kinds, floating by
# default.
SHAPES = {
    "AdaptedClassifier": {
        "given_classes_": "g:OSUbfiu",
        "mean_": "f",
        "scale_": "f",
        "coef_": "f g",
        "intercept_": "g",
    },
    "BagOfVisualWords": {"words_": "w c"},
    "BaseSVC": {
        "support_": "n:i",
        "support_vectors_": "n p",
        "_n_support": "k:i",
        "_dual_coef_": "d n",
        "dual_coef_": "d n",
        "_intercept_": "q",
        "intercept_": "q",
    },
    "FactorAnalysis": {"components_": "m p", "mean_": "p", "noise_variance_": "p"},
    "FastICA": {"components_": "m p", "mean_": "p", "mixing_": "p m"},
    "GaussianNB": {"theta_": "k p", "var_": "k p", "class_prior_": "k"},
    "IsotonicRegression": {"X_thresholds_": "t", "y_thresholds_": "t"},
    "LeastSquaresSVC": {
        "X_fit_": "n p:fu",
        "X_scale_": "2 p",
        "block_weights_": "b",
        "block_widths_": "b:i",
        "dual_coef_": "n k",
        "intercept_": "k",
    },
    "LinearClassifierMixin": {"coef_": "r p", "intercept_": "r"},
    "LinearDiscriminantAnalysis": {"means_": "k p", "priors_": "k", "scalings_": "p s"},
    "MaxAbsScaler": {"max_abs_": "p", "scale_": "p"},
    "MinMaxScaler": {"min_": "p", "scale_": "p"},
    "NearestCentroid": {"centroids_": "k p"},
    "NeighborsBase": {"_fit_X": "n p", "_y": "n:iu"},
    "PowerTransformer": {"lambdas_": "p"},
    "QuadraticDiscriminantAnalysis": {"means_": "k p", "priors_": "k"},
    "QuantileTransformer": {"quantiles_": "m p", "references_": "m"},
    "RBFSampler": {"random_weights_": "p m", "random_offset_": "m"},
    "RobustScaler": {"center_": "p", "scale_": "p"},
    "SkewedChi2Sampler": {"random_weights_": "p m", "random_offset_": "m"},
    "StandardScaler": {"mean_": "p", "scale_": "p", "var_": "p"},
    "TruncatedSVD": {"components_": "m p"},
    "VarianceThreshold": {"variances_": "p"},
    "_BaseDiscreteNB": {"feature_log_prob_": "k p", "class_log_prior_": "k"},
    "_BasePCA": {"components_": "m p", "mean_": "p", "explained_variance_": "m"},
}


def check_shapes(estimator, state, shapes):
    """Check the arrays of an object against the table of shapes."""
    known = _lengths(state)
    for name, described in shapes.items():
        value = state.get(name)
        # Missing or switched off: no intercept, no scaling.
        if value is None or np.ndim(value) == 0:
            continue
        letters, _, kinds = described.partition(":")
        require(
            type(value) is np.ndarray and value.dtype.kind in (kinds or "f"),
            estimator,
            f"{name} is not an array of the required dtype",
        )
        letters = letters.split()
        if letters[0] == "r" and known.get("r") == 1 and value.ndim < len(letters):
            letters = letters[1:]
        fits = len(letters) == value.ndim and all(
            length == (int(letter) if letter.isdigit() else known.setdefault(letter, length))
            for letter, length in zip(letters, value.shape, strict=True)
        )
        require(fits, estimator, f"{name} of shape {value.shape} does not fit the rest")


def _lengths(state):
    known = {}
    if "n_features_in_" in state:
        known["p"] = int(state["n_features_in_"])
    if isinstance(state.get("classes_"), np.ndarray):
        k = len(state["classes_"])
        known |= {"k": k, "r": 1 if k == 2 else k, "d": k - 1, "q": k * (k - 1) // 2}
    return known
