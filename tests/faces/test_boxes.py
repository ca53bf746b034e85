import re

import numpy as np
import pytest

from fer_classic.faces import crop_face, intersection_over_union, square_around
from fer_classic.faces._boxes import (
    central_square,
    half_up,
    largest_first,
    shared_with_smaller,
)


@pytest.mark.parametrize(
    ("box", "margin", "square"),
    [
        ((10, 20, 30, 30), 0.0, (10, 20, 30)),
        ((10, 20, 30, 50), 0.0, (0, 20, 50)),
        ((10, 20, 50, 30), 0.0, (10, 10, 50)),
        ((10, 20, 31, 30), 0.0, (10, 19.5, 31)),
        ((10, 20, 30, 30), 0.1, (7, 17, 36)),
        ((10, 20, 30, 30), -0.1, (13, 23, 24)),
        ((10, 20, 20, 40), 0.5, (-20, 0, 80)),
    ],
)
def test_square_around(box, margin, square):
    assert square_around(box, margin=margin) == pytest.approx(square)


@pytest.mark.parametrize(
    "box",
    [
        (1, 1, 0, 5),
        (1, 1, 5, -3),
        (1, 1, 5),
        (1, 1, 5, 5, 5),
        [(1, 1, 5, 5)],
        (1, 1, np.nan, 5),
        (np.inf, 1, 5, 5),
        (0, 0, 1e30, 5),
        (-(10**400), 0, 5, 5),
        "face",
        None,
    ],
)
def test_what_is_no_box(box):
    found = re.escape(f"x, y, w, h with w and h above 0, got {box}.")
    for function in (square_around, lambda box: crop_face(np.zeros((9, 9)), box)):
        with pytest.raises(ValueError, match=found):
            function(box)


@pytest.mark.parametrize("margin", [-0.5, -1, np.nan, np.inf, 101, 10**400, "wide", None])
def test_what_is_no_margin(margin):
    found = re.escape(f"above -0.5, at which nothing is left, got {margin!r}.")
    with pytest.raises(ValueError, match=found):
        square_around((1, 1, 5, 5), margin=margin)


@pytest.mark.parametrize(
    ("shape", "box"),
    [
        ((40, 40), (0, 0, 40, 40)),
        ((40, 60), (10, 0, 40, 40)),
        ((61, 40), (0, 10, 40, 40)),
        ((1, 4), (1, 0, 1, 1)),
    ],
)
def test_central_square(shape, box):
    assert central_square(*shape) == box


def test_half_up():
    numbers = [-1.5, -0.5, -0.4, 0.49, 0.5, 1.5, 2.5, 2.5 - 1e-12, 2.4]
    assert half_up(numbers).tolist() == [-1, 0, 0, 0, 1, 2, 3, 3, 2]


def test_largest_first():
    boxes = [(0, 0, 2, 2), (1, 1, 5, 5), (2, 2, 1, 4), (3, 3, 3, 9)]
    ordered, scores = largest_first(boxes, [0.1, 0.2, 0.3, 0.4])
    # Two boxes of area 4 keep their order.
    assert ordered[:, 0].tolist() == [3, 1, 0, 2]
    np.testing.assert_allclose(scores, [0.4, 0.2, 0.1, 0.3])
    assert (ordered.dtype, scores.dtype) == (np.int64, np.float32)


@pytest.mark.parametrize("nothing", [(), [], np.empty((0, 4))])
def test_no_boxes(nothing):
    boxes, scores = largest_first(nothing, ())
    assert (boxes.shape, scores.shape) == ((0, 4), (0,))


@pytest.mark.parametrize(
    ("a", "b", "overlap"),
    [
        ((0, 0, 10, 10), (0, 0, 10, 10), 1.0),
        ((0, 0, 10, 10), (5, 0, 10, 10), 50 / 150),
        ((0, 0, 10, 10), (5, 5, 10, 10), 25 / 175),
        ((0, 0, 10, 10), (2, 2, 5, 5), 0.25),
        ((0, 0, 10, 10), (10, 0, 10, 10), 0.0),
        ((0, 0, 10, 10), (30, 30, 1, 1), 0.0),
        ((0, 0, 0, 0), (0, 0, 0, 0), 0.0),
    ],
)
def test_intersection_over_union(a, b, overlap):
    assert intersection_over_union([a], [b]) == pytest.approx(overlap)
    assert intersection_over_union([b], [a]) == pytest.approx(overlap)


def test_intersection_over_union_of_sets():
    table = intersection_over_union([(0, 0, 4, 4), (8, 8, 2, 2)], np.array([[0, 0, 4, 2]] * 3))
    assert table.tolist() == [[0.5] * 3, [0.0] * 3]
    assert intersection_over_union([], [(0, 0, 1, 1)]).shape == (0, 1)


@pytest.mark.parametrize(
    ("a", "b", "share"),
    [
        ((0, 0, 10, 10), (0, 0, 10, 10), 1.0),
        ((0, 0, 10, 10), (5, 0, 10, 10), 0.5),
        ((0, 0, 10, 10), (2, 2, 5, 5), 1.0),
        ((0, 0, 10, 10), (8, 8, 4, 4), 0.25),
        ((0, 0, 10, 10), (10, 0, 10, 10), 0.0),
        ((0, 0, 10, 10), (3, 3, 0, 5), 0.0),
    ],
)
def test_shared_with_smaller(a, b, share):
    assert shared_with_smaller([a], [b])[0, 0] == pytest.approx(share)
    assert shared_with_smaller([b], [a])[0, 0] == pytest.approx(share)


def test_shared_with_smaller_of_no_boxes():
    assert shared_with_smaller(np.empty((0, 4)), [(0, 0, 1, 1)]).shape == (0, 1)
