"""One roster of estimators, two suites: scikit-learn's checks and our own of image batches."""

import pickle

import joblib
import numpy as np
import pytest
import sklearn
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import estimator_html_repr
from sklearn.utils.estimator_checks import (
    check_estimator_repr,
    check_get_params_invariance,
    check_no_attributes_set_in_init,
    check_parameters_default_constructible,
    check_set_params,
    estimator_checks_generator,
    parametrize_with_checks,
)
from sklearn.utils.validation import check_is_fitted

from fer_classic.base import ImageDescriptor, ImageFilter, LearnedDescriptor
from fer_classic.classifiers import LeastSquaresSVC, ScoreFusion
from fer_classic.faces import FaceAligner, FaceCropper, HaarDetector
from fer_classic.features import (
    BagOfVisualWords,
    DenseSIFT,
    FisherVectors,
    Flatten,
    GaborBank,
    HOGDescriptor,
    LBPHistogram,
    PatchDictionary,
    ReducedFeatures,
    SymmetricFeatures,
)
from fer_classic.preprocessing import Denoiser, Equalizer

# The images are noise, in which no eyes are found.
pytestmark = pytest.mark.filterwarnings("ignore::fer_classic.exceptions.NoEyesWarning")

# Of the images in a batch.
SIZE = (16, 20)

_POINTS = {"bin_sizes": (1,), "bins": (1, 1), "n_components": 2, "grids": ((1, 1),)}
# Settings that fit images of one line, which is what scikit-learn's checks make of their rows.
ONE_LINE = {
    LBPHistogram: {"grid": (1, 1)},
    GaborBank: {"grid": (1, 1)},
    HOGDescriptor: {"pixels_per_cell": (1, 1), "cells_per_block": (1, 1)},
    FaceAligner: {"size": (1, 4)},
    FaceCropper: {"size": (1, 4)},
    PatchDictionary: {"patch_size": (1, 2), "n_atoms": 2, "grid": (1, 1)},
    DenseSIFT: {"bins": (1, 1)},
    BagOfVisualWords: {**_POINTS, "n_words": 2},
    FisherVectors: {**_POINTS, "n_words": 1},
}

ROSTER = [
    Denoiser(),
    Denoiser("gaussian"),
    Denoiser("bilateral"),
    Denoiser("nlmeans"),
    Equalizer(),
    Equalizer("histogram"),
    Equalizer("tan_triggs"),
    FaceAligner(None, size=(12, 14)),
    FaceCropper(None, size=(12, 14)),
    Flatten(),
    GaborBank(wavelengths=(3, 6), orientations=3, grid=(3, 4)),
    GaborBank(wavelengths=(4,), orientations=(0, 30), grid=(3, 4), pooling="mean"),
    GaborBank(wavelengths=(4,), grid=(2, 2), pooling="max", normalization="sqrt"),
    HOGDescriptor(),
    HOGDescriptor(pixels_per_cell=(4, 5), cells_per_block=(1, 3), block_norm="L1-sqrt"),
    LBPHistogram(),
    LBPHistogram(radius=(1, 2.5), grid=(2, 3), overlap=0.5, normalization="l1"),
    LBPHistogram(points=4, method="default", grid=(2, 3)),
    LBPHistogram(points=12, radius=2, method="uniform", grid=(1, 3)),
    DenseSIFT(bin_size=3, stride=4),
    PatchDictionary(patch_size=4, n_atoms=6, random_state=0),
    PatchDictionary(n_atoms=4, stride=2, mirror=False, normalization="sqrt", random_state=0),
    BagOfVisualWords(bin_sizes=(2, 3), n_words=8, grids=((2, 2), (3, 1)), random_state=0),
    BagOfVisualWords(
        bin_sizes=(4,), n_words=4, threshold=0, grids=((2, 2),), mirror=False, random_state=0
    ),
    FisherVectors(bin_sizes=(2, 3), n_components=8, n_words=2, random_state=0),
]


def first_of_each_class(estimators):
    """For tests that do not depend on the parameters: one instance per class."""
    firsts = {}
    for estimator in estimators:
        firsts.setdefault(type(estimator), estimator)
    return list(firsts.values())


