import cv2
import numpy as np
import pytest

from fer_classic.faces._similarity import (
    Similarity,
    as_complex,
    as_points,
    similarity_between,
    turn_about,
    warp,
)

STILL = Similarity(1 + 0j, 0j)


@pytest.mark.parametrize(
    ("source", "target", "factor", "shift"),
    [
        ([0, 1], [0, 1], 1, 0),
        ([0, 1], [5 + 2j, 6 + 2j], 1, 5 + 2j),
        ([0, 2], [0, 1], 0.5, 0),
        # The right eye hangs straight below the left one: a quarter turn against the clock.
        ([3, 3 + 4j], [0, 4], -1j, 3j),
        ([1 + 1j, 4 + 5j], [10, 20], 1.2 - 1.6j, 7.2 + 0.4j),
    ],
)
def test_two_points_say_all(source, target, factor, shift):
    similarity = similarity_between(np.array(source, complex), np.array(target, complex))
    assert similarity.factor == pytest.approx(factor)
    assert similarity.shift == pytest.approx(shift)
    np.testing.assert_allclose(similarity(np.array(source)), target, atol=1e-12)
    np.testing.assert_allclose(similarity.inverse()(np.array(target)), source, atol=1e-12)


@pytest.mark.parametrize(
    ("source", "target"),
    [([0, 0], [0, 1]), ([0, 1], [5, 5]), ([0, 1e-320], [0, 1]), ([0, 1.7e308], [0, 1e-20])],
)
def test_points_that_say_nothing(source, target):
    with pytest.raises(ValueError, match=r"no similarity takes .*: two of them are too close"):
        similarity_between(np.array(source, complex), np.array(target, complex))


def test_points_and_numbers():
    points = np.array([[1.0, 2.0], [3.5, -4.0]])
    np.testing.assert_array_equal(as_complex(points), [1 + 2j, 3.5 - 4j])
    np.testing.assert_array_equal(as_points(as_complex(points)), points)


def test_turns_are_clockwise():
    # To the right of the centre, then below it.
    assert turn_about(2 + 1j, 90)(5 + 1j) == pytest.approx(2 + 4j)


class TestWarp:
    IMAGE = np.arange(12, dtype=np.uint8).reshape(3, 4) * 10

    def test_nothing_to_do(self):
        np.testing.assert_array_equal(warp(self.IMAGE, STILL, (3, 4)), self.IMAGE)

    def test_shifts_and_repeats_the_border(self):
        shifted = warp(self.IMAGE, Similarity(1 + 0j, 1 + 0j), (3, 4))
        np.testing.assert_array_equal(shifted[:, 1:], self.IMAGE[:, :3])
        np.testing.assert_array_equal(shifted[:, 0], self.IMAGE[:, 0])

    def test_a_quarter_turn_moves_whole_pixels(self):
        # About the middle of the image, which is clockwise and then 4 high and 3 wide.
        turned = warp(self.IMAGE, Similarity(1j, 3 + 0j), (4, 3))
        np.testing.assert_array_equal(turned, np.rot90(self.IMAGE, -1))

    @pytest.mark.parametrize("times", [2, 3, 5])
    def test_what_is_reduced_is_averaged(self, times):
        image = np.random.default_rng(0).integers(0, 256, (30, 60), dtype=np.uint8)
        reduced = warp(image, Similarity(1 / times + 0j, 0j), (30 // times, 60 // times))
        expected = cv2.resize(image, reduced.shape[::-1], interpolation=cv2.INTER_AREA)
        np.testing.assert_array_equal(reduced, expected)

    def test_large_results_are_enlarged_less(self, monkeypatch):
        shapes = []
        monkeypatch.setattr(
            cv2, "warpAffine", lambda image, matrix, size, **_: shapes.append(size) or image
        )
        for shape, most in (((48, 60), (960, 768)), ((100, 10_000), (30_000, 300))):
            warp(np.zeros(shape, np.uint8), Similarity(1e-9 + 0j, 0j), shape)
            assert shapes.pop() == most

    def test_other_borders(self):
        shifted = warp(
            self.IMAGE, Similarity(1 + 0j, 2 + 0j), (3, 4), border=cv2.BORDER_CONSTANT, gray=7
        )
        assert (shifted[:, :2] == 7).all()

    def test_one_pixel(self):
        assert warp(self.IMAGE, STILL, (1, 1)).tolist() == [[0]]
