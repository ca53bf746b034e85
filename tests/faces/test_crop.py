import re

import cv2
import numpy as np
import pytest

from fer_classic.exceptions import NoFaceError, NoFaceWarning, UnknownNameError
from fer_classic.faces import FaceCropper, crop_face, intersection_over_union, turn_upright
from fer_classic.faces._crop import pixel_window


def noise(*shape, seed=0):
    return np.random.default_rng(seed).integers(1, 256, shape, dtype=np.uint8)


class TestCropFace:
    IMAGE = np.arange(30, dtype=np.uint8).reshape(5, 6)

    @pytest.mark.parametrize(
        ("box", "margin", "expected"),
        [
            ((1, 2, 2, 2), 0.0, [[13, 14], [19, 20]]),
            ((1, 1, 4, 4), -0.25, [[14, 15], [20, 21]]),
            # The longer side makes the square.
            ((2, 1, 1, 2), 0.0, [[8, 9], [14, 15]]),
            # Beyond the image the border is repeated.
            ((-1, -1, 2, 2), 0.0, [[0, 0], [0, 0]]),
            ((5, 3, 2, 2), 0.0, [[23, 23], [29, 29]]),
            ((4, -1, 2, 2), 0.0, [[4, 5], [4, 5]]),
        ],
    )
    def test_pixels(self, box, margin, expected):
        assert crop_face(self.IMAGE, box, size=2, margin=margin).tolist() == expected

    def test_beyond_all_four_borders(self):
        face = crop_face(self.IMAGE, (1, 1, 3, 3), size=9, margin=1.0)
        np.testing.assert_array_equal(face, np.pad(self.IMAGE, ((2, 2), (2, 1)), mode="edge"))

    def test_shrinking_averages(self):
        image = np.array([[0, 100, 10, 20], [100, 200, 30, 40]], dtype=np.uint8)
        assert crop_face(image, (0, 0, 2, 2), size=1).tolist() == [[100]]
        assert crop_face(image, (2, 0, 2, 2), size=1).tolist() == [[25]]

    def test_enlarging_interpolates(self):
        face = crop_face(np.array([[0, 100], [0, 100]], np.uint8), (0, 0, 2, 2), size=4)
        assert face.tolist() == [[0, 25, 75, 100]] * 4

    @pytest.mark.parametrize(("size", "shape"), [(7, (7, 7)), ((3, 9), (3, 9)), ([1, 4], (1, 4))])
    def test_size(self, size, shape):
        face = crop_face(noise(20, 30), (3, 4, 12, 10), size=size)
        assert face.shape == shape
        assert face.dtype == np.uint8

    def test_floating_images_are_in_0_to_1(self):
        image = noise(20, 30)
        np.testing.assert_array_equal(
            crop_face(image / 255, (2, 3, 15, 15), size=8),
            crop_face(image, (2, 3, 15, 15), size=8),
        )

    @pytest.mark.parametrize(
        ("box", "margin"),
        [
            ((6, 0, 3, 3), 0.0),
            ((0, 5, 3, 3), 0.0),
            ((-3, 0, 3, 3), 0.0),
            ((0, -3, 3, 3), 0.0),
        ],
    )
    def test_boxes_without_a_pixel(self, box, margin):
        with pytest.raises(ValueError, match=r"covers no pixel of an image of shape \(5, 6\)"):
            crop_face(self.IMAGE, box, margin=margin)

    @pytest.mark.parametrize(
        ("box", "margin", "side"),
        [
            ((0, 0, 3, 1e5), 0.0, "1e\\+05"),
            ((1, 1, 40, 30), 100, "8040"),
            ((0, 0, 2001, 9), 0, 2001),
        ],
    )
    def test_squares_much_larger_than_the_image(self, box, margin, side):
        found = (
            rf"margin={margin} makes a square of {side} pixels a side, which is too large for an "
            r"image of shape \(5, 6\); use a smaller margin or box, for a side of at most 2000 pix"
        )
        with pytest.raises(ValueError, match=found):
            crop_face(self.IMAGE, box, margin=margin)
        with pytest.raises(ValueError, match=found):
            turn_upright(self.IMAGE, box, [(1, 1), (3, 1)], margin=margin)

    def test_squares_somewhat_larger_than_the_image(self):
        face = crop_face(self.IMAGE, (0, 0, 1000, 2000), size=4)
        assert face.shape == (4, 4)
        image = np.zeros((20, 600), np.uint8)
        assert not crop_face(image, (0, 0, 600, 20), size=4, margin=1.5).any()

    @pytest.mark.parametrize("size", [10_001, (10, 10**9), 10**40])
    def test_sizes_that_are_too_large(self, size):
        found = re.escape(f"size must be at most 10000 pixels a side, got {size}.")
        with pytest.raises(ValueError, match=found):
            crop_face(self.IMAGE, (0, 0, 3, 3), size=size)
        with pytest.raises(ValueError, match=found):
            FaceCropper(None, size=size).fit(noise(1, 60, 60))

    @pytest.mark.parametrize("size", [0, 2.5, None, (0, 4), (4,), (4, 4, 3), (4.5, 4), ("4", 4)])
    def test_sizes_that_are_none(self, size):
        with pytest.raises(ValueError, match="size must be two integers of at least 1"):
            crop_face(self.IMAGE, (0, 0, 3, 3), size=size)

    @pytest.mark.parametrize(
        ("box", "margin", "window"),
        [
            # Halves are rounded up at the start, whether it is odd or even.
            ((10, 20, 47, 46), 0.0, (10, 20, 57, 67)),
            ((10, 21, 47, 46), 0.0, (10, 21, 57, 68)),
            ((20, 10, 46, 47), 0.0, (20, 10, 67, 57)),
            ((10, 20, 30, 30), 0.25, (3, 13, 48, 58)),
            ((11, 21, 30, 30), 0.25, (4, 14, 49, 59)),
            ((-10, -11, 5, 6), 0.0, (-10, -11, -4, -5)),
            ((7, 8, 0.3, 0.2), 0.0, (7, 8, 8, 9)),
            # 1.1 * 110 is a little more than 121.
            ((0, 200, 110, 110), 0.05, (-5, 195, 116, 316)),
        ],
    )
    def test_windows_by_hand(self, box, margin, window):
        assert pixel_window(box, margin=margin) == window

    @pytest.mark.parametrize("margin", [0.0, 0.05, 0.1, 0.25])
    @pytest.mark.parametrize("sides", [(23, 22), (22, 23), (20, 20), (30, 30), (22, 22), (9.5, 9)])
    def test_a_shifted_picture_gives_the_same_crop(self, sides, margin):
        picture = noise(60, 60)
        expected = crop_face(picture, (12, 12, *sides), margin=margin)
        for x, y in ((1, 0), (0, 1), (3, 2)):
            shifted = np.roll(picture, (y, x), axis=(0, 1))
            box = (12 + x, 12 + y, *sides)
            np.testing.assert_array_equal(crop_face(shifted, box, margin=margin), expected)
            x0, y0, x1, y1 = pixel_window(box, margin=margin)
            assert x1 - x0 == y1 - y0

    @pytest.mark.parametrize("shape", [(9, 9, 3), (2, 9, 9), (9,), (0, 9), (9, 0)])
    def test_what_is_no_grey_image(self, shape):
        found = re.escape(f"grey image of shape (h, w), got {shape}")
        with pytest.raises(ValueError, match=f"crop_face expects a {found}"):
            crop_face(np.zeros(shape, np.uint8), (0, 0, 3, 3))


