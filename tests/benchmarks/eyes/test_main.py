from hashlib import sha256

import numpy as np
from sklearn.utils import Bunch

from benchmarks.eyes.__main__ import main
from fer_classic.exceptions import DataNotFoundError


def test_a_trial_from_faces_to_weights(faces, tmp_path, capsys):
    path = tmp_path / "eyes.npz"

    def load(home, split):
        assert (home, split) == ("faces", "Training")
        return Bunch(images=faces[:12])

    assert main(["--quick", "--data-dir", "faces", "--output", str(path)], load=load) == 0
    printed = capsys.readouterr().out
    assert " of 12" in printed
    assert sha256(path.read_bytes()).hexdigest() in printed
    with np.load(path, allow_pickle=False) as stored:
        assert {name: stored[name].dtype for name in stored} == {
            "stages": np.float16,
            "check": np.float16,
        }


def test_no_faces(tmp_path, capsys):
    def load(home, split):
        raise DataNotFoundError("no data.")

    assert main(["--output", str(tmp_path / "eyes.npz")], load=load) == 1
    assert capsys.readouterr().err == "benchmarks.eyes: no data.\n"
    assert not list(tmp_path.iterdir())
