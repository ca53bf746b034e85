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

    @pytest.mark.parametrize("strength", [0, 0.7])
    def test_units_agree(self, kind, strength):
        image = rng().integers(1, 256, (20, 24), dtype=np.uint8)
        expected = disturb(image / np.float32(255), kind, strength, rng(4))
        for other in (image, image.astype(int), image.astype(np.uint16) * 257):
            changed = disturb(other, kind, strength, rng(4))
            assert changed.dtype == np.float32
            np.testing.assert_allclose(changed, expected, atol=1e-6)

    @pytest.mark.parametrize("strength", [0, 0.5])
    @pytest.mark.parametrize(
        ("image", "message"),
        [
            (np.full((9, 9), 64.0), "floating images hold 0 to 1, got values from 64 to 64; div"),
            (np.full((9, 9), np.nan), "floating images hold 0 to 1, got none and 81 that are not"),
            (np.full((9, 9), -1), "int64 hold 0 to 255, got values from -1 to -1"),
            (np.zeros((9, 9, 3)), r"disturb expects a grey image of shape .* got \(9, 9, 3\); con"),
            (np.zeros((2, 9, 9, 3)), r"disturb expects a grey image .* got \(2, 9, 9, 3\)"),
            (np.zeros((0, 9)), r"disturb expects .* got \(0, 9\), which has no pixels"),
            ("face.png", r"disturb expects a grey image .* got \(\)"),
        ],
        ids=["grey levels", "nan", "negative", "colour", "batch", "empty", "text"],
    )
    def test_what_is_no_grey_image(self, kind, image, message, strength):
        with pytest.raises(ValueError, match=message):
            disturb(image, kind, strength, rng())

    def test_seeds(self, kind, face):
        first, second = (disturb(face, kind, 0.7, rng(4)) for _ in range(2))
        np.testing.assert_array_equal(first, second)


def test_grey_levels_are_scaled():
    image = np.full((48, 48), 64, np.uint8)
    np.testing.assert_allclose(disturb(image, "blur", 1.0, rng()), 64 / 255, rtol=1e-6)
    np.testing.assert_allclose(disturb(image, "blur", 0, rng()), 64 / 255, rtol=1e-6)


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