CLASSES = first_of_each_class(ROSTER)
STEPS = [estimator for estimator in CLASSES if isinstance(estimator, ImageFilter)]
DESCRIPTORS = [estimator for estimator in CLASSES if isinstance(estimator, ImageDescriptor)]
LEARNED = [estimator for estimator in ROSTER if isinstance(estimator, LearnedDescriptor)]
STATELESS = [estimator for estimator in CLASSES if estimator not in LEARNED]


def one_line(estimator):
    """The estimator for rows that are images of one line."""
    return clone(estimator).set_params(**ONE_LINE.get(type(estimator), {}), image_shape=(1, -1))


def roster(estimators):
    return pytest.mark.parametrize("estimator", estimators, ids=lambda estimator: repr(estimator))


ON_LINES = [
    *map(one_line, ROSTER),
    SymmetricFeatures(one_line(HOGDescriptor()), image_shape=(1, -1)),
    ReducedFeatures(one_line(Flatten()), StandardScaler()),
    LeastSquaresSVC(),
    LeastSquaresSVC("linear"),
    LeastSquaresSVC(n_centers=5, refine_centers=1, precision="uint8", random_state=0),
    LeastSquaresSVC(gamma=0.5, class_weight="balanced", probability=False),
    ScoreFusion([("a", LeastSquaresSVC()), ("b", RidgeClassifier())], cv=2),
]


# Checks of what is computed, which settings may change; the others ask what a class inherits.
OF_SETTINGS = {
    "check_classifiers_train",
    "check_dict_unchanged",
    "check_estimators_dtypes",
    "check_estimators_pickle",
    "check_fit2d_1feature",
    "check_fit2d_1sample",
    "check_fit_idempotent",
    "check_methods_sample_order_invariance",
    "check_methods_subset_invariance",
    "check_transformer_general",
}


def checks_of_settings():
    firsts = first_of_each_class(ON_LINES)
    for estimator in ON_LINES:
        if not any(estimator is first for first in firsts):
            for one, check in estimator_checks_generator(estimator):
                if check.func.__name__ in OF_SETTINGS:
                    yield pytest.param(one, check, id=f"{one!r}-{check.func.__name__}")


@pytest.mark.portability
@parametrize_with_checks(first_of_each_class(ON_LINES))
def test_scikit_learn_checks(estimator, check):
    check(estimator)


@pytest.mark.portability
@pytest.mark.parametrize(("estimator", "check"), list(checks_of_settings()))
def test_scikit_learn_checks_of_more_settings(estimator, check):
    check(estimator)


@roster(first_of_each_class(ON_LINES))
def test_the_whole_suite_of_scikit_learn_runs(estimator):
    # For estimators that take nothing but 3-D arrays it consists of a single check.
    assert len(list(estimator_checks_generator(estimator))) > 40


@pytest.mark.parametrize(
    "check",
    [
        check_estimator_repr,
        check_get_params_invariance,
        check_no_attributes_set_in_init,
        check_parameters_default_constructible,
        check_set_params,
    ],
)
def test_parameters_of_a_detector_are_handled_as_scikit_learn_does(check):
    # A detector has no fit, so of the whole suite these are the checks that concern it.
    check("HaarDetector", HaarDetector())


@pytest.fixture
def images():
    """Ten smooth grey images, which no filter finds flat."""
    rng = np.random.default_rng(0)
    low = rng.integers(0, 256, (10, 5, 6)).astype(float)
    rows, columns = np.linspace(0, 3.99, SIZE[0]), np.linspace(0, 4.99, SIZE[1])
    fine = low[:, rows.astype(int)][:, :, columns.astype(int)]
    return np.uint8(np.clip(fine + rng.normal(0, 12, fine.shape), 0, 255))


@pytest.fixture
def names():
    return np.array(["happy", "sad"] * 5)


def assert_same(estimator, result, expected):
    """Equal bit by bit, but for sums whose order depends on the batch on some processors."""
    assert result.dtype == expected.dtype
    if isinstance(estimator, GaborBank | DenseSIFT | BagOfVisualWords | FisherVectors):
        np.testing.assert_allclose(result, expected, atol=1e-5)
    else:
        np.testing.assert_array_equal(result, expected)


