import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from fer_classic.exceptions import DataNotFoundError
from fer_classic.live import Recognizer, find_photos, recognize_photos

FACE = np.ascontiguousarray(astronaut()[:256, 100:356, ::-1])


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "photos" / "more").mkdir(parents=True)
    for name in ("b.png", "a.png", "more/c.png"):
        cv2.imwrite(str(tmp_path / "photos" / name), FACE)
    return tmp_path / "photos"


def test_files_folders_and_patterns(folder):
    a, b, c = folder / "a.png", folder / "b.png", folder / "more" / "c.png"
    assert find_photos([folder]) == [a, b, c]
    assert find_photos([str(folder / "?.png"), c]) == [a, b, c]
    assert find_photos([b, folder, a]) == [b, a, c]
    assert find_photos([str(folder / "**/*.png")]) == [a, b, c]


def test_what_exists_is_no_pattern(folder):
    odd = folder / "[a].png"
    (folder / "a.png").rename(odd)
    assert find_photos([odd]) == [odd]


def test_a_missing_file_stays_to_be_reported(tmp_path):
    assert find_photos([tmp_path / "none.png"]) == [tmp_path / "none.png"]
    with pytest.raises(DataNotFoundError, match="no image in the folder"):
        find_photos([tmp_path])


def test_photos_one_after_the_other(folder, fitted_model):
    recognizer = Recognizer(fitted_model)
    (folder / "b.png").write_bytes(b"no image")
    _, content = cv2.imencode(".png", FACE)
    photos = [folder / "a.png", str(folder / "b.png"), folder / "none.png", FACE, content.tobytes()]
    good, damaged, missing, array, encoded = recognize_photos(photos, recognizer)
    expected = recognizer.recognize(FACE)
    assert len(expected) == 1
    for result in (good, array, encoded):
        assert result.faces == expected
        assert result.error is None
        np.testing.assert_array_equal(result.image, FACE)
    assert (damaged.photo, damaged.faces, damaged.image) == (folder / "b.png", [], None)
    assert "is not an image" in damaged.error
    assert "no such image file" in missing.error
    assert [array.photo, encoded.photo] == ["image 3", "image 4"]


def test_an_array_that_is_no_picture_is_named(fitted_model):
    with pytest.raises(ValueError, match=r"image 1: expected an image of shape"):
        list(recognize_photos([FACE, np.zeros(3)], Recognizer(fitted_model)))
