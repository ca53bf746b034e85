import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.utils import estimator_html_repr

from fer_classic.base import ImageDescriptor
from fer_classic.datasets import draw_portrait, load_drawn_faces
from fer_classic.datasets._drawing._camera import View
from fer_classic.expressions import decode
from fer_classic.faces import FaceAligner
from fer_classic.faces._geometry import crop_geometry
from fer_classic.recipes import describe_recipe, list_recipes, make_recipe, recipe_grid

STEPS = {
    "majority": ["majority"],
    "pixels_svm": ["crop", "flatten", "scale", "components", "svm"],
    "svm_lbp": ["crop", "lbp", "scale", "components", "svm"],
    "svm_gabor": ["crop", "gabor", "scale", "components", "svm"],
    "svm_hog": ["crop", "hog", "scale", "components", "svm"],
    "svm_fusion": ["crop", "features", "scale", "components", "svm"],
    "svm_fast": ["crop", "patches", "scale", "components", "svm"],
}

NOT_IN_THE_UNIT = (
    r"floating images hold 0 to 1, got values from \d+ to 255; divide images of 0-255 by 255 "
    r"\(images / 255\), or convert them to uint8"
)

# Fewer than the components that any recipe asks for.
N_FACES = 40


@pytest.fixture(scope="module")
def faces():
    """Forty drawn faces of five people and all eight names."""
    bunch = load_drawn_faces(n_subjects=5, n_per_class=1)
    return bunch.images, decode(bunch.target)


@pytest.fixture(scope="module")
def fitted(faces):
    return {name: make_recipe(name).fit(*faces) for name in STEPS}


def test_names_in_order():
    assert list_recipes()[: len(STEPS)] == list(STEPS)


@pytest.mark.parametrize("name", STEPS)
def test_step_names_are_part_of_the_interface(name):
    assert list(make_recipe(name).named_steps) == STEPS[name]


def test_parts_of_the_fusion():
    union = make_recipe("svm_fusion").named_steps["features"]
    assert [part for part, _ in union.transformer_list] == ["lbp", "gabor", "hog"]


@pytest.mark.parametrize("name", STEPS)
def test_descriptions_fill_one_line(name):
    assert 20 < len(describe_recipe(name)) < 100
    assert describe_recipe(name).endswith(".")


@pytest.mark.parametrize("name", STEPS)
def test_grids_hold_legal_parameters(name, faces):
    grid = recipe_grid(name)
    known = make_recipe(name).get_params()
    assert set(grid) <= set(known)
    assert bool(grid) == (name != "majority")
    for key, values in grid.items():
        assert len(values) > 1
        for value in values:
            step = make_recipe(name, **{key: value}).named_steps[key.partition("__")[0]]
            step._validate_params()
            if isinstance(step, ImageDescriptor):
                step.fit(faces[0])


def test_the_best_recipe_gives_each_descriptor_a_kernel_of_its_own(faces):
    few = {"n_words": 4, "n_descriptors": 500, "max_iter": 3}
    settings = {
        f"features__{scale}__descriptor__{name}": value
        for scale in ("fine", "coarse")
        for name, value in few.items()
    }
    patches = {"n_atoms": 20, "n_patches": 2000}
    settings |= {f"features__patches__descriptor__{name}": value for name, value in patches.items()}
    model = make_recipe("svm_best", **settings).fit(*faces)
    # Fewer faces than components leave blocks of one width all the same.
    assert model["svm"].X_fit_.shape == (N_FACES, 3 * N_FACES)
    assert model["svm"].gamma_.shape == (3,)
    assert model.score(*faces) > 0.9


@pytest.mark.parametrize("name", STEPS)
class TestFitted:
    def test_it_predicts_names(self, name, fitted, faces):
        predicted = fitted[name].predict(faces[0])
        assert predicted.shape == (N_FACES,)
        assert set(predicted) <= set(faces[1])

    def test_it_classifies_the_training_faces(self, name, fitted, faces):
        accuracy = fitted[name].score(*faces)
        assert accuracy == 1 / 8 if name == "majority" else accuracy > 0.9

    def test_probabilities_sum_to_one(self, name, fitted, faces):
        probabilities = fitted[name].predict_proba(faces[0])
        assert probabilities.shape == (N_FACES, 8)
        np.testing.assert_allclose(probabilities.sum(axis=1), 1)

    def test_one_face_is_scored_as_in_a_batch(self, name, fitted, faces):
        batch = fitted[name].predict_proba(faces[0])
        np.testing.assert_allclose(
            fitted[name].predict_proba(faces[0][7:8])[0], batch[7], atol=1e-4
        )

    def test_fitting_again_gives_the_same(self, name, fitted, faces):
        again = clone(fitted[name]).fit(*faces)
        np.testing.assert_array_equal(
            again.predict_proba(faces[0]), fitted[name].predict_proba(faces[0])
        )

    def test_it_survives_pickling(self, name, fitted, faces):
        copy = pickle.loads(pickle.dumps(fitted[name]))
        np.testing.assert_array_equal(
            copy.predict_proba(faces[0]), fitted[name].predict_proba(faces[0])
        )

    def test_it_can_be_shown_in_a_notebook(self, name, fitted):
        assert STEPS[name][-1] in estimator_html_repr(fitted[name])


