import pytest

from fer_classic.live._timing import StageTimer


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
