import numpy as np
import pytest

from fer_classic.datasets import load_drawn_faces
from fer_classic.evaluation import fit_with_groups
from fer_classic.recipes import list_recipes, make_recipe, recipe_grid
from fer_classic.utils._parts import model_parts

RECIPES = [name for name in list_recipes() if name.startswith("cnn")]


def _inner(name):
    """What stands before the parameters of the network."""
    return "cnn__model__" if name == "cnn_flip" else "cnn__"


def test_there_are_seven():
    assert RECIPES == [
        "cnn",
        "cnn_flip",
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
