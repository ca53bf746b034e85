import cv2
import numpy as np
import pytest
from PIL import Image

from fer_classic.analysis._sources import resolve
from fer_classic.exceptions import DataNotFoundError, SourceError
from fer_classic.live import ArraySource, CameraSource
from tests.analysis.conftest import BRIGHT, DARK


@pytest.mark.parametrize(
    ("shape", "count"),
    [
        ((9, 8), 1),
        ((9, 8, 3), 1),
        ((9, 8, 4), 1),
        ((2, 9, 8), 2),
        ((2, 9, 8, 3), 2),
        ((1, 9, 8), 1),
    ],
)
def test_pictures_and_batches(shape, count):
    found = resolve(np.zeros(shape, np.uint8))
    assert len(found.photos) == count
    assert found.video is None


def test_ragged_batches():
    batch = np.empty(2, object)
    batch[:] = [BRIGHT, DARK[:50]]
    assert [photo.shape for photo in resolve(batch).photos] == [(80, 120, 3), (50, 120, 3)]


def test_paths(folder, tmp_path):
    assert resolve(folder).photos == sorted(folder.iterdir())
    assert not resolve(folder).alone
    assert resolve(str(folder / "a.png")).photos == [folder / "a.png"]
    assert resolve(folder / "a.png").alone
    assert resolve(str(folder / "[ab].png")).photos == [folder / "a.png", folder / "b.png"]
    assert resolve([folder / "b.png", BRIGHT, b"photo"]).photos[0] == folder / "b.png"


def test_a_list_keeps_files_that_do_not_exist():
    assert [path.name for path in resolve(["none.png"]).photos] == ["none.png"]


def test_sources_of_frames():
    source = ArraySource([BRIGHT])
    assert resolve(source).video is source


def test_a_gif_is_a_video_if_it_is_animated(tmp_path):
    first, second = (Image.fromarray(image) for image in (BRIGHT, DARK))
    first.save(tmp_path / "still.gif")
    first.save(tmp_path / "moving.gif", save_all=True, append_images=[second])
    (tmp_path / "damaged.gif").write_bytes(b"GIF89a")
    assert resolve(tmp_path / "still.gif").photos
    assert resolve(tmp_path / "damaged.gif").photos
    try:
        assert resolve(tmp_path / "moving.gif").video is not None
    except SourceError:
        pytest.skip("this build of OpenCV decodes no GIF")


@pytest.mark.parametrize(
    ("source", "error", "words"),
    [
        ("none.jpg", DataNotFoundError, "no such photo, folder or video: 'none.jpg'; give"),
        ("", DataNotFoundError, "no such photo, folder or video: ''"),
        ("none*.jpg", DataNotFoundError, "no photo matches the pattern"),
        (3, TypeError, "cannot look for faces in int; give a photo"),
        (None, TypeError, "NoneType"),
        ({"a.jpg": 1}, TypeError, "dict"),
        ([], ValueError, "a list of no photos"),
        ([3], TypeError, "item 0 of the list is int"),
        ([[[0, 1]]], TypeError, "item 0 of the list is list"),
        (np.zeros(5), ValueError, r"got an array of shape \(5,\)"),
        (np.zeros((1, 1, 1, 1, 1)), ValueError, "got an array of shape"),
        (np.zeros((0, 48, 48)), ValueError, "a batch of no pictures"),
        (CameraSource(0), SourceError, "this source is live and has no end"),
        ("rtsp://me:secret@host", SourceError, "a stream is live"),
        (Image.new("RGB", (4, 4)), TypeError, r"PIL.*convert\('RGB'\)"),
    ],
)
def test_what_cannot_be_looked_at(source, error, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=words) as caught:
        resolve(source)
    assert "secret" not in str(caught.value)


def test_an_empty_folder(tmp_path):
    with pytest.raises(DataNotFoundError, match="no image in the folder"):
        resolve(tmp_path)


def test_a_file_of_another_kind(tmp_path):
    (tmp_path / "notes.txt").write_text("words")
    with pytest.raises(SourceError, match=r"notes.txt is no image by its ending, and no video"):
        resolve(tmp_path / "notes.txt")


def test_a_video(tmp_path):
    path = tmp_path / "talk.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 25.0, (120, 80))
    if not writer.isOpened():
        pytest.skip("this build of OpenCV cannot write Motion JPEG")
    writer.write(BRIGHT)
    writer.release()
    found = resolve(path)
    assert (found.name, found.photos, found.video.fps) == ("talk.avi", None, 25.0)
