import json
from dataclasses import replace

import numpy as np
import pytest
from skimage.data import astronaut

from fer_classic.exceptions import DataNotFoundError, NoFaceError
from fer_classic.inspection import draw_explanation, explain, explain_photo
from fer_classic.live import Recognizer
from tests.inspection.stand_ins import BlockReader

BOXES = [(30, 20, 96, 96), (10, 130, 48, 48)]


class FixedDetector:
    """Finds the same boxes in every image."""

    def __init__(self, *boxes):
        self.boxes = np.array(boxes, dtype=np.int64).reshape(-1, 4)

    def detect(self, image):
        return self.boxes, np.ones(len(self.boxes), np.float32)


def recognizer(*boxes):
    return Recognizer(BlockReader(), detector=FixedDetector(*boxes), upright=False)


@pytest.fixture(scope="module")
def photo():
    return np.random.default_rng(0).integers(0, 256, (200, 160, 3), dtype=np.uint8)


def test_a_face_is_cut_out_and_explained(photo):
    result = explain_photo(recognizer(*BOXES), photo, face=1, target="dark")
    assert result.face.box == BOXES[1]
    assert len(result.faces) == 2
    np.testing.assert_array_equal(result.corners, [(10, 130), (58, 130), (10, 178)])
    expected = explain(BlockReader(), photo[130:178, 10:58], target="dark")
    np.testing.assert_array_equal(result.explanation.image, expected.image)
    np.testing.assert_array_equal(result.explanation.map, expected.map)


def test_known_faces_are_not_searched_again(photo):
    known = recognizer(*BOXES).recognize(photo)
    result = explain_photo(recognizer(), photo, faces=known)
    assert result.face.box == BOXES[0]


def test_as_json(photo):
    fields = json.loads(json.dumps(explain_photo(recognizer(*BOXES), photo).as_dict()))
    assert fields["face"]["box"] == list(BOXES[0])
    assert fields["corners"] == [[30, 20], [126, 20], [30, 116]]
    assert np.shape(fields["map"]) == (48, 48)


def test_faces_that_are_not_there(photo):
    with pytest.raises(NoFaceError, match="no face was found in this photo"):
        explain_photo(recognizer(), photo)
    with pytest.raises(ValueError, match="there is no face 2 among 2"):
        explain_photo(recognizer(*BOXES), photo, face=2)
    with pytest.raises(ValueError, match=r"there is no face 0\.5 among 2"):
        explain_photo(recognizer(*BOXES), photo, face=0.5)


def test_a_crop_is_its_own_photo():
    crop = np.random.default_rng(0).integers(0, 256, (48, 48), dtype=np.uint8)
    result = explain_photo(recognizer(), crop)
    np.testing.assert_array_equal(result.corners, [(0, 0), (48, 0), (0, 48)])
    np.testing.assert_array_equal(result.explanation.image, crop)


class TestDrawing:
    def test_the_map_is_over_the_face(self):
        photo = np.full((200, 160, 3), 120, np.uint8)
        # The block that the stand-in reads lies at 46-62, 36-52 of the photo.
        photo[36:52, 46:62] = 255
        result = explain_photo(recognizer(*BOXES), photo)
        picture = draw_explanation(photo, result)
        assert picture.dtype == np.uint8
        scale = 534 / 200
        x, y = round(24 + 54 * scale), round(24 + 22 + 44 * scale)
        blue, _, red = picture[y, x].tolist()
        assert red - blue > 50
        corner = picture[round(24 + 22 + 190 * scale), round(24 + 150 * scale)]
        assert corner.tolist() == [120, 120, 120]

    @pytest.mark.parametrize("shape", [(48, 48), (30, 900), (900, 30), (2000, 1500)])
    def test_photos_of_any_size(self, shape):
        photo = np.zeros(shape, np.uint8)
        side = min(shape)
        result = explain_photo(recognizer((0, 0, side, side)), photo)
        picture = draw_explanation(photo, result)
        assert 600 < picture.shape[0] < 700
        assert 600 < picture.shape[1] < 1700

    def test_long_names_and_many_classes(self):
        crop = np.random.default_rng(0).integers(0, 256, (48, 48), dtype=np.uint8)
        result = explain_photo(recognizer(), crop)
        scores = {"b" * 60: 0.9} | {f"class {k}": k / 100 for k in range(20)} | {"bright": 0.01}
        face = replace(result.faces[0], scores=scores, expression="uncertain")
        picture = draw_explanation(crop, replace(result, faces=[face]))
        labels = {"uncertain": "unsicher", "class 19": "Überraschung"}
        other = draw_explanation(crop, replace(result, faces=[face]), labels=labels)
        assert picture.shape == other.shape
        assert (picture != other).any()
        # Nothing reaches into the margin.
        assert (picture[:, -8:] == 255).all()
        with pytest.raises(DataNotFoundError, match=r"no such font file: no\.ttf"):
            draw_explanation(crop, result, font="no.ttf")

    def test_a_crop_is_drawn_once(self):
        crop = np.zeros((48, 48), np.uint8)
        width = draw_explanation(crop, explain_photo(recognizer(), crop)).shape[1]
        photo = astronaut()
        result = explain_photo(recognizer((180, 80, 90, 90)), photo)
        assert draw_explanation(photo, result).shape[1] > width + 500
