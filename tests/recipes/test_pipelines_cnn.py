import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import clone

from fer_classic.datasets import load_drawn_faces
from fer_classic.evaluation import fit_with_groups
from fer_classic.persistence import load_model, save_model
from fer_classic.recipes import list_recipes, make_recipe, recipe_grid
from fer_classic.utils._parts import model_parts

RECIPES = [name for name in list_recipes() if name.startswith("cnn")]


def _inner(name):
    """What stands before the parameters of the network."""
    return "cnn__model__" if name == "cnn_flip" else "cnn__"


def test_there_are_eight():
    assert RECIPES == [
        "cnn",
        "cnn_flip",
        "cnn_narrow",
        "cnn_wide",
        "cnn_elu_vgg",
        "cnn_conv1x1_prelu",
        "cnn_plain3",
        "cnn_four_block",
    ]


def test_what_takes_hours_runs_when_it_is_named():
    usual = list_recipes(heavy=False)
    assert "svm_lbp" in usual
    assert not {*RECIPES, "svm_lbp_smote", "svm_hog_aligned", "svm_lbp_aligned"} & set(usual)


@pytest.mark.parametrize("name", RECIPES)
def test_an_epoch(name):
    images, names = load_drawn_faces(n_subjects=2, n_per_class=1, return_X_y=True)
    model = make_recipe(name).set_params(**{_inner(name) + "epochs": 1})
    fit_with_groups(model, images, names, np.arange(16))
    assert list(model.named_steps) == ["crop", "cnn"]
    assert model.predict_proba(images).shape == (16, 8)
    network = list(model_parts(model))[-1]
    assert len(network.history_["epoch"]) == 1


PUBLISHED = {
    "cnn_elu_vgg": {
        "optimizer": "adam",
        "learning_rate": 1e-3,
        "monitor": "loss",
        "patience": 10,
        "augment": None,
    },
    "cnn_conv1x1_prelu": {"optimizer": "sgd", "learning_rate": 0.01, "epochs": 200},
    "cnn_plain3": {"optimizer": "adam", "epochs": 10, "validation_fraction": None},
    "cnn_four_block": {
        "optimizer": "adam",
        "learning_rate": 5e-4,
        "augment": "flip",
        "schedule": "plateau",
        "plateau_factor": 0.1,
        "plateau_patience": 2,
        "epochs": 15,
    },
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_baselines_are_trained_as_published(name):
    parameters = make_recipe(name)["cnn"].get_params()
    assert parameters["network"] == name.removeprefix("cnn_")
    assert {key: parameters[key] for key in PUBLISHED[name]} == PUBLISHED[name]
    for ours in ("averaging", "max_norm"):
        assert parameters[ours] is None
    assert parameters["weight_decay"] == parameters["label_smoothing"] == parameters["mixup"] == 0


@pytest.mark.parametrize("name", RECIPES)
def test_grids_name_parameters(name):
    for key, values in recipe_grid(name).items():
        for value in values:
            make_recipe(name, **{key: value})


def test_recipes_are_seeded():
    for name in RECIPES:
        assert make_recipe(name).get_params()[_inner(name) + "random_state"] == 0


def test_flipping_trains_the_same_network():
    plain, flipped = make_recipe("cnn")["cnn"], make_recipe("cnn_flip")["cnn"]
    assert flipped.views == "flip"
    assert flipped.model.get_params() == plain.get_params()


@pytest.fixture(scope="module")
def faces():
    return load_drawn_faces(n_subjects=8, n_per_class=1, return_X_y=True)


class TestDeep:
    def test_the_network_stays_as_it_is(self, faces):
        model = make_recipe("svm_deep")
        assert list(model.named_steps) == ["crop", "network", "scale", "svm"]
        before = {name: array.copy() for name, array in model["network"].state_.items()}
        fitted = clone(model).fit(*faces)
        for name, array in before.items():
            np.testing.assert_array_equal(fitted["network"].state_[name], array)
        assert fitted["svm"].n_features_in_ == 128
        assert fitted.predict_proba(faces[0][:3]).shape == (3, 8)

    def test_it_learns_other_classes_than_the_network(self, faces):
        images, names = faces
        own = np.where(names == "happy", "glad", "not glad")
        fitted = make_recipe("svm_deep").fit(images, own)
        assert fitted.classes_.tolist() == ["glad", "not glad"]
        assert fitted.predict_proba(images).shape == (64, 2)

    def test_it_is_stored_with_its_network(self, faces, tmp_path):
        fitted = make_recipe("svm_deep").fit(*faces)
        save_model(fitted, tmp_path / "model.joblib")
        loaded = load_model(tmp_path / "model.joblib").model
        expected = fitted.predict_proba(faces[0])
        np.testing.assert_array_equal(loaded.predict_proba(faces[0]), expected)

    def test_torch_is_not_needed(self):
        code = (
            "import sys\n"
            "from fer_classic.datasets import load_drawn_faces\n"
            "from fer_classic.recipes import make_recipe\n"
            "faces = load_drawn_faces(n_subjects=3, n_per_class=1, return_X_y=True)\n"
            "make_recipe('svm_deep').fit(*faces).predict(faces[0])\n"
            "print('torch' in sys.modules)\n"
        )
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert run.stdout.strip() == "False", run.stderr
