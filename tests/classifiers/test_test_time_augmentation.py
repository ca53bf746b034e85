import numpy as np
import pytest
import sklearn
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC, LinearSVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from fer_classic.classifiers import LeastSquaresSVC, TestTimeAugmentation
from fer_classic.classifiers._views import VIEWS
from fer_classic.datasets import load_drawn_faces
from fer_classic.evaluation import fit_with_groups
from fer_classic.faces import FaceCropper
from fer_classic.features import Flatten, HOGDescriptor
from fer_classic.live import Recognizer
from fer_classic.persistence import load_model, make_card, save_model
from fer_classic.utils import class_scores

IMAGES, NAMES = load_drawn_faces(n_subjects=3, n_per_class=2, return_X_y=True)


def logistic():
    return LogisticRegression(max_iter=30, tol=1.0)


def pipeline(classifier=None):
    return make_pipeline(FaceCropper(margin=0.1), HOGDescriptor(), classifier or logistic())


@pytest.fixture(scope="module")
def fitted():
    return pipeline().fit(IMAGES, NAMES)


class Corner(ClassifierMixin, BaseEstimator):
    """Goes by the brightness of the upper left pixel; ``kind`` is its method of scoring."""

    def __init__(self, kind="predict_proba"):
        self.kind = kind

    def fit(self, X, y, groups=None, fast=False):
        self.classes_ = np.unique(y)
        self.groups_, self.fast_ = groups, fast
        return self

    def _scores(self, X):
        if X.ndim == 2:
            X = X.reshape(len(X), 1, -1)
        bright = X[:, 0, 0] / 10
        return np.column_stack([1 - bright, bright, np.full(len(X), 0.4)])

    def __getattr__(self, name):
        if name in {"predict_proba", "decision_function"} and name == self.__dict__.get("kind"):
            return self._scores
        raise AttributeError(name)

    def predict(self, X):
        return self.classes_[self._scores(X).argmax(axis=1)]


# Brightness of the corner is 1 in the image and 0.2 in its mirror image.
SLOPE = np.tile(np.array([10, 8, 6, 4, 2], np.uint8), (1, 3, 1))
THREE = np.array(["fear", "happy", "sad"])


def corner(kind="predict_proba", **options):
    return TestTimeAugmentation(Corner(kind).fit(None, THREE), **options)


@pytest.mark.parametrize("kind", ["predict_proba", "decision_function"])
@pytest.mark.parametrize(
    ("weights", "score"),
    [(None, 0.6), ((1, 1), 0.6), ((3, 1), 0.8), ((1, 0), 1.0), ((0, 5), 0.2), ([0.5, 0], 1.0)],
)
def test_scores_are_averaged_by_weight(kind, weights, score):
    model = corner(kind, weights=weights)
    scores = getattr(model, kind)(SLOPE)
    assert np.allclose(scores, [[1 - score, score, 0.4]])
    assert model.predict(SLOPE) == ("happy" if score > 0.5 else "fear")


def test_there_is_one_kind_of_score():
    assert not hasattr(corner("predict_proba"), "decision_function")
    assert not hasattr(corner("decision_function"), "predict_proba")
    assert not hasattr(corner("neither"), "predict_proba")
    assert not hasattr(corner("neither"), "decision_function")
    both = TestTimeAugmentation(LogisticRegression())
    assert hasattr(both, "predict_proba")
    assert not hasattr(both, "decision_function")
    assert not hasattr(TestTimeAugmentation(SVC()), "predict_proba")


@pytest.mark.parametrize(("weights", "label"), [((3, 2), "happy"), ((2, 3), "fear")])
def test_without_scores_the_views_vote(weights, label):
    model = corner("neither", weights=weights)
    assert model.predict(SLOPE) == label
    assert class_scores(model, SLOPE) == (None, None)


def test_scores_of_pairs_of_classes_give_way_to_votes():
    svm = make_pipeline(Flatten(), SVC(decision_function_shape="ovo")).fit(IMAGES, NAMES)
    model = TestTimeAugmentation(svm, weights=(1, 0))
    assert model.decision_function(IMAGES).shape == (len(IMAGES), 28)
    assert np.array_equal(model.predict(IMAGES), svm.predict(IMAGES))


