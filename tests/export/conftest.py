import numpy as np
import pytest

from fer_classic.datasets import load_drawn_faces
from fer_classic.persistence import load_bundled
from fer_classic.utils import class_scores


@pytest.fixture(scope="session")
def faces():
    """Drawn faces and their names."""
    pytest.importorskip("onnx")
    return load_drawn_faces(n_subjects=3, n_per_class=2, return_X_y=True)


@pytest.fixture(scope="session")
def cnn():
    """The included network, a pipeline; not to be changed."""
    return load_bundled("cnn").model


@pytest.fixture
def difference():
    """Function that compares a model with its graph, which takes whatever the model takes."""
    runtime = pytest.importorskip("onnxruntime")
    from fer_classic.export._classifiers import classify
    from fer_classic.export._values import Builder

    def compare(model, X):
        builder = Builder(X)
        scores = classify(model, builder, builder.start())
        graph = builder.graph.build(scores.name, "scores", len(model.classes_))
        session = runtime.InferenceSession(graph.SerializeToString())
        inputs = {name: array for name, (_, array) in builder.inputs.items()}
        expected, kind = class_scores(model, X)
        assert kind == scores.kind
        (found,) = session.run(None, inputs)
        assert found.shape == expected.shape
        compare.inputs = inputs
        return float(np.abs(found - expected).max())

    return compare
