import numpy as np
import pytest
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.feature_selection import SelectKBest
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import FeatureUnion, make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, Normalizer, StandardScaler
from sklearn.svm import LinearSVC

from fer_classic.classifiers import BlockwiseClassifier, LeastSquaresSVC, TrainingAugmentation
from fer_classic.datasets import load_drawn_faces
from fer_classic.faces import FaceCropper
from fer_classic.features import (
    Flatten,
    GaborBank,
    HOGDescriptor,
    LBPHistogram,
    PatchDictionary,
    SymmetricFeatures,
)
from fer_classic.inspection._affine import NotLinearError
from fer_classic.inspection._linear import linear_map
from fer_classic.preprocessing import Equalizer
from fer_classic.recipes import make_recipe
from tests.inspection.stand_ins import linear_classifier

IMAGE = np.array([[10, 20, 30], [40, 50, 60]], np.uint8)
WEIGHTS = np.array([[1.0, -1.0, 0.0], [2.0, 0.5, -0.5]])


def rows_of(values):
    return np.reshape(values, (1, -1))


def test_pixels_by_hand():
    model = linear_classifier(rows_of(WEIGHTS), [7.0])
    pixels, base_value = linear_map(model, IMAGE, 1, rows=True)
    np.testing.assert_allclose(pixels, [[10, -20, 0], [80, 25, -30]])
    assert base_value == 7
    pixels, base_value = linear_map(model, IMAGE, 0, rows=True)
    np.testing.assert_allclose(pixels, [[-10, 20, 0], [-80, -25, 30]])
    assert base_value == -7


def test_centred_pixels_by_hand():
    scaler = StandardScaler().fit([rows_of(IMAGE)[0] - 2.0, rows_of(IMAGE)[0] * 1.0])
    model = make_pipeline(scaler, linear_classifier(rows_of(WEIGHTS), [7.0]))
    pixels, base_value = linear_map(model, IMAGE, 1, rows=True)
    # Each pixel is one standard deviation above its mean.
    np.testing.assert_allclose(pixels, WEIGHTS)
    assert base_value == pytest.approx(7)


def test_halves_of_symmetric_features_by_hand():
    symmetric = SymmetricFeatures(Flatten(image_shape=(2, 3)), image_shape=(2, 3))
    symmetric.fit(rows_of(IMAGE))
    model = make_pipeline(symmetric, linear_classifier(255 * rows_of([[2, 0, 0], [0, 0, 4]]), [0]))
    pixels, _ = linear_map(model, IMAGE, 1, rows=True)
    # The first feature is half of the pixel at the left, half of that at the right.
    np.testing.assert_allclose(pixels, [[10, 0, 30], [80, 0, 120]], rtol=1e-6)


def test_a_cell_is_spread_over_its_pixels():
    image = np.arange(24, dtype=np.uint8).reshape(4, 6)
    lbp = LBPHistogram(grid=(1, 2), method="default", normalization="l1").fit(image[np.newaxis])
    coef = np.zeros((1, 512))
    coef[0, 256:] = 12
    pixels, base_value = linear_map(make_pipeline(lbp, linear_classifier(coef, [1.0])), image, 1)
    # The shares of the codes of a cell sum to 1.
    np.testing.assert_allclose(pixels, [[0, 0, 0, 1, 1, 1]] * 4, atol=1e-6)
    assert base_value == 1


@pytest.fixture(scope="module")
def faces():
    bunch = load_drawn_faces(n_subjects=4, n_per_class=1)
    return bunch.images, bunch.target_names[bunch.target]


def lbp():
    return LBPHistogram(grid=(4, 3), overlap=0.5, radius=(1, 2))


def gabor():
    return GaborBank(wavelengths=(4, 8), orientations=4, grid=(6, 5), normalization="sqrt")


