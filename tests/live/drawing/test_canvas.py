import numpy as np
import pytest

from fer_classic.live.drawing._canvas import Canvas


@pytest.fixture
def canvas():
    return Canvas(np.zeros((100, 200, 3), np.uint8), None)


def drawn(picture):
    """The box ``x, y, w, h`` around all that is not black."""
    rows, columns = np.nonzero(picture.any(axis=2))
    x, y = columns.min(), rows.min()
    return x, y, columns.max() - x + 1, rows.max() - y + 1


@pytest.mark.parametrize(
    ("shape", "size"), [((90, 120), 9), ((480, 640), 15), ((1920, 1080), 34), ((2160, 3840), 68)]
)
def test_words_grow_with_the_picture(shape, size):
    assert Canvas(np.zeros((*shape, 3), np.uint8), None).size == size


@pytest.mark.parametrize(
    ("taken", "expected", "covered"),
    [
        ([], (10, 10), 0),
        ([(0, 0, 10, 100)], (10, 10), 0),
        ([(0, 0, 11, 100)], (50, 10), 0),
        ([(0, 0, 11, 100), (50, 10, 5, 5)], (10, 10), 20),
        ([(0, 0, 11, 100), (50, 10, 2, 3)], (50, 10), 6),
        ([(-50, -50, 1000, 1000), (10, 10, 1, 1)], (50, 10), 600),
    ],
)
def test_panels_go_where_they_cover_least(canvas, taken, expected, covered):
    canvas.taken += taken
    box, area = canvas.place((30, 20), [(10, 10), (50, 10)])
    assert (box, area) == ((*expected, 30, 20), covered)


@pytest.mark.parametrize(
    ("spot", "expected"),
    [((-5, -5), (0, 0)), ((180, 95), (170, 80)), ((999, 40), (170, 40)), ((170, 80), (170, 80))],
)
def test_places_are_inside_the_picture(canvas, spot, expected):
    assert canvas.place((30, 20), [spot]) == ((*expected, 30, 20), 0)


def test_panels_larger_than_the_picture_begin_in_its_corner(canvas):
    box, _ = canvas.place((300, 20), [(50, 50)])
    assert box == (0, 50, 300, 20)
    canvas.panel(box, (9, 9, 9))
    assert drawn(canvas.picture)[:3:2] == (0, 200)


def test_corners_of_the_picture(canvas):
    assert canvas.corners((30, 20)) == [(4, 4), (4, 76), (166, 4), (166, 76)]


def test_panels_are_rounded_and_let_the_picture_through(canvas):
    canvas.picture[:] = 200
    canvas.panel((20, 30, 60, 40), (0, 100, 200), opacity=0.75)
    np.testing.assert_array_equal(canvas.picture[50, 50], [50, 125, 200])
    assert drawn(200 - canvas.picture) == (20, 30, 60, 40)
    assert (canvas.picture[[30, 30, 69, 69], [20, 79, 20, 79], 0] > 150).all()
    assert canvas.taken == [(20, 30, 60, 40)]


def test_outlines_lie_on_the_box(canvas):
    canvas.outline((20, 30, 60, 40), (255, 255, 255), 1)
    assert drawn(canvas.picture) == pytest.approx((20, 30, 60, 40), abs=2)
    assert (canvas.picture[[30, 69, 50, 50], [50, 50, 20, 79]] > 200).all()
    assert not canvas.picture[33:67, 23:77].any()
    assert canvas.taken == [(20, 30, 60, 40)]


def test_bars_are_as_long_as_they_should(canvas):
    canvas.bar((20, 50), 33, 4, (1, 2, 3))
    assert drawn(canvas.picture) == (20, 48, 33, 4)


def test_words_are_as_wide_as_said(canvas):
    canvas.text("HHH", (20, 50), (255, 255, 255), 20)
    x, y, w, h = drawn(canvas.picture)
    assert x == pytest.approx(20, abs=2)
    assert x + w == pytest.approx(20 + canvas.width("HHH", 20), abs=2)
    assert y + h / 2 == pytest.approx(50, abs=1)
