import copy
import os
import re
import stat

import numpy as np
import pytest
import sklearn
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, make_scorer
from sklearn.metrics.pairwise import linear_kernel
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC, LinearSVC

from fer_classic.classifiers import LeastSquaresSVC
from fer_classic.datasets import load_drawn_faces
from fer_classic.exceptions import (
    DataNotFoundError,
    FerClassicWarning,
    ModelFileError,
    UntrustedModelError,
)
from fer_classic.faces import FaceCropper
from fer_classic.features import Flatten, LBPHistogram
from fer_classic.persistence import load_model, make_card, read_card, save_model
from fer_classic.persistence._files import check_destination
from fer_classic.recipes import list_recipes, make_recipe
from fer_classic.utils import class_scores
from tests.persistence.hostile import unpack

NAMES = np.array(["sad", "happy", "fear"] * 10)
SUFFIXES = (".joblib", ".skops")


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).integers(0, 256, (len(NAMES), 16, 16), dtype=np.uint8)


@pytest.fixture(scope="module")
def model(images):
    cropper = FaceCropper(size=16, margin=0.1)
    return make_pipeline(cropper, Flatten(), LinearDiscriminantAnalysis()).fit(images, NAMES)


class Homemade(ClassifierMixin, BaseEstimator):
    """A classifier that is not on the list of allowed classes."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.repeat(self.classes_[:1], len(X))


CLASSIFIERS = [
    SVC(class_weight={"sad": 2.0}),
    LinearSVC(random_state=0),
    LogisticRegression(max_iter=20, tol=1.0),
    LeastSquaresSVC(),
    KNeighborsClassifier(algorithm="kd_tree"),
    KNeighborsClassifier(algorithm="ball_tree", metric="manhattan"),
    RandomForestClassifier(3, random_state=np.random.RandomState(0)),
    CalibratedClassifierCV(LinearSVC(random_state=0), cv=2, method="isotonic"),
    GridSearchCV(SVC(), {"C": [1, 2], "kernel": ["rbf", "linear"]}, scoring="f1_macro", cv=2),
]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("classifier", CLASSIFIERS, ids=lambda c: type(c).__name__)
def test_models_come_back_the_same(classifier, suffix, images, tmp_path):
    model = make_pipeline(LBPHistogram(grid=(2, 2)), classifier).fit(images, NAMES)
    save_model(model, tmp_path / f"model{suffix}")
    loaded, card = load_model(tmp_path / f"model{suffix}")
    np.testing.assert_array_equal(loaded.predict(images), model.predict(images))
    assert card["expressions"] == ["fear", "happy", "sad"]


@pytest.mark.parametrize("name", [*list_recipes(heavy=False), "cnn"])
def test_recipes_come_back_the_same_without_trust(name, tmp_path):
    images, names = load_drawn_faces(n_subjects=2, n_per_class=1, return_X_y=True)
    model = make_recipe(name)
    epochs = [parameter for parameter in model.get_params() if parameter.endswith("__epochs")]
    model.set_params(**dict.fromkeys(epochs, 1)).fit(images, names)
    expected = class_scores(model, images)[0]
    for suffix in SUFFIXES:
        save_model(model, tmp_path / f"model{suffix}")
        loaded = load_model(tmp_path / f"model{suffix}").model
        np.testing.assert_array_equal(class_scores(loaded, images)[0], expected)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_labels_of_object_dtype_come_back(suffix, images, tmp_path):
    model = make_pipeline(Flatten(), LinearSVC(random_state=0)).fit(images, NAMES.astype(object))
    save_model(model, tmp_path / f"model{suffix}")
    assert load_model(tmp_path / f"model{suffix}").model.classes_.tolist() == sorted(set(NAMES))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_card_travels(suffix, model, tmp_path):
    card = make_card(model, recipe="mine")
    save_model(model, tmp_path / f"a{suffix}", card=card)
    save_model(model, tmp_path / f"b{suffix}")
    assert read_card(tmp_path / f"a{suffix}") == card
    assert read_card(tmp_path / f"b{suffix}")["crop"] == {"size": 16, "margin": 0.1}


def test_numpy_numbers_of_a_card_do_not_reach_the_file(model, tmp_path):
    with pytest.raises(ModelFileError, match="JSON"):
        save_model(model, tmp_path / "model.joblib", card={"n_images": np.int64(3)})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["model", "model.pkl", "model.joblib.gz"])
def test_other_suffixes_are_refused(name, model, tmp_path):
    for use in (lambda path: save_model(model, path), check_destination):
        with pytest.raises(ModelFileError, match=r"\.joblib or \.skops"):
            use(tmp_path / name)
    # Of a file that is there, the content decides.
    save_model(model, tmp_path / "m.joblib")
    (tmp_path / "m.joblib").rename(tmp_path / name)
    assert load_model(tmp_path / name).card == read_card(tmp_path / name)


def test_suffix_may_be_upper_case(model, tmp_path):
    save_model(model, tmp_path / "M.JOBLIB")
    assert load_model(tmp_path / "M.JOBLIB").card["estimator"] == "Pipeline"


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("card", [None, {"expressions": ["happy", "sad"]}], ids=["", "with a card"])
def test_an_unfitted_model_is_not_saved(card, suffix, tmp_path):
    with pytest.raises(ModelFileError, match="not fitted yet"):
        save_model(make_pipeline(Flatten(), SVC()), tmp_path / f"model{suffix}", card=card)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_cannot_be_stored_leaves_the_old_file(suffix, images, tmp_path):
    path = tmp_path / f"model{suffix}"
    path.write_text("the old one")
    step = FunctionTransformer(lambda X: X)
    model = make_pipeline(Flatten(), step, LinearSVC(random_state=0)).fit(images, NAMES)
    with pytest.raises(ModelFileError, match="cannot be stored"):
        save_model(model, path)
    assert path.read_text() == "the old one"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_off_the_list_is_named_and_loaded_by_trust(images, tmp_path):
    path, name = tmp_path / "model.joblib", re.escape(f"{__name__}.Homemade")
    with pytest.warns(FerClassicWarning, match=rf"saved, but .*model\.joblib contains {name}"):
        save_model(Homemade().fit(images, NAMES), path)
    with pytest.raises(UntrustedModelError, match=r"--trust"):
        load_model(path)
    assert load_model(path, trust=True).model.predict(images[:2]).tolist() == ["fear"] * 2
    assert read_card(path)["estimator"] == "Homemade"


FUNCTIONS = [
    (make_pipeline(Flatten(), FunctionTransformer(np.sqrt), LinearSVC(random_state=0)), "sqrt"),
    (
        make_pipeline(Flatten(), SelectKBest(f_classif, k=9), LinearSVC(random_state=0)),
        "SelectKBest",
    ),
    (make_pipeline(Flatten(), SVC(kernel=linear_kernel)), "linear_kernel"),
    (
        make_pipeline(
            Flatten(),
            GridSearchCV(SVC(), {"C": [1.0]}, cv=2, scoring=make_scorer(accuracy_score)),
        ),
        "_Scorer",
    ),
]


@pytest.mark.parametrize(("model", "name"), FUNCTIONS, ids=[name for _, name in FUNCTIONS])
def test_no_function_is_loaded_without_trust(model, name, images, tmp_path):
    path = tmp_path / "model.joblib"
    model.fit(images, NAMES)
    with pytest.warns(FerClassicWarning, match=name):
        save_model(model, path)
    with pytest.raises(UntrustedModelError):
        load_model(path)
    loaded = load_model(path, trust=True).model
    np.testing.assert_array_equal(loaded.predict(images), model.predict(images))


def test_what_is_shared_inside_a_model_is_shared_again(images, tmp_path):
    rows = images.reshape(len(images), -1) / 255.0
    model = KNeighborsClassifier(3, algorithm="brute").fit(rows, NAMES)
    model._copy = model._fit_X
    save_model(model, tmp_path / "model.joblib")
    loaded = load_model(tmp_path / "model.joblib").model
    assert loaded._copy is loaded._fit_X
    assert loaded._fit_X.flags.writeable
    assert (tmp_path / "model.joblib").stat().st_size < 1.5 * rows.nbytes


def test_a_search_can_score_after_loading(images, tmp_path):
    model = make_pipeline(Flatten(), GridSearchCV(SVC(), {"C": [1, 2]}, scoring="f1_macro", cv=2))
    model.fit(images, NAMES)
    save_model(model, tmp_path / "model.joblib")
    loaded = load_model(tmp_path / "model.joblib").model
    assert loaded.score(images, NAMES) == model.score(images, NAMES)
    assert loaded[-1].cv_results_["params"] == [{"C": 1}, {"C": 2}]


def test_folders_of_this_computer_are_not_stored(images, tmp_path):
    steps = Flatten(), LinearSVC(random_state=0)
    model = make_pipeline(*steps, memory=str(tmp_path / "cache")).fit(images, NAMES)
    save_model(model, tmp_path / "model.joblib")
    assert b"cache" not in (tmp_path / "model.joblib").read_bytes()
    assert load_model(tmp_path / "model.joblib").model.memory is None


def test_a_model_that_cannot_predict_is_not_saved(model, tmp_path):
    broken = copy.deepcopy(model)
    broken[-1].coef_ = broken[-1].coef_[:, :-1]
    with pytest.raises(ModelFileError, match="can score neither images nor rows"):
        save_model(broken, tmp_path / "model.joblib")
    assert not list(tmp_path.iterdir())


def test_probes_of_ones_own(tmp_path):
    rows = np.random.default_rng(0).uniform(5.0, 6.0, (30, 4))
    model = make_pipeline(StandardScaler(), LinearSVC(random_state=0)).fit(rows, NAMES)
    path = tmp_path / "model.joblib"
    save_model(model, path, probes=rows[:3])
    stored = unpack(path.read_bytes())[0]["arrays"]
    assert [3, 4] in [entry["shape"] for entry in stored]
    for wrong in (rows, np.empty((0, 4)), ["a"]):
        with pytest.raises(ModelFileError, match="probes must be 1 to 16"):
            save_model(model, path, probes=wrong)


@pytest.mark.parametrize(
    "cut", [(slice(None, 1), "coef_"), (slice(None, 2), "intercept_")], ids=str
)
def test_coefficients_cut_short_are_not_saved_either(cut, images, tmp_path):
    part, name = cut
    model = make_pipeline(Flatten(), LinearSVC(random_state=0)).fit(images, NAMES)
    setattr(model[-1], name, getattr(model[-1], name)[part])
    with pytest.raises(ModelFileError):
        save_model(model, tmp_path / "model.joblib")
    assert not list(tmp_path.iterdir())


def test_messages_name_the_file_that_was_asked_for(images, tmp_path):
    model = make_pipeline(Flatten(), LinearSVC(random_state=0)).fit(images, NAMES)
    model.verbose_ = np.array([np.nan])
    with pytest.raises(ModelFileError) as caught:
        save_model(model, tmp_path / "right.joblib")
    assert str(caught.value).startswith(f"{tmp_path / 'right.joblib'} does not contain a valid")
    assert not list(tmp_path.iterdir())


def test_a_folder_is_not_replaced_by_a_model(model, tmp_path):
    (tmp_path / "d.joblib").mkdir()
    with pytest.raises(IsADirectoryError, match=r"cannot write a model to .*/d\.joblib: it is a"):
        save_model(model, tmp_path / "d.joblib")
    assert [path.name for path in tmp_path.iterdir()] == ["d.joblib"]


def test_texts_of_a_card_that_cannot_be_written(model, tmp_path):
    with pytest.raises(ModelFileError, match="the model card cannot be written as JSON"):
        save_model(model, tmp_path / "model.joblib", card={"recipe": "\ud800"})
    assert not list(tmp_path.iterdir())


def test_a_missing_file(tmp_path):
    with pytest.raises(DataNotFoundError, match=r"no such model file: .*none\.joblib"):
        load_model(tmp_path / "none.joblib")


@pytest.mark.parametrize("trust", [False, True])
@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("kept", [0, 1, 100, 0.5, 0.99])
def test_a_damaged_file_is_reported_as_damaged(kept, suffix, trust, model, tmp_path):
    path = tmp_path / f"model{suffix}"
    save_model(model, path)
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content)) if kept < 1 else kept])
    with pytest.raises(ModelFileError, match="damaged"):
        load_model(path, trust=trust)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("content", [b"just text\n", b"ZF0x12", bytes(range(256)), b"PK\x03\x04"])
def test_a_file_of_another_kind(content, suffix, tmp_path):
    path = tmp_path / f"model{suffix}"
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=re.escape(str(path))):
        load_model(path)


def test_both_suffixes_name_one_format(model, images, tmp_path):
    save_model(model, tmp_path / "a.joblib")
    (tmp_path / "a.joblib").rename(tmp_path / "a.skops")
    loaded = load_model(tmp_path / "a.skops").model
    np.testing.assert_array_equal(loaded.predict(images), model.predict(images))


def test_another_version_of_scikit_learn_is_a_single_warning(model, tmp_path):
    path, card = tmp_path / "model.joblib", make_card(model)
    card["versions"]["scikit-learn"] = "1.2.3"
    save_model(model, path, card=card)
    with pytest.warns(FerClassicWarning) as caught:
        load_model(path)
    (warning,) = caught
    assert "scikit-learn 1.2.3" in str(warning.message)
    assert sklearn.__version__ in str(warning.message)


def test_other_answers_than_at_saving_are_an_error(model, tmp_path, monkeypatch):
    path, card = tmp_path / "model.joblib", make_card(model)
    card["versions"]["scikit-learn"] = "1.2.3"
    save_model(model, path, card=card)
    monkeypatch.setattr(
        LinearDiscriminantAnalysis, "predict_proba", lambda self, X: np.full((len(X), 3), 1 / 3)
    )
    with pytest.raises(ModelFileError, match=r"does not reproduce .* scikit-learn 1\.2\.3"):
        load_model(path)


def test_a_layout_of_later_versions_is_named(model, tmp_path):
    path = tmp_path / "model.joblib"
    save_model(model, path)
    data = bytearray(path.read_bytes())
    data[8] = 9
    path.write_bytes(data)
    with pytest.raises(ModelFileError, match="later version of fer_classic"):
        load_model(path)


@pytest.mark.parametrize("name", ["model.joblib", "new/folder/model.skops"])
def test_destination_that_can_be_written(name, tmp_path):
    check_destination(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_destination_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "folder.joblib").mkdir()
    with pytest.raises(OSError, match="cannot write a model to"):
        check_destination(tmp_path / "file" / "model.joblib")
    with pytest.raises(IsADirectoryError, match="it is a folder"):
        check_destination(tmp_path / "folder.joblib")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="every folder is open to root"
)
def test_destination_in_a_locked_folder(tmp_path):
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(PermissionError, match="cannot write a model to"):
        check_destination(tmp_path / "model.joblib")