PIPELINES = {
    "lbp": lambda: make_pipeline(FaceCropper(), lbp(), StandardScaler(), LinearSVC()),
    "hog": lambda: make_pipeline(
        Equalizer(), HOGDescriptor(), LogisticRegression(max_iter=50, tol=0.01)
    ),
    "gabor": lambda: make_pipeline(
        gabor(), PCA(12, whiten=True, random_state=0), SGDClassifier(random_state=0)
    ),
    "pixels": lambda: make_pipeline(
        Flatten(), PCA(12, random_state=0), LinearDiscriminantAnalysis()
    ),
    "union": lambda: make_pipeline(
        FeatureUnion(
            [("lbp", lbp()), ("no", "drop"), ("hog", HOGDescriptor())],
            transformer_weights={"hog": 3},
        ),
        MinMaxScaler(),
        RidgeClassifier(),
    ),
    "union of pipelines": lambda: make_pipeline(
        make_union(
            make_pipeline(lbp(), StandardScaler(), TruncatedSVD(9, random_state=0)),
            make_pipeline(gabor(), SelectKBest(k=80), StandardScaler()),
        ),
        StandardScaler(),
        RidgeClassifier(),
    ),
    "symmetric": lambda: make_pipeline(
        SymmetricFeatures(make_union(lbp(), HOGDescriptor())),
        StandardScaler(),
        TruncatedSVD(20, random_state=0),
        LeastSquaresSVC("linear", probability=False),
    ),
    "blocks": lambda: make_pipeline(
        lbp(),
        StandardScaler(),
        LeastSquaresSVC("linear", blocks=2, block_weights=(1, 3), precision="uint8"),
    ),
    "search": lambda: GridSearchCV(
        make_pipeline(HOGDescriptor(), RidgeClassifier()),
        {"ridgeclassifier__alpha": [1.0]},
        cv=2,
    ),
    "recipe": lambda: make_recipe(
        "svm_fusion", components__n_components=16, svm__kernel="linear", svm__alpha=0.2
    ),
}


@pytest.mark.parametrize("name", PIPELINES)
def test_contributions_sum_to_the_decision_score(name, faces):
    images, names = faces
    model = PIPELINES[name]().fit(images, names)
    decisions = model.decision_function(images[:2])
    for image, scores in zip(images[:2], decisions, strict=True):
        for column in (0, len(scores) - 1):
            pixels, base_value = linear_map(model, image, column)
            assert pixels.shape == image.shape
            assert np.ptp(pixels) > 0
            total = pixels.astype(np.float32).sum() + base_value
            assert total == pytest.approx(scores[column], abs=1e-5, rel=1e-5)


@pytest.mark.parametrize(
    "wrap",
    [
        FrozenEstimator,
        lambda model: TrainingAugmentation(model, n_copies=1, random_state=0),
        lambda model: BlockwiseClassifier(model, block_size=16, random_state=0),
    ],
    ids=["frozen", "augmented", "blockwise"],
)
def test_wrappers_are_opened(wrap, faces):
    images, names = faces
    pipeline = make_pipeline(HOGDescriptor(), SGDClassifier(random_state=0)).fit(images, names)
    model = wrap(pipeline).fit(images, names)
    pixels, base_value = linear_map(model, images[0], 2)
    expected = model.decision_function(images[:1])[0, 2]
    assert pixels.sum() + base_value == pytest.approx(expected, rel=1e-5)


def first_row(images):
    return images[:, 0]


@pytest.mark.parametrize(
    ("steps", "named"),
    [
        ([HOGDescriptor(), LeastSquaresSVC()], "LeastSquaresSVC is not linear"),
        ([HOGDescriptor(), Normalizer(), RidgeClassifier()], "Normalizer is not linear"),
        (
            [PatchDictionary(n_atoms=8, n_patches=500, random_state=0), RidgeClassifier()],
            "PatchDictionary belong to no place",
        ),
        ([FaceCropper(size=24), HOGDescriptor(), RidgeClassifier()], "FaceCropper moves"),
        (
            [make_union(HOGDescriptor(), FunctionTransformer(first_row)), RidgeClassifier()],
            "FunctionTransformer belong to no place",
        ),
    ],
    ids=["kernel", "step", "descriptor", "crop", "union"],
)
@pytest.mark.filterwarnings("ignore::fer_classic.exceptions.NoFaceWarning")
def test_what_is_not_linear_is_named(steps, named, faces):
    images, names = faces
    model = make_pipeline(*steps).fit(images, names)
    with pytest.raises(NotLinearError, match=named):
        linear_map(model, images[0], 0)


@pytest.mark.parametrize("combine", [make_pipeline, make_union], ids=["pipeline", "union"])
def test_models_that_give_tables(combine):
    pytest.importorskip("pandas")
    bunch = load_drawn_faces(n_subjects=2)
    descriptor = HOGDescriptor() if combine is make_pipeline else make_union(HOGDescriptor())
    model = make_pipeline(descriptor, StandardScaler(), RidgeClassifier())
    model.fit(bunch.images, bunch.target)
    expected = linear_map(model, bunch.images[0], 1, rows=False)
    model.set_output(transform="pandas").fit(bunch.images, bunch.target)
    found = linear_map(model, bunch.images[0], 1, rows=False)
    np.testing.assert_allclose(found[0], expected[0], atol=1e-6)
