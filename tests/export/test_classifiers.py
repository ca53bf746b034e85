import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC, LinearSVC

from fer_classic.classifiers import (
    LeastSquaresSVC,
    ScoreFusion,
    TestTimeAugmentation,
    TrainingAugmentation,
)
from fer_classic.exceptions import ExportError
from fer_classic.features import Flatten, HOGDescriptor

pytest.importorskip("skl2onnx")

HOG = HOGDescriptor(pixels_per_cell=(16, 16), cells_per_block=(1, 1))
PIXELS = make_pipeline(Flatten(), LeastSquaresSVC("linear", alpha=1.0))


@pytest.mark.parametrize(
    "classifier",
    [
        LogisticRegression(),
        SVC(),
        LinearSVC(),
        LeastSquaresSVC(),
        LeastSquaresSVC(probability=False),
        GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2),
    ],
    ids=str,
)
def test_classifiers_of_rows(classifier, faces, difference):
    model = make_pipeline(HOG, classifier).fit(*faces)
    if isinstance(classifier, SVC):
        # One-against-one scores are made one-against-rest in another way.
        model[-1].decision_function_shape = "ovr"
    assert difference(model, faces[0]) < 2e-4
    assert list(difference.inputs) == ["hogdescriptor"]


@pytest.mark.parametrize(
    "classifier",
    [LogisticRegression(), LinearSVC(), RidgeClassifier(), LeastSquaresSVC(probability=False)],
    ids=str,
)
def test_two_classes(classifier, faces, difference):
    images, names = faces
    some = np.isin(names, ["happy", "sad"])
    model = make_pipeline(HOG, classifier).fit(images[some], names[some])
    assert difference(model, images) < 1e-4


def test_mirror_images(faces, difference):
    model = TestTimeAugmentation(PIXELS, weights=(3, 1)).fit(*faces)
    assert difference(model, faces[0]) < 1e-4
    assert difference(model, faces[0][:, :, ::-1].copy()) < 1e-4
    model.set_params(weights=None, model__leastsquaressvc__probability=False).fit(*faces)
    assert difference(model, faces[0]) < 1e-4


def test_fusion_of_probabilities_and_decisions(faces, difference):
    parts = [
        ("pixels", PIXELS),
        ("hog", make_pipeline(HOG, LogisticRegression())),
        ("plain", make_pipeline(HOG, LinearSVC())),
    ]
    biases = np.linspace(-1, 1, 8)
    model = ScoreFusion(parts, weights=(0.5, 1.5, 0.3), biases=biases).fit(*faces)
    assert difference(model, faces[0]) < 1e-4
    # Each part has a fitted copy of the descriptor.
    assert sorted(difference.inputs) == ["hogdescriptor", "hogdescriptor_2", "image"]


def test_wrappers(faces, difference):
    inner = make_pipeline(HOG, LogisticRegression())
    model = TrainingAugmentation(inner, n_copies=1, random_state=0).fit(*faces)
    assert difference(FrozenEstimator(model), faces[0]) < 1e-4


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (TestTimeAugmentation(PIXELS, views="full"), r"views='full'\) rotates and shifts images"),
        (TestTimeAugmentation(make_pipeline(HOG, SVC())), "'hogdescriptor' .* inside the graph"),
        (DummyClassifier(), "DummyClassifier takes images, and only classifiers that take rows"),
        (make_pipeline(HOG, DummyClassifier()), r"\(DummyClassifier\) cannot be converted by skl2"),
        (
            make_pipeline(HOG, VotingClassifier([("a", LogisticRegression())])),
            "neither probabilities nor decision values",
        ),
    ],
)
def test_what_has_no_form_is_refused(model, reason, faces, difference):
    with pytest.raises(ExportError, match=reason):
        difference(model.fit(*faces), faces[0])
