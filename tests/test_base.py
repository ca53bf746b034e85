import numpy as np
import pytest

from fer_classic.base import ImageDescriptor, ImageFilter, as_batch, fold_rows, pixel_names
from fer_classic.features import Flatten
from fer_classic.preprocessing import Denoiser, denoise
from fer_classic.units import to_uint8


class TestGather:
    @pytest.mark.parametrize("collect", [list, tuple])
    def test_images_of_one_size_become_a_batch(self, collect):
        batch = as_batch(collect([np.zeros((2, 3)), np.ones((2, 3))]))
        assert batch.shape == (2, 2, 3)

    def test_images_of_several_sizes_stay_a_list(self):
        images = np.empty(2, dtype=object)
        images[:] = [np.zeros((2, 3)), np.zeros((3, 2))]
        gathered = as_batch(images)
        assert isinstance(gathered, list)
        assert [image.shape for image in gathered] == [(2, 3), (3, 2)]

    @pytest.mark.parametrize("X", [np.zeros((2, 3, 4)), np.zeros((2, 3)), [[1, 2], [3, 4]], "text"])
    def test_everything_else_is_left_alone(self, X):
        assert as_batch(X) is X

    def test_colour_is_named(self):
        with pytest.raises(
            ValueError, match=r"got one of shape \(4, 4, 3\); convert colour images"
        ):
            as_batch([np.zeros((4, 4)), np.zeros((4, 4, 3))])

    @pytest.mark.parametrize("X", [[], (), np.empty(0, dtype=object)])
    def test_nothing_at_all(self, X):
        with pytest.raises(ValueError, match="at least one image, got an empty collection"):
            as_batch(X)


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
    with pytest.raises(
        ValueError, match=r"rows of 12 values, which cannot be reshaped .* image_shape=\("
    ):
        fold_rows(np.zeros((2, 12)), image_shape)


@pytest.mark.parametrize(
    "image_shape", [(-1, -1), (0, -1), (-2, 6), (12,), (3, 4, 1), (3.0, 4.0), ("3", 4)]
)
def test_image_shapes_that_are_none(image_shape):
    with pytest.raises(ValueError, match=r"image_shape must be two integers .* of at least 1"):
        fold_rows(np.zeros((2, 12)), image_shape)


def test_pixel_names():
    assert pixel_names(2, 2) == ["pixel_r0c0", "pixel_r0c1", "pixel_r1c0", "pixel_r1c1"]


