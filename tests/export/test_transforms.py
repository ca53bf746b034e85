import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.frozen import FrozenEstimator
from sklearn.kernel_approximation import RBFSampler
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from fer_classic.exceptions import ExportError
from fer_classic.export._transforms import describe_step
from fer_classic.faces import FaceAligner, FaceCropper
from fer_classic.features import (
    FisherVectors,
    Flatten,
    HOGDescriptor,
    LBPHistogram,
    PatchDictionary,
    ReducedFeatures,
    SymmetricFeatures,
)
from fer_classic.preprocessing import Denoiser

pytest.importorskip("skl2onnx")

LBP = LBPHistogram(grid=(2, 2))
HOG = HOGDescriptor(pixels_per_cell=(16, 16), cells_per_block=(1, 1))


def fit(faces, *steps):
    return make_pipeline(*steps, LogisticRegression(tol=1.0)).fit(*faces)


def test_steps_of_rows(faces, difference):
    model = fit(faces, FaceCropper(), LBP, StandardScaler(), "passthrough", PCA(8))
    assert difference(model, faces[0]) < 1e-4
    assert {name: rows.shape for name, rows in difference.inputs.items()} == {
        "lbphistogram": (48, 236)
    }


def test_a_union_has_an_input_for_each_descriptor(faces, difference):
    union = FeatureUnion(
        [("lbp", LBP), ("hog", HOG), ("pixels", make_pipeline(Flatten(), PCA(4)))],
        transformer_weights={"hog": 0.5},
    )
    assert difference(fit(faces, union), faces[0]) < 1e-4
    assert sorted(difference.inputs) == ["hog", "image", "lbp"]


def test_reduced_and_random_features(faces, difference):
    patches = PatchDictionary(n_atoms=4, n_patches=500, random_state=0)
    fourier = RBFSampler(gamma=0.01, n_components=20, random_state=0)
    model = fit(faces, ReducedFeatures(patches, PCA(8)), fourier)
    assert difference(model, faces[0]) < 1e-4


def test_filters_stay_in_front(faces, difference):
    model = fit(faces, FaceAligner(), Denoiser(), Flatten(), PCA(8))
    assert difference(model, faces[0]) < 1e-4
    (image,) = difference.inputs.values()
    np.testing.assert_array_equal(image, Denoiser().fit_transform(faces[0]))


def test_symmetric_features(faces, difference):
    union = FeatureUnion([("lbp", LBP), ("hog", HOG)])
    assert difference(fit(faces, SymmetricFeatures(union)), faces[0]) < 1e-4
    assert list(difference.inputs) == ["symmetricfeatures"]


def test_symmetric_features_of_a_network(faces, cnn, difference):
    some = [each[::3] for each in faces]
    network = SymmetricFeatures(FrozenEstimator(cnn["cnn"]))
    model = fit(some, network, StandardScaler())
    assert difference(model, some[0]) < 1e-3
    assert list(difference.inputs) == ["image"]


def test_rows_of_pixels(faces, difference):
    rows = faces[0].reshape(len(faces[0]), -1) / 255
    model = fit((rows, faces[1]), PCA(8))
    assert difference(model, rows) < 1e-4
    assert list(difference.inputs) == ["rows"]


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (
            FisherVectors(n_words=2, n_components=8),
            r"'fishervectors' \(FisherVectors\) is learned from images",
        ),
        (
            ReducedFeatures(FisherVectors(n_words=2, n_components=8), PCA(4)),
            r"\(FisherVectors\) is learned from images",
        ),
        (make_pipeline(Flatten(), FunctionTransformer(np.sqrt)), "FunctionTransformer.*skl2onnx"),
        (SymmetricFeatures(make_pipeline(LBP, PCA(4))), "'lbphistogram' .* inside the graph"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_has_no_form_is_refused(step, reason, faces, difference):
    with pytest.raises(ExportError, match=reason):
        difference(fit(faces, step), faces[0])


def test_flat_rows_of_pixels_are_refused(faces, difference):
    rows = faces[0].reshape(len(faces[0]), -1)
    step = PatchDictionary(n_atoms=4, n_patches=200, random_state=0, image_shape=(48, 48))
    with pytest.raises(ExportError, match=r"'patchdictionary' .*image_shape=\(48, 48\)"):
        difference(fit((rows, faces[1]), step), rows)


def test_descriptions_are_nested():
    step = SymmetricFeatures(FeatureUnion([("lbp", LBP)]))
    described = describe_step(step)
    assert described["class"] == "fer_classic.features.SymmetricFeatures"
    lbp = described["extractor"]["side_by_side"]["lbp"]
    assert lbp == {"class": "fer_classic.features.LBPHistogram", "parameters": LBP.get_params()}


def test_weights_of_a_union_are_described():
    union = FeatureUnion([("lbp", LBP), ("hog", HOG)], transformer_weights={"hog": 3.0})
    described = describe_step(SymmetricFeatures(union))["extractor"]
    assert list(described["side_by_side"]) == ["lbp", "hog"]
    assert described["weights"] == {"lbp": 1.0, "hog": 3.0}
