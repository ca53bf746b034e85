import cv2
import numpy as np
import pytest
from skimage.feature import local_binary_pattern
from sklearn.decomposition import PCA
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from fer_classic.datasets import (
    Light,
    View,
    digest,
    draw_face,
    draw_portrait,
    load_drawn_faces,
    prototype_units,
    sample_identity,
)
from fer_classic.emotions import EMOTIONS
from fer_classic.exceptions import UnknownNameError

pytestmark = pytest.mark.portability


@pytest.fixture(scope="module")
def faces():
    return load_drawn_faces(n_subjects=10, n_per_class=4)


def test_bunch(faces):
    assert faces.images.shape == (320, 48, 48)
    assert faces.images.dtype == np.uint8
    assert faces.data.shape == (320, 48 * 48)
    assert faces.target.dtype == np.int64
    assert faces.target_names == list(EMOTIONS)
    assert faces.name == "drawn"
    assert "Action Coding System" in faces.DESCR
    assert faces.sequences is faces.split is faces.filenames is None


def test_subjects_are_balanced_over_classes(faces):
    subjects = np.unique(faces.subjects)
    assert subjects.tolist() == [f"D{number:02d}" for number in range(1, 11)]
    for subject in subjects:
        counts = np.bincount(faces.target[faces.subjects == subject], minlength=8)
        assert counts.tolist() == [4] * 8


def test_no_two_images_are_the_same_and_none_is_blank(faces):
    assert faces.duplicates.tolist() == list(range(320))
    assert faces.images.std(axis=(1, 2)).min() > 10.0


def test_by_default_there_are_enough_of_them():
    assert load_drawn_faces.__kwdefaults__["n_subjects"] >= 10


def test_the_seed_determines_everything(faces):
    np.random.seed(3)  # noqa: NPY002 - the global state must not matter
    again = load_drawn_faces(n_subjects=10, n_per_class=4)
    assert digest(again) == digest(faces)
    other = load_drawn_faces(n_subjects=2, n_per_class=1, seed=1)
    assert digest(other) != digest(load_drawn_faces(n_subjects=2, n_per_class=1))


def test_larger_sets_hold_the_images_of_smaller_ones(faces):
    small = load_drawn_faces(n_subjects=3, n_per_class=2)
    large = faces.images.reshape(10, 8, 4, 48, 48)
    np.testing.assert_array_equal(small.images.reshape(3, 8, 2, 48, 48), large[:3, :, :2])


def test_images_and_names(faces):
    images, names = load_drawn_faces("ignored", n_subjects=2, n_per_class=4, return_X_y=True)
    np.testing.assert_array_equal(images, faces.images[:64])
    assert names.tolist() == [emotion for _ in range(2) for emotion in EMOTIONS for _ in range(4)]


def test_size():
    assert load_drawn_faces(n_subjects=1, n_per_class=1, size=32).images.shape == (8, 32, 32)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_subjects": 0}, "n_subjects=0 must be a whole number of at least 1"),
        ({"n_subjects": 2.5}, "n_subjects=2.5"),
        ({"n_per_class": 0}, "n_per_class=0"),
        ({"n_per_class": True}, "n_per_class=True"),
        ({"size": 8}, "size=8 must be a whole number of at least 16"),
        ({"seed": -1}, "seed=-1"),
        ({"seed": None}, "seed=None"),
        ({"intensity": (0.8, 0.2)}, "weakest <= strongest"),
        ({"intensity": (0.5, 1.2)}, "weakest <= strongest"),
        ({"intensity": (0.5,)}, "must be two numbers"),
        ({"intensity": 0.5}, "must be two numbers"),
    ],
)
def test_parameters_out_of_range(parameters, message):
    with pytest.raises(ValueError, match=message):
        load_drawn_faces(**parameters)


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_a_face_without_intensity_is_neutral(emotion):
    face = draw_face(prototype_units(emotion, 0.0))
    np.testing.assert_array_equal(face, draw_face({}))
    changed = np.abs(draw_face(prototype_units(emotion)).astype(int) - face).max()
    assert changed == 0 if emotion == "neutral" else changed > 50


def test_draw_face_names_what_is_wrong():
    with pytest.raises(UnknownNameError, match="unknown action unit '3'"):
        draw_face({3: 1.0})
    with pytest.raises(ValueError, match="size=4 must be a whole number of at least 16"):
        draw_face({}, size=4)


def test_contempt_shows_on_the_side_that_is_named():
    view = View(light=Light(azimuth=0.0))
    rest = draw_face({}, view=view).astype(int)
    change = np.abs(draw_face({"L12": 1.0, "L14": 1.0}, view=view) - rest)
    assert change[:, 24:].sum() > 3 * change[:, :24].sum()


def test_the_box_of_a_portrait_holds_the_face():
    image, (x, y, w, h) = draw_portrait({12: 1.0}, shape=(300, 240), face_size=100)
    assert image.shape == (300, 240)
    assert (w, h) == (100, 100)
    face = draw_face({12: 1.0}, size=100)
    difference = np.abs(image[y : y + h, x : x + w].astype(int) - face)
    # The background differs: it spreads over the whole portrait.
    assert np.median(difference) < 3


@pytest.mark.parametrize("face_size", [10, 241])
def test_portraits_refuse_faces_that_do_not_fit(face_size):
    with pytest.raises(ValueError, match=f"face_size={face_size} must lie between 16 and 240"):
        draw_portrait({}, face_size=face_size)


def test_a_cascade_finds_the_face_of_a_portrait():
    cascade = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")
    rng = np.random.default_rng(0)
    hits = 0
    for emotion in EMOTIONS:
        image, (x, y, w, h) = draw_portrait(
            prototype_units(emotion), identity=sample_identity(rng), shape=(240, 320)
        )
        found = cascade.detectMultiScale(image, 1.1, 3, minSize=(40, 40))
        hits += any(
            abs(fx + fw / 2 - x - w / 2) < 0.2 * w and abs(fy + fh / 2 - y - h / 2) < 0.25 * h
            for fx, fy, fw, fh in found
        )
    assert hits >= 6


def lbp_histograms(image, grid=6):
    codes = local_binary_pattern(image, 8, 2, "nri_uniform").astype(int)
    cells = codes.reshape(grid, 8, grid, 8).swapaxes(1, 2).reshape(grid * grid, 64)
    return np.sqrt([np.bincount(cell, minlength=59) for cell in cells]).ravel()


def test_texture_beats_pixels_and_nothing_is_perfect(faces):
    descriptors = {
        "pixels": faces.data / 255.0,
        "lbp": np.array([lbp_histograms(image) for image in faces.images]),
    }
    accuracy = {}
    for name, X in descriptors.items():
        model = make_pipeline(StandardScaler(), PCA(60, random_state=0), SVC(C=10.0))
        folds = GroupKFold(5)
        accuracy[name] = cross_val_score(
            model, X, faces.target, groups=faces.subjects, cv=folds
        ).mean()
    assert 0.25 < accuracy["pixels"] < accuracy["lbp"] - 0.08
    assert accuracy["lbp"] < 0.97
