"""Time and memory that a model takes are known, within a factor, before it is used."""

import inspect
import time

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.kernel_approximation import AdditiveChi2Sampler, PolynomialCountSketch
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import Binarizer, PolynomialFeatures, QuantileTransformer
from sklearn.svm import LinearSVC

from fer_classic import faces, features, preprocessing
from fer_classic.base import ImageTransformer
from fer_classic.classifiers import TestTimeAugmentation
from fer_classic.exceptions import ModelFileError
from fer_classic.faces import FaceCropper, HaarDetector
from fer_classic.features import (
    BagOfVisualWords,
    DenseSIFT,
    FisherVectors,
    Flatten,
    GaborBank,
    HOGDescriptor,
    LBPHistogram,
    PatchDictionary,
    SymmetricFeatures,
)
from fer_classic.persistence import load_model, save_model
from fer_classic.persistence._container import write_container
from fer_classic.persistence._encode import encode
from fer_classic.persistence.rules import check_work
from fer_classic.persistence.rules._costs import Cost, default_cost
from fer_classic.persistence.rules._image_costs import IMAGE_COSTS
from fer_classic.persistence.rules._work import _COSTS, _Walk
from fer_classic.preprocessing import Denoiser, Equalizer
from fer_classic.recipes import list_recipes, make_recipe
from tests.persistence.hostile import NAMES, make_images
from tests.persistence.test_allowed import IMAGE_STEPS, STEPS

LARGE = np.random.default_rng(0).integers(0, 256, (1, 1024, 1024), dtype=np.uint8)


def a_classifier():
    made = GaussianNB()
    vars(made).update(n_features_in_=1, classes_=np.array(["fear", "happy"]))
    vars(made).update(theta_=np.zeros((2, 1)), var_=np.ones((2, 1)), class_prior_=np.ones(2) / 2)
    return made


def forge(path, steps, probes):
    """Write a file of a model that was never fitted, as forgers do."""
    model = Pipeline([(f"s{number}", step) for number, step in enumerate([*steps, a_classifier()])])
    probes = {"images": probes, "labels": ["fear"], "scores": np.zeros((1, 2)), "kind": "decision"}
    content, arrays = encode({"model": model, "probes": probes})
    write_container({"card": {"expressions": ["fear", "happy"]}, "content": content}, arrays, path)


def widening(depth, steps, width):
    for _ in range(depth):
        for step in (Binarizer(), AdditiveChi2Sampler(sample_steps=steps, sample_interval=0.5)):
            step.n_features_in_ = width
            yield step
        width *= 2 * steps - 1


def polynomial(width):
    made = PolynomialFeatures(2)
    n_out = (width + 1) * (width + 2) // 2
    vars(made).update(n_features_in_=width, _min_degree=0, _max_degree=2)
    vars(made).update(_n_out_full=n_out, n_output_features_=n_out)
    return made


def sketch(width, n_components):
    made = PolynomialCountSketch(degree=1, n_components=n_components)
    vars(made).update(n_features_in_=width, indexHash_=np.zeros((1, width), np.int64))
    vars(made).update(bitHash_=np.ones((1, width), np.int64))
    return made


def quantiles(width):
    made = QuantileTransformer(n_quantiles=1)
    vars(made).update(n_features_in_=width, n_quantiles_=1, references_=np.zeros(1))
    vars(made).update(quantiles_=np.zeros((1, width)))
    return made


