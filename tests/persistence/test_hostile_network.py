from tests.persistence.hostile_network import OUTCOMES, run_batch


def test_forged_networks_are_refused_or_change_nothing():
    """In a process of their own, which OpenCV may end; ``hostile_network`` tries thousands."""
    outcomes, slowest, peak = run_batch(60, seed=7)
    assert set(outcomes) <= OUTCOMES, outcomes
    assert outcomes["refused"] > 40, outcomes
    assert outcomes["computed"] > 2, outcomes
    assert slowest < 30
    assert peak is None or peak < 700
