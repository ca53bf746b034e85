import warnings

import numpy as np
import pytest
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from benchmarks.experiments.stateless import compute_shared, split_model
from fer_classic.base import ImageFilter
from fer_classic.exceptions import NoFaceWarning
from fer_classic.faces import FaceCropper
from tests.benchmarks.conftest import Means


class Warns(ImageFilter):
    _parameter_constraints = {"image_shape": [tuple, None]}

    def __init__(self, image_shape=None):
        self.image_shape = image_shape

    def _transform_images(self, images):
        warnings.warn("strange images", RuntimeWarning, stacklevel=1)
        return images


class NoFaces:
    """A detector that never finds anything."""

    def detect(self, image):
        return np.empty((0, 4), dtype=np.int64), np.empty(0, dtype=np.float32)


@pytest.mark.parametrize(
    ("steps", "n_shared"),
    [
        ([("means", Means()), ("svm", LinearSVC())], 1),
        ([("scale", StandardScaler()), ("svm", LinearSVC())], 0),
        ([("means", Means()), ("scale", StandardScaler()), ("svm", LinearSVC())], 1),
        ([("no", "passthrough"), ("means", Means()), ("svm", LinearSVC())], 2),
        ([("union", FeatureUnion([("a", Means()), ("b", Means())])), ("svm", LinearSVC())], 1),
        (
            [
                ("union", FeatureUnion([("a", Means()), ("b", StandardScaler())])),
                ("svm", LinearSVC()),
            ],
            0,
        ),
        ([("inner", Pipeline([("means", Means())])), ("svm", LinearSVC())], 1),
        ([("inner", Pipeline([("m", Means()), ("s", StandardScaler())])), ("svm", LinearSVC())], 0),
        ([("means", Means())], 0),
    ],
)
def test_only_leading_stateless_steps_are_shared(steps, n_shared):
    shared, rest = split_model(Pipeline(steps))
    assert (0 if shared is None else len(shared.steps)) == n_shared
    assert rest.steps == steps[n_shared:]


def test_a_model_that_is_no_pipeline_is_not_split():
    model = LinearSVC()
    assert split_model(model) == (None, model)


def test_shared_steps_give_what_the_pipeline_gives():
    images = np.random.default_rng(0).integers(0, 255, (1203, 4, 5), dtype=np.uint8)
    steps = Pipeline([("means", Means())])
    shared = compute_shared(steps, images)
    assert np.array_equal(shared.values, Means().fit_transform(images))
    assert shared.values.dtype == np.float32
    assert shared.seconds > 0
    assert shared.no_face == 0
    assert not hasattr(steps["means"], "image_shape_")


def test_no_shared_steps():
    images = np.zeros((3, 4, 4), np.uint8)
    assert compute_shared(None, images).values is images


def test_images_without_a_face_are_counted_not_warned_of():
    images = np.random.default_rng(0).integers(0, 255, (701, 30, 30), dtype=np.uint8)
    steps = Pipeline([("crop", FaceCropper(NoFaces(), size=16))])
    with warnings.catch_warnings():
        warnings.simplefilter("error", NoFaceWarning)
        shared = compute_shared(steps, images)
    assert shared.no_face == 701
    assert shared.values.shape == (701, 16, 16)


def test_images_of_several_sizes():
    images = np.empty(3, dtype=object)
    images[:] = [np.zeros(shape, np.uint8) for shape in ((20, 20), (30, 20), (16, 40))]
    shared = compute_shared(Pipeline([("crop", FaceCropper(None, size=16))]), images)
    assert shared.values.shape == (3, 16, 16)


def test_values_that_would_take_too_much_memory_lie_in_a_file():
    images = np.random.default_rng(0).integers(0, 255, (1203, 4, 5), dtype=np.uint8)
    steps, reports = Pipeline([("means", Means())]), []
    shared = compute_shared(
        steps, images, features_memory=1e4, report=lambda *report: reports.append(report)
    )
    assert isinstance(shared.values, np.memmap)
    np.testing.assert_array_equal(shared.values, Means().fit_transform(images))
    assert sum(n_images for n_images, _ in reports) == 1203
    assert shared.seconds == sum(seconds for _, seconds in reports)


def test_other_warnings_come_through():
    steps = Pipeline([("warns", Warns())])
    with pytest.warns(RuntimeWarning, match="strange images"):
        compute_shared(steps, np.zeros((2, 5, 5), np.uint8))
