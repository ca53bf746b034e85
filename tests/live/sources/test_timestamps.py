import numpy as np
import pytest

from fer_classic.live.sources._timestamps import check_fps, frame_times

NAN, INF = float("nan"), float("inf")


def times(stamps, fps):
    """Times of frames none of which is missing."""
    indices, seconds = (
        zip(*frame_times(enumerate(stamps), fps), strict=True) if stamps else ([], [])
    )
    assert list(indices) == list(range(len(stamps)))
    return list(seconds)


@pytest.mark.parametrize("fps", [1, 0.1, 29.97])
def test_a_rate_comes_back(fps):
    assert check_fps(fps) == fps


@pytest.mark.parametrize("fps", [0, -25.0, NAN, INF])
def test_what_is_no_rate(fps):
    with pytest.raises(ValueError, match=f"fps={fps} must be a positive number"):
        check_fps(fps)


@pytest.mark.parametrize(
    ("stamps", "seconds"),
    [
        ([], []),
        ([0, 40, 80], [0, 0.04, 0.08]),
        ([0, 10, 15, 200, 201], [0, 0.01, 0.015, 0.2, 0.201]),
        ([33.5, 70], [0.0335, 0.07]),
        ([300.00000000000006], [0.3]),
        ([0, 0, 0, 0], [0, 0.1, 0.2, 0.3]),
        ([-1, NAN, INF, -INF], [0, 0.1, 0.2, 0.3]),
        ([0, 50, 0, 0, 400], [0, 0.05, 0.15, 0.25, 0.4]),
        ([0, 50, 100, 20, 30, 500], [0, 0.05, 0.1, 0.2, 0.3, 0.5]),
        ([0, 50, 50, 90, 170], [0, 0.05, 0.15, 0.25, 0.35]),
    ],
    ids=[
        "empty",
        "constant",
        "variable",
        "later start",
        "noise",
        "all zero",
        "none",
        "gap",
        "back",
        "rate too low",
    ],
)
def test_times_by_hand(stamps, seconds):
    assert times(stamps, 10.0) == pytest.approx(seconds, abs=1e-12)


def test_times_only_go_forward():
    stamps = np.random.default_rng(0).uniform(-100, 5000, 500).tolist()
    assert np.all(np.diff(times(stamps, 25.0)) > 0)


def test_times_without_stamps_are_numbers_over_the_rate():
    assert times([0.0] * 100, 30.0) == [index / 30.0 for index in range(100)]


def test_times_are_exactly_those_of_the_file():
    assert times([300.00000000000006], 10.0) == [0.3]


def test_missing_frames_leave_a_gap():
    stamped = [(0, 0.0), (1, 40.0), (4, 160.0)]
    assert list(frame_times(stamped, 10.0)) == [(0, 0.0), (1, 0.04), (4, 0.16)]
    unstamped = [(0, 0.0), (1, 0.0), (4, 0.0), (5, 0.0)]
    assert list(frame_times(unstamped, 10.0)) == [(0, 0.0), (1, 0.1), (4, 0.4), (5, 0.5)]