class TestPassThrough:
    """An image that has the output size is a crop already."""

    def test_crops_are_kept_and_no_detector_is_asked(self, fixed_detector):
        detector = fixed_detector()
        crops = noise(3, 48, 48)
        np.testing.assert_array_equal(FaceCropper(detector).fit_transform(crops), crops)
        assert detector.shown == []

    def test_among_others(self, fixed_detector):
        detector = fixed_detector((10, 20, 30, 30))
        images = [noise(48, 48), noise(60, 80)]
        crops = FaceCropper(detector, margin=0.2).fit_transform(images)
        np.testing.assert_array_equal(crops[0], images[0])
        expected = crop_face(images[1], (10, 20, 30, 30), margin=0.2)
        np.testing.assert_array_equal(crops[1], expected)
        assert detector.shown == [((60, 80), np.uint8)]

    def test_sizes_need_not_be_square(self):
        crops = noise(2, 20, 30)
        np.testing.assert_array_equal(FaceCropper(size=(20, 30)).fit_transform(crops), crops)


class TestWithoutDetector:
    def test_the_whole_image_is_resized(self):
        image = noise(60, 90)
        resized = FaceCropper(None, margin=0.3).fit_transform(image[np.newaxis])[0]
        expected = cv2.resize(image, (48, 48), interpolation=cv2.INTER_AREA)
        np.testing.assert_array_equal(resized, expected)

    def test_it_finds_whole_images(self):
        boxes, found = FaceCropper(None).detect([noise(60, 90), noise(48, 48)])
        assert boxes.tolist() == [[0, 0, 90, 60], [0, 0, 48, 48]]
        assert found.all()


