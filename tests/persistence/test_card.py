import json

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer

from fer_classic.classifiers import adapt
from fer_classic.exceptions import ModelFileError
from fer_classic.faces import FaceAligner, FaceCropper
from fer_classic.features import Flatten, HOGDescriptor
from fer_classic.persistence import make_card
from fer_classic.persistence._card import make_adapted_card
from fer_classic.utils._versions import versions

NAMES = np.array(["sad", "happy", "fear"] * 6)


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).integers(0, 256, (len(NAMES), 48, 48), dtype=np.uint8)


def classify(*steps):
    return make_pipeline(*steps, Flatten(), LogisticRegression(max_iter=20, tol=1.0))


def means(images):
    return images.mean(axis=(1, 2))[:, np.newaxis]


def search(margins):
    pipeline = Pipeline([("crop", FaceCropper()), ("rest", classify())])
    return GridSearchCV(pipeline, {"crop__margin": margins}, cv=2)


def calibrated(margin):
    return CalibratedClassifierCV(classify(FaceCropper(margin=margin)), cv=2)


def branches():
    crop = FaceCropper(detector=None, size=48, margin=0.25)
    union = FeatureUnion([("a", make_pipeline(crop, HOGDescriptor()))])
    return make_pipeline(union, LogisticRegression(max_iter=20, tol=1.0))


@pytest.mark.parametrize(
    ("model", "crop"),
    [
        (classify(), {"size": [48, 48], "margin": 0.0}),
        (
            make_pipeline(FunctionTransformer(means), LogisticRegression(max_iter=20, tol=1.0)),
            None,
        ),
        (classify(FaceCropper(margin=0.1)), {"size": 48, "margin": 0.1}),
        (
            classify(FaceAligner(eye_distance=0.4)),
            {"size": 48, "margin": 0.0, "eye_distance": 0.4, "eye_height": 0.3},
        ),
        (make_pipeline(classify(FaceCropper(margin=0.2))), {"size": 48, "margin": 0.2}),
        (branches(), {"size": 48, "margin": 0.25}),
        (search([0.3]), {"size": 48, "margin": 0.3}),
        (
            CalibratedClassifierCV(classify(FaceCropper(margin=-0.1)), cv=2),
            {"size": 48, "margin": -0.1},
        ),
    ],
    ids=["size", "none", "step", "aligned", "nested", "union", "search", "calibrated"],
)
def test_crop_geometry_is_found_wherever_it_is(model, crop, images):
    assert make_card(model.fit(images, NAMES))["crop"] == crop


def test_card_says_what_the_model_is_and_can_be_written_as_json(images):
    model = classify(FaceCropper()).fit(images, NAMES)
    dataset = {"name": "drawn", "digest": "0123", "split": None}
    card = make_card(model, recipe="mine", dataset=dataset, n_images=18, seconds=0.5)
    assert json.loads(json.dumps(card)) == card
    assert card["expressions"] == ["fear", "happy", "sad"]
    assert card["estimator"] == "Pipeline"
    assert (card["recipe"], card["dataset"], card["n_images"]) == ("mine", dataset, 18)
    assert card["versions"] == versions()
    assert card["parameters"]["logisticregression__max_iter"] == 20
    assert "logisticregression" not in card["parameters"]


class Duck:
    """A classifier that is none of scikit-learn's."""

    classes_ = np.array(["happy", "sad"])

    def predict(self, X):
        return self.classes_[:1].repeat(len(X))


def test_a_model_without_parameters_has_a_card():
    card = make_card(Duck())
    assert (card["estimator"], card["parameters"], card["crop"]) == ("Duck", {}, None)


@pytest.mark.parametrize("model", [classify(), FaceCropper(), object(), search([0.1])])
def test_only_fitted_classifiers_have_cards(model):
    with pytest.raises(ModelFileError, match=f"{type(model).__name__} has no classes_"):
        make_card(model)


@pytest.mark.parametrize("scores", [{"accuracy": float("nan")}, {"accuracy": object()}])
def test_what_json_cannot_hold_is_refused(scores, images):
    with pytest.raises(ModelFileError, match="JSON"):
        make_card(classify().fit(images, NAMES), scores=scores)


def test_an_adapted_model_keeps_its_origin_and_not_the_scores(images):
    model = classify().fit(images, NAMES)
    card = make_card(
        model, recipe="mine", n_images=18, scores={"accuracy": 0.9}, min_probability={"value": 0.5}
    )
    card |= {"licence": "MIT", "crop": {"size": 48, "margin": 0.25}}
    own = make_adapted_card(adapt(model, images, NAMES), card, model="cnn")
    assert own["adapted"] | {"model": "cnn", "n_images": 18} == own["adapted"]
    assert (own["recipe"], own["n_images"]) == ("mine", 18)
    assert (own["licence"], own["crop"]) == ("MIT", {"size": 48, "margin": 0.25})
    assert own["scores"] is own["min_probability"] is None
    assert "intended_use" not in own


def test_an_adapted_model_of_an_older_file_has_a_card(images):
    adapted = adapt(classify().fit(images, NAMES), images, NAMES)
    assert make_card(adapted)["adapted"]["recall"]
    for name in ("judged_classes_", "recall_before_", "recall_after_"):
        delattr(adapted, name)
    assert make_card(adapted)["adapted"]["recall"] == {}
