import cv2
import numpy as np
import pytest

from fer_classic.datasets import dataset_digest, draw_face, draw_portrait, make_drawn_faces
from fer_classic.datasets._drawing._action_units import prototype_units
from fer_classic.datasets._drawing._camera import View
from fer_classic.datasets._drawing._identity import sample_identity
from fer_classic.datasets._drawing._render import Light
from fer_classic.exceptions import UnknownNameError
from fer_classic.expressions import EXPRESSIONS


def test_the_seed_determines_everything():
    faces = make_drawn_faces(n_subjects=2, n_per_class=1)
    np.random.seed(3)  # noqa: NPY002 - the global state must not matter
    assert dataset_digest(make_drawn_faces(n_subjects=2, n_per_class=1)) == dataset_digest(faces)
    assert dataset_digest(make_drawn_faces(n_subjects=2, n_per_class=1, seed=1)) != dataset_digest(
        faces
    )


def test_larger_sets_hold_the_images_of_smaller_ones():
    small = make_drawn_faces(n_subjects=1, n_per_class=1)
    large = make_drawn_faces(n_subjects=2, n_per_class=2)
    np.testing.assert_array_equal(small.images, large.images[:16:2])


def test_images_and_names():
    images, names = make_drawn_faces(n_subjects=1, n_per_class=1, size=32, return_X_y=True)
    assert images.shape == (8, 32, 32)
    assert names.tolist() == list(EXPRESSIONS)


def test_portraits_of_the_same_people():
    portraits = make_drawn_faces(n_subjects=1, n_per_class=1, shape=(48, 40))
    assert portraits.images.shape == (8, 48, 40)
    assert portraits.images.std(axis=(1, 2)).min() > 5
    faces = make_drawn_faces(n_subjects=1, n_per_class=1)
    np.testing.assert_array_equal(portraits.target, faces.target)
    np.testing.assert_array_equal(portraits.subjects, faces.subjects)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_subjects": 0}, "n_subjects=0 must be an integer of at least 1"),
        ({"n_subjects": 2.5}, "n_subjects=2.5"),
        ({"n_per_class": 0}, "n_per_class=0"),
        ({"n_per_class": True}, "n_per_class=True"),
        ({"size": 8}, "size=8 must be an integer of at least 16"),
        ({"shape": (60, 30)}, "face_size=13.5 must be between 16 and 30"),
        ({"seed": -1}, "seed=-1"),
        ({"seed": None}, "seed=None"),
        ({"intensity": (0.8, 0.2)}, "minimum <= maximum"),
        ({"intensity": (0.5, 1.2)}, "minimum <= maximum"),
        ({"intensity": (0.5,)}, "must be two numbers"),
        ({"intensity": 0.5}, "must be two numbers"),
    ],
)
def test_parameters_out_of_range(parameters, message):
    with pytest.raises(ValueError, match=message):
        make_drawn_faces(**parameters)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_a_face_without_intensity_is_neutral(expression):
    face = draw_face(prototype_units(expression, 0.0))
    np.testing.assert_array_equal(face, draw_face({}))
    changed = np.abs(draw_face(prototype_units(expression)).astype(int) - face).max()
    assert changed == 0 if expression == "neutral" else changed > 50


def test_draw_face_names_what_is_wrong():
    with pytest.raises(UnknownNameError, match="unknown action unit '3'"):
        draw_face({3: 1.0})
    with pytest.raises(ValueError, match="size=4 must be an integer of at least 16"):
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
    with pytest.raises(ValueError, match=f"face_size={face_size} must be between 16 and 240"):
        draw_portrait({}, face_size=face_size)


def test_a_cascade_finds_the_face_in_a_portrait():
    cascade = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")
    rng = np.random.default_rng(0)
    hits = 0
    for expression in EXPRESSIONS:
        image, (x, y, w, h) = draw_portrait(
            prototype_units(expression), identity=sample_identity(rng), shape=(240, 320)
        )
        found = cascade.detectMultiScale(image, 1.1, 3, minSize=(40, 40))
        hits += any(
            abs(fx + fw / 2 - x - w / 2) < 0.2 * w and abs(fy + fh / 2 - y - h / 2) < 0.25 * h
            for fx, fy, fw, fh in found
        )
    assert hits >= 6
