import pytest

from fer_classic.live._timing import FrameRate, StageTimer


def test_each_stage_has_its_milliseconds_in_order():
    times = iter([1.0, 1.25, 5.0, 7.0])
    timer = StageTimer(clock=lambda: next(times))
    with timer.stage("second by name"):
        pass
    with timer.stage("first by name"):
        pass
    assert list(timer.milliseconds.items()) == [
        ("second by name", 250.0),
        ("first by name", 2000.0),
    ]


def test_a_stage_that_fails_leaves_no_time():
    timer = StageTimer()
    with pytest.raises(KeyError), timer.stage("detect"):
        raise KeyError
    assert timer.milliseconds == {}


def test_the_rate_is_that_of_the_last_frames():
    times = iter([0.0, 2.0, *(2.0 + 0.1 * k for k in range(1, 40))])
    rate = FrameRate(clock=lambda: next(times))
    assert rate.count() is None
    assert rate.count() == 0.5
    for _ in range(39):
        last = rate.count()
    assert last == pytest.approx(10)


def test_frames_at_the_same_time_have_no_rate():
    rate = FrameRate(clock=lambda: 1.0)
    assert [rate.count(), rate.count()] == [None, None]
