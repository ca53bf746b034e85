import numpy as np
import pytest
from PIL import Image

from fer_classic.datasets._files import (
    image_files,
    image_tree,
    name_some,
    read_gray,
    warn_not_images,
    warn_unused,
)
from fer_classic.exceptions import DataFormatError, DataWarning
from tests.utils.pictures import encoded


@pytest.fixture
def folder(tmp_path, write):
    for name in ("b.png", "a.PNG", "below/c.tiff", ".hidden/d.png", "__MACOSX/e.png"):
        write(tmp_path / name)
    for junk in (".DS_Store", "._a.png", "Thumbs.db", "README.txt"):
        (tmp_path / junk).touch()
    (tmp_path / "folder.png").mkdir()
    return tmp_path


def test_files_in_a_folder(folder):
    assert [path.name for path in image_files(folder)] == ["a.PNG", "b.png"]


def test_files_in_a_tree(folder):
    names = [path.relative_to(folder).as_posix() for path in image_tree(folder)]
    assert names == ["a.PNG", "b.png", "below/c.tiff"]


def test_read_gray(tmp_path, write):
    color = np.zeros((4, 5, 3), np.uint8)
    color[...] = (255, 0, 0)
    write(tmp_path / "blue.png", color)
    content = (tmp_path / "blue.png").read_bytes()
    for image in read_gray([("path", tmp_path / "blue.png"), ("bytes", content)], title="T"):
        assert image.shape == (4, 5)
        assert (image == 29).all()


def test_all_unreadable_files_are_named(tmp_path, write):
    write(tmp_path / "good.png")
    sources = [("good", tmp_path / "good.png"), ("empty", b""), ("text", b"text")]
    sources.append(("gone", tmp_path / "gone.png"))
    with pytest.raises(
        DataFormatError, match=r"T: 3 of 4 .* empty, text, gone\. .* First error: .*0 b"
    ):
        read_gray(sources, title="T")


def test_further_frames_are_counted():
    frames = [Image.fromarray(np.full((4, 5), level, np.uint8)) for level in (9, 99)]
    film = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    sources = [("a\n.gif", film), ("b.png", encoded(frames[0], "PNG")), ("c.gif", film)]
    message = r"T: 2 of 3 image files have several frames or pages, .*: a\\n\.gif, c\.gif\.$"
    with pytest.warns(DataWarning, match=message) as caught:
        images = read_gray(sources, title="T")
    assert len(caught) == 1
    assert [image.max() for image in images] == [9, 9, 9]


def test_warn_unused():
    warn_unused([], title="T", reason="that are odd")
    with pytest.warns(DataWarning, match="T: skipped 1 image file that are odd: a"):
        warn_unused(["a"], title="T", reason="that are odd")


@pytest.mark.parametrize(
    ("deep", "found"),
    [
        (True, r"2 files .*: b\.txt, a\.txt\.$"),
        (False, r"1 file .*: b\.txt; 2 folders inside, not searched: below, folder\.png\.$"),
    ],
)
def test_warn_not_images(deep, found, folder):
    warn_not_images([folder], title="T")
    for name in ("b.txt", "below/a.txt", "jaffe.zip", ".hidden/c.txt"):
        (folder / name).touch()
    with pytest.warns(DataWarning, match=f"T: skipped {found}"):
        warn_not_images([folder], title="T", deep=deep)


@pytest.mark.parametrize(
    ("names", "text"), [([], ""), (["a", "b"], "a, b"), (["a", "b", "c", "d"], "a, b and 2 more")]
)
def test_name_some(names, text):
    assert name_some(names, limit=2) == text
