from tests.persistence.hostile_network import run_batch


def test_forged_networks_are_refused_or_change_nothing():
    """In a process of their own, which OpenCV may end; ``hostile_network`` tries thousands."""
    outcomes, slowest, peak = run_batch(120, seed=7)
    assert set(outcomes) <= {"refused", "same", "computed"}, outcomes
    assert outcomes["refused"] > 90, outcomes
    assert outcomes["computed"] > 5, outcomes
    assert slowest < 30
    assert peak is None or peak < 700