class TestDetection:
    def test_the_first_face_is_taken(self, fixed_detector):
        image = noise(100, 120)
        detector = fixed_detector((30, 20, 50, 50), (0, 0, 10, 10))
        crops = FaceCropper(detector, size=24).fit_transform(image[np.newaxis])
        np.testing.assert_array_equal(crops[0], crop_face(image, (30, 20, 50, 50), size=24))

    def test_a_face_in_a_portrait(self, portrait):
        boxes, found = FaceCropper().detect(portrait[np.newaxis])
        assert found.tolist() == [True]
        assert intersection_over_union(boxes, [[174, 64, 99, 99]])[0, 0] > 0.7
        crops = FaceCropper().fit_transform(portrait[np.newaxis])
        np.testing.assert_array_equal(crops[0], crop_face(portrait, boxes[0]))

    def test_detect_says_which_images_have_no_face(self, fixed_detector):
        images = np.stack([noise(60, 80), np.zeros((60, 80), np.uint8), noise(60, 80)])
        cropper = FaceCropper(fixed_detector((5, 6, 30, 40)))
        boxes, found = cropper.detect(images)
        assert boxes.tolist() == [[5, 6, 30, 40], [10, 0, 60, 60], [5, 6, 30, 40]]
        assert found.tolist() == [True, False, True]
        assert (boxes.dtype, found.dtype) == (np.int64, bool)

    def test_without_a_face_the_middle_is_taken_and_counted(self, fixed_detector):
        images = np.zeros((4, 60, 80), np.uint8)
        images[2, 0, 0] = 1
        cropper = FaceCropper(fixed_detector((0, 0, 20, 20)), size=60, margin=0.25).fit(images)
        message = r"no face was found in 3 of 4 images; .* FaceCropper.detect\(X\) tells which"
        with pytest.warns(NoFaceWarning, match=message) as caught:
            crops = cropper.transform(images)
        assert len(caught) == 1
        assert caught[0].filename == __file__
        assert crops[2].any()
        assert not crops[[0, 1, 3]].any()

    def test_the_middle_gets_no_margin(self, fixed_detector):
        image = noise(40, 60)
        cropper = FaceCropper(fixed_detector(), size=20, margin=0.5)
        with pytest.warns(NoFaceWarning, match="1 of 1"):
            crops = cropper.fit_transform(image[np.newaxis])
        np.testing.assert_array_equal(crops[0], crop_face(image, (10, 0, 40, 40), size=20))

    def test_or_an_error_is_raised(self, fixed_detector):
        images = np.zeros((3, 60, 80), np.uint8)
        images[1] = 9
        cropper = FaceCropper(fixed_detector((0, 0, 9, 9)), on_missing="raise").fit(images)
        message = r"in 2 of 3 images \(numbers 0, 2\); leave them out, or use on_missing='center'"
        with pytest.raises(NoFaceError, match=message):
            cropper.transform(images)

    def test_long_lists_are_cut(self, fixed_detector):
        cropper = FaceCropper(fixed_detector(), on_missing="raise")
        with pytest.raises(NoFaceError, match=r"in 12 of 12 images \(numbers 0, 1, .* 9 \.\.\.\)"):
            cropper.transform(np.zeros((12, 60, 80), np.uint8))

    @pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
    def test_detectors_are_shown_bytes(self, dtype, fixed_detector):
        detector = fixed_detector((0, 0, 20, 20))
        image = noise(60, 80)
        scaled = image.astype(dtype) / (255 if np.dtype(dtype).kind == "f" else 1)
        crops = FaceCropper(detector).transform(scaled.astype(dtype)[np.newaxis])
        assert detector.shown == [((60, 80), np.uint8)]
        np.testing.assert_array_equal(crops[0], crop_face(image, (0, 0, 20, 20)))


