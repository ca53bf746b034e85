import re

import cv2
import numpy as np
import pytest

from fer_classic.exceptions import NoEyesWarning, NoFaceError, NoFaceWarning
from fer_classic.faces import (
    FaceAligner,
    align_face,
    crop_face,
    cut_face,
    face_corners,
    find_eyes,
    turn_upright,
)
from fer_classic.faces._similarity import turn_about, warp

BOX = (175, 68, 110, 110)  # of the face in the portrait


def spots(*points, shape=(120, 160)):
    """A black image with white spots of 5 x 5 pixels around some pixels ``(x, y)``."""
    image = np.zeros(shape, np.uint8)
    for x, y in points:
        image[y - 2 : y + 3, x - 2 : x + 3] = 255
    return image


def centers(image):
    """Centres of the bright parts in the left and in the right half, in the unit of boxes."""
    half = image.shape[1] // 2
    found = []
    for left in (0, half):
        y, x = np.indices((image.shape[0], half)) + 0.5
        weights = image[:, left : left + half].astype(float)
        total = weights.sum()
        found.append([left + (x * weights).sum() / total, (y * weights).sum() / total])
    return np.array(found)


def turned(image, box, degrees):
    """The image turned clockwise about the middle of the box."""
    x, y, w, h = box
    return warp(image, turn_about(x + w / 2 + 1j * (y + h / 2), degrees), image.shape)


class TestAlignFace:
    @pytest.mark.parametrize(
        "points",
        [
            [(60, 50), (100, 50)],
            [(60, 50), (90, 80)],
            [(40, 70), (120, 40)],
            [(70, 60), (86, 60)],
            [(100, 60), (60, 62)],
        ],
        ids=["level", "clockwise", "against", "small", "upside down"],
    )
    @pytest.mark.parametrize(
        ("size", "distance", "height", "expected"),
        [
            (48, 0.5, 0.3, [(12, 14.4), (36, 14.4)]),
            (100, 0.42, 0.36, [(29, 36), (71, 36)]),
            ((60, 40), 0.5, 0.25, [(10, 15), (30, 15)]),
        ],
    )
    def test_eyes_come_to_their_places(self, points, size, distance, height, expected):
        eyes = np.array(points) + 0.5
        face = align_face(spots(*points), eyes, size=size, eye_distance=distance, eye_height=height)
        assert face.shape == ((size, size) if isinstance(size, int) else size)
        assert face.dtype == np.uint8
        np.testing.assert_allclose(centers(face), expected, atol=0.35)

    def test_nothing_to_do(self):
        image = np.random.default_rng(0).integers(0, 256, (40, 40), dtype=np.uint8)
        face = align_face(image, [(10, 12), (30, 12)], size=40)
        np.testing.assert_array_equal(face, image)

    def test_a_turned_image_gives_the_same_face(self, portrait):
        eyes = find_eyes(portrait, BOX)
        face = align_face(portrait, eyes, size=64).astype(float)
        for degrees in (-30, -10, 20):
            turn = turn_about(256 + 256j, degrees)
            where = turn(eyes[:, 0] + 1j * eyes[:, 1])
            image = warp(portrait, turn, portrait.shape)
            again = align_face(image, np.stack([where.real, where.imag], axis=1), size=64)
            assert np.abs(again - face).mean() < 4

    def test_floats_are_in_their_unit(self, portrait):
        eyes = [(200, 110), (250, 110)]
        np.testing.assert_array_equal(align_face(portrait / 255, eyes), align_face(portrait, eyes))

    @pytest.mark.parametrize(
        "eyes",
        [
            [(5, 5), (5, 5)],
            [(5, 5)],
            [5, 5, 9, 5],
            [(np.nan, 5), (9, 5)],
            [(10**400, 5), (9, 5)],
            None,
            "eyes",
        ],
        ids=["one point", "one eye", "flat", "nan", "huge", "none", "text"],
    )
    def test_what_are_no_eyes(self, eyes):
        with pytest.raises(ValueError, match="two different points"):
            align_face(np.zeros((20, 20)), eyes)
        with pytest.raises(ValueError, match="two different points"):
            turn_upright(np.zeros((20, 20)), (1, 1, 9, 9), eyes)

    @pytest.mark.parametrize(
        ("places", "message"),
        [
            ({"eye_distance": 0}, "eye_distance must be a share of the width .* got 0"),
            ({"eye_distance": 1}, "eye_distance .* above 0 and below 1, got 1"),
            ({"eye_distance": 5}, "eye_distance .* got 5"),
            ({"eye_distance": np.nan}, "eye_distance .* got nan"),
            ({"eye_distance": "wide"}, "eye_distance .* got 'wide'"),
            ({"eye_distance": 1e-30}, "eye_distance=1e-30 is too small: .* 48 pixels wide"),
            ({"eye_height": -0.1}, "eye_height must be .* from 0 to 1, got -0.1"),
            ({"eye_height": 14}, "eye_height .* got 14"),
            ({"eye_height": None}, "eye_height .* got None"),
        ],
    )
    def test_places_out_of_range(self, places, message):
        with pytest.raises(ValueError, match=message):
            align_face(np.zeros((20, 20)), [(5, 5), (9, 5)], **places)

    @pytest.mark.parametrize("eyes", [[(0, 0), (1e-320, 0)], [(0, 0), (1.7e308, 1.7e308)]])
    def test_eyes_too_close_together_or_too_far_apart(self, eyes):
        with pytest.raises(ValueError, match="too close together or too far apart"):
            align_face(np.zeros((20, 20)), eyes)

    @pytest.mark.parametrize("shape", [(20, 20, 3), (2, 20, 20), (20,), (0, 20), (20, 0)])
    def test_what_is_no_grey_image(self, shape):
        found = re.escape(f"a grey image of shape (h, w), got {shape}")
        image, eyes, box = np.zeros(shape), [(5, 5), (9, 5)], (1, 1, 9, 9)
        with pytest.raises(ValueError, match=f"align_face expects {found}"):
            align_face(image, eyes)
        with pytest.raises(ValueError, match=f"turn_upright expects {found}"):
            turn_upright(image, box, eyes)
        with pytest.raises(ValueError, match=f"find_eyes expects {found}"):
            find_eyes(image, box)


