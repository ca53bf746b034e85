import numpy as np
import pytest

from fer_classic.exceptions import UnknownNameError
from fer_classic.utils import DISTURBANCES, disturb


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def face():
    rows, columns = np.mgrid[:48, :48] / 47.0
    waves = 0.5 + 0.2 * np.sin(9 * rows) * np.cos(7 * columns) + 0.2 * (rows - 0.5)
    return waves.astype(np.float32)


@pytest.mark.parametrize("kind", DISTURBANCES)
class TestAll:
    def test_no_strength_changes_nothing(self, kind, face):
        np.testing.assert_array_equal(disturb(face, kind, 0, rng()), face)

    @pytest.mark.parametrize("shape", [(48, 48), (30, 50), (1, 9), (2, 2)])
    def test_form_and_range(self, kind, shape):
        image = rng().random(shape)
        before = image.copy()
        changed = disturb(image, kind, 1.0, rng())
        assert changed.shape == shape
        assert changed.dtype == np.float32
        assert 0 <= changed.min() <= changed.max() <= 1
        np.testing.assert_array_equal(image, before)

    def test_stronger_is_further_away(self, kind, face):
        distances = [
            np.mean([np.abs(disturb(face, kind, s, rng(k)) - face).mean() for k in range(20)])
            for s in (0.2, 0.6, 1.0)
        ]
        assert 0 < distances[0] < distances[1] < distances[2]

    def test_seeds(self, kind, face):
        first, second = (disturb(face, kind, 0.7, rng(4)) for _ in range(2))
        np.testing.assert_array_equal(first, second)


def test_darkness_is_a_tenth_of_the_light_in_eight_bits(face):
    dark = disturb(face, "darkness", 1.0, rng())
    np.testing.assert_allclose(dark, face / 10, atol=0.5 / 255 + 1e-6)
    assert len(np.unique(dark)) <= np.ptp(face) * 25.5 + 2


def test_scale_is_by_1_25():
    rows, columns = np.mgrid[:48, :48] - 23.5
    square = ((abs(rows) < 10) & (abs(columns) < 10)).astype(np.float32)
    sides = {round(disturb(square, "scale", 1.0, rng(k)).sum() ** 0.5) for k in range(10)}
    assert sides == {16, 25}


def test_shift_is_a_tenth_of_the_side():
    dot = np.zeros((50, 50), dtype=np.float32)
    dot[25, 25] = 1
    for seed in range(5):
        moved = disturb(dot, "shift", 1.0, rng(seed))
        centre = (np.argwhere(moved) * moved[moved > 0][:, np.newaxis]).sum(axis=0) / moved.sum()
        assert np.hypot(*(centre - 25)) == pytest.approx(5, abs=0.2)


def test_rotation_is_by_30_degrees():
    dot = np.zeros((41, 41), dtype=np.float32)
    dot[20, 36] = 1
    angles = set()
    for seed in range(10):
        row, column = np.unravel_index(disturb(dot, "rotation", 1.0, rng(seed)).argmax(), dot.shape)
        angles.add(round(np.rad2deg(np.arctan2(row - 20, column - 20)) / 6) * 6)
    assert angles == {-30, 30}


def test_a_quarter_is_covered(face):
    covered = disturb(face, "occlusion", 1.0, rng())
    assert np.mean(covered == np.float32(face.mean())) == pytest.approx(0.25, abs=0.02)


def test_noise_has_its_standard_deviation():
    image = np.full((100, 100), 0.5)
    assert disturb(image, "noise", 0.5, rng()).std() == pytest.approx(0.05, rel=0.05)


def test_blur_and_resolution_keep_the_mean(face):
    for kind in ("blur", "resolution"):
        assert disturb(face, kind, 1.0, rng()).mean() == pytest.approx(face.mean(), abs=0.01)


def test_unknown_kinds_and_strengths(face):
    with pytest.raises(UnknownNameError, match="fog"):
        disturb(face, "fog", 0.5, rng())
    for strength in (-0.1, 1.1, np.nan, "strong"):
        with pytest.raises(ValueError, match="strength must be a number from 0 to 1"):
            disturb(face, "blur", strength, rng())
