"""Least-squares support vector classifier."""

from numbers import Integral, Real

import numpy as np
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import NotFittedError
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from fer_classic.classifiers._all_rows import check_memory, factor_rows, kernel_rows
from fer_classic.classifiers._centers import (
    choose_centers,
    fit_centers,
    oof_residuals_of_centers,
)
from fer_classic.classifiers._cholesky import solve
from fer_classic.classifiers._kernels import Kernel, kernel_widths, split_columns
from fer_classic.classifiers._many_rows import MAX_ROWS, use_centers
from fer_classic.classifiers._moving import check_left, move_centers
from fer_classic.classifiers._out_of_fold import choose_oof_rows, oof_residuals
from fer_classic.classifiers._search import ALPHAS, search
from fer_classic.classifiers._storage import restore, store
from fer_classic.utils._groups import check_groups, split_single_group
from fer_classic.utils._temperature import fit_temperature
from fer_classic.utils._threads import map_in_threads
from fer_classic.utils._validation import Interval, StrOptions

__all__ = ["LeastSquaresSVC"]

# Rows per chunk of prediction, so that temporaries stay small.
_BLOCK = 256
# The search takes seconds up to this size; subsampling larger sets could bias the choice.
_FEW_ROWS = 3000
_USUAL = ("rbf",), (0.2,)
# Share of the groups that are left out of the refinement for the out-of-fold scores: one in five.
_EVERY_FIFTH = 5