class TestTurnUpright:
    def test_level_eyes_change_nothing(self):
        image = np.random.default_rng(0).integers(0, 256, (60, 60), dtype=np.uint8)
        face = turn_upright(image, (6, 6, 48, 48), [(20, 25), (40, 25)])
        np.testing.assert_array_equal(face, image[6:54, 6:54])

    def test_a_quarter_turn_is_undone(self):
        image = np.random.default_rng(0).integers(0, 256, (60, 60), dtype=np.uint8)
        face = turn_upright(np.rot90(image, -1).copy(), (6, 6, 48, 48), [(30, 20), (30, 40)])
        np.testing.assert_array_equal(face, image[6:54, 6:54])

    @pytest.mark.parametrize(("size", "margin"), [(48, 0.0), (64, 0.2), ((40, 60), -0.1)])
    def test_scale_and_centre_are_those_of_the_box(self, portrait, size, margin):
        plain = crop_face(portrait, BOX, size=size, margin=margin).astype(float)
        image = turned(portrait, BOX, 20)
        eyes = [(0, 0), (np.cos(np.radians(20)), np.sin(np.radians(20)))]
        face = turn_upright(image, BOX, eyes, size=size, margin=margin)
        assert np.abs(face - plain).mean() < 5
        assert np.abs(crop_face(image, BOX, size=size, margin=margin) - plain).mean() > 15


