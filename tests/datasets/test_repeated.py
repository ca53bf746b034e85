from pathlib import Path

import pytest

from fer_classic.datasets._repeated import by_name, images_of, refuse_several, without_copies
from fer_classic.exceptions import DataFormatError, DataWarning


def test_groups_by_name():
    paths = [Path("b/Sad"), Path("a/sad"), Path("a/fear")]
    assert by_name(paths) == {"sad": paths[:2], "fear": paths[2:]}


def test_one_folder_has_the_images(tmp_path, write):
    folders = [tmp_path / "a" / "empty", tmp_path / "a" / "filled", tmp_path / "b"]
    for folder in folders:
        folder.mkdir(parents=True)
    assert images_of([], title="X", root=tmp_path) == []
    assert images_of(folders, title="X", root=tmp_path) == []
    write(folders[1] / "1.png")
    assert images_of(folders, title="X", root=tmp_path) == [folders[1] / "1.png"]
    write(folders[2] / "2.png")
    message = f"^X in {tmp_path} has 2 folders for the same images: a/filled, b. Move"
    with pytest.raises(DataFormatError, match=message):
        images_of(folders, title="X", root=tmp_path)


def test_one_folder_is_not_several(tmp_path):
    refuse_several([], title="X", root=tmp_path)
    refuse_several([tmp_path / "a"], title="X", root=tmp_path)


def test_copies_by_folder_then_format_then_name():
    files = ["b/1.tif", "a/1.png", "a/1.bmp", "a/1.tif", "b/2.png", "b/2.png"]
    with pytest.warns(
        DataWarning,
        match=r"X: skipped 4 image files because .*: a/1\.bmp, a/1\.png, b/1\.tif, b/2\.png\.",
    ):
        kept = without_copies(files, lambda file: file[2], title="X", formats=(".tif",))
    assert kept == ["a/1.tif", "b/2.png"]


def test_no_copies():
    assert without_copies(["b", "a"], str, title="X") == ["a", "b"]
