import json

import numpy as np
import pytest
from sklearn.base import ClassifierMixin
from sklearn.linear_model import RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from fer_classic.datasets import draw_portrait, load_drawn_faces
from fer_classic.exceptions import NoFaceError, PredictionError, UnknownNameError
from fer_classic.faces import FaceCropper
from fer_classic.features import HOGDescriptor
from fer_classic.inspection import explain
from fer_classic.persistence import BUNDLED, load_bundled
from tests.inspection.stand_ins import BlockReader, linear_classifier
from tests.wrappers import WRAPPERS, fit_wrapper


@pytest.fixture(scope="module")
def faces():
    bunch = load_drawn_faces(n_subjects=4, n_per_class=1)
    return bunch.images, bunch.target_names[bunch.target]


@pytest.fixture(scope="module")
def model(faces):
    return make_pipeline(FaceCropper(), HOGDescriptor(), RidgeClassifier()).fit(*faces)


def test_rows_of_pixels_by_hand():
    model = linear_classifier([[1, -1, 0, 2]], [3.0], classes=("no", "yes"))
    explanation = explain(model, np.array([[10, 20], [30, 40]], np.uint8))
    np.testing.assert_allclose(explanation.map, [[10, -20], [0, 80]])
    assert explanation.map.dtype == np.float32
    assert (explanation.target, explanation.method) == ("yes", "linear")
    assert (explanation.base_value, explanation.score) == (3, 73)
    assert explanation.score_kind == "decision"
    assert repr(explanation) == (
        "<Explanation of 'yes': decision 73.000, 3.000 without the face; linear map of 2 x 2 "
        "pixels; most for it at row 1, column 1; most against it at row 0, column 1>"
    )


def test_a_block_by_hand():
    image = np.zeros((48, 48), np.uint8)
    image[8:16, 8:16] = 255
    explanation = explain(BlockReader(), image, fill="gray")
    assert (explanation.target, explanation.method) == ("bright", "occlusion")
    assert (explanation.score, explanation.score_kind) == (1.0, "probability")
    assert explanation.base_value == pytest.approx(128 / 255)
    assert explanation.map[8:16, 8:16].min() > explanation.map[20:].max() == 0
    against = explain(BlockReader(), image, target="dark", fill="gray")
    np.testing.assert_allclose(against.map, -explanation.map, atol=1e-6)


@pytest.mark.parametrize(("method", "n_copies"), [("occlusion", 171), ("masks", 242)])
def test_copies_are_predicted_in_one_call(method, n_copies):
    reader = BlockReader()
    explain(reader, np.full((48, 48), 200, np.uint8), method=method)
    assert sorted(reader.batches)[-2:] == [1, n_copies]


def test_random_masks_find_the_block():
    image = np.zeros((48, 48), np.uint8)
    image[8:16, 8:16] = 255
    explanation = explain(BlockReader(), image, method="masks", fill="gray")
    assert (explanation.method, explanation.score) == ("masks", 1.0)
    assert explanation.map[8:16, 8:16].min() > 2 * explanation.map[28:, 28:].max()
    again = explain(BlockReader(), image, method="masks", fill="gray")
    np.testing.assert_array_equal(again.map, explanation.map)


def test_linear_models_are_exact_and_can_be_covered_too(model, faces):
    image = faces[0][0]
    exact = explain(model, image)
    scores = model.decision_function(image[np.newaxis])[0]
    assert exact.target == model.classes_[scores.argmax()]
    assert exact.score == pytest.approx(scores.max(), abs=1e-5)
    assert exact.map.sum() + exact.base_value == pytest.approx(exact.score, abs=1e-5)
    other = explain(model, image, method="occlusion")
    assert (other.target, other.method) == (exact.target, "occlusion")
    assert other.score == pytest.approx(exact.score, abs=1e-5)
    assert np.corrcoef(other.map.ravel(), exact.map.ravel())[0, 1] > 0.3


def test_the_model_cuts_out_the_face(model):
    portrait, _ = draw_portrait({})
    explanation = explain(model, portrait)
    crop = model[0].transform([portrait])[0]
    np.testing.assert_array_equal(explanation.image, crop)
    np.testing.assert_array_equal(explanation.map, explain(model, crop).map)
    # In colour, too.
    in_color = explain(model, np.repeat(portrait[..., np.newaxis], 3, axis=2))
    np.testing.assert_array_equal(in_color.map, explanation.map)


