from hashlib import sha256

import cv2
import numpy as np
import pytest
from sklearn.utils import Bunch

from benchmarks.detector.__main__ import main
from fer_classic.datasets import load_drawn_faces
from fer_classic.exceptions import DataNotFoundError
from fer_classic.faces import PyramidDetector


def drawn_faces(home, split):
    faces = load_drawn_faces().images[::32]
    return Bunch(images=faces, duplicates=np.arange(len(faces)))


def test_a_trial_from_faces_to_networks(tmp_path, capsys):
    pytest.importorskip("onnx", reason="torch writes networks with onnx")
    arguments = ["--quick", "--scenes", "1", "--output", str(tmp_path)]
    assert main(arguments, load=drawn_faces) == 0
    printed = capsys.readouterr().out
    for number in range(2):
        folder = tmp_path / f"round_{number}"
        for name in ("check.onnx", "proposals.onnx"):
            assert cv2.dnn.readNetFromONNX(str(folder / name)).getLayerNames()
    digest = sha256((folder / "check.onnx").read_bytes()).hexdigest()
    assert f"check.onnx {digest}" in printed
    assert "against the light" in printed
    PyramidDetector(model=folder).detect(drawn_faces(None, None).images[0])


def test_no_faces(tmp_path, capsys):
    def load(home, split):
        raise DataNotFoundError("no data.")

    assert main(["--output", str(tmp_path)], load=load) == 1
    assert capsys.readouterr().err == "benchmarks.detector: no data.\n"
