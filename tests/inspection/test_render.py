import numpy as np
import pytest

from fer_classic.inspection import Explanation, render_explanation
from fer_classic.inspection._render import AGAINST, FOR


def explanation(values):
    values = np.asarray(values, np.float32)
    return Explanation(values, "sad", 0.0, 1.0, "decision", "linear", np.zeros(values.shape))


def test_colours_by_hand():
    halves = np.repeat([[2, 2, 2, 2, 0, 0, -1, -1, -1, -1]], 10, axis=0)
    picture = render_explanation(np.full((10, 10), 100), explanation(halves), least_side=1)
    assert (picture.dtype, picture.shape) == (np.uint8, (10, 10, 3))
    # Three quarters of the colour where the map is strongest, and in proportion.
    np.testing.assert_allclose(picture[5, 0], 25 + 0.75 * np.array(FOR), atol=1)
    np.testing.assert_allclose(picture[5, 9], 62.5 + 0.375 * np.array(AGAINST), atol=1)


def test_a_map_of_zeros_changes_nothing():
    image = np.random.default_rng(0).integers(0, 256, (30, 20, 3), dtype=np.uint8)
    picture = render_explanation(image, explanation(np.zeros((6, 4))), least_side=1)
    np.testing.assert_array_equal(picture, image)


@pytest.mark.parametrize(
    ("shape", "side", "expected"),
    [((48, 48), 256, (288, 288)), ((48, 48), 240, (240, 240)), ((300, 400), 256, (300, 400))],
)
def test_small_pictures_are_enlarged(shape, side, expected):
    picture = render_explanation(np.zeros(shape), explanation(np.ones((4, 4))), least_side=side)
    assert picture.shape == (*expected, 3)


def test_a_map_lies_where_its_corners_are():
    image = np.full((40, 60), 100, np.uint8)
    corners = [(30, 10), (50, 10), (30, 30)]
    picture = render_explanation(image, explanation(np.ones((5, 5))), corners=corners, least_side=1)
    changed = (picture != 100).any(axis=2)
    assert changed[10:30, 30:50].all()
    changed[10:30, 30:50] = False
    assert not changed.any()


def test_a_turned_map():
    values = np.zeros((4, 4))
    values[:2] = 1
    # The upper side of the map is at the right of the photo.
    corners = [(30, 10), (30, 30), (10, 10)]
    picture = render_explanation(
        np.full((40, 40), 100), explanation(values), corners=corners, least_side=1
    )
    assert np.abs(picture[20, 26] - 100.0).max() > 50
    assert np.abs(picture[20, 13] - 100.0).max() <= 2


def test_corners_that_are_none():
    with pytest.raises(ValueError, match="three points"):
        render_explanation(np.zeros((9, 9)), explanation(np.ones((3, 3))), corners=[(0, 0)])


@pytest.mark.parametrize(
    ("corners", "message"),
    [
        ("abc", "corners must be three points .* 'abc'"),
        ([(0, 0), (np.nan, 0), (0, 9)], r"corners must be finite numbers, got .*nan"),
        ([(0, 0), (3, 3), (9, 9)], "corners must span an area, got .* on one line"),
    ],
)
def test_corners_of_no_area(corners, message):
    with pytest.raises(ValueError, match=message):
        render_explanation(np.zeros((9, 9)), explanation(np.ones((3, 3))), corners=corners)


@pytest.mark.parametrize("side", [0, -1, np.nan, 10.5])
def test_sides_of_no_length(side):
    with pytest.raises(ValueError, match=f"least_side must be a whole number .* got {side!r}"):
        render_explanation(np.zeros((9, 9)), explanation(np.ones((3, 3))), least_side=side)


def test_maps_without_colours():
    values = np.ones((3, 3))
    values[1, 2] = np.nan
    with pytest.raises(ValueError, match="1 of 9 are not, such as nan at row 1, column 2"):
        render_explanation(np.zeros((9, 9)), explanation(values))