class TestRagged:
    def test_lists_and_object_arrays(self):
        images = [noise(60, 80), noise(30, 20)]
        ragged = np.empty(2, dtype=object)
        ragged[:] = images
        crops = FaceCropper(None).fit_transform(images)
        assert crops.shape == (2, 48, 48)
        np.testing.assert_array_equal(FaceCropper(None).fit_transform(ragged), crops)

    def test_other_sizes_after_fit(self):
        cropper = FaceCropper(None).fit(noise(2, 60, 80))
        assert cropper.transform([noise(30, 30), noise(90, 10)]).shape == (2, 48, 48)
        assert cropper.transform(noise(1, 70, 70)).shape == (1, 48, 48)

    def test_n_features_in_is_known_where_there_is_one_size(self):
        cropper = FaceCropper(None).fit(noise(2, 60, 80))
        assert cropper.n_features_in_ == 4800
        cropper.fit([noise(60, 80), noise(30, 20)])
        assert not hasattr(cropper, "n_features_in_")

    @pytest.mark.parametrize(
        ("images", "message"),
        [
            ([np.zeros((5, 5)), np.full((6, 6), np.nan)], "contains NaN"),
            ([np.zeros((5, 5)), np.zeros((0, 6))], "0 sample"),
            ([np.zeros((5, 5)), np.zeros((6, 6), dtype=complex)], "Complex data not supported"),
            ([np.zeros((5, 5)), np.zeros((6, 6, 3))], "convert colour images to grey first"),
            ([], "at least one image"),
        ],
    )
    def test_bad_images_among_good_ones(self, images, message):
        with pytest.raises(ValueError, match=message):
            FaceCropper(None).fit(images)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"detector": 3}, "'detector' parameter"),
        ({"size": 0}, "'size' parameter"),
        ({"size": 2.5}, "'size' parameter"),
        ({"size": (48,)}, "size must be two integers"),
        ({"size": (0, 48)}, "size must be two integers"),
        ({"margin": -0.5}, "'margin' parameter"),
        ({"margin": 101}, "'margin' parameter"),
        ({"on_missing": "drop"}, "'on_missing' parameter"),
        ({"image_shape": 48}, "'image_shape' parameter"),
    ],
)
def test_wrong_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        FaceCropper(**parameters).fit(noise(1, 60, 60))


def test_unknown_detectors_are_named_in_fit():
    with pytest.raises(UnknownNameError, match="Did you mean 'haar'"):
        FaceCropper("hear").fit(noise(1, 48, 48))


def test_names_of_pixels_need_no_fit():
    names = FaceCropper(size=(2, 3)).get_feature_names_out()
    assert names.tolist() == [f"pixel_r{row}c{column}" for row in range(2) for column in range(3)]
