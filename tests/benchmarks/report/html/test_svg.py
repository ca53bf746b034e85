import re

import pytest

from benchmarks.report.html.svg import Plot, tens, ticks


@pytest.mark.parametrize(
    ("ends", "most", "expected"),
    [
        ((0, 1), 5, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        ((0.2, 0.7), 5, [0.2, 0.3, 0.4, 0.5, 0.6, 0.7]),
        ((-1, 1), 4, [-1, -0.5, 0, 0.5, 1]),
        ((0.15, 0.93), 6, [0.2, 0.4, 0.6, 0.8]),
    ],
)
def test_ticks_are_round(ends, most, expected):
    found = ticks(*ends, most)
    assert found == pytest.approx(expected)
    assert "-0.0" not in map(str, found)


@pytest.mark.parametrize(
    ("values", "expected"),
    [([(0.31, 0.25, 0.38)], (0.2, 0.4)), ([(1.0, None, None)], (0.9, 1)), ([(0, 0, 0)], (0, 0.1))],
)
def test_tens_are_around_intervals(values, expected):
    names = ("value", "low", "high")
    assert tens([dict(zip(names, of, strict=True)) for of in values]) == pytest.approx(expected)


def test_places_on_the_axes():
    plot = Plot((1, 100), (0, 1), size=(220, 120), log=True, margin=(10, 10, 10, 10))
    assert [plot.x(value) for value in (1, 10, 100)] == pytest.approx([10, 110, 210])
    assert [plot.y(value) for value in (0, 0.25, 1)] == pytest.approx([110, 85, 10])
    plot.line([(1, 0), (10, 0.25)])
    plot.dot(10, 0.25, says="<here>")
    svg = plot.render('a "plot"')
    assert 'd="M10 110L110 85"' in svg
    assert re.search(r'cx="110" cy="85".*<title>&lt;here&gt;</title>', svg)
    assert 'aria-label="a &quot;plot&quot;"' in svg
