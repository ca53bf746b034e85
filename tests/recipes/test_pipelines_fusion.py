import numpy as np
import pytest

from fer_classic.classifiers import ScoreFusion
from fer_classic.datasets import load_drawn_faces
from fer_classic.evaluation import fit_with_groups
from fer_classic.recipes import describe_recipe, list_recipes, make_recipe, pretrained_on
from fer_classic.utils._groups import group_parameters


@pytest.mark.parametrize("name", ["fusion_fast", "fusion_best"])
def test_the_network_of_one_recipe_and_the_steps_of_another(name):
    model, svm = make_recipe(name), name.replace("fusion", "svm")
    assert list(model.named_steps) == ["crop", "fusion"]
    assert [part for part, _ in model["fusion"].estimators] == ["cnn", svm]
    network, kernel = (part for _, part in model["fusion"].estimators)
    assert network.get_params().keys() == make_recipe("cnn_flip")["cnn"].get_params().keys()
    assert list(kernel.named_steps) == list(make_recipe(svm).named_steps)[1:]
    assert group_parameters(model) == ["fusion__groups"]
    assert name not in list_recipes(heavy=False)
    assert pretrained_on(name) is None
    assert 20 < len(describe_recipe(name)) < 100


def test_it_is_fitted_on_what_the_network_holds_out():
    bunch = load_drawn_faces(n_subjects=4, n_per_class=1)
    names = bunch.target_names[bunch.target]
    settings = {"model__network": "plain3", "model__epochs": 1, "model__validation_fraction": 0.3}
    model = make_recipe("fusion_fast", **{f"fusion__cnn__{k}": v for k, v in settings.items()})
    few = {"n_atoms": 10, "n_patches": 1000}
    model.set_params(**{f"fusion__svm_fast__patches__{k}": v for k, v in few.items()})
    fit_with_groups(model, bunch.images, names, np.unique(bunch.subjects, return_inverse=True)[1])
    fusion = model["fusion"]
    assert isinstance(fusion, ScoreFusion)
    network = fusion.named_estimators_["cnn"].model_
    assert fusion.out_of_sample_index_.tolist() == sorted(network.validation_index_.tolist())
    assert 0 < len(fusion.out_of_sample_index_) < 32
    assert fusion.weights_.shape == (2,)
    assert model.predict_proba(bunch.images).shape == (32, 8)
