import numpy as np
import pytest

from fer_classic.datasets import draw_portrait, load_drawn_faces
from fer_classic.evaluation import fit_with_groups
from fer_classic.expressions import decode
from fer_classic.faces._geometry import crop_geometry
from fer_classic.persistence import load_model, make_card, save_model
from fer_classic.recipes import list_recipes, make_recipe, pretrained_on, recipe_grid

FACES = load_drawn_faces(n_subjects=4, n_per_class=1)
NAMES = decode(FACES.target)


@pytest.fixture(scope="module")
def fitted():
    return fit_with_groups(make_recipe("svm_small"), FACES.images, NAMES, FACES.subjects)


def test_it_runs_only_where_it_is_asked_for():
    assert "svm_small" in set(list_recipes()) - set(list_recipes(heavy=False))
    assert pretrained_on("svm_small") == "fer2013"
    assert set(recipe_grid("svm_small")) <= set(make_recipe("svm_small").get_params())


def test_people_are_left_out(fitted):
    assert fitted.score(FACES.images, NAMES) > 0.9
    fusion = fitted["fusion"]
    assert len(fusion.out_of_sample_index_) == len(NAMES)
    for part in fusion.estimators_:
        assert part["svm"].kernel_ == "linear"
        assert len(part["svm"].search_["alpha"]) > 1
    alone = make_recipe("svm_small").fit(FACES.images, NAMES)["fusion"]
    assert not np.allclose(alone.weights_, fusion.weights_)


def test_a_face_and_its_mirror_image_are_answered_alike(fitted):
    mirrored = fitted.predict_proba(FACES.images[:, :, ::-1])
    np.testing.assert_allclose(mirrored, fitted.predict_proba(FACES.images), atol=1e-6)


def test_portraits_and_crops_are_taken_alike(fitted):
    portraits = np.stack([draw_portrait(units)[0] for units in ({6: 0.9, 12: 1.0}, {})])
    assert fitted.predict(portraits)[0] == "happy"
    model = make_recipe("svm_small").fit(portraits, ["happy", "neutral"])
    assert set(model.predict(FACES.images[:4])) <= {"happy", "neutral"}
    assert crop_geometry(model)["eye_distance"] == 0.5


def test_a_saved_model_gives_the_same(fitted, tmp_path):
    save_model(fitted, tmp_path / "model.joblib", card=make_card(fitted))
    loaded = load_model(tmp_path / "model.joblib").model
    images = FACES.images[:4]
    expected = fitted.predict_proba(images)
    np.testing.assert_allclose(loaded.predict_proba(images), expected, rtol=1e-4)


@pytest.mark.parametrize("groups", [None, np.zeros(8, int)], ids=["no groups", "one person"])
def test_one_image_of_each_class(groups):
    images, names = FACES.images[:8], NAMES[:8]
    model = fit_with_groups(make_recipe("svm_small"), images, names, groups)
    assert model.score(images, names) == 1
    # An image that is left out takes its class with it, so nothing can be sure.
    assert model.predict_proba(images).max() < 0.5


def test_two_images():
    model = make_recipe("svm_small").fit(FACES.images[[0, 5]], ["no", "yes"])
    assert model.predict(FACES.images[[5, 0]]).tolist() == ["yes", "no"]


def test_one_class_is_not_enough():
    with pytest.raises(ValueError, match="at least two classes, got one class: 'happy'"):
        make_recipe("svm_small").fit(FACES.images[:3], ["happy"] * 3)
