import pytest

from fer_classic.exceptions import ModelFileError
from fer_classic.persistence import bundled_path, load_model
from tests.persistence.hostile import pack, unpack
from tests.persistence.hostile_network import OUTCOMES, run_batch


def test_forged_networks_are_refused_or_change_nothing():
    """In a process of their own, which OpenCV may end; ``hostile_network`` tries thousands."""
    outcomes, slowest, peak = run_batch(60, seed=7)
    assert set(outcomes) <= OUTCOMES, outcomes
    assert outcomes["refused"] > 40, outcomes
    assert outcomes["computed"] > 2, outcomes
    assert slowest < 30
    assert peak is None or peak < 700


@pytest.mark.parametrize("temperature", [0.0, -1.0, 1e999, "1", None])
def test_a_temperature_that_makes_no_sense(temperature, tmp_path):
    content, arrays = unpack(bundled_path("cnn").read_bytes())
    network = next(o for o in content["content"]["objects"] if "layers_" in o["state"])
    network["state"]["temperature_"] = temperature
    path = tmp_path / "model.joblib"
    path.write_bytes(pack(content, arrays))
    with pytest.raises(ModelFileError, match="temperature_"):
        load_model(path)
