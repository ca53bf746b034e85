import numpy as np
import pytest
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.feature_selection import SelectKBest, VarianceThreshold
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.preprocessing import (
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    RobustScaler,
    StandardScaler,
)
from sklearn.svm import SVC, LinearSVC

from fer_classic.classifiers import adapt
from fer_classic.inspection._affine import LinearFunction, NotLinearError, before, decision_of
from fer_classic.utils import class_scores
from tests.inspection.stand_ins import linear_classifier

RNG = np.random.default_rng(0)
X = RNG.normal(2, 3, (30, 5))
Y = np.arange(30) % 3


def test_one_scaler_by_hand():
    scaler = StandardScaler().fit([[0.0, 10.0], [2.0, 30.0]])
    function = before(scaler, LinearFunction(np.array([3.0, -2.0]), 0.5))
    np.testing.assert_allclose(function.weights, [3, -0.2])
    np.testing.assert_allclose(function.reference, [1, 20])
    assert function.constant == pytest.approx(0.5 - 3 + 4)
    contributions, constant = function.contributions(np.array([2.0, 10.0]))
    np.testing.assert_allclose(contributions, [3, 2])
    assert constant == pytest.approx(0.5)


@pytest.mark.parametrize(
    "step",
    [
        StandardScaler(),
        StandardScaler(with_mean=False),
        StandardScaler(with_std=False),
        MinMaxScaler((-1, 3)),
        MaxAbsScaler(),
        RobustScaler(),
        RobustScaler(with_centering=False, with_scaling=False),
        VarianceThreshold(),
        SelectKBest(k=2),
        PCA(3, random_state=0),
        PCA(2, whiten=True, random_state=0),
        TruncatedSVD(3, random_state=0),
    ],
    ids=repr,
)
def test_functions_before_a_step_equal_those_behind_it(step):
    features = step.fit(X, Y).transform(X)
    reference = features.mean(axis=0)
    behind = LinearFunction(RNG.normal(size=features.shape[1]), 0.7, reference)
    function = before(step, behind)
    np.testing.assert_allclose(
        X @ function.weights + function.constant, features @ behind.weights + behind.constant
    )
    parts, constant = zip(*(function.contributions(row) for row in X), strict=True)
    np.testing.assert_allclose(
        np.sum(parts, axis=1) + constant, features @ behind.weights + behind.constant
    )


def test_the_first_centred_features_are_the_reference():
    scaler, pca = StandardScaler().fit(X), PCA(2, random_state=0).fit(X)
    function = before(scaler, before(pca, LinearFunction(np.ones(2))))
    np.testing.assert_allclose(function.reference, scaler.mean_)


@pytest.mark.parametrize("step", [Normalizer(), MinMaxScaler(clip=True)], ids=repr)
def test_other_steps_are_refused_by_name(step):
    with pytest.raises(NotLinearError, match=type(step).__name__):
        before(step.fit(X), LinearFunction(np.ones(5)))


def test_subclasses_are_refused():
    class Scaler(StandardScaler):
        pass

    with pytest.raises(NotLinearError, match="Scaler"):
        before(Scaler().fit(X), LinearFunction(np.ones(5)))


def test_two_classes_have_opposite_decisions():
    classifier = linear_classifier([[1, -2]], [0.5])
    for column, sign in ((1, 1), (0, -1)):
        decision = decision_of(classifier, column)
        assert decision.weights.tolist() == [sign, -2 * sign]
        assert decision.constant == 0.5 * sign


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("fit_intercept", [False, True])
@pytest.mark.parametrize("kind", [LinearSVC, RidgeClassifier])
def test_every_shape_of_weights_and_intercepts(kind, fit_intercept, n_classes):
    classifier = kind(fit_intercept=fit_intercept).fit(X, np.arange(30) % n_classes)
    expected, _ = class_scores(classifier, X)
    for column in range(n_classes):
        decision = decision_of(classifier, column)
        np.testing.assert_allclose(
            X @ decision.weights + decision.constant, expected[:, column], atol=1e-9
        )


@pytest.mark.parametrize("n_classes", [3, 5])
def test_pairs_of_an_svc_are_averaged(n_classes):
    y = np.arange(30) % n_classes
    svc = SVC(kernel="linear", decision_function_shape="ovo").fit(X, y)
    pairs = svc.decision_function(X)
    first, second = np.triu_indices(n_classes, k=1)
    for column in range(n_classes):
        mine = [pairs[:, k] for k in np.flatnonzero(first == column)]
        mine += [-pairs[:, k] for k in np.flatnonzero(second == column)]
        decision = decision_of(svc, column)
        np.testing.assert_allclose(
            X @ decision.weights + decision.constant, np.mean(mine, axis=0), atol=1e-9
        )


def test_whitened_components_without_variance():
    pca = PCA(whiten=True, svd_solver="full").fit(np.repeat(X[:2], 3, axis=0))
    pca.explained_variance_[-1] = 0.0
    function = before(pca, LinearFunction(np.ones(pca.n_components_)))
    expected = pca.transform(X).sum(axis=1)
    np.testing.assert_allclose(
        X @ function.weights + function.constant, expected, atol=1e-9 * np.abs(expected).max()
    )


def test_an_adapted_classifier_is_refused():
    inner = LogisticRegression().fit(X, Y)
    # Its weights are those of three log-probabilities, and not of features.
    adapted = adapt(inner, X, Y.astype(str), np.arange(30).astype(str))
    with pytest.raises(NotLinearError, match="AdaptedClassifier"):
        decision_of(adapted, 0)


def test_kernels_are_refused():
    with pytest.raises(NotLinearError, match="SVC"):
        decision_of(SVC().fit(X, Y), 0)
