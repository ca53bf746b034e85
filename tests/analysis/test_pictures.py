import cv2
import numpy as np
import pytest

from fer_classic.analysis._pictures import as_jpeg, portrait, shrink
from tests.analysis.conftest import picture


@pytest.mark.parametrize(
    ("longest", "shape", "scale"),
    [
        (None, (80, 120, 3), 1),
        (120, (80, 120, 3), 1),
        (60, (40, 60, 3), 0.5),
        (1, (1, 1, 3), 1 / 120),
    ],
)
def test_only_larger_pictures_become_smaller(longest, shape, scale):
    small, found = shrink(picture(50, (80, 120)), longest)
    assert (small.shape, found) == (shape, pytest.approx(scale))
    assert small.mean() == pytest.approx(50, abs=5)


def test_a_portrait_has_room_around_the_face():
    image = np.zeros((100, 100), np.uint8)
    image[40:60, 40:60] = 255
    found = portrait(image, (40, 40, 20, 20))
    assert found.shape == (30, 30, 3)
    assert found[5:25, 5:25].min() == 255
    assert found[:5].max() == 0
    assert portrait(image, (40, 40, 20, 20), side=10).shape == (10, 10, 3)


def test_a_portrait_ends_with_the_picture():
    image = np.zeros((100, 100), np.uint8)
    assert portrait(image, (-10, 90, 20, 20)).shape == (15, 15, 3)
    assert portrait(image, (-90, 10, 20, 20)) is None
    assert portrait(image, (10, 200, 20, 20)) is None


def test_a_dark_face_in_a_picture_of_16_bits():
    image = np.full((100, 100), 65535, np.uint16)
    image[20:80, 20:80] = 200
    assert portrait(image, (40, 40, 10, 10)).max() == 1


def test_a_portrait_does_not_keep_the_frame():
    image = picture(50)
    found = portrait(image, (0, 0, 200, 200), side=500)
    assert not np.shares_memory(found, image)


def test_jpeg():
    content = as_jpeg(picture(50))
    decoded = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert decoded.shape == (80, 120, 3)
    assert content.startswith(b"\xff\xd8")
