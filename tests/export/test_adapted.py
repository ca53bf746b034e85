import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from fer_classic.classifiers import ScoreFusion, TestTimeAugmentation, adapt
from fer_classic.features import Flatten, HOGDescriptor

pytest.importorskip("skl2onnx")

HOG = HOGDescriptor(pixels_per_cell=(16, 16), cells_per_block=(1, 1))


@pytest.fixture
def few(faces):
    return [each[::3] for each in faces]


def test_the_included_network_with_a_new_class(few, cnn, difference):
    images, names = few
    mine = np.where(names == "contempt", "bored", names)
    model = adapt(cnn, images[::2], mine[::2], weight=0.6)
    assert "bored" in model.classes_
    assert difference(model, images) < 1e-3
    model = adapt(cnn, images[::2], mine[::2], classes="given")
    assert difference(model, images) < 1e-3


def test_other_classes_only(few, difference):
    inner = make_pipeline(HOG, LogisticRegression(tol=1.0)).fit(*few)
    model = adapt(inner, few[0][:6], ["on", "off"] * 3)
    assert difference(model, few[0]) < 1e-4
    assert list(difference.inputs) == ["hogdescriptor"]


def test_a_fusion_with_mirror_images(few, difference):
    pixels = make_pipeline(Flatten(), LogisticRegression(tol=1.0))
    # Its embedding is that of the model inside, or its log-probabilities.
    parts = [
        ("hog", make_pipeline(HOG, LogisticRegression(tol=1.0)).fit(*few)),
        ("fitted", TestTimeAugmentation(pixels).fit(*few)),
        ("given", TestTimeAugmentation(clone(pixels).fit(*few))),
    ]
    fusion = ScoreFusion(parts, weights=None)
    model = adapt(fusion, few[0][:8], few[1][:8])
    assert difference(model, few[0]) < 1e-3
