import json

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from fer_classic.exceptions import MissingDependencyError
from fer_classic.faces import FaceAligner, FaceCropper
from fer_classic.faces._crop import shape_of_size
from fer_classic.faces._geometry import crop_geometry, takes_rows
from fer_classic.features import Flatten, HOGDescriptor, LBPHistogram

NAMES = ["sad", "happy"] * 4


def images(height, width):
    return np.random.default_rng(0).integers(0, 256, (8, height, width), dtype=np.uint8)


def rows(height, width):
    return images(height, width).reshape(8, -1)


def classify(*steps):
    return make_pipeline(*steps, LogisticRegression(max_iter=20, tol=1.0))


def flat(X):
    return X.reshape(len(X), -1)


def darkest(X):
    return X.reshape(len(X), -1).min(axis=1, keepdims=True) * np.ones(36)


def both():
    return FeatureUnion([("lbp", LBPHistogram(grid=(2, 2))), ("hog", HOGDescriptor())])


def search():
    pipeline = make_pipeline(FaceCropper(None), Flatten(), LogisticRegression(max_iter=20, tol=1.0))
    return GridSearchCV(pipeline, {"facecropper__size": [20]}, cv=2)


@pytest.mark.parametrize(
    ("model", "data", "size", "in_rows"),
    [
        (classify(Flatten()), images(64, 48), [64, 48], False),
        (classify(both()), images(64, 48), [64, 48], False),
        (classify(FaceCropper(None, size=(24, 20)), both()), images(64, 48), (24, 20), False),
        (search(), images(30, 30), 20, False),
        (classify(HOGDescriptor(image_shape=(64, 48))), rows(64, 48), [64, 48], True),
        (classify(StandardScaler()), rows(24, 24), [24, 24], True),
        (classify(FunctionTransformer(flat)), images(64, 64), [64, 64], False),
    ],
    ids=["images", "union", "cropper", "search", "descriptor", "rows", "function"],
)
def test_size_and_form(model, data, size, in_rows):
    model.fit(data, NAMES)
    assert crop_geometry(model) == {"size": size, "margin": 0.0}
    assert takes_rows(model, size) == in_rows


def test_aligned_faces():
    model = classify(FaceAligner(None, size=24, eye_distance=0.4, eye_height=0.35), Flatten())
    model.fit(images(24, 24), NAMES)
    expected = {"size": 24, "margin": 0.0, "eye_distance": 0.4, "eye_height": 0.35}
    assert crop_geometry(model) == expected


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (FaceCropper(None, size=np.int64(20)), {"size": 20, "margin": 0.0}),
        (
            FaceCropper(None, size=(np.int32(24), np.int64(20)), margin=np.float32(0.25)),
            {"size": (24, 20), "margin": 0.25},
        ),
        (
            FaceAligner(None, size=np.uint8(24), eye_distance=np.float32(0.5), eye_height=1),
            {"size": 24, "margin": 0.0, "eye_distance": 0.5, "eye_height": 1.0},
        ),
    ],
)
def test_numbers_of_numpy_become_plain_ones(step, expected):
    X = images(*shape_of_size(step.size))  # crops, in which no eyes are looked for
    geometry = crop_geometry(classify(step, Flatten()).fit(X, NAMES))
    assert geometry == expected
    assert json.loads(json.dumps(geometry)) == json.loads(json.dumps(expected))


def test_rows_of_a_size_of_numpy():
    model = classify(StandardScaler()).fit(rows(20, 20), NAMES)
    assert takes_rows(model, np.int64(20))


def test_the_default_size_is_not_inferred_from_the_number_of_features():
    # 36 features, and 64 rows of pixels, are no images of 6 x 6 and 8 x 8.
    model = classify(FunctionTransformer(darkest)).fit(images(64, 64), NAMES)
    assert crop_geometry(model) is None
    assert not takes_rows(model, 48)


def test_the_size_that_all_members_take():
    members = [("a", classify(FaceCropper(None, size=20), Flatten())), ("b", classify(Flatten()))]
    model = VotingClassifier(members).fit(images(32, 32), NAMES)
    assert crop_geometry(model) == {"size": [32, 32], "margin": 0.0}


def test_rows_of_an_unknown_shape():
    model = classify(StandardScaler()).fit(rows(64, 48), NAMES)
    assert crop_geometry(model) is None
    assert takes_rows(model, (64, 48))
    with pytest.raises(ValueError, match=r"48 x 48 pixels .* name the size .* 3072 features"):
        takes_rows(model, 48)


class Fails(ClassifierMixin, BaseEstimator):
    def __init__(self, error):
        self.error = error

    def fit(self, X, y):
        return self

    def predict(self, X):
        raise self.error


@pytest.mark.parametrize("error", [KeyError("pixels"), ZeroDivisionError(), RuntimeError("shape")])
def test_a_refusal_is_any_error(error):
    assert crop_geometry(Fails(error)) is None
    with pytest.raises(ValueError, match=f"As a batch: {type(error).__name__}"):
        takes_rows(Fails(error), 48)


def test_what_a_model_lacks_is_no_refusal():
    with pytest.raises(MissingDependencyError, match="torch"):
        crop_geometry(Fails(MissingDependencyError("torch")))
