import numpy as np
import pytest

from fer_classic.base import (
    ImageDescriptor,
    ImageStep,
    fold_rows,
    gather,
    pixel_names,
    to_uint8,
    to_unit,
)


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        ([0, 7, 255], np.uint8, [0, 7, 255]),
        ([False, True], bool, [0, 255]),
        ([-3, 0, 255, 256, 40_000], np.int64, [0, 0, 255, 255, 255]),
        ([0, 300], np.uint16, [0, 255]),
        ([0.0, 0.5, 1.0], np.float64, [0, 128, 255]),
        ([-0.1, 1.1, 1e9], np.float32, [0, 255, 255]),
        ([1 / 255, 0.49 / 255, 0.51 / 255], np.float64, [1, 0, 1]),
    ],
)
def test_to_uint8(values, dtype, expected):
    result = to_uint8(np.array(values, dtype=dtype))
    assert result.dtype == np.uint8
    assert result.tolist() == expected


def test_to_uint8_does_not_copy_what_is_uint8():
    image = np.zeros((2, 2), np.uint8)
    assert to_uint8(image) is image


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        ([0, 51, 255], np.uint8, [0, 0.2, 1]),
        ([0, 51, 255], np.int64, [0, 0.2, 1]),
        ([False, True], bool, [0, 1]),
        ([-2.0, 0.25, 3.0], np.float64, [-2.0, 0.25, 3.0]),
    ],
)
def test_to_unit(values, dtype, expected):
    result = to_unit(np.array(values, dtype=dtype))
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, expected, rtol=1e-6)


def test_units_undo_each_other():
    levels = np.arange(256, dtype=np.uint8)
    np.testing.assert_array_equal(to_uint8(to_unit(levels)), levels)


class TestGather:
    @pytest.mark.parametrize("collect", [list, tuple])
    def test_images_of_one_size_become_a_batch(self, collect):
        batch = gather(collect([np.zeros((2, 3)), np.ones((2, 3))]))
        assert batch.shape == (2, 2, 3)

    def test_images_of_several_sizes_stay_a_list(self):
        images = np.empty(2, dtype=object)
        images[:] = [np.zeros((2, 3)), np.zeros((3, 2))]
        gathered = gather(images)
        assert isinstance(gathered, list)
        assert [image.shape for image in gathered] == [(2, 3), (3, 2)]

    @pytest.mark.parametrize("X", [np.zeros((2, 3, 4)), np.zeros((2, 3)), [[1, 2], [3, 4]], "text"])
    def test_everything_else_is_left_alone(self, X):
        assert gather(X) is X

    def test_colour_is_named(self):
        with pytest.raises(ValueError, match=r"got one of shape \(4, 4, 3\); make colour images"):
            gather([np.zeros((4, 4)), np.zeros((4, 4, 3))])

    @pytest.mark.parametrize("X", [[], (), np.empty(0, dtype=object)])
    def test_nothing_at_all(self, X):
        with pytest.raises(ValueError, match="one image or more, got an empty collection"):
            gather(X)


@pytest.mark.parametrize(
    ("image_shape", "shape"),
    [
        ((3, 4), (2, 3, 4)),
        ([3, 4], (2, 3, 4)),
        ((1, -1), (2, 1, 12)),
        ((-1, 1), (2, 12, 1)),
        ((-1, 4), (2, 3, 4)),
        ((np.int64(3), -1), (2, 3, 4)),
    ],
)
def test_fold_rows(image_shape, shape):
    X = np.arange(24).reshape(2, 12)
    images = fold_rows(X, image_shape)
    assert images.shape == shape
    assert images.ravel().tolist() == list(range(24))
    assert np.shares_memory(images, X)


@pytest.mark.parametrize("image_shape", [(3, 5), (5, -1), (12, 2)])
def test_rows_that_do_not_fold(image_shape):
    with pytest.raises(ValueError, match=r"rows of 12 values, which do not fold .* image_shape=\("):
        fold_rows(np.zeros((2, 12)), image_shape)


@pytest.mark.parametrize(
    "image_shape", [(-1, -1), (0, -1), (-2, 6), (12,), (3, 4, 1), (3.0, 4.0), ("3", 4)]
)
def test_image_shapes_that_are_none(image_shape):
    with pytest.raises(ValueError, match="image_shape must be two whole numbers of 1 or more"):
        fold_rows(np.zeros((2, 12)), image_shape)


def test_pixel_names():
    assert pixel_names(2, 2) == ["pixel_r0c0", "pixel_r0c1", "pixel_r1c0", "pixel_r1c1"]


class Negative(ImageStep):
    _parameter_constraints = {"image_shape": [tuple, None]}

    def __init__(self, image_shape=None):
        self.image_shape = image_shape

    def _check_size(self, height, width):
        if height == 13:
            raise ValueError("13 rows bring bad luck")

    def _transform_images(self, images):
        return 255 - to_uint8(images)


class Brightness(ImageDescriptor):
    _parameter_constraints = {"image_shape": [tuple, None]}

    def __init__(self, image_shape=None):
        self.image_shape = image_shape

    def _transform_images(self, images):
        return images.mean(axis=(1, 2), dtype=np.float32)[:, np.newaxis]

    def _feature_names(self, height, width):
        return [f"brightness_{height}x{width}"]


class TestSubclasses:
    """Two small verbs make a step."""

    def test_fit_remembers_the_size(self):
        step = Negative().fit(np.zeros((2, 3, 4), np.uint8))
        assert step.image_shape_ == (3, 4)
        assert step.n_features_in_ == 12
        assert step.get_feature_names_out()[-1] == "pixel_r2c3"

    def test_transform_without_fit_learns_nothing(self):
        step = Negative()
        step.transform(np.zeros((2, 3, 4), np.uint8))
        assert vars(step) == {"image_shape": None}

    @pytest.mark.parametrize("method", ["fit", "transform"])
    def test_the_size_is_checked(self, method):
        with pytest.raises(ValueError, match="13 rows"):
            getattr(Negative(), method)(np.zeros((2, 13, 4), np.uint8))

    @pytest.mark.parametrize("method", ["fit", "transform"])
    def test_parameters_are_checked(self, method):
        with pytest.raises(ValueError, match="'image_shape' parameter of Negative must be"):
            getattr(Negative(image_shape=3), method)(np.zeros((2, 3, 4), np.uint8))

    def test_descriptors_name_their_features(self):
        described = Brightness().fit(np.zeros((2, 3, 4)))
        assert described.get_feature_names_out().tolist() == ["brightness_3x4"]

    def test_tags_follow_image_shape(self):
        assert Negative().__sklearn_tags__().input_tags.three_d_array
        assert not Negative().__sklearn_tags__().input_tags.two_d_array
        assert Negative((1, -1)).__sklearn_tags__().input_tags.two_d_array
        assert not Negative().__sklearn_tags__().requires_fit
