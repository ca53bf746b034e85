import numpy as np
import pytest

from fer_classic.exceptions import UnknownNameError
from fer_classic.live.tracking._smoothing import SMOOTHINGS, make_smoothing


def run(name, window, frames):
    step = make_smoothing(name, window).start()
    return [step(max(scores, key=scores.get), scores) for scores in frames]


def scores(*happy):
    return [{"happy": value, "sad": 1 - value} for value in happy]


def test_none_changes_nothing():
    frames = scores(0.9, 0.2, 0.6)
    assert run("none", 10, frames) == list(zip(["happy", "sad", "happy"], frames, strict=True))


def test_majority_counts_the_last_frames():
    frames = scores(0.9, 0.2, 0.2, 0.9, 0.9)
    told = run("majority", 3, frames)
    # Where two are equally frequent, the newest decides.
    assert [name for name, _ in told] == ["happy", "sad", "sad", "sad", "happy"]
    assert [scores for _, scores in told] == frames


def test_average_forgets_exponentially():
    told = run("average", 3, scores(1.0, 0.0, 0.0))
    # With a window of 3 the newest frame weighs 1/2.
    np.testing.assert_allclose([scores["happy"] for _, scores in told], [1.0, 0.5, 0.25])
    np.testing.assert_allclose([sum(scores.values()) for _, scores in told], 1.0)
    assert told[2][0] == "sad"


@pytest.mark.parametrize("name", ["majority", "average"])
def test_a_window_of_one_is_no_smoothing(name):
    frames = scores(0.9, 0.2, 0.6)
    assert run(name, 1, frames) == run("none", 1, frames)


@pytest.mark.parametrize("name", SMOOTHINGS)
def test_people_do_not_mix(name):
    smoothing = make_smoothing(name, 10)
    one, other = smoothing.start(), smoothing.start()
    for _ in range(5):
        one("happy", {"happy": 0.9, "sad": 0.1})
    assert other("sad", {"happy": 0.2, "sad": 0.8}) == ("sad", {"happy": 0.2, "sad": 0.8})


def test_labels_describe_the_work():
    labels = [make_smoothing(name, 10).label for name in SMOOTHINGS]
    assert labels == ["none", "majority of 10 frames", "average of about 10 frames"]


def test_wrong_settings():
    with pytest.raises(UnknownNameError, match="Did you mean 'majority'"):
        make_smoothing("major", 10)
    with pytest.raises(ValueError, match="1 frame or more, got 0"):
        make_smoothing("none", 0)