@pytest.mark.portability
@roster(ROSTER)
class TestEverySetting:
    def test_output(self, estimator, images):
        result = estimator.fit_transform(images)
        assert len(result) == len(images)
        if isinstance(estimator, ImageFilter):
            assert (result.ndim, result.dtype) == (3, np.uint8)
        else:
            assert (result.ndim, result.dtype) == (2, np.float32)
        assert np.isfinite(result).all()
        # Unlike images have unlike results.
        assert len(np.unique(result.reshape(len(images), -1), axis=0)) == len(images)

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_units_agree(self, estimator, dtype, images):
        # Division by 255 rounds, which moves ties of LBP; HOG adds a constant to the norms.
        scale = dtype(256 if isinstance(estimator, LBPHistogram) else 255)
        expected = estimator.fit_transform(images)
        result = estimator.fit_transform(images.astype(dtype) / scale)
        atol = 1e-4 if isinstance(estimator, HOGDescriptor) else 1e-6
        np.testing.assert_allclose(result, expected, atol=atol)

    @pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
    def test_the_batch_is_not_changed(self, estimator, dtype, images):
        batch = images.astype(dtype) / (1 if dtype == np.uint8 else 255)
        batch = batch.astype(dtype)
        before = batch.copy()
        result = estimator.fit_transform(batch)
        np.testing.assert_array_equal(batch, before)
        result[...] = 0
        np.testing.assert_array_equal(batch, before)

    def test_one_image_is_itself_in_a_batch(self, estimator, images):
        batch = estimator.fit_transform(images)
        for place in (0, 4, 9):
            alone = estimator.transform(images[place : place + 1])
            assert_same(estimator, alone[0], batch[place])

    def test_names_are_as_many_as_features_and_unique(self, estimator, images):
        result = estimator.fit_transform(images)
        feature_names = estimator.get_feature_names_out()
        assert feature_names.dtype == object
        assert len(set(feature_names)) == len(feature_names) == result[0].size
        assert all(isinstance(name, str) for name in feature_names)
        assert list(estimator.get_feature_names_out(["ignored"])) == list(feature_names)


@roster(CLASSES)
class TestEveryStep:
    def test_integers_of_every_size_agree(self, estimator, images):
        expected = estimator.fit_transform(images)
        for dtype in (np.int16, np.int64, np.uint32):
            assert_same(estimator, estimator.fit_transform(images.astype(dtype)), expected)

    def test_read_only_memmaps(self, estimator, images, tmp_path):
        joblib.dump(images, tmp_path / "images.pkl")
        mapped = joblib.load(tmp_path / "images.pkl", mmap_mode="r")
        assert isinstance(mapped, np.memmap)
        assert not mapped.flags.writeable
        assert_same(estimator, estimator.fit_transform(mapped), estimator.fit_transform(images))

    def test_collections_of_images_are_batches(self, estimator, images):
        expected = estimator.fit_transform(images)
        boxed = np.empty(len(images), dtype=object)
        boxed[:] = list(images)
        for collection in (list(images), tuple(images), boxed):
            assert_same(estimator, estimator.fit_transform(collection), expected)

    def test_flat_rows_are_the_same_images(self, estimator, images):
        folding = clone(estimator).set_params(image_shape=SIZE)
        rows = images.reshape(len(images), -1)
        expected = estimator.fit_transform(images)
        assert_same(estimator, folding.fit_transform(rows), expected)
        assert folding.n_features_in_ == estimator.n_features_in_ == SIZE[0] * SIZE[1]

    def test_clone_and_pickle(self, estimator, images):
        fitted = clone(estimator).fit(images)
        assert repr(clone(fitted)) == repr(estimator)
        copy = pickle.loads(pickle.dumps(fitted))
        assert_same(estimator, copy.transform(images), fitted.transform(images))

    def test_it_can_be_shown_in_a_notebook(self, estimator, images):
        assert type(estimator).__name__ in estimator_html_repr(estimator)
        assert type(estimator).__name__ in estimator_html_repr(clone(estimator).fit(images))

    def test_a_second_fit_forgets_the_first(self, estimator, images):
        refitted = clone(estimator).fit(images).fit(np.repeat(images, 2, axis=2))
        assert refitted.n_features_in_ == 2 * SIZE[0] * SIZE[1]
        refitted.transform(np.repeat(images, 2, axis=2))


@roster(STATELESS)
class TestStatelessStep:
    def test_transform_needs_no_fit(self, estimator, images):
        fresh = clone(estimator)
        result = fresh.transform(images)
        assert vars(fresh).keys() == estimator.get_params().keys()
        assert_same(estimator, result, estimator.fit_transform(images))
        check_is_fitted(fresh)

    def test_fit_learns_nothing_from_the_images(self, estimator, images):
        one, other = (clone(estimator).fit(part) for part in (images[:2], 255 - images[2:]))
        assert_same(estimator, one.transform(images), other.transform(images))

    def test_it_is_small(self, estimator, images):
        assert len(pickle.dumps(clone(estimator).fit(images))) < 1000


