"""Thousands of damaged and forged files, in a process that may be ended by one of them."""

import subprocess
import sys

import pytest

from fer_classic.exceptions import ModelFileError
from fer_classic.persistence import load_model, save_model
from tests.persistence.hostile import make_models


def test_mutations_are_refused_or_change_nothing():
    code = (
        "from tests.persistence.hostile import peak_memory, run\n"
        "outcomes, slowest = run(150, seed=7)\n"
        "wrong = {key: n for key, n in outcomes.items() if key[1] not in ('refused', 'same')}\n"
        "assert not wrong, wrong\n"
        "assert outcomes['structure', 'refused'] > 500, outcomes\n"
        "assert outcomes['bytes', 'refused'] == 12 * 75, outcomes\n"
        "assert slowest < 5, slowest\n"
        "peak = peak_memory()\n"
        "assert peak is None or peak < 500, peak\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("kind", ["bytes", "forest"])
def test_a_file_that_ends_anywhere_is_refused(kind, tmp_path):
    path = tmp_path / "model.joblib"
    save_model(dict(make_models())[kind], path)
    data = path.read_bytes()
    for kept in [*range(0, len(data), 256), len(data) - 1]:
        path.write_bytes(data[:kept])
        for trust in (False, True):
            with pytest.raises(ModelFileError, match="damaged"):
                load_model(path, trust=trust)
