import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Perceptron
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

from fer_classic.exceptions import FerClassicError, NoFaceError, PredictionError
from fer_classic.utils import _scores, class_scores
from fer_classic.utils._scores import in_blocks, predicting

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


@pytest.mark.parametrize("n_classes", [3, 4])
def test_scores_of_pairs_of_classes_are_not_scores_of_classes(n_classes):
    svc = SVC(decision_function_shape="ovo").fit(X, np.arange(30) % n_classes)
    assert class_scores(make_pipeline(svc), X) == (None, None)
    svc.decision_function_shape = "ovr"
    assert class_scores(svc, X)[0].shape == (30, n_classes)


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


class TestBlocks:
    @pytest.fixture(autouse=True)
    def small_blocks(self, monkeypatch):
        monkeypatch.setattr(_scores, "_BLOCK", 7)

    def test_scores_are_those_of_one_call(self):
        model = LogisticRegression().fit(X, Y)
        np.testing.assert_allclose(class_scores(model, X)[0], model.predict_proba(X), rtol=1e-12)
        np.testing.assert_array_equal(in_blocks(model.predict, X), model.predict(X))

    def test_no_call_gets_more_than_a_block(self):
        sizes = []
        in_blocks(lambda block: sizes.append(len(block)) or np.zeros(len(block)), X)
        assert sizes == [7, 7, 7, 7, 2]

    def test_dark_blocks_of_sixteen_bits_are_not_predicted_alone(self):
        images = np.full((23, 2, 2), 3, dtype=np.uint16)
        images[-1] = 65535
        sizes = []
        in_blocks(lambda block: sizes.append(len(block)) or np.zeros(len(block)), images)
        assert sizes == [23]

    def test_nothing_is_for_the_model_to_judge(self):
        assert in_blocks(len, X[:0]) == 0

    def test_images_of_several_sizes(self):
        images = [np.full((k, k), k) for k in range(1, 10)]
        sums = in_blocks(lambda block: [image.sum() for image in block], images)
        assert sums.tolist() == [k**3 for k in range(1, 10)]
