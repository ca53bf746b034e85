import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from fer_classic.live.tracking._optical_flow import follow, make_template, similarity

# The astronaut's face in the photo.
FACE = np.array([176.0, 66.0, 100.0, 100.0])


@pytest.fixture(scope="module")
def photo():
    return cv2.cvtColor(astronaut(), cv2.COLOR_RGB2GRAY)


def moved(photo, scale, shift):
    matrix = np.float32([[scale, 0, shift[0]], [0, scale, shift[1]]])
    return cv2.warpAffine(photo, matrix, photo.shape[::-1])


@pytest.mark.parametrize("enlarged", [0.4, 1.0, 3.0])
@pytest.mark.parametrize("shift", [(0, 0), (7, -4), (-12, 9)])
def test_a_shift_is_found(photo, enlarged, shift):
    photo = cv2.resize(photo, None, fx=enlarged, fy=enlarged, interpolation=cv2.INTER_AREA)
    shift = np.array(shift) * enlarged
    box = follow(photo, moved(photo, 1.0, shift), FACE * enlarged)
    expected = FACE * enlarged + np.array([*shift, 0, 0])
    np.testing.assert_allclose(box, expected, atol=1.5 * enlarged)


@pytest.mark.parametrize("scale", [0.94, 1.06])
def test_growth_is_found(photo, scale):
    x, y, w, h = FACE
    # The middle of the face stays where it is.
    shift = (1 - scale) * np.array([x + w / 2, y + h / 2])
    box = follow(photo, moved(photo, scale, shift), FACE)
    assert box[2] / w == pytest.approx(scale, abs=0.01)
    np.testing.assert_allclose(box[:2] + box[2:] / 2, [x + w / 2, y + h / 2], atol=1.0)


def test_a_face_that_is_gone_is_lost(photo):
    noise = np.random.default_rng(0).integers(0, 256, photo.shape, dtype=np.uint8)
    assert follow(photo, noise, FACE) is None
    assert follow(photo, np.zeros_like(photo), FACE) is None


@pytest.mark.parametrize(
    "box", [(-90, 5, 100, 100), (505, 5, 40, 40), (600, 0, 50, 50), (5, 5, 3, 3)]
)
def test_what_is_hardly_in_the_frame_raises_nothing(photo, box):
    box = follow(photo, photo, np.array(box, dtype=float))
    assert box is None or np.isfinite(box).all()


class TestPortrait:
    def test_light_changes_nothing(self, photo):
        other = np.rint(0.5 * photo + 40).astype(np.uint8)
        assert similarity(make_template(photo, FACE), make_template(other, FACE)) > 0.999

    def test_light_from_one_side_changes_little(self, photo):
        other = np.rint(photo * np.linspace(0.2, 1.0, photo.shape[1])).astype(np.uint8)
        assert similarity(make_template(photo, FACE), make_template(other, FACE)) > 0.95

    @pytest.mark.parametrize("shift", [(8, -8), (-10, 0), (0, 10)])
    def test_a_shifted_box_is_the_same_face(self, photo, shift):
        shifted = FACE + np.array([*shift, 0, 0])
        assert similarity(make_template(photo, FACE), make_template(photo, shifted)) > 0.9

    def test_another_place_is_dissimilar(self, photo):
        elsewhere = FACE + np.array([-150, 200, 0, 0])
        assert similarity(make_template(photo, FACE), make_template(photo, elsewhere)) < 0.5

    def test_no_contrast_is_like_nothing(self):
        flat = make_template(np.full((50, 50), 7, np.uint8), np.array([5.0, 5.0, 20.0, 20.0]))
        assert similarity(flat, flat) == 0.0

    def test_beyond_the_frame_the_border_counts(self, photo):
        assert make_template(photo, np.array([-40.0, -40.0, 100.0, 100.0])).shape == (30, 30)