@pytest.mark.portability
@roster(LEARNED)
class TestLearnedDescriptor:
    def test_transform_needs_fit(self, estimator, images):
        with pytest.raises(NotFittedError, match="not fitted yet"):
            clone(estimator).transform(images)

    def test_fit_learns_from_the_images(self, estimator, images):
        one, other = (clone(estimator).fit(part) for part in (images[:5], images[5:]))
        assert np.abs(one.transform(images) - other.transform(images)).max() > 1e-3

    def test_fit_is_repeatable(self, estimator, images):
        one, other = (clone(estimator).fit(images, y) for y in (None, np.arange(10)))
        np.testing.assert_array_equal(one.transform(images), other.transform(images))
        another = clone(estimator).set_params(random_state=1).fit(images)
        assert np.abs(one.transform(images) - another.transform(images)).max() > 1e-3

    def test_faces_and_their_mirror_images_are_alike(self, estimator, images):
        fitted = clone(estimator).fit(images)
        result, mirrored = fitted.transform(images), fitted.transform(images[:, :, ::-1])
        if estimator.mirror:
            np.testing.assert_allclose(mirrored, result, atol=1e-4)
        else:
            assert np.abs(mirrored - result).max() > 1e-2

    def test_constant_images(self, estimator, images):
        fitted = clone(estimator).fit(images)
        result = fitted.transform(np.full((2, *SIZE), 0.3))
        assert np.isfinite(result).all()
        if not isinstance(estimator, FisherVectors):
            np.testing.assert_array_equal(result, 0)
        with pytest.raises(ValueError, match=r"cannot be learned from 0 \w+ .*; use fewer"):
            fitted.fit(np.full((2, *SIZE), 0.3))


def prepared(estimator, method, images):
    """A copy of the estimator that is ready for the method."""
    ready = clone(estimator)
    if method == "transform" and isinstance(estimator, LearnedDescriptor):
        ready.fit(images)
    return ready


METHODS = pytest.mark.parametrize("method", ["fit", "fit_transform", "transform"])


# All batches have one validator. It is tested with a stateless step, a step that learns, and the
# one that takes images of several sizes. TestBadInput shows that every class asks it.
@METHODS
@roster([LBPHistogram(), PatchDictionary(n_atoms=4, random_state=0), FaceCropper(None)])
class TestBadBatches:
    @pytest.mark.parametrize(
        ("batch", "message"),
        [
            (np.zeros((0, *SIZE)), r"0 sample\(s\)"),
            ([], "at least one image"),
            (np.zeros((3, 0, 20)), "have no pixels"),
            (
                np.zeros(SIZE),
                r"got a 2-D array of shape \(16, 20\)\. For flat rows set image_shape",
            ),
            (np.zeros((2, *SIZE, 3)), r"got a 4-D array\. Convert colour images to grey"),
            (np.zeros(5), "got a 1-D array"),
            ([np.zeros((*SIZE, 3))] * 2, "convert colour images to grey first"),
            (np.full((2, *SIZE), np.nan), "contains NaN"),
            (np.full((2, *SIZE), -np.inf), "contains infinity"),
            (np.zeros((2, *SIZE), complex), "Complex data not supported"),
            (np.full((2, *SIZE), "dark"), "not compatible with arrays of bytes/strings"),
        ],
    )
    def test_batches_that_are_none(self, estimator, method, batch, message, images):
        with pytest.raises(ValueError, match=message):
            getattr(prepared(estimator, method, images), method)(batch)


