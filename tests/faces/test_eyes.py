from dataclasses import replace

import numpy as np
import pytest

from fer_classic.datasets import draw_portrait
from fer_classic.datasets._drawing._camera import View, to_image
from fer_classic.datasets._drawing._identity import sample_identity
from fer_classic.datasets._drawing._shape import shape_face
from fer_classic.exceptions import DetectorError
from fer_classic.faces import _eyes, find_eyes
from fer_classic.faces._eyes import AVERAGE_EYES, average_eyes, in_patch, roll_of
from fer_classic.faces._similarity import as_complex
from fer_classic.utils._digests import DIGESTS

FACE = 110  # pixels of the side of the drawn faces
PORTRAIT = (0.0, 0.68)  # the point of the face plane in the middle of a portrait


def drawn(seed, roll, units=None):
    """A portrait, the box of its face, and where its irises are."""
    who, view = sample_identity(np.random.default_rng(seed)), replace(View(), roll=roll)
    units, shape = units or {}, (240, 240)
    image, box = draw_portrait(units, identity=who, view=view, shape=shape, face_size=FACE)
    irises = sorted(tuple(point) for point in shape_face(units, who).irises)
    where = {"size": shape, "scale": FACE / 2.5, "center": PORTRAIT}
    return image, box, np.array([to_image(iris, view, **where) for iris in irises])


@pytest.mark.parametrize("roll", [-30, -12, 0, 12, 30])
@pytest.mark.parametrize("seed", range(4))
def test_eyes_of_drawn_faces(seed, roll):
    image, box, irises = drawn(seed, roll)
    eyes = find_eyes(image, box)
    errors = np.hypot(*(eyes - irises).T) / np.hypot(*(irises[1] - irises[0]))
    assert errors.mean() < 0.15
    assert roll_of(as_complex(eyes)) == pytest.approx(roll, abs=4)


def test_closed_eyes_are_eyes():
    image, box, irises = drawn(0, 0, {43: 1.0})
    np.testing.assert_allclose(find_eyes(image, box), irises, atol=6)


@pytest.mark.parametrize("grown", [-0.1, 0.15])
@pytest.mark.parametrize("shift", [(-6, 4), (5, -5)])
def test_boxes_need_not_be_exact(grown, shift):
    image, (x, y, w, h), _ = drawn(1, 8)
    box = (x - grown * w + shift[0], y - grown * h + shift[1], w + 2 * grown * w, h + 2 * grown * h)
    np.testing.assert_allclose(find_eyes(image, box), find_eyes(image, (x, y, w, h)), atol=4)


def test_the_unit_is_that_of_boxes(portrait):
    box = (174, 67, 112, 112)
    eyes = find_eyes(portrait, box)
    # Four pixels take the place of each.
    large = np.kron(portrait, np.ones((2, 2), np.uint8))
    np.testing.assert_allclose(find_eyes(large, np.multiply(box, 2)), 2 * eyes, atol=0.5)
    # Other things around the face change nothing.
    part = np.ascontiguousarray(portrait[20:300, 90:400])
    np.testing.assert_allclose(find_eyes(part, (84, 47, 112, 112)), eyes - [90, 20])
    np.testing.assert_allclose(find_eyes(portrait / 255, box), eyes)


@pytest.mark.parametrize("image", [np.zeros((60, 60)), np.full((60, 60), 0.4)], ids=["0", "gray"])
def test_no_eyes_in_blank_images(image):
    assert find_eyes(image, (0, 0, 60, 60)) is None


def test_no_eyes_in_noise():
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (20, 64, 64), dtype=np.uint8)
    assert sum(find_eyes(image, (8, 8, 48, 48)) is not None for image in noise) == 0


def test_no_eyes_outside_the_face():
    image, (x, y, w, h), _ = drawn(2, 0)
    assert find_eyes(image, (x, y + h, w, h)) is None


def test_turned_too_far():
    image, box, _ = drawn(2, 80)
    assert find_eyes(image, box) is None


@pytest.mark.parametrize(
    ("image", "box", "message"),
    [
        (np.zeros((9, 9, 3)), (0, 0, 9, 9), "grey image"),
        (np.zeros((9, 9)), (20, 0, 9, 9), "no pixel"),
        (np.zeros((9, 9)), (0, 0, 0, 0), "w and h above 0"),
    ],
)
def test_what_holds_no_face(image, box, message):
    with pytest.raises(ValueError, match=message):
        find_eyes(image, box)


def test_average_eyes():
    eyes = average_eyes((10, 20, 100))
    np.testing.assert_allclose(eyes, 10 + 20j + 100 * AVERAGE_EYES)
    # A quarter turn clockwise about (60, 70): what was above is at the right.
    np.testing.assert_allclose(average_eyes((10, 20, 100), 90), 60 + 70j + 1j * (eyes - 60 - 70j))


def test_places_in_the_patch():
    np.testing.assert_allclose(in_patch((0.5, 0.25)), [8 + 8j, 24 + 8j])


def test_damaged_weights_are_refused(monkeypatch):
    monkeypatch.setitem(DIGESTS, "faces/data/eyes.npz", "0" * 64)
    with pytest.raises(DetectorError, match=r"eyes\.npz of the eye finder is damaged"):
        _eyes._stored.__wrapped__()