class TestCutFace:
    @pytest.mark.parametrize("degrees", [-25, 25])
    def test_faces_that_lean_are_turned(self, portrait, degrees):
        image = turned(portrait, BOX, degrees)
        eyes = find_eyes(image, BOX)
        face = cut_face(image, BOX, margin=0.1, upright=True)
        np.testing.assert_array_equal(face, turn_upright(image, BOX, eyes, margin=0.1))
        np.testing.assert_array_equal(cut_face(image, BOX), crop_face(image, BOX))

    def test_upright_faces_and_other_things_stay(self, portrait):
        for box in (BOX, (0, 0, 60, 60)):
            face = cut_face(portrait, box, size=32, upright=True)
            np.testing.assert_array_equal(face, crop_face(portrait, box, size=32))

    def test_models_of_aligned_faces_get_them(self, portrait):
        places = {"eye_distance": 0.4, "eye_height": 0.35}
        face = cut_face(portrait, BOX, size=32, **places)
        expected = align_face(portrait, find_eyes(portrait, BOX), size=32, **places)
        np.testing.assert_array_equal(face, expected)

    def test_without_eyes_those_of_an_average_face(self):
        image = np.random.default_rng(0).integers(0, 256, (120, 120), dtype=np.uint8)
        # The eyes are 0.37 sides of the box apart, at 0.39 of its height.
        face = cut_face(image, (10, 10, 100, 100), eye_distance=0.5, eye_height=0.3)
        expected = align_face(image, [(41.5, 49), (78.5, 49)])
        np.testing.assert_array_equal(face, expected)

    @pytest.mark.parametrize("places", [{"eye_distance": 0.5}, {"eye_height": 0.3}])
    @pytest.mark.parametrize("function", [cut_face, face_corners])
    def test_one_place_of_the_eyes_is_not_enough(self, portrait, function, places):
        ((name, value),) = places.items()
        with pytest.raises(ValueError, match=rf"{name}={value} .*; pass both, or neither"):
            function(portrait, BOX, **places)


