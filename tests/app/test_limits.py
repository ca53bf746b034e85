import pytest

from fer_classic.app import Limits
from fer_classic.app._limits import RateLimiter


def test_the_pixels_are_those_of_the_environment(monkeypatch):
    monkeypatch.setenv("FER_CLASSIC_MAX_PIXELS", "1_000")
    assert Limits().pixels == 1000
    assert Limits(pixels=5).pixels == 5
    assert 1 <= Limits().parallel <= 4


@pytest.mark.parametrize(
    ("name", "value"),
    [("body", 0), ("parallel", 0), ("queue", -1), ("rate", -1), ("seconds", float("nan"))],
)
def test_limits_that_are_none(name, value):
    with pytest.raises(ValueError, match=f"{name} must be . or more, got {value}"):
        Limits(**{name: value})


def test_a_client_has_a_minutes_requests_and_then_those_of_the_rate():
    now = 0.0
    limiter = RateLimiter(6, lambda: now)
    assert [limiter.wait("a") for _ in range(6)] == [0] * 6
    assert limiter.wait("a") == pytest.approx(10)
    assert limiter.wait("b") == 0
    now = 4.0
    assert limiter.wait("a") == pytest.approx(6)
    now = 10.0
    assert limiter.wait("a") == 0
    assert limiter.wait("a") == pytest.approx(10)


def test_without_a_rate_nobody_waits():
    limiter = RateLimiter(0, lambda: 0.0)
    assert not any(limiter.wait("a") for _ in range(1000))


def test_clients_are_forgotten(monkeypatch):
    monkeypatch.setattr("fer_classic.app._limits._CLIENTS", 2)
    limiter = RateLimiter(1, lambda: 0.0)
    assert limiter.wait("a") == limiter.wait("b") == 0
    assert limiter.wait("a") > 0
    # The one that has not asked for longest.
    assert limiter.wait("c") == 0
    assert limiter.wait("a") > 0
    assert limiter.wait("b") == 0
