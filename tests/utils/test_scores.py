import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Perceptron
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from fer_classic.exceptions import FerClassicError, NoFaceError, PredictionError
from fer_classic.utils import class_scores
from fer_classic.utils._scores import predicting

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


@pytest.mark.parametrize(
    "error", [KeyError("coef_"), AttributeError("x"), IndexError(), ValueError()]
)
def test_an_error_of_a_model_is_one_sentence(error):
    sentence = rf"the model \(LinearSVC\) cannot score these images of shape \(3,\): {type(error)}"
    with (
        pytest.raises(PredictionError, match=sentence.replace("<class '", "").replace("'>", "")),
        predicting(LinearSVC(), X),
    ):
        raise error


@pytest.mark.parametrize("error", [NoFaceError("none"), MemoryError(), KeyboardInterrupt()])
def test_errors_that_are_said_already_pass(error):
    with pytest.raises(type(error)) as caught, predicting(LinearSVC(), X):
        raise error
    assert caught.value is error
    assert not isinstance(caught.value, FerClassicError) or type(caught.value) is NoFaceError