def test_two_classes_and_a_decision_function():
    two = np.isin(NAMES, ["happy", "sad"])
    svm = make_pipeline(Flatten(), LinearSVC(max_iter=10_000, random_state=0)).fit(
        IMAGES[two], NAMES[two]
    )
    model = TestTimeAugmentation(svm)
    mean = (svm.decision_function(IMAGES) + svm.decision_function(IMAGES[..., ::-1])) / 2
    assert np.allclose(model.decision_function(IMAGES), mean)
    assert np.array_equal(model.predict(IMAGES), np.where(mean > 0, "sad", "happy"))


@pytest.mark.parametrize("views", VIEWS)
def test_a_mirror_image_gets_the_same_answer(views, fitted):
    model = TestTimeAugmentation(fitted, views=views)
    one, other = model.predict_proba(IMAGES), model.predict_proba(IMAGES[..., ::-1])
    # Turned images are rounded to whole grey values, which may fall either way.
    assert np.allclose(one, other, atol=0 if views == "flip" else 1e-2)
    assert np.allclose(one.sum(axis=1), 1)
    assert one.dtype == np.float64


def test_the_full_set_is_the_average_of_all_views(fitted):
    views = VIEWS["full"]
    expected = np.average(
        [fitted.predict_proba(view(IMAGES)) for view in views], axis=0, weights=list(views.values())
    )
    assert np.allclose(TestTimeAugmentation(fitted, views="full").predict_proba(IMAGES), expected)
    rest = expected * sum(views.values()) - 4 * fitted.predict_proba(IMAGES)
    without = TestTimeAugmentation(fitted, views="full", weights=[0, *list(views.values())[1:]])
    assert np.allclose(without.predict_proba(IMAGES), rest / (sum(views.values()) - 4))


def test_a_fitted_model_needs_no_fit_and_a_fit_leaves_it_alone(fitted):
    model = TestTimeAugmentation(fitted)
    before = model.predict_proba(IMAGES)
    assert model.classes_.tolist() == fitted.classes_.tolist()
    two = np.isin(NAMES, ["happy", "sad"])
    model.fit(IMAGES[two], NAMES[two])
    assert model.classes_.tolist() == ["happy", "sad"]
    assert np.array_equal(TestTimeAugmentation(fitted).predict_proba(IMAGES), before)
    frozen = TestTimeAugmentation(FrozenEstimator(fitted)).fit(IMAGES[two], NAMES[two])
    assert np.array_equal(frozen.predict_proba(IMAGES), before)


@pytest.mark.parametrize("verb", ["predict", "predict_proba"])
def test_a_model_that_is_not_fitted(verb):
    with pytest.raises(NotFittedError, match="TestTimeAugmentation"):
        getattr(TestTimeAugmentation(pipeline()), verb)(IMAGES)
    with pytest.raises(AttributeError):
        _ = TestTimeAugmentation(pipeline()).classes_


def test_the_model_is_fitted_on_the_images_as_they_are(fitted):
    model = TestTimeAugmentation(pipeline(), views="full").fit(IMAGES, NAMES)
    assert np.array_equal(model.model_[-1].coef_, fitted[-1].coef_)
    assert not hasattr(model.model, "classes_")


def test_images_of_several_sizes(fitted):
    portraits = [np.pad(image, 10 + 2 * k, mode="edge") for k, image in enumerate(IMAGES[:4])]
    inside = TestTimeAugmentation(pipeline().set_params(facecropper__detector=None)).fit(
        IMAGES, NAMES
    )
    expected = [inside.predict_proba(image[np.newaxis])[0] for image in portraits]
    assert np.allclose(inside.predict_proba(portraits), expected)
    column = np.empty(4, object)
    column[:] = portraits
    assert np.allclose(inside.predict_proba(column), expected)