class TestFaceCorners:
    def test_a_plain_crop(self):
        image = np.zeros((200, 200), np.uint8)
        corners = face_corners(image, (50, 60, 40, 20), margin=0.25)
        np.testing.assert_array_equal(corners, [(40, 40), (100, 40), (40, 100)])

    @pytest.mark.parametrize(
        ("degrees", "options"),
        [
            (0, {"margin": 0.1, "upright": True}),
            (25, {"margin": 0.1, "upright": True}),
            (-25, {"size": (40, 40)}),
            (20, {"size": 64, "eye_distance": 0.4, "eye_height": 0.35}),
        ],
        ids=["upright", "turned", "left as it is", "aligned"],
    )
    def test_what_is_between_them_is_the_face(self, portrait, degrees, options):
        image = turned(portrait, BOX, degrees)
        face = cut_face(image, BOX, **options)
        corners = face_corners(image, BOX, **options)
        height, width = face.shape
        places = np.float32([(0, 0), (width, 0), (0, height)]) - 0.5
        matrix = cv2.getAffineTransform(np.float32(corners) - 0.5, places)
        blurred = cv2.GaussianBlur(image, (0, 0), 1)
        between = cv2.warpAffine(blurred, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
        assert np.abs(between.astype(float) - face).mean() < 4


class TestFaceAligner:
    def test_eyes_lie_at_the_places(self, portrait, fixed_detector):
        images = np.stack([portrait, turned(portrait, BOX, 20)])
        aligner = FaceAligner(fixed_detector(BOX), size=96)
        crops = aligner.fit_transform(images)
        assert (crops.shape, crops.dtype) == ((2, 96, 96), np.uint8)
        for crop in crops:
            eyes = find_eyes(crop, (-10, -20, 116, 136))
            np.testing.assert_allclose(eyes, [(24, 28.8), (72, 28.8)], atol=5)
        assert np.abs(crops[0].astype(float) - crops[1]).mean() < 12

    def test_it_equals_the_functions(self, portrait, fixed_detector):
        places = {"eye_distance": 0.42, "eye_height": 0.36}
        (crop,) = FaceAligner(fixed_detector(BOX), **places).transform(portrait[np.newaxis])
        np.testing.assert_array_equal(crop, cut_face(portrait, BOX, **places))

    def test_the_named_detector(self, portrait):
        aligner = FaceAligner().fit(portrait[np.newaxis])
        eyes, found = aligner.find_eyes(portrait[np.newaxis])
        assert found.tolist() == [True]
        np.testing.assert_allclose(eyes[0], find_eyes(portrait, BOX), atol=4)

    def test_crops_pass_through(self, fixed_detector):
        detector = fixed_detector(BOX)
        crops = np.random.default_rng(0).integers(0, 256, (3, 48, 48), dtype=np.uint8)
        aligner = FaceAligner(detector)
        np.testing.assert_array_equal(aligner.fit_transform(crops), crops)
        eyes, found = aligner.find_eyes(crops)
        assert np.isnan(eyes).all()
        assert found.all()
        assert detector.shown == []

    def test_images_of_several_sizes(self, portrait, fixed_detector):
        part = np.ascontiguousarray(portrait[:400, :450])
        crop = np.zeros((48, 48), np.uint8)
        aligner = FaceAligner(fixed_detector(BOX))
        ragged = aligner.fit_transform([portrait, part, crop])
        np.testing.assert_array_equal(ragged[0], ragged[1])
        assert not ragged[2].any()

    def test_the_whole_image_may_be_the_box(self, portrait):
        face = portrait[68:178, 175:285].copy()
        (crop,) = FaceAligner(None).transform(face[np.newaxis])
        expected = cut_face(face, (0, 0, 110, 110), eye_distance=0.5, eye_height=0.3)
        np.testing.assert_array_equal(crop, expected)

    def test_faces_without_eyes_are_counted(self, portrait, fixed_detector):
        noise = np.random.default_rng(0).integers(0, 256, portrait.shape, dtype=np.uint8)
        images = np.stack([portrait, noise, noise])
        aligner = FaceAligner(fixed_detector(BOX)).fit(images)
        message = r"no eyes were found in 2 of 3 images; .* FaceAligner.find_eyes\(X\) says which"
        with pytest.warns(NoEyesWarning, match=message) as caught:
            crops = aligner.transform(images)
        assert [warning.message.n_missing for warning in caught] == [2]
        assert caught[0].filename == __file__
        eyes, found = aligner.find_eyes(images)
        assert found.tolist() == [True, False, False]
        np.testing.assert_allclose(eyes[1], [(215.7 - 6.05, 110.9), (256.4 - 6.05, 110.9)], atol=1)
        np.testing.assert_array_equal(
            crops[1], cut_face(noise, BOX, eye_distance=0.5, eye_height=0.3)
        )

    def test_images_without_a_face_are_counted(self, portrait, fixed_detector):
        images = np.stack([portrait, np.zeros_like(portrait)])
        aligner = FaceAligner(fixed_detector(BOX)).fit(images)
        with pytest.warns(NoFaceWarning, match=r"in 1 of 2 images; .* FaceAligner\.detect"):
            crops = aligner.transform(images)
        np.testing.assert_array_equal(crops[1], 0)
        eyes, found = aligner.find_eyes(images)
        assert found.all()
        assert np.isnan(eyes[1]).all()
        with pytest.raises(NoFaceError, match="in 1 of 2"):
            aligner.set_params(on_missing="raise").transform(images)

    @pytest.mark.parametrize(
        ("parameters", "message"),
        [
            ({"eye_distance": 0}, "'eye_distance' parameter"),
            ({"eye_distance": 1}, "'eye_distance' parameter"),
            ({"eye_height": 1.1}, "'eye_height' parameter"),
            ({"detector": 3}, "'detector' parameter"),
            ({"size": 0}, "'size' parameter"),
            ({"on_missing": "skip"}, "'on_missing' parameter"),
        ],
    )
    def test_parameters_out_of_range(self, parameters, message):
        with pytest.raises(ValueError, match=message):
            FaceAligner(**parameters).fit(np.zeros((1, 60, 60), np.uint8))
