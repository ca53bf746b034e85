import numpy as np
import pytest

from fer_classic.datasets._drawing._canvas import Canvas


@pytest.fixture
def canvas():
    return Canvas((-1.0, -2.0, 1.0, 1.0), 40.0)


def test_pixels(canvas):
    assert canvas.shape == (120, 80)
    np.testing.assert_allclose(
        canvas.to_pixels([(-1.0, -2.0), (0.0, 0.0)]), [(-0.5, -0.5), (39.5, 79.5)]
    )
    assert canvas.x[0, 0] == pytest.approx(-0.9875)
    assert canvas.y[-1, 0] == pytest.approx(0.9875)


def test_fill_covers_the_area_of_the_contour(canvas):
    square = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
    mask = canvas.fill(square)
    assert mask.dtype == np.float32
    assert mask.sum() / 40.0**2 == pytest.approx(1.0, rel=0.12)
    assert canvas.fill(square, blur=0.05).sum() == pytest.approx(mask.sum(), rel=1e-3)


def test_the_heavier_of_two_crossing_creases_counts(canvas):
    line = np.column_stack([np.linspace(-0.8, 0.8, 9), np.zeros(9)])
    deep, shallow = (line, 1.0), (line[:, ::-1], 0.3)
    both = canvas.creases([deep, shallow], width=0.2)
    np.testing.assert_array_equal(canvas.creases([shallow, deep], width=0.2), both)
    assert both[80, 40] == pytest.approx(1.0, abs=0.01)
    assert both[100, 40] == pytest.approx(0.3, abs=0.01)


def test_creases_taper_off(canvas):
    line = np.column_stack([np.linspace(-0.8, 0.8, 33), np.zeros(33)])
    widths = canvas.creases([(line, 1.0)], width=0.3).sum(axis=0)
    middle, end = widths[40], widths[10]
    assert middle > 1.5 * end > 0.0


def test_bump_has_its_height_at_its_center(canvas):
    bump = canvas.bump(np.array([0.0125, 0.0125]), (0.2, 0.1))
    assert bump.dtype == np.float32
    assert np.unravel_index(bump.argmax(), bump.shape) == (80, 40)
    assert bump.max() == pytest.approx(1.0)
    assert bump[80, 48] == pytest.approx(np.exp(-0.5))


def test_grain_sticks_to_the_face_plane(canvas):
    part = Canvas((-0.5, -1.0, 0.5, 0.5), 40.0)
    whole = canvas.grain(7, (0.03, 0.03))
    np.testing.assert_array_equal(part.grain(7, (0.03, 0.03)), whole[40:100, 20:60])
    assert (canvas.grain(8, (0.03, 0.03)) != whole).mean() > 0.99
    assert whole.std() == pytest.approx(1.0, abs=0.3)