def test_behind_a_cropper_the_face_is_looked_for_once():
    class Detector:
        asked = 0

        def detect(self, image):
            Detector.asked += 1
            return np.array([[10, 10, 48, 48]]), np.ones(1, np.float32)

    portraits = np.pad(IMAGES, ((0, 0), (10, 10), (10, 10)))
    crop = FaceCropper(Detector())
    rest = TestTimeAugmentation(make_pipeline(HOGDescriptor(), logistic()), views="full")
    model = make_pipeline(crop, rest).fit(IMAGES, NAMES)
    assert np.array_equal(model.predict_proba(portraits), model.predict_proba(IMAGES))
    assert Detector.asked == len(portraits)


def test_rows_are_folded_and_the_model_gets_rows(fitted):
    rows = IMAGES.reshape(len(IMAGES), -1)
    inner = make_pipeline(HOGDescriptor(image_shape=(48, 48)), logistic()).fit(rows, NAMES)
    model = TestTimeAugmentation(inner, image_shape=(48, 48))
    expected = np.mean(
        [
            inner.predict_proba(rows),
            inner.predict_proba(IMAGES[..., ::-1].reshape(len(rows), -1)),
        ],
        axis=0,
    )
    assert np.allclose(model.predict_proba(rows), expected)
    assert np.allclose(clone(model).fit(rows, NAMES).predict_proba(rows), expected)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"views": "both"}, "'views' parameter"),
        ({"weights": (1, 1, 1)}, "weights must be 2 .* for each view of views='flip'"),
        (
            {"weights": (1,) * 13, "views": "full"},
            "weights must be 14 .* for each view of views='full'",
        ),
        ({"weights": (1, -1)}, "non-negative"),
        ({"weights": (0, 0)}, "not all 0"),
        ({"weights": (1, np.nan)}, "finite"),
        ({"weights": [[1, 1]]}, "weights must be 2"),
        ({"model": "svm"}, "'model' parameter"),
        ({"image_shape": (40, 40)}, "cannot be reshaped"),
    ],
)
def test_wrong_parameters_are_refused_before_anything_is_fitted(parameters, message, fitted):
    rows = IMAGES.reshape(len(IMAGES), -1)
    images = rows if "image_shape" in parameters else IMAGES
    model = TestTimeAugmentation(pipeline()).set_params(**parameters)
    with pytest.raises(ValueError, match=message):
        model.fit(images, NAMES)
    assert not hasattr(model, "model_")
    if "model" not in parameters:
        with pytest.raises(ValueError, match=message):
            model.set_params(model=fitted).predict(images)


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (IMAGES[0], r"image batch of shape \(n, h, w\), got a 2-D array"),
        (IMAGES[..., np.newaxis], "Convert colour images to grey"),
        ([], "empty collection"),
        (IMAGES[:0], "0 sample"),
        (np.full((2, 48, 48), np.nan), "NaN"),
        ([np.zeros((4, 4, 3), np.uint8)], "grey"),
    ],
)
@pytest.mark.parametrize("verb", ["fit", "predict", "predict_proba"])
def test_wrong_images(verb, images, message, fitted):
    arguments = (images, NAMES[: len(images)]) if verb == "fit" else (images,)
    with pytest.raises(ValueError, match=message):
        getattr(TestTimeAugmentation(fitted), verb)(*arguments)


def test_a_classifier_behind_the_features_is_not_what_is_wrapped(fitted):
    model = make_pipeline(FaceCropper(), HOGDescriptor(), TestTimeAugmentation(logistic()))
    with pytest.raises(ValueError, match="TestTimeAugmentation expects an image batch"):
        model.fit(IMAGES, NAMES)


def test_groups_and_parameters_reach_the_model():
    groups = np.arange(len(IMAGES)) // 2
    model = TestTimeAugmentation(make_pipeline(Flatten(), Corner()))
    fit_with_groups(make_pipeline(FaceCropper(), model), IMAGES, NAMES, groups)
    fit_with_groups(model, IMAGES, NAMES, groups)
    assert model.model_[-1].groups_.tolist() == groups.tolist()
    model.fit(IMAGES, NAMES, corner__fast=True)
    assert model.model_[-1].fast_
    assert model.model_[-1].groups_ is None
    assert TestTimeAugmentation(pipeline()).fit(IMAGES, NAMES, groups=groups)


