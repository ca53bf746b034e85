import numpy as np
import pytest
import sklearn
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import BaggingClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from fer_classic.classifiers import AdaptedClassifier, LeastSquaresSVC
from fer_classic.evaluation import fit_with_groups
from fer_classic.exceptions import LeakageError

X = np.arange(24.0).reshape(12, 2)
Y = np.tile(["fear", "happy"], 6)
GROUPS = np.arange(12) // 2


class Classifier(ClassifierMixin, BaseEstimator):
    def __init__(self, depth=1):
        self.depth = depth

    def fit(self, X, y, groups=None):
        self.classes_ = np.unique(y)
        self.groups_ = groups
        return self

    def predict(self, X):
        return np.repeat(self.classes_[:1], len(X))


class Votes(Classifier):
    def decision_function(self, X):
        return X[:, 0]


class Step(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None, groups=None):
        self.groups_, self.seen_ = groups, X[:, 0]
        return self

    def transform(self, X):
        return X


def test_a_classifier_that_takes_groups():
    assert fit_with_groups(Classifier(), X, Y, GROUPS).groups_.tolist() == GROUPS.tolist()


def test_a_classifier_that_does_not():
    model = fit_with_groups(LogisticRegression(), X, Y, GROUPS)
    assert model.classes_.tolist() == ["fear", "happy"]


def test_no_groups():
    assert fit_with_groups(Classifier(), X, Y, None).groups_ is None


def test_each_model_of_a_calibration_gets_the_groups_of_its_images():
    folds = list(GroupKFold(2).split(X, Y, GROUPS))
    calibration = CalibratedClassifierCV(Pipeline([("step", Step()), ("svm", Votes())]), cv=folds)
    fit_with_groups(calibration, X, Y, GROUPS)
    for calibrated in calibration.calibrated_classifiers_:
        step = calibrated.estimator["step"]
        assert step.groups_.tolist() == [GROUPS[X[:, 0] == x][0] for x in step.seen_]


def test_every_step_that_takes_groups_gets_them():
    inner = Pipeline([("step", Step()), ("scale", StandardScaler())])
    model = Pipeline(
        [("nothing", "passthrough"), ("inner", inner), ("own", Step()), ("svm", Classifier())]
    )
    fit_with_groups(model, X, Y, GROUPS)
    parts = [model["inner"]["step"], model["own"], model["svm"]]
    assert [part.groups_.tolist() for part in parts] == [GROUPS.tolist()] * 3


def test_a_search_and_the_pipeline_in_it():
    pipeline = Pipeline([("scale", StandardScaler()), ("svm", Classifier())])
    search = GridSearchCV(pipeline, {"svm__depth": [1, 2]}, cv=GroupKFold(3))
    fit_with_groups(search, X, Y, GROUPS)
    assert search.best_estimator_["svm"].groups_.tolist() == GROUPS.tolist()
    # Only folds over groups refuse more folds than groups, so the groups were used.
    with pytest.raises(ValueError, match="number of groups"):
        fit_with_groups(search.set_params(cv=GroupKFold(6)), X, Y, np.zeros(12, int))


class Forgetful(Classifier):
    """Takes groups, and does not pass them on to the classifier in it."""

    def fit(self, X, y, groups=None):
        self.model_ = LeastSquaresSVC(**(self.depth if isinstance(self.depth, dict) else {}))
        self.model_.fit(X, y)
        return super().fit(X, y, groups)


def test_an_estimator_that_does_not_pass_groups_on_is_noticed():
    with pytest.raises(LeakageError, match="gets no groups, so that images of one subject"):
        fit_with_groups(Forgetful(), X, Y, GROUPS)
    # Nothing is held out, nothing depends on anything, or nobody knows.
    fit_with_groups(Forgetful(depth={"probability": False}), X, Y, GROUPS)
    fit_with_groups(Forgetful(), X, Y, np.arange(12))
    fit_with_groups(Forgetful(), X, Y, None)
    Forgetful().fit(X, Y, GROUPS)


def test_folds_that_tear_groups_apart_are_refused_before_the_fit():
    class Never(Classifier):
        def fit(self, X, y, groups=None):
            raise AssertionError

    with pytest.raises(LeakageError, match="12 training images form 6 groups"):
        fit_with_groups(GridSearchCV(Never(), {}, cv=3), X, Y, GROUPS)


def test_an_adapted_classifier_passes_groups_on():
    fitted = fit_with_groups(AdaptedClassifier(LeastSquaresSVC()), X, Y, GROUPS)
    assert fitted.model_.oof_rows_.tolist() == list(range(12))


@pytest.mark.parametrize("n_jobs", [None, 2])
@pytest.mark.parametrize(
    "around",
    [
        lambda svm, n_jobs: VotingClassifier([("a", svm), ("b", svm)], n_jobs=n_jobs),
        lambda svm, n_jobs: BaggingClassifier(svm, n_estimators=2, n_jobs=n_jobs),
    ],
)
def test_what_is_fitted_by_workers_without_groups_is_refused(around, n_jobs):
    with pytest.raises(LeakageError, match="LeastSquaresSVC holds out training images and gets no"):
        fit_with_groups(around(LeastSquaresSVC(), n_jobs), X, Y, GROUPS)
    svm = LeastSquaresSVC(probability=False)
    fit_with_groups(Pipeline([("all", around(svm, None))]), X, Y, GROUPS)


def test_groups_reach_steps_with_metadata_routing_too():
    pipeline = Pipeline([("scale", StandardScaler()), ("svm", Classifier())])
    search = GridSearchCV(pipeline, {"svm__depth": [1, 2]}, cv=GroupKFold(3))
    adapted = AdaptedClassifier(Pipeline([("scale", StandardScaler()), ("svm", LeastSquaresSVC())]))
    with sklearn.config_context(enable_metadata_routing=True):
        assert fit_with_groups(pipeline, X, Y, GROUPS)["svm"].groups_.tolist() == GROUPS.tolist()
        fit_with_groups(search, X, Y, GROUPS)
        fit_with_groups(adapted, X, Y, GROUPS)
        assert sklearn.get_config()["enable_metadata_routing"]
    assert search.best_estimator_["svm"].groups_.tolist() == GROUPS.tolist()
