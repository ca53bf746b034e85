import json

import numpy as np
import pytest
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.pipeline import Pipeline

from benchmarks.experiments.candidates import make_candidates, parameters_of
from fer_classic.exceptions import UnknownNameError
from tests.benchmarks.conftest import Nearest, make_model


def settings_of(recipe="means", **arguments):
    return [
        candidate.settings for candidate in make_candidates(recipe, make=make_model, **arguments)
    ]


def test_without_a_grid_there_is_one():
    assert settings_of(settings={"nearest__broken": True}) == [{"nearest__broken": True}]


def test_with_a_grid_the_recipe_as_it_is_comes_first():
    grid = {"nearest__broken": [1, 2], "means__image_shape": [(1, 1)]}
    shape = {"means__image_shape": (1, 1)}
    assert settings_of(settings={"memory": None}, grid=grid) == [
        {},
        {"memory": None, "nearest__broken": 1} | shape,
        {"memory": None, "nearest__broken": 2} | shape,
    ]


def test_what_has_the_same_parameters_is_one_candidate():
    assert settings_of(settings={}, grid={"nearest__broken": [False, True, True]}) == [
        {},
        {"nearest__broken": True},
    ]
    assert settings_of(settings={}, grid={}) == [{}]


def test_a_recipe_that_cannot_be_made():
    (absent,) = make_candidates("absent", make=make_model, settings={}, grid={"a": [1, 2]})
    assert (absent.model, absent.problem) == (None, "it needs a package.")
    with pytest.raises(UnknownNameError, match="meens"):
        make_candidates("meens", make=make_model, settings={})


def test_parameters_are_plain_and_without_addresses():
    model = Pipeline(
        [("select", SelectKBest(f_classif, k=np.int64(3))), ("nearest", Nearest(broken=(1, 2)))]
    )
    parameters = parameters_of(model)
    assert json.loads(json.dumps(parameters)) == parameters
    assert parameters[""] == "Pipeline"
    assert parameters["select"] == "SelectKBest"
    assert parameters["select__score_func"] == "f_classif"
    assert parameters["select__k"] == 3
    assert parameters["nearest__broken"] == [1, 2]
    assert "0x" not in json.dumps(parameters)


def test_numbers_that_json_does_not_have_are_words():
    values = (float("inf"), np.float64("nan"), [np.float32(-np.inf)])
    found = [parameters_of(Nearest(broken=value))["broken"] for value in values]
    assert found == ["inf", "nan", ["-inf"]]