@pytest.mark.parametrize("name", [name for name in STEPS if name != "majority"])
class TestFaces:
    def test_groups_are_passed_to_the_svm(self, name, faces):
        groups = np.repeat(np.arange(5), 8)
        svm = make_recipe(name).fit(*faces, svm__groups=groups)[-1]
        alone = make_recipe(name).fit(*faces)[-1]
        assert not np.allclose(svm.oof_scores_, alone.oof_scores_)

    def test_images_of_another_size_are_cropped(self, name, fitted, faces):
        large = np.repeat(np.repeat(faces[0][:2], 2, axis=1), 2, axis=2)
        fitted_without = make_recipe(name, crop__detector=None).fit(*faces)
        assert fitted_without.predict(large).shape == (2,)

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_floats_in_their_unit_are_the_same_images(self, name, fitted, faces, dtype):
        expected = fitted[name].predict_proba(faces[0])
        scaled = faces[0].astype(dtype) / 255
        np.testing.assert_array_equal(fitted[name].predict_proba(scaled), expected)
        np.testing.assert_array_equal(
            fitted[name].predict_proba(faces[0].astype(np.int64)), expected
        )

    def test_floats_of_another_unit_are_refused(self, name, fitted, faces):
        with pytest.raises(ValueError, match=NOT_IN_THE_UNIT):
            fitted[name].predict(faces[0].astype(np.float32))

    def test_a_colour_photo_is_no_batch(self, name, fitted):
        with pytest.raises(
            ValueError, match=r"\(64, 64, 3\); judging by its last axis, this is one colour"
        ):
            fitted[name].predict(np.zeros((64, 64, 3), np.uint8))

    def test_feature_names_reach_through(self, name, fitted):
        names = fitted[name][:-3].get_feature_names_out()
        assert len(set(names)) == len(names) == fitted[name].named_steps["scale"].n_features_in_


@pytest.mark.parametrize("name", [name for name in list_recipes() if name != "majority"])
def test_no_recipe_is_fitted_on_floats_of_another_unit(name, faces):
    # The majority looks at no pixel.
    if name == "svm_lbp_smote":
        pytest.importorskip("imblearn")
    with pytest.raises(ValueError, match=NOT_IN_THE_UNIT):
        make_recipe(name).fit(faces[0].astype(np.float32), faces[1])


def test_a_recipe_is_searched_with_its_grid(faces):
    grid = {
        "components__n_components": [4, 8],
        "svm__alpha": recipe_grid("svm_hog")["svm__alpha"][:2],
    }
    search = GridSearchCV(make_recipe("svm_hog"), grid, cv=2).fit(*faces)
    assert set(search.best_params_) == set(grid)


def test_one_class_is_not_enough(faces):
    with pytest.raises(ValueError, match="at least two classes, got one class: 'happy'"):
        make_recipe("svm_hog").fit(faces[0], ["happy"] * N_FACES)


@pytest.mark.parametrize("name", ["svm_hog_aligned", "svm_lbp_aligned"])
def test_aligned_faces_go_through_the_same_steps(name):
    model, plain = make_recipe(name), make_recipe(name.removesuffix("_aligned"))
    assert list(model.named_steps) == list(plain.named_steps)
    assert repr(model[1:]) == repr(plain[1:])
    assert isinstance(model["crop"], FaceAligner)
    assert set(recipe_grid(name)) <= set(model.get_params())
    assert describe_recipe(name).endswith(".")
    assert name not in list_recipes(heavy=False)


def test_a_model_of_portraits_says_where_the_eyes_lie():
    portraits = [draw_portrait({12: k % 2, 6: k % 2}, view=View(roll=3.0 * k)) for k in range(8)]
    images = np.stack([image for image, _ in portraits])
    names = np.array(["neutral", "happy"] * 4)
    model = make_recipe("svm_hog_aligned").fit(images, names)
    assert model.score(images, names) == 1
    assert crop_geometry(model)["eye_distance"] == 0.5