def test_leaving_groups_out_in_the_model_inside():
    groups = np.arange(len(IMAGES)) // 4
    svm = make_pipeline(HOGDescriptor(), LeastSquaresSVC())
    alone = fit_with_groups(clone(svm), IMAGES, NAMES, groups)
    wrapped = fit_with_groups(TestTimeAugmentation(svm), IMAGES, NAMES, groups)
    assert wrapped.model_[-1].temperature_ == alone[-1].temperature_


def test_tools_of_scikit_learn():
    model = TestTimeAugmentation(pipeline())
    copy = clone(model)
    assert copy is not model
    assert copy.get_params()["model__facecropper__margin"] == 0.1
    scores = cross_validate(model, IMAGES, NAMES, cv=2, error_score="raise")["test_score"]
    plain = cross_validate(TestTimeAugmentation(pipeline(), weights=(1, 0)), IMAGES, NAMES, cv=2)
    alone = cross_validate(pipeline(), IMAGES, NAMES, cv=2)
    assert scores.shape == (2,)
    assert np.array_equal(plain["test_score"], alone["test_score"])
    grid = {"weights": [(1, 0), (1, 1)], "model__hogdescriptor__orientations": [4]}
    search = GridSearchCV(model, grid, cv=2, error_score="raise").fit(IMAGES, NAMES)
    assert search.best_estimator_.model_[1].orientations == 4
    calibrated = CalibratedClassifierCV(model, cv=2, ensemble=False).fit(IMAGES, NAMES)
    assert calibrated.predict_proba(IMAGES).shape == (len(IMAGES), 8)
    columns = cross_val_predict(model, IMAGES, NAMES, cv=2, method="predict_proba")
    assert np.allclose(columns.sum(axis=1), 1)


@pytest.mark.parametrize("suffix", [".joblib", ".skops"])
@pytest.mark.parametrize("classifier", [logistic(), SVC()], ids=lambda c: type(c).__name__)
def test_a_model_file_and_its_card(classifier, suffix, tmp_path):
    model = TestTimeAugmentation(pipeline(classifier), views="full").fit(IMAGES, NAMES)
    save_model(model, tmp_path / f"model{suffix}")
    loaded, card = load_model(tmp_path / f"model{suffix}")
    assert np.array_equal(class_scores(loaded, IMAGES)[0], class_scores(model, IMAGES)[0])
    assert card["crop"] == {"size": 48, "margin": 0.1}
    assert card["parameters"]["views"] == "full"


def test_the_card_of_a_search_has_the_best_crop(fitted):
    search = GridSearchCV(pipeline(), {"facecropper__margin": [0.2]}, cv=2).fit(IMAGES, NAMES)
    expected = {"size": 48, "margin": 0.2}
    assert make_card(TestTimeAugmentation(search))["crop"] == expected
    assert make_card(TestTimeAugmentation(clone(search)).fit(IMAGES, NAMES))["crop"] == expected
    outer = GridSearchCV(
        TestTimeAugmentation(pipeline()), {"model__facecropper__margin": [0.2]}, cv=2
    )
    assert make_card(outer.fit(IMAGES, NAMES))["crop"] == expected


def test_live_recognition_uses_the_crop_inside(fitted):
    class Detector:
        def detect(self, image):
            return np.array([[20, 20, 40, 40]]), np.ones(1, np.float32)

    model = TestTimeAugmentation(fitted)
    frame = np.pad(IMAGES[0], 16)
    (face,) = Recognizer(model, card=make_card(model), detector=Detector()).recognize(frame)
    assert face.score_kind == "probability"
    assert face.expression in model.classes_
    assert np.isclose(sum(face.scores.values()), 1)


# Views of a line of mixed columns mean nothing, so that only the image itself has a weight.
@parametrize_with_checks(
    [TestTimeAugmentation(LogisticRegression(), weights=(1, 0), image_shape=(1, -1))]
)
def test_checks_of_scikit_learn(estimator, check):
    check(estimator)


def test_groups_with_metadata_routing():
    model = TestTimeAugmentation(pipeline(LeastSquaresSVC()))
    with sklearn.config_context(enable_metadata_routing=True):
        model.fit(IMAGES, NAMES, groups=np.arange(len(NAMES)) // 16)
    assert len(model.model_[-1].oof_rows_) == len(NAMES)
