"""The support vector machine of scikit-learn, trained by scikit-learn-intelex where it is there."""

import numpy as np
from sklearn.svm import SVC
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_is_fitted

from fer_classic.exceptions import MissingDependencyError
from fer_classic.utils import import_optional

__all__ = ["FastSVC"]

# Where oneDAL stops without a word if no bound is set; one is many of libsvm's.
_MOST_ITERATIONS = 10_000

# Parameters that mean what they mean in scikit-learn.
_SHARED = (
    "C",
    "gamma",
    "tol",
    "cache_size",
    "class_weight",
    "max_iter",
    "decision_function_shape",
    "break_ties",
)


class FastSVC(SVC):
    """Support vector machine that trains faster, and is otherwise that of scikit-learn.

    The extra ``fast`` (scikit-learn-intelex) solves the same quadratic program in less time and on
    all cores. What it finds goes where scikit-learn keeps its own solution, so that the fitted
    machine predicts with scikit-learn's code, and is stored and loaded where the extra is not
    installed.

    Parameters
    ----------
    C : float, default=1.0
        Penalty of an error.
    kernel : {"rbf", "linear"}, default="rbf"
        ``exp(-gamma d^2)``, or the scalar product.
    gamma : {"scale", "auto"} or float, default="scale"
        Width of the RBF kernel; "scale" is ``1 / (n_features * X.var())``, "auto" is
        ``1 / n_features``.
    tol : float, default=1e-3
        Tolerance at which the solver stops.
    cache_size : float, default=200
        Room for rows of the kernel matrix, in MB.
    class_weight : dict, "balanced" or None, default=None
        Weights by label; C is multiplied by them. "balanced" weighs classes by
        ``n / (n_classes * n_in_class)``.
    max_iter : int, default=-1
        Most iterations, of which one of scikit-learn-intelex does as much as many of scikit-learn;
        -1 is no bound, and 10,000 for scikit-learn-intelex.
    decision_function_shape : {"ovr", "ovo"}, default="ovr"
        Whether ``decision_function`` has a column for each class, or for each pair of classes.
    break_ties : bool, default=False
        Whether ``predict`` decides between classes with as many votes by ``decision_function``.
    engine : {"auto", "intelex", "sklearn"}, default="auto"
        Who trains. "auto" is scikit-learn-intelex where it is installed and the rows are dense, and
        else scikit-learn; "intelex" is an error where that cannot be.

    Attributes
    ----------
    engine_ : {"intelex", "sklearn"}
        Who has trained.
    classes_ : ndarray of shape (n_classes,)
        Class labels, sorted.
    support_ : ndarray of shape (n_SV,), int32
        Indices of the support vectors, class by class.
    support_vectors_ : ndarray of shape (n_SV, n_features), float64
        The support vectors.
    n_support_ : ndarray of shape (n_classes,), int32
        Number of support vectors of each class.
    dual_coef_ : ndarray of shape (n_classes - 1, n_SV), float64
        Weights of the support vectors, as :class:`sklearn.svm.SVC` lays them out.
    intercept_ : ndarray of shape (n_classes * (n_classes - 1) / 2,), float64
        Constants of the machines, one for each pair of classes.
    n_iter_ : ndarray of shape (n_classes * (n_classes - 1) / 2,), int32
        Iterations; those of the two engines are not alike.
    n_features_in_ : int
        Number of features.

    Raises
    ------
    MissingDependencyError
        By ``fit``, with ``engine="intelex"``, if scikit-learn-intelex is not installed.
    ValueError
        By ``fit``: sparse rows with ``engine="intelex"``; or a class of which no row has a positive
        weight, if scikit-learn-intelex trains.

    Warns
    -----
    ConvergenceWarning
        By ``fit``, if the iterations end before ``tol`` is reached.

    Notes
    -----
    Both engines stop at ``tol``, at different points: decision values differ by about as much, so
    rows on a border may change sides. With ``engine="sklearn"`` the result does not depend on what
    is installed.

    Training is in float64, as scikit-learn does it. The single precision of scikit-learn-intelex
    is faster still, but far off on features whose means are large beside their spread.

    For probabilities put it into :class:`sklearn.calibration.CalibratedClassifierCV`.

    References
    ----------
    Chang, Lin: LIBSVM: a library for support vector machines. ACM Transactions on Intelligent
    Systems and Technology 2(3), 2011.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from fer_classic.classifiers import FastSVC
    >>> X, y = load_iris(return_X_y=True)
    >>> FastSVC(engine="sklearn").fit(X, y).to_sklearn()
    SVC()
    """

    _parameter_constraints = {
        **{name: SVC._parameter_constraints[name] for name in _SHARED},
        "kernel": [StrOptions({"rbf", "linear"})],
        "engine": [StrOptions({"auto", "intelex", "sklearn"})],
    }

    def __init__(
        self,
        C=1.0,
        *,
        kernel="rbf",
        gamma="scale",
        tol=1e-3,
        cache_size=200,
        class_weight=None,
        max_iter=-1,
        decision_function_shape="ovr",
        break_ties=False,
        engine="auto",
    ):
        super().__init__(
            C=C,
            kernel=kernel,
            gamma=gamma,
            tol=tol,
            cache_size=cache_size,
            class_weight=class_weight,
            max_iter=max_iter,
            decision_function_shape=decision_function_shape,
            break_ties=break_ties,
        )
        self.engine = engine

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = self.engine != "intelex"
        return tags

    def to_sklearn(self):
        """Give a machine of scikit-learn's own class with the same solution.

        It needs neither this library nor the extra, and can go wherever only that class is known.

        Returns
        -------
        svc : sklearn.svm.SVC
            Fitted; it shares its arrays with this one.

        Raises
        ------
        NotFittedError
            If this one is not fitted.
        """
        check_is_fitted(self)
        state = vars(self).copy()
        del state["engine"], state["engine_"]
        svc = SVC()
        vars(svc).update(state)
        return svc

    def _sparse_fit(self, *args, **kwargs):
        if self.engine == "intelex":
            raise ValueError(
                "FastSVC(engine='intelex') trains on dense rows, got sparse ones; give it "
                "X.toarray(), or use engine='auto'."
            )
        self.engine_ = "sklearn"
        super()._sparse_fit(*args, **kwargs)

    # SVC.fit calls this when everything is validated, X is float64 and y holds indices of classes;
    # it expects the attributes that are set here, in libsvm's types and signs, and does the rest.
    def _dense_fit(self, X, y, sample_weight, solver_type, kernel, random_seed):
        intelex = self._find_intelex()
        self.engine_ = "intelex" if intelex else "sklearn"
        if not intelex:
            super()._dense_fit(X, y, sample_weight, solver_type, kernel, random_seed)
            return
        kept, weights = self._weigh(y, sample_weight)
        most = _MOST_ITERATIONS if self.max_iter == -1 else self.max_iter
        solver = intelex.SVC(
            C=self.C,
            kernel=kernel,
            gamma=self._gamma,
            tol=self.tol,
            cache_size=self.cache_size,
            max_iter=most,
        ).fit(X[kept], y[kept], weights)
        support = kept[solver.support_]
        # libsvm, which will predict, reads the support vectors class by class.
        order = np.argsort(y[support], kind="stable")
        n_classes = len(self.classes_)
        sign = -1 if n_classes == 2 else 1
        self.support_ = support[order].astype(np.int32)
        self.support_vectors_ = X[self.support_]
        self._n_support = np.bincount(y[support].astype(int), minlength=n_classes).astype(np.int32)
        self.dual_coef_ = np.ascontiguousarray(sign * solver.dual_coef_[:, order])
        self.intercept_ = sign * solver.intercept_
        self._probA = self._probB = np.empty(0)
        self._num_iter = solver.n_iter_.astype(np.int32)
        self.fit_status_ = int(self._num_iter.max() >= most)
        self._warn_from_fit_status()

    def _find_intelex(self):
        """The module that trains, or None if scikit-learn shall."""
        if self.engine == "sklearn":
            return None
        try:
            return import_optional("sklearnex.svm", extra="fast", purpose="the engine 'intelex'")
        except MissingDependencyError:
            if self.engine == "intelex":
                raise
            return None

    def _weigh(self, y, sample_weight):
        """Rows that count, and how much, as libsvm sees it: no others are told to the solver."""
        weights = self.class_weight_[y.astype(int)]
        if len(sample_weight):
            weights = weights * sample_weight
        kept = np.flatnonzero(weights > 0)
        absent = np.setdiff1d(np.arange(len(self.classes_)), y[kept])
        if len(absent):
            raise ValueError(
                f"the weights of all rows of the classes {self.classes_[absent]} are zero or "
                "negative; leave these rows out, or give them weight."
            )
        return kept, weights[kept]