class LeastSquaresSVC(ClassifierMixin, BaseEstimator):
    """Least-squares support vector classifier, one-vs-rest.

    It solves ``(K + alpha I) a = y`` for centred targets of +1 and -1: a linear system instead of
    a quadratic program, with a known cost. Out-of-fold scores for any groups have a closed form,
    from which probabilities are calibrated without refitting.

    Parameters
    ----------
    kernel : {"rbf", "linear", "auto"}, default="rbf"
        ``exp(-gamma d^2)``, or the scalar product divided by the mean squared length of a row.
        "auto" selects the better one for up to 3,000 training rows, see *alpha*; otherwise "rbf".
    gamma : "median" or float, default="median"
        Coefficient of the RBF kernel; "median" is 2 divided by the median squared distance of the
        training rows (of at most 2,000 of them, evenly spaced).
    alpha : float or "auto", default=0.2
        Ridge parameter; larger values give a smoother decision function. "auto" tries 0.05, 0.1,
        0.2, ... 3.2 for up to 3,000 training rows and selects the value with the lowest log-loss
        of calibrated out-of-fold probabilities; for more rows it is 0.2.
    blocks : int or tuple of int, default=1
        Number of column blocks of equal width, or their widths. The kernel is the mean of one
        kernel per block, so that concatenated descriptors are compared separately.
    block_weights : tuple of float, optional
        Positive weight of each block; equal by default.
    class_weight : dict, "balanced" or None, default=None
        Positive weights by label; the ridge of a sample is divided by the weight of its class, and
        its weight in the calibration is that of its class. "balanced" weights classes by
        ``n / (n_classes * n_in_class)``: the probabilities are then those of a population in which
        all classes are equally frequent.
    probability : bool, default=True
        Whether to calibrate ``predict_proba`` on out-of-fold scores, with folds by groups.
    oof_samples : int or None, default=2000
        About how many training rows get out-of-fold scores, in whole groups at random. 2,000
        are enough for the calibration; None scores all rows, for stacking or to find wrong labels,
        which takes as long as the fit.
    n_centers : int, optional
        Number of cluster centres used in place of the training rows for the kernel expansion
        (all rows if there are no more). The model is then smaller and faster, but less accurate.
        Without it, sets of more than 50,000 rows get 10,000 centres, and a warning says what they
        lose.
    refine_centers : int, default=0
        Number of rounds in which the centres are moved along the gradient of the objective, each
        of two passes over the rows and a solution for the weights. The same number of centres then
        becomes more accurate. Rows with out-of-fold scores are left out, see *oof_rows_*, so that
        the calibration does not use centres that have seen them.
    precision : {"full", "float16", "uint8"}, default="full"
        "float16" rounds features to half precision and "uint8" quantises each feature to 256
        values, before the linear system is solved; both round the weights to float16 afterwards.
        Model files become two or four times smaller.
    random_state : int, RandomState instance or None, default=None
        Determines the clustering; pass an int for reproducible results.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels, sorted.
    n_centers_ : int or None
        Number of centres in place of the training rows.
    dual_coef_ : ndarray of shape (n, n_classes)
        Weights of the rows of ``X_fit_``.
    intercept_ : ndarray of shape (n_classes,)
        Mean target of each class, weighted by the class weights; with a linear kernel plus what the
        linear system adds.
    kernel_ : {"rbf", "linear"}
        Kernel used.
    gamma_ : ndarray of shape (n_blocks,)
        Kernel coefficient of each block.
    block_widths_ : ndarray of shape (n_blocks,), int
        Number of columns of each block.
    block_weights_ : ndarray of shape (n_blocks,)
        Weight of each block; they sum to 1.
    alpha_ : float
        Ridge parameter used.
    search_ : dict of str to list
        Only if "auto" compared candidates: their ``kernel``, ``alpha`` and out-of-fold
        ``log_loss``, sorted by ``log_loss``.
    temperature_ : float
        Calibration: probabilities are ``softmax(temperature_ * scores)``.
    oof_rows_ : ndarray of shape (m,)
        Training rows of the out-of-fold scores used for calibration, in whole groups, see
        *oof_samples*, and those requested in ``fit``. With *refine_centers*, at most every fifth
        group is in the sample.
    oof_scores_ : ndarray of shape (m, n_classes)
        Score of each of these rows by the classifier fitted without its group, with ``gamma_`` and
        the mean target unchanged.
    objectives_ : list of float
        Only if centres were refined: the objective, weighted squared error and penalty over the sum
        of the weights, before and after each round. It does not rise.
    X_fit_ : ndarray of shape (n, n_features)
        A copy of the training rows, or the centres; with ``precision="uint8"`` the codes of their
        values.
    X_scale_ : ndarray of shape (2, n_features)
        Only with ``precision="uint8"``, else None: code ``c`` represents the value
        ``X_scale_[0] + c * X_scale_[1]``.
    n_features_in_ : int
        Number of features.

    Notes
    -----
    Memory is dominated by one n x n matrix in the precision of X: 3.3 GB for 28,709 rows in
    float32, twice that in float64. The fit time is cubic in n. With m centres, the matrix is m x m
    in float64, and the fit time is proportional to ``n * m ** 2``, once more for each round of
    *refine_centers*.

    The calibration assumes that rows of different groups are independent. Copies of rows made by an
    over-sampler form groups, but synthetic rows (SMOTE) are close to their parents, so that the
    out-of-fold scores are too optimistic. After such a step, use ``probability=False``; if
    probabilities are needed, calibrate the whole pipeline on held-out real rows::

        folds = list(StratifiedGroupKFold().split(images, names, units))
        CalibratedClassifierCV(make_recipe("svm_lbp_smote"), cv=folds, ensemble=False)

    References
    ----------
    Suykens, Vandewalle: Least squares support vector machine classifiers. Neural Processing Letters
    9(3), 1999. Cawley, Talbot: Fast exact leave-one-out cross-validation of sparse least-squares
    support vector machines. Neural Networks 17(10), 2004.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from fer_classic.classifiers import LeastSquaresSVC
    >>> X, y = load_iris(return_X_y=True)
    >>> LeastSquaresSVC().fit(X, y).score(X, y) > 0.95
    True
    """

    _parameter_constraints = {
        "kernel": [StrOptions({"rbf", "linear", "auto"})],
        "gamma": [StrOptions({"median"}), Interval(Real, 0, None, closed="neither")],
        "alpha": [StrOptions({"auto"}), Interval(Real, 0, None, closed="neither")],
        "blocks": [Interval(Integral, 1, None, closed="left"), tuple, list],
        "block_weights": [tuple, list, None],
        "class_weight": [StrOptions({"balanced"}), dict, None],
        "probability": ["boolean"],
        "oof_samples": [Interval(Integral, 1, None, closed="left"), None],
        "n_centers": [Interval(Integral, 1, None, closed="left"), None],
        "refine_centers": [Interval(Integral, 0, None, closed="left")],
        "precision": [StrOptions({"full", "float16", "uint8"})],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        kernel="rbf",
        *,
        gamma="median",
        alpha=0.2,
        blocks=1,
        block_weights=None,
        class_weight=None,
        probability=True,
        oof_samples=2000,
        n_centers=None,
        refine_centers=0,
        precision="full",
        random_state=None,
    ):
        self.kernel = kernel
        self.gamma = gamma
        self.alpha = alpha
        self.blocks = blocks
        self.block_weights = block_weights
        self.class_weight = class_weight
        self.probability = probability
        self.oof_samples = oof_samples
        self.n_centers = n_centers
        self.refine_centers = refine_centers
        self.precision = precision
        self.random_state = random_state

    def fit(self, X, y, groups=None, oof_rows=None):
        """Fit the classifier and calibrate its probabilities.

        Parameters
        ----------
        X : array-like of shape (n, n_features)
            Features; float32 is kept, other dtypes are converted to float64.
        y : array-like of shape (n,)
            Labels, of at least two classes.
        groups : array-like of shape (n,), optional
            Rows of one group (a subject, a sequence, copies of an image) are held out together for
            the calibration. By default, and if all rows are of one group, byte-identical rows form
            a group.
        oof_rows : array-like of shape (k,), int, optional
            Rows whose out-of-fold scores are wanted; with ``probability=True`` they are among
            ``oof_rows_``. Centres are refined on the others.

        Returns
        -------
        self : object
        """
        self._validate_params()
        self._reset()
        given = X
        X, y = validate_data(self, X, y, dtype=[np.float64, np.float32])
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(
                f"LeastSquaresSVC needs samples of at least two classes, got one class: "
                f"{self.classes_.tolist()[0]!r}."
            )
        groups = split_single_group(check_groups(groups, X, held_out=self._holds_out), X)
        targets = np.where(np.arange(len(self.classes_)) == codes[:, np.newaxis], 1.0, -1.0)
        targets = targets.astype(X.dtype)
        weights = self._weights(y)[codes]
        self.intercept_ = np.average(targets, axis=0, weights=weights).astype(X.dtype)
        self.n_centers_ = self.n_centers
        if self.n_centers is None and len(X) > MAX_ROWS:
            self.n_centers_ = use_centers(self, X, y, groups)
        reduced = self.n_centers_ is not None and self.n_centers_ < len(X)
        check_memory(*((self.n_centers_, np.float64) if reduced else (len(X), X.dtype)))
        self._select_hyperparameters(X, targets, codes, weights, groups)
        refined = reduced and self.refine_centers > 0
        step = _EVERY_FIFTH if refined else 1
        rows = choose_oof_rows(groups, oof_rows, n_rows=self.oof_samples, step=step)
        rows = rows if self.probability else rows[:0]
        if refined and oof_rows is not None:
            check_left(len(X), len(X) - len(rows), self.n_centers_)
        solve_for = self._fit_centers if reduced else self._fit_rows
        stored, dual, residuals = solve_for(X, targets - self.intercept_, weights, groups, rows)
        if self.probability:
            self.oof_rows_ = rows
            self.oof_scores_ = (targets[rows] - residuals).astype(X.dtype)
            self.temperature_ = fit_temperature(self.oof_scores_, codes[rows], weights[rows])
        self.X_fit_, self.X_scale_ = stored
        # The caller may change X afterwards. The array that a pipeline passes belongs to nobody
        # else, but cannot be told apart; a copy is small beside the kernel matrix, freed by now.
        if np.may_share_memory(self.X_fit_, given):
            self.X_fit_ = self.X_fit_.copy(order="K")
        # Last, since it marks the classifier as fitted.
        self.dual_coef_ = dual
        self._predictor = self._load_predictor()
        return self

    @property
    def _holds_out(self):
        """Whether ``fit`` leaves rows out, for which it needs groups."""
        return self.probability or "auto" in (self.kernel, self.alpha)

    def _reset(self):
        """Delete what an earlier fit has found, so that a fit that fails leaves no mixture."""
        for name in list(vars(self)):
            if name == "_predictor" or (name.endswith("_") and not name.startswith("_")):
                delattr(self, name)

    def _select_hyperparameters(self, X, targets, codes, weights, groups):
        """Select the kernel and the ridge parameter if they are "auto"."""
        kinds, alphas = (("rbf", "linear"), ALPHAS) if len(X) <= _FEW_ROWS else _USUAL
        kinds = kinds if self.kernel == "auto" else (self.kernel,)
        alphas = alphas if self.alpha == "auto" else (self.alpha,)
        blocks, self.block_weights_ = self._given_blocks()
        self.block_widths_ = np.array([block.stop - block.start for block in blocks])
        parts = [X[:, block] for block in blocks]
        gammas = {kind: kernel_widths(kind, self.gamma, parts) for kind in kinds}
        self.kernel_, self.alpha_ = kinds[0], alphas[0]
        if len(kinds) * len(alphas) > 1:
            kernels = {kind: self._make_kernel(kind, gammas[kind]) for kind in kinds}
            self.search_ = search(
                kernels, alphas, X, targets, self.intercept_, codes, weights, groups
            )
            if not self.search_["kernel"]:
                raise _not_positive_definite(X.dtype, f"than any of {list(alphas)}")
            self.kernel_, self.alpha_ = self.search_["kernel"][0], self.search_["alpha"][0]
        self.gamma_ = gammas[self.kernel_]

    def _fit_rows(self, X, targets, weights, groups, rows):
        """Fit with all training rows.

        Returns
        -------
        stored : tuple
            ``X_fit_`` and ``X_scale_``.
        dual : ndarray of shape (n, n_classes)
            ``dual_coef_``.
        residuals : ndarray of shape (m, n_classes)
            Out-of-fold residuals of ``rows``.
        """
        stored = store(X, self.precision)
        X = restore(*stored, X.dtype)
        kernel = self._make_kernel(self.kernel_, self.gamma_)
        try:
            factor = factor_rows(kernel_rows(kernel, X), self.alpha_ / weights)
        except np.linalg.LinAlgError:
            raise _not_positive_definite(X.dtype, f"than {self.alpha_!r}") from None
        dual = solve(factor, targets)
        rounded = self._rounded(dual)
        self._add_to_intercept(kernel, dual)
        return stored, rounded, oof_residuals(factor, dual, groups, rows)

    def _fit_centers(self, X, targets, weights, groups, rows):
        """Fit with cluster centres; return the same as :meth:`_fit_rows`."""
        centers = choose_centers(X, self.n_centers_, self.random_state)
        kernel = self._make_kernel(self.kernel_, self.gamma_)
        if self.refine_centers:
            others = np.delete(np.arange(len(X)), rows)
            centers, self.objectives_ = move_centers(
                kernel,
                X[others],
                centers,
                targets[others],
                weights[others],
                self.alpha_,
                n_rounds=self.refine_centers,
                random_state=self.random_state,
            )
        stored = store(centers, self.precision)
        centers = restore(*stored, X.dtype)
        factor, dual, _ = fit_centers(
            kernel.plus_constant, X, centers, targets, weights, self.alpha_
        )
        rounded = self._rounded(dual.astype(X.dtype))
        self._add_to_intercept(kernel, dual)
        values = kernel.plus_constant(X[rows], centers)
        residuals = oof_residuals_of_centers(
            factor, values, targets[rows] - values @ dual, weights[rows], groups[rows]
        )
        return stored, rounded, residuals

    def _add_to_intercept(self, kernel, dual):
        """Add what the constant of the kernel contributes to all scores."""
        dtype = self.intercept_.dtype
        self.intercept_ += dtype.type(kernel.constant) * dual.sum(axis=0).astype(dtype, copy=False)

    def _rounded(self, dual):
        """Return the weights in the precision in which they are stored."""
        if not np.isfinite(dual).all():
            raise ValueError(
                "LeastSquaresSVC: overflow, the features are too large; standardise them "
                "first (StandardScaler)."
            )
        if self.precision == "full":
            return dual
        with np.errstate(over="ignore"):
            rounded = dual.astype(np.float16)
        if not np.isfinite(rounded).all():
            raise ValueError(
                "LeastSquaresSVC: overflow, weights of rows are too large for float16; use a "
                f"larger alpha than {self.alpha_!r}, or precision='full'."
            )
        return rounded

    def _load_predictor(self):
        """Return kernel, rows, their squared lengths and their weights, for prediction."""
        kernel = self._make_kernel(self.kernel_, self.gamma_)
        rows = restore(self.X_fit_, self.X_scale_, self.intercept_.dtype)
        return kernel, rows, kernel.squares_of(rows), self.dual_coef_.astype(rows.dtype, copy=False)

    def __getstate__(self):
        # Recomputed after loading.
        return {name: v for name, v in super().__getstate__().items() if name != "_predictor"}

    def _make_kernel(self, kind, gammas):
        # Not the parameters, which may have changed since the fit; models of earlier versions have
        # nothing else.
        if hasattr(self, "block_widths_"):
            blocks = split_columns(self.block_widths_.tolist(), self.n_features_in_)
            weights = self.block_weights_
        else:
            blocks, weights = self._given_blocks()
        return Kernel(kind, blocks, gammas, weights)

    def _given_blocks(self):
        """Return the columns of each block and its weight, according to the parameters."""
        blocks = split_columns(self.blocks, self.n_features_in_)
        weights = np.ones(len(blocks)) if self.block_weights is None else self.block_weights
        legal = [isinstance(w, Real) and 0 < w < np.inf for w in weights]
        if len(legal) != len(blocks) or not all(legal):
            raise ValueError(
                f"LeastSquaresSVC: block_weights must be {len(blocks)} positive numbers, one for "
                f"each block, got {self.block_weights!r}."
            )
        weights = np.asarray(weights, dtype=float)
        return blocks, weights / weights.sum()

    def _weights(self, y):
        weights = compute_class_weight(self.class_weight, classes=self.classes_, y=y)
        if weights.min() <= 0:
            raise ValueError(
                f"LeastSquaresSVC: class weights must be positive, got {self.class_weight!r}; to "
                "ignore a class, remove its rows."
            )
        return weights

    def _scores(self, X):
        check_is_fitted(self, "dual_coef_")
        if not hasattr(self, "_predictor"):
            self._predictor = self._load_predictor()
        kernel, kept, squares, weights = self._predictor
        X = validate_data(self, X, dtype=kept.dtype, reset=False)
        blocks = [X[start : start + _BLOCK] for start in range(0, len(X), _BLOCK)]
        scores = map_in_threads(lambda block: kernel.sums(block, kept, weights, squares), blocks)
        return np.concatenate(scores) + self.intercept_

    @property
    def coef_(self):
        """Weight of each feature, ``(n_classes, n_features)``; only with a linear kernel."""
        if getattr(self, "kernel_", None) != "linear":
            raise AttributeError("coef_ requires a fitted LeastSquaresSVC with a linear kernel")
        kernel, rows, _, weights = self._load_predictor()
        return kernel.coefficients(rows, weights)

    def decision_function(self, X):
        """Compute the decision function of each class.

        Parameters
        ----------
        X : array-like of shape (n, n_features)

        Returns
        -------
        scores : ndarray of shape (n, n_classes), or (n,) for two classes
            About +1 for the class and -1 for others; for two classes, the score of the second.
        """
        scores = self._scores(X)
        return scores[:, 1] if len(self.classes_) == 2 else scores

    def predict(self, X):
        """Predict the class with the highest score.

        Parameters
        ----------
        X : array-like of shape (n, n_features)

        Returns
        -------
        labels : ndarray of shape (n,)
        """
        scores = self._scores(X)
        return self.classes_[scores.argmax(axis=1)]

    def _has_probability(self):
        if not self.probability:
            raise AttributeError("predict_proba requires LeastSquaresSVC(probability=True)")
        return True

    @available_if(_has_probability)
    def predict_proba(self, X):
        """Compute class probabilities, calibrated on out-of-fold scores.

        Parameters
        ----------
        X : array-like of shape (n, n_features)

        Returns
        -------
        probabilities : ndarray of shape (n, n_classes), float64
        """
        scores = self._scores(X).astype(np.float64)
        if not hasattr(self, "temperature_"):
            raise NotFittedError(
                "this LeastSquaresSVC was fitted with probability=False and has no calibration; "
                "fit it again with probability=True."
            )
        return softmax(scores * self.temperature_, axis=1)


def _not_positive_definite(dtype, bound):
    return ValueError(
        f"LeastSquaresSVC: the kernel matrix is not positive definite in {dtype}; use a larger "
        f"alpha {bound} or float64 features."
    )