def test_no_face(model):
    with pytest.raises(NoFaceError, match="no face was found in this image of 90 x 120 pixels"):
        explain(model, np.full((90, 120), 128, np.uint8))


@pytest.mark.parametrize("name", WRAPPERS)
def test_models_in_wrappers(name):
    if name == "hard voting":
        with pytest.raises(ValueError, match="has no score for each class"):
            explain(fit_wrapper(name), np.zeros((64, 48), np.uint8))
        return
    image = np.random.default_rng(0).integers(0, 256, (64, 48), dtype=np.uint8)
    explanation = explain(fit_wrapper(name), image, patch=16, stride=16, n_masks=8)
    assert explanation.map.shape == (64, 48)
    assert np.isfinite(explanation.map).all()
    assert explanation.target in fit_wrapper(name).classes_


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_models(name, faces):
    model = load_bundled(name).model
    image = faces[0][0]
    explanation = explain(model, image, patch=16, stride=16, n_masks=16)
    # Networks are sure of faces with a covered patch.
    assert explanation.method == ("occlusion" if name == "svm_fast" else "masks")
    probabilities = model.predict_proba(image[np.newaxis])[0]
    # Rounding depends on the size of the batch.
    assert explanation.score == pytest.approx(probabilities.max(), abs=1e-3)
    assert explanation.target == model.classes_[probabilities.argmax()]
    assert np.ptp(explanation.map) > 0.01


def test_as_json(model, faces):
    fields = json.loads(json.dumps(explain(model, faces[0][0]).as_dict()))
    assert set(fields) == {"map", "target", "base_value", "score", "score_kind", "method"}
    assert np.shape(fields["map"]) == (48, 48)


class Broken(ClassifierMixin):
    classes_ = np.array(["a", "b"])

    def predict(self, X):
        return self.classes_[:1]

    def decision_function(self, X):
        raise RuntimeError("out of order")


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"target": "hapy"}, UnknownNameError, "Did you mean 'happy'"),
        ({"method": "magic"}, ValueError, "method must be one of auto, linear, masks, occlusion"),
        ({"fill": "black"}, ValueError, "fill must be one of blur, mean, gray"),
        ({"method": "occlusion", "patch": 100}, ValueError, "got patch=100"),
        ({"method": "masks", "n_masks": 7}, ValueError, "n_masks must be an even number"),
    ],
)
def test_what_is_refused(options, error, message, model, faces):
    with pytest.raises(error, match=message):
        explain(model, faces[0][0], **options)


def test_models_that_are_refused(faces):
    image = faces[0][0]
    with pytest.raises(ValueError, match="this RidgeClassifier is not a fitted classifier"):
        explain(RidgeClassifier(), image)
    with pytest.raises(PredictionError, match="out of order"):
        explain(Broken(), image)
    kernel = make_pipeline(HOGDescriptor(), SVC(decision_function_shape="ovo")).fit(*faces)
    with pytest.raises(ValueError, match="the classifier SVC is not linear; use method='auto"):
        explain(kernel.set_params(svc__decision_function_shape="ovr"), image, method="linear")
    with pytest.raises(ValueError, match="decision_function_shape='ovr'"):
        explain(kernel.set_params(svc__decision_function_shape="ovo"), image)
    with pytest.raises(ValueError, match="expected an image"):
        explain(kernel, np.zeros((1, 48, 48, 1)))


class Unfit(BlockReader):
    def predict_proba(self, X):
        return np.where(np.arange(len(X))[:, np.newaxis] == 1, np.nan, super().predict_proba(X))


@pytest.mark.parametrize("method", ["masks", "occlusion"])
def test_scores_that_are_not_finite(method):
    image = np.zeros((48, 48), np.uint8)
    with pytest.raises(PredictionError, match=r"\(Unfit\) gives scores .* such as nan, for 1 of"):
        explain(Unfit(), image, target="dark", method=method)
    weights = np.zeros((1, 48 * 48))
    weights[0, 7] = np.nan
    with pytest.raises(PredictionError, match=r"\(LogisticRegression\) gives scores"):
        explain(linear_classifier(weights, [0.0]), image, target="b")


def test_a_face_of_another_size_says_what_to_do(faces):
    model = make_pipeline(HOGDescriptor(), RidgeClassifier()).fit(*faces)
    with pytest.raises(ValueError, match="give crops of the size that it was fitted on"):
        explain(model, faces[0][0][:40, :40])
