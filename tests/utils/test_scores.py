import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Perceptron
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from fer_classic.utils import class_scores

X = np.random.default_rng(0).normal(size=(30, 3)).astype(np.float32)
Y = np.array(["fear", "happy", "sad"] * 10)


def test_probabilities_come_first():
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, Y)
    scores, kind = class_scores(model, X)
    assert (kind, scores.dtype) == ("probability", np.float64)
    np.testing.assert_array_equal(scores, model.predict_proba(X))


def test_then_decisions():
    model = LinearSVC(random_state=0).fit(X, Y)
    scores, kind = class_scores(model, X)
    assert (kind, scores.dtype) == ("decision", np.float64)
    np.testing.assert_array_equal(scores, model.decision_function(X))


@pytest.mark.parametrize("estimator", [LinearSVC(random_state=0), Perceptron()])
def test_two_classes_have_two_columns(estimator):
    two = Y != "sad"
    model = estimator.fit(X[two], Y[two])
    scores, kind = class_scores(model, X)
    assert (scores.shape, kind) == ((30, 2), "decision")
    np.testing.assert_array_equal(model.classes_[scores.argmax(axis=1)], model.predict(X))
    np.testing.assert_array_equal(scores[:, 0], -scores[:, 1])


def test_some_models_only_predict():
    class Silent:
        def predict(self, X):
            return ["sad"] * len(X)

    assert class_scores(Silent(), X) == (None, None)