class Negative(ImageFilter):
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
        step = Negative().fit(np.zeros((2, 3, 5), np.uint8))
        assert step.image_shape_ == (3, 5)
        assert step.n_features_in_ == 15
        assert step.get_feature_names_out()[-1] == "pixel_r2c4"

    def test_transform_without_fit_learns_nothing(self):
        step = Negative()
        step.transform(np.zeros((2, 3, 5), np.uint8))
        assert vars(step) == {"image_shape": None}

    @pytest.mark.parametrize("method", ["fit", "transform"])
    def test_the_size_is_checked(self, method):
        with pytest.raises(ValueError, match="13 rows"):
            getattr(Negative(), method)(np.zeros((2, 13, 5), np.uint8))

    @pytest.mark.parametrize("method", ["fit", "transform"])
    @pytest.mark.parametrize("channels", [3, 4])
    @pytest.mark.parametrize("make", [Negative, Brightness])
    def test_a_colour_photo_is_no_batch(self, make, channels, method):
        message = (
            rf"got an array of shape \(32, 40, {channels}\); judging by its last axis, "
            r"this is one colour image\. Convert it to a grey batch: as_gray\(image\)\[np"
        )
        with pytest.raises(ValueError, match=message):
            getattr(make(), method)(np.zeros((32, 40, channels), np.uint8))

    def test_narrow_images_are_passed_as_rows(self):
        rows = np.zeros((2, 15), np.uint8)
        assert Negative((5, 3)).fit_transform(rows).shape == (2, 5, 3)

    @pytest.mark.parametrize("method", ["fit", "transform"])
    @pytest.mark.parametrize(
        ("image_shape", "X"),
        [
            (None, np.full((2, 3, 5), 200.0)),
            (None, [np.full((3, 5), 200.0)] * 2),
            ((3, 5), np.full((2, 15), 200.0)),
        ],
    )
    def test_steps_that_keep_images_need_the_unit(self, image_shape, X, method):
        with pytest.raises(ValueError, match=r"hold 0 to 1, got values from 200 to 200; divide"):
            getattr(Negative(image_shape), method)(X)
        getattr(Brightness(image_shape), method)(X)

    def test_steps_that_keep_images_are_given_bytes(self):
        levels = np.array([[[0.0, 51 / 255, 1.0, 0.5, 1 + 1e-7]]])
        assert Negative().fit_transform(levels).tolist() == [[[255, 204, 0, 127, 0]]]
        whole = np.array([[[0, 51, 255, 128, 7]]])
        assert Negative().fit_transform(whole).tolist() == [[[255, 204, 0, 127, 248]]]

    @pytest.mark.parametrize("image_shape", [(1, -1), (-1, 1)])
    def test_lines_of_any_length_are_clipped(self, image_shape):
        lines = np.array([[-20.0, 0.2, 1.0, 40.0]])
        assert Negative(image_shape).fit_transform(lines).ravel().tolist() == [255, 204, 0, 0]
        assert Negative(image_shape).fit_transform(lines.astype(int)).ravel().tolist() == [
            255,
            255,
            254,
            215,
        ]

    @pytest.mark.parametrize("method", ["fit", "transform"])
    def test_parameters_are_checked(self, method):
        with pytest.raises(ValueError, match="'image_shape' parameter of Negative must be"):
            getattr(Negative(image_shape=3), method)(np.zeros((2, 3, 5), np.uint8))

    def test_descriptors_name_their_features(self):
        described = Brightness().fit(np.zeros((2, 3, 5)))
        assert described.get_feature_names_out().tolist() == ["brightness_3x5"]
        # It describes no rectangle.
        assert not hasattr(described, "get_feature_boxes")

    def test_tags_follow_image_shape(self):
        assert Negative().__sklearn_tags__().input_tags.three_d_array
        assert not Negative().__sklearn_tags__().input_tags.two_d_array
        assert Negative((1, -1)).__sklearn_tags__().input_tags.two_d_array
        assert not Negative().__sklearn_tags__().requires_fit


GREY = np.arange(0, 240, 10, dtype=np.uint8).reshape(4, 6)


@pytest.mark.parametrize(
    "other",
    [GREY / 255, (GREY / 255).astype(np.float32), GREY.astype(np.uint16) * 257, GREY.astype(int)],
    ids=lambda image: image.dtype.name,
)
def test_images_of_several_dtypes_keep_their_brightness(other):
    for images in ([GREY, other], [other, GREY]):
        np.testing.assert_allclose(Flatten().transform(images), [GREY.ravel() / 255] * 2, rtol=1e-6)
        np.testing.assert_array_equal(Denoiser().transform(images), [denoise(GREY)] * 2)


def test_a_mask_beside_a_picture_is_black_and_white():
    rows = Flatten().transform([GREY, GREY > 100])
    np.testing.assert_array_equal(rows[1], (GREY > 100).ravel())


def test_eight_bits_in_sixteen_are_refused_beside_others():
    with pytest.raises(ValueError, match="images of dtype uint16 hold 0 to 65535"):
        Flatten().transform([GREY, GREY.astype(np.uint16)])


@pytest.mark.parametrize("convert", [lambda x: x, lambda x: x / 255, lambda x: x > 100])
def test_object_arrays_have_the_dtype_of_their_values(convert):
    images = np.stack([convert(GREY)] * 2)
    collected = np.array(list(images), dtype=object)
    assert collected.shape == (2, 4, 6)
    np.testing.assert_allclose(Flatten().transform(collected), Flatten().transform(images))
    np.testing.assert_array_equal(Denoiser().transform(collected), Denoiser().transform(images))


@pytest.mark.parametrize("dtype", ["UInt8", "Int64", "uint8"])
def test_tables_of_whole_numbers_are_images_of_0_to_255(dtype):
    pandas = pytest.importorskip("pandas")
    rows = np.stack([GREY.ravel()] * 2)
    table = pandas.DataFrame(rows, columns=[f"p{k}" for k in range(24)]).astype(dtype)
    step = Flatten(image_shape=(4, 6)).fit(table)
    assert step.feature_names_in_[0] == "p0"
    np.testing.assert_allclose(step.transform(table), rows / 255, rtol=1e-6)
    table.iloc[0, 3] = pandas.NA if dtype != "uint8" else np.nan
    with pytest.raises(ValueError, match="NaN"):
        step.transform(table)