EXPENSIVE = {
    "three samplers": (list(widening(3, 64, 4)), np.ones((1, 4))),
    "polynomials": ([polynomial(2000)], np.ones((16, 2000))),
    "sketches": (
        [sketch(64, 2**18 - 1), *[sketch(2**18 - 1, 2**18 - 1)] * 3],
        np.ones((16, 64)),
    ),
    "quantiles": ([quantiles(50_000)], np.ones((16, 50_000))),
    "hog": ([HOGDescriptor(pixels_per_cell=(1, 1), cells_per_block=(1, 1), orientations=128)],),
    "hog of blocks": (
        [HOGDescriptor(pixels_per_cell=(2, 2), cells_per_block=(8, 8), orientations=8)],
    ),
    "sift": ([DenseSIFT(stride=1)],),
    "gabor, max": (
        [
            GaborBank(
                wavelengths=(90.0,), bandwidth=0.2, orientations=90, grid=(1, 1), pooling="max"
            )
        ],
    ),
    "gabor, mean": ([GaborBank(wavelengths=(2.0,) * 9, orientations=10, pooling="mean")],),
    "gabor, sample": (
        [
            FeatureUnion(
                [
                    (f"{n}", GaborBank(wavelengths=(8.0,), orientations=1, grid=(1024, 1024)))
                    for n in range(20)
                ]
            )
        ],
    ),
    "bilateral": ([Denoiser("bilateral", sigma=64.0, strength=4096.0), LBPHistogram()],),
    "nlmeans": ([*[Denoiser("nlmeans", size=31)] * 20, LBPHistogram()],),
    "gaussian": ([*[Denoiser("gaussian", sigma=64.0)] * 4, LBPHistogram()],),
    "median": ([*[Denoiser(size=31)] * 100, LBPHistogram()],),
    "lbp": ([FeatureUnion([(f"{n}", LBPHistogram(points=16)) for n in range(60)])],),
    "crops": (
        [FaceCropper(None, size=1024), FaceCropper(None, size=1023)] * 12 + [Flatten()],
        np.zeros((16, 4, 8), np.uint8),
    ),
    "cascade": ([FaceCropper(HaarDetector(scale_factor=1.01, min_size=1)), Flatten()],),
    "mirror images": (
        [SymmetricFeatures(make_pipeline(Denoiser("nlmeans"), Denoiser("nlmeans"), Flatten()))],
    ),
}


@pytest.mark.parametrize("name", EXPENSIVE)
def test_what_takes_seconds_or_gigabytes_is_refused_at_once(name, tmp_path):
    steps, *probes = EXPENSIVE[name]
    path = tmp_path / "model.joblib"
    forge(path, steps, probes[0] if probes else LARGE)
    start = time.perf_counter()
    with pytest.raises(ModelFileError, match="takes too long or too much memory"):
        load_model(path)
    assert time.perf_counter() - start < 2


def test_the_step_that_takes_too_long_is_named():
    model = make_pipeline(Denoiser(), Denoiser("bilateral", sigma=64.0), Flatten())
    with pytest.raises(ValueError, match=r"Denoiser: .* about \d\d\.?\d* s and"):
        check_work(model, LARGE.shape)
    check_work(model, (4, 48, 48))


def test_the_card_says_how_large_the_images_will_be(tmp_path):
    images, path = make_images(), tmp_path / "model.joblib"
    model = make_pipeline(DenseSIFT(stride=1, bin_size=2), LinearSVC(random_state=0))
    model.fit(images, NAMES)
    save_model(model, path)
    card = {"expressions": ["fear", "happy", "sad"], "crop": {"size": 1024, "margin": 0.0}}
    with pytest.raises(ModelFileError, match="DenseSIFT: scoring the probes takes too long"):
        save_model(model, path, card=card)


def test_large_files_may_take_longer():
    step = quantiles(20_000)
    with pytest.raises(ValueError, match="takes too long"):
        check_work(step, (16, 20_000))
    check_work(step, (16, 20_000), n_stored=10**8)


@pytest.mark.parametrize("bad", [-1.0, float("nan"), float("inf")])
def test_costs_that_are_no_amounts_are_refused(bad, monkeypatch):
    for cost in (Cost((1, 1), bad, 0), Cost((1, 1), 0, bad), Cost((1, 1), n_kept=bad)):
        monkeypatch.setitem(_COSTS, "Flatten", lambda made, shape, cost=cost: cost)
        with pytest.raises(ValueError, match="Flatten"):
            check_work(Flatten(), (1, 4, 4))


@pytest.mark.parametrize("step", [*STEPS, *IMAGE_STEPS], ids=range(len(STEPS + IMAGE_STEPS)))
def test_results_are_no_larger_than_expected(step):
    images = make_images()
    rows = images.reshape(len(images), -1) / 255.0
    given = images if step in IMAGE_STEPS else rows
    made = clone(step).fit(given, NAMES)
    real, expected = np.shape(made.transform(given)), _Walk(0).through(made, given.shape)
    assert len(real) == len(expected)
    assert all(one <= other for one, other in zip(real, expected, strict=True))
    # Twice as many images have results of the same width.
    assert _Walk(0).through(made, (60, *given.shape[1:])) == (60, *expected[1:])


