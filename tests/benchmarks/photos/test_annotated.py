import json

import cv2
import numpy as np
import pytest

from benchmarks.photos.annotated import photos_digest, read_photos
from fer_classic.exceptions import DataFormatError, DataNotFoundError, ImageReadError


@pytest.fixture
def folder(tmp_path):
    for name, value in (("b.png", 10), ("a.png", 20)):
        cv2.imwrite(str(tmp_path / name), np.full((30, 40), value, np.uint8))
    write(tmp_path, {"b.png": [[1, 2, 3, 4], [5, 6, 7, 8]], "a.png": []})
    return tmp_path


def write(folder, content):
    (folder / "faces.json").write_text(json.dumps(content))


def test_photos_come_by_name_with_their_faces(folder):
    first, second = read_photos(folder)
    assert (first.name, second.name) == ("a.png", "b.png")
    assert first.image.shape[:2] == second.image.shape[:2] == (30, 40)
    assert first.boxes.shape == (0, 4)
    np.testing.assert_array_equal(second.boxes, [[1, 2, 3, 4], [5, 6, 7, 8]])


def test_the_digest_is_of_pixels_and_boxes_and_not_of_names(folder):
    known = photos_digest(read_photos(folder))
    (folder / "a.png").rename(folder / "A.png")
    write(folder, {"b.png": [[1, 2, 3, 4], [5, 6, 7, 8]], "A.png": []})
    assert photos_digest(read_photos(folder)) == known
    write(folder, {"b.png": [[1, 2, 3, 4], [5, 6, 7, 9]], "A.png": []})
    assert photos_digest(read_photos(folder)) != known


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(DataNotFoundError, match=r"no such folder: .*none; the folder holds images"):
        read_photos(tmp_path / "none")


def test_without_boxes(folder):
    (folder / "faces.json").unlink()
    with pytest.raises(DataNotFoundError, match=r"there is no .*faces\.json; the folder holds"):
        read_photos(folder)


@pytest.mark.parametrize("text", ["", "{", "\ud800", '{"a.png": [[1, 2, 3, 4]]'])
def test_what_is_no_json(text, folder):
    (folder / "faces.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(DataFormatError, match=r"faces\.json cannot be read as JSON"):
        read_photos(folder)


@pytest.mark.parametrize("content", [[], {}, 3, None, ["a.png"]])
def test_files_without_an_image(content, folder):
    write(folder, content)
    with pytest.raises(DataFormatError, match="names no image"):
        read_photos(folder)


@pytest.mark.parametrize(
    "boxes",
    [[[1, 2, 3]], [1, 2, 3], [[1, 2, 0, 4]], [[1, 2, 3, -4]], [["a", 1, 2, 3]], "abcd", {"x": 1}, 7]
    + [[[1, 2, float("nan"), 4]], [[1, 2, 3, 4], [1, 2]], [[[1, 2], [3, 4]], 5]],
)
def test_boxes_that_are_none(boxes, folder):
    write(folder, {"a.png": boxes})
    with pytest.raises(DataFormatError, match=r"the boxes of a\.png are not lists of four numbers"):
        read_photos(folder)


def test_images_that_are_not_there(folder):
    write(folder, {"a.png": [], "c.png": [], "d.png": []})
    with pytest.raises(DataNotFoundError, match=r"not in the folder: c\.png, d\.png\."):
        read_photos(folder)


def test_images_that_cannot_be_read(folder):
    (folder / "a.png").write_text("no image")
    with pytest.raises(ImageReadError, match=r"a\.png"):
        read_photos(folder)
