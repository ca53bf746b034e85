import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from fer_classic.exceptions import ExportError
from fer_classic.export import export_onnx
from fer_classic.export._check import choose_probes, largest_difference
from fer_classic.features import Flatten

pytest.importorskip("onnxruntime")


def test_probes_are_patterns_a_blank_image_and_faces(faces):
    model = make_pipeline(Flatten(), LogisticRegression(tol=1.0)).fit(
        faces[0][:, :30, :20], faces[1]
    )
    probes = choose_probes(model)
    assert probes.shape == (4 + 1 + 16, 30, 20)
    assert probes.dtype == np.uint8
    assert np.ptp(probes[4]) == 0


def test_rows_stay_rows(faces):
    rows = faces[0][:, ::8, ::8].reshape(len(faces[0]), -1).astype(np.float32)[:, :35]
    assert choose_probes(LogisticRegression(tol=1.0).fit(rows, faces[1])).shape == (4, 35)


def test_scores_of_pairs_of_classes_are_refused(faces, tmp_path):
    some = np.isin(faces[1], ["happy", "neutral", "sad"])
    svm = make_pipeline(Flatten(), SVC(kernel="linear", decision_function_shape="ovo"))
    svm.fit(faces[0][some], faces[1][some])
    with pytest.raises(ExportError, match=r"pairs of classes.*decision_function_shape='ovr'"):
        export_onnx(svm, tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == []


def test_a_graph_that_does_not_run(faces, cnn):
    with pytest.raises(ExportError, match="does not run in onnxruntime"):
        largest_difference(b"no model", {}, cnn, faces[0][:1], kind="probability")