@pytest.mark.parametrize(
    "step",
    [
        Denoiser(),
        Equalizer(),
        FaceCropper(None, size=9),
        Flatten(),
        DenseSIFT(bin_size=2, stride=3, bins=(2, 3)),
        GaborBank(grid=(2, 3), orientations=(0.0, 30.0)),
        HOGDescriptor(pixels_per_cell=(4, 3), cells_per_block=(2, 1), orientations=5),
        LBPHistogram(grid=(2, 3), radius=(1, 2), points=6),
        LBPHistogram(grid=(2, 3), method="uniform"),
        LBPHistogram(grid=(2, 3), method="default"),
        BagOfVisualWords(
            bin_sizes=(2, 3), bins=(2, 2), n_words=4, n_components=4, grids=((2, 2), (1, 1))
        ),
        FisherVectors(bin_sizes=(2,), bins=(2, 2), n_words=2, n_components=4, grids=((2, 1),)),
        PatchDictionary(n_atoms=4, patch_size=(3, 4), grid=(2, 2)),
        SymmetricFeatures(HOGDescriptor(pixels_per_cell=(4, 4))),
        FeatureUnion([("a", HOGDescriptor(pixels_per_cell=(4, 4))), ("b", Flatten())]),
    ],
    ids=lambda step: type(step).__name__,
)
def test_sizes_of_features_of_images_are_exact(step):
    images = make_images()
    made = clone(step).fit(images)
    assert _Walk(0).through(made, images.shape) == made.transform(images).shape


def test_images_side_by_side_stay_images():
    # Not all versions of scikit-learn refuse them.
    union = FeatureUnion([("a", Denoiser()), ("b", Equalizer()), ("c", "drop")])
    assert _Walk(0).through(union, (2, 16, 8)) == (2, 32, 8)


def test_all_steps_for_images_have_costs():
    composed = {"ReducedFeatures", "SymmetricFeatures"}
    for package in (faces, features, preprocessing):
        for name in package.__all__:
            cls = getattr(package, name)
            if inspect.isclass(cls) and issubclass(cls, ImageTransformer) and name not in composed:
                assert name in IMAGE_COSTS


def test_steps_with_matrices_are_bounded_by_them():
    rows = np.random.default_rng(0).random((20, 8))
    cost = default_cost(PCA(3).fit(rows), (5, 8))
    assert cost.shape == (5, 8)
    assert default_cost(PCA(3).fit(rows), (10, 8)).n_bytes == 2 * cost.n_bytes


@pytest.mark.parametrize("name", list_recipes(heavy=True))
@pytest.mark.parametrize("side", [48, 128])
def test_recipes_are_far_from_the_bounds(name, side):
    model = TestTimeAugmentation(make_recipe(name))
    check_work(model, (4, side, side))


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_ensembles_of_many_small_parts_are_far_from_the_bounds(n_jobs):
    rows = np.random.default_rng(0).random((len(NAMES), 5760))
    forest = RandomForestClassifier(2, random_state=0, n_jobs=n_jobs).fit(rows, NAMES)
    forest.estimators_ *= 500
    check_work(forest, (4, 5760))
    bagging = BaggingClassifier(GaussianNB(), 2, random_state=0).fit(rows, NAMES)
    bagging.estimators_ *= 250
    check_work(bagging, (4, 5760), 4 * 2 * 3 * 5760 * 500)


def test_models_of_large_faces_get_fewer_probes(tmp_path):
    images = make_images()
    model = make_pipeline(FaceCropper(None, size=600), Flatten(), LinearSVC(random_state=0))
    model.fit(images, NAMES)
    save_model(model, tmp_path / "model.joblib")
    loaded = load_model(tmp_path / "model.joblib").model
    np.testing.assert_array_equal(loaded.predict(images), model.predict(images))