@METHODS
@roster(CLASSES)
class TestBadInput:
    def test_one_image_is_no_batch(self, estimator, method, images):
        with pytest.raises(ValueError, match=f"{type(estimator).__name__} expects an image batch"):
            getattr(prepared(estimator, method, images), method)(images[0])

    def test_rows_that_do_not_fold(self, estimator, method, images):
        folding = prepared(estimator, method, images).set_params(image_shape=(48, 48))
        with pytest.raises(ValueError, match=r"320 values, which cannot be reshaped .*\(48, 48\)"):
            getattr(folding, method)(np.zeros((2, 320)))

    def test_batches_where_rows_are_expected(self, estimator, method, images):
        folding = prepared(estimator, method, images).set_params(image_shape=SIZE)
        with pytest.raises(ValueError, match="dim 3"):
            getattr(folding, method)(images)

    def test_images_of_several_sizes(self, estimator, method, images):
        ragged = [images[0], images[1, :-1], images[2, :, :-2]]
        if isinstance(estimator, FaceAligner | FaceCropper):
            result = clone(estimator).fit(ragged).transform(ragged)
            assert result.shape == (3, *estimator.size)
            return
        message = (
            f"{type(estimator).__name__} requires images of one size, .* put FaceCropper before"
        )
        with pytest.raises(ValueError, match=message):
            getattr(prepared(estimator, method, images), method)(ragged)


@roster(
    [estimator for estimator in CLASSES if not isinstance(estimator, FaceAligner | FaceCropper)]
)
def test_another_size_after_fit(estimator, images):
    fitted = clone(estimator).fit(images)
    message = (
        r"images of shape \(20, 16\), but .* was fitted on images of shape \(16, 20\); crop them"
    )
    with pytest.raises(ValueError, match=message):
        fitted.transform(images.transpose(0, 2, 1))


class TestSetOutput:
    @pytest.fixture(autouse=True)
    def pandas(self):
        return pytest.importorskip("pandas")

    @roster(DESCRIPTORS)
    def test_descriptors_give_tables(self, estimator, images, pandas):
        table = clone(estimator).set_output(transform="pandas").fit_transform(images)
        assert isinstance(table, pandas.DataFrame)
        assert list(table.columns) == list(estimator.fit(images).get_feature_names_out())
        assert_same(estimator, table.to_numpy(), estimator.transform(images))

    @roster(STEPS)
    def test_images_stay_arrays(self, estimator, images):
        step = clone(estimator)
        assert step.set_output(transform="pandas") is step
        assert isinstance(step.fit_transform(images), np.ndarray)
        with sklearn.config_context(transform_output="pandas"):
            assert isinstance(clone(estimator).fit_transform(images), np.ndarray)

    def test_through_pipelines_and_unions(self, images):
        union = FeatureUnion([("lbp", LBPHistogram(grid=(2, 2))), ("hog", HOGDescriptor())])
        pipeline = Pipeline([("crop", FaceCropper(None)), ("noise", Denoiser()), ("union", union)])
        table = pipeline.set_output(transform="pandas").fit_transform(images)
        assert table.shape == (10, 4 * 59 + 800)
        assert table.columns[0] == "lbp__lbp_r0c0_u0"
        assert list(table.columns) == list(pipeline.get_feature_names_out())


@roster(CLASSES)
class TestInPipelines:
    """Every step, before a plain classifier."""

    def pipeline(self, estimator, **options):
        steps = [("step", clone(estimator)), ("classifier", RidgeClassifier())]
        if isinstance(estimator, ImageFilter):
            steps.insert(1, ("flatten", Flatten()))
        return Pipeline(steps, **options)

    def test_cached(self, estimator, images, names, tmp_path):
        expected = self.pipeline(estimator).fit(images, names).predict(images)
        for _ in range(2):
            cached = self.pipeline(estimator, memory=str(tmp_path)).fit(images, names)
            np.testing.assert_array_equal(cached.predict(images), expected)

    def test_searched(self, estimator, images, names):
        grid = {"classifier__alpha": [0.1, 10.0]}
        search = GridSearchCV(self.pipeline(estimator), grid, cv=2).fit(images, names)
        assert search.predict(images).shape == (10,)


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_cross_validation_with_workers(backend, images, names):
    features = [(f"f{place}", clone(one)) for place, one in enumerate(DESCRIPTORS)]
    steps = [clone(one) for one in STEPS if not isinstance(one, FaceAligner | FaceCropper)]
    pipeline = make_pipeline(*steps, FeatureUnion(features), LeastSquaresSVC())
    many = np.concatenate([images, 255 - images])
    alone = cross_validate(pipeline, many, np.tile(names, 2), cv=2, error_score="raise")
    with joblib.parallel_backend(backend):
        shared = cross_validate(
            pipeline, many, np.tile(names, 2), cv=2, n_jobs=2, error_score="raise"
        )
    np.testing.assert_array_equal(shared["test_score"], alone["test_score"])
