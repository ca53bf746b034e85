import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from fer_classic.live import Quality
from fer_classic.live._quality import face_quality, quality_problem

pytestmark = pytest.mark.portability

BOX = (10, 20, 90, 100)


@pytest.fixture(scope="module")
def crop():
    return cv2.resize(cv2.cvtColor(astronaut(), cv2.COLOR_RGB2GRAY)[66:166, 176:276], (48, 48))


def test_size_is_the_shorter_side(crop):
    assert face_quality(crop, BOX).size == 90


def test_blur_lowers_the_sharpness(crop):
    sharp = [
        face_quality(cv2.GaussianBlur(crop, (0, 0), sigma) if sigma else crop, BOX).sharpness
        for sigma in (0, 1, 2, 4)
    ]
    assert sharp == sorted(sharp, reverse=True)
    assert sharp[0] > 5 * sharp[2]


def test_light_does_not_matter(crop):
    dim = np.rint(crop * 0.5 + 30).astype(np.uint8)
    here, there = face_quality(crop, BOX), face_quality(dim, BOX)
    assert there.sharpness == pytest.approx(here.sharpness, rel=0.05)
    assert there.symmetry == pytest.approx(here.symmetry, abs=0.01)


def test_symmetry_by_hand():
    ramp = np.tile(np.arange(0, 240, 30, dtype=np.uint8), (8, 1))
    assert face_quality(ramp, BOX).symmetry == pytest.approx(-1.0)
    assert face_quality(ramp.T.copy(), BOX).symmetry == pytest.approx(1.0)


@pytest.mark.parametrize("shape", [(48, 48), (999, 1333)])
@pytest.mark.parametrize("level", [0, 9, 201])
def test_no_contrast(shape, level):
    quality = face_quality(np.full(shape, level, np.uint8), BOX)
    assert (quality.sharpness, quality.symmetry) == (0.0, 0.0)


def test_a_crop_of_one_pixel():
    assert face_quality(np.full((1, 1), 9, np.uint8), BOX).sharpness == 0.0


def test_the_size_of_the_crop_does_not_matter():
    image = cv2.cvtColor(astronaut(), cv2.COLOR_RGB2GRAY)[50:242, 130:322]
    sharp = [
        face_quality(cv2.resize(image, (n, n), interpolation=cv2.INTER_AREA), BOX).sharpness
        for n in (48, 96, 192)
    ]
    assert sharp[1:] == pytest.approx([sharp[0]] * 2, rel=0.1)


@pytest.mark.parametrize(
    ("quality", "reason"),
    [
        (None, ""),
        (Quality(90, 0.9, 0.4), ""),
        (Quality(12, 0.9, 0.4), "small"),
        (Quality(12, 0.0, -1.0), "small"),
        (Quality(90, 0.02, 0.4), "blurred"),
        (Quality(90, 0.9, -0.8), "turned"),
    ],
)
def test_why_a_face_cannot_be_seen(quality, reason):
    assert quality_problem(quality) == reason


@pytest.mark.parametrize(("sigma", "reason"), [(0, ""), (3, "blurred")])
def test_a_blurred_face(crop, sigma, reason):
    crop = cv2.GaussianBlur(crop, (0, 0), sigma) if sigma else crop
    assert quality_problem(face_quality(crop, BOX)) == reason
