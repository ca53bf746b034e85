import os
import re
import warnings

import pytest
from PIL import Image

from fer_classic.exceptions import DataNotFoundError, DataWarning, ImageReadError
from fer_classic.utils import find_images, iter_images, read_image
from fer_classic.utils._listing import image_suffixes
from tests.utils.pictures import GRAY, RGB, encoded


class TestIterImages:
    @pytest.fixture
    def folder(self, tmp_path):
        content = encoded(GRAY, "PNG")
        for name in ("b/2.PNG", "b/10.png", "a.png", ".hidden.png", ".git/x.png", "c/README.txt"):
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        (tmp_path / "folder.png").mkdir()
        return tmp_path

    @pytest.mark.parametrize("as_path", [str, lambda path: path])
    def test_a_folder_is_searched_in_the_order_of_names(self, as_path, folder):
        found = list(iter_images(as_path(folder)))
        names = [str(path.relative_to(folder)) for path, _ in found]
        assert names == ["a.png", "b/10.png", "b/2.PNG"]
        assert all((image == GRAY).all() for _, image in found)

    def test_the_files_alone(self, folder):
        names = ["a.png", "b/10.png", "b/2.PNG"]
        assert find_images(folder) == [folder / name for name in names]
        assert find_images(folder / "c") == []

    def test_a_list_is_taken_as_it_is(self, folder):
        files = [folder / "c" / "README.txt", str(folder / ".hidden.png")]
        assert [str(path) for path, _ in iter_images(files)] == list(map(str, files))

    def test_one_file(self, folder):
        assert len(list(iter_images(folder / "a.png"))) == 1

    def test_entries_of_folders_are_paths(self, folder):
        (folder / "b" / "notes.doc").touch()
        with os.scandir(folder) as found:
            entries = {entry.name: entry for entry in found}
        ((path, image),) = iter_images(entries["a.png"])
        assert path == folder / "a.png"
        assert (image == GRAY).all()
        expected = [folder / "b" / "10.png", folder / "b" / "2.PNG"]
        # The warning names the folder, not the entry.
        message = f"^{re.escape(str(folder / 'b'))}: skipped 1 file"
        with pytest.warns(DataWarning, match=message):
            assert [path for path, _ in iter_images(entries["b"])] == expected
        with pytest.warns(DataWarning, match=message):
            assert find_images(entries["b"]) == expected

    def test_an_empty_folder(self, tmp_path):
        assert list(iter_images(tmp_path)) == []

    @pytest.mark.parametrize("wrap", [lambda path: path, lambda path: [path]])
    def test_what_is_not_there(self, wrap, tmp_path):
        with pytest.raises(DataNotFoundError, match="no such"):
            list(iter_images(wrap(tmp_path / "nothing")))

    def test_damaged_files_stop_it_when_they_are_reached(self, folder):
        (folder / "b" / "10.png").write_bytes(b"junk")
        images = iter_images(folder)
        assert next(images)[0].name == "a.png"
        with pytest.raises(ImageReadError, match=r"10\.png"):
            next(images)

    def test_other_files_are_counted_and_some_are_named(self, folder):
        for number in range(7):
            (folder / "b" / f"{number}.txt").touch()
        for junk in ("Thumbs.db", "desktop.ini", "LICENSE", "._a.txt", "b/Readme.md"):
            (folder / junk).touch()
        message = (
            r"skipped 7 files that cannot be read as images: 0.txt, 1.txt, 2.txt, 3.txt, 4.txt "
            r"and 2 more\.$"
        )
        for find in (find_images, lambda where: list(iter_images(where))):
            with pytest.warns(DataWarning, match=message) as caught:
                assert len(find(folder)) == 3
            assert len(caught) == 1

    def test_what_is_no_file_is_counted_after_the_last_image(self, folder):
        (folder / "b" / "gone.png").symlink_to("nowhere.png")
        os.mkfifo(folder / "pipe.png")
        images = iter_images(folder)
        assert len([next(images) for _ in range(3)]) == 3
        message = r"skipped 1 link to nothing: gone\.png; 1 pipe, socket or device: pipe\.png\.$"
        with pytest.warns(DataWarning, match=message):
            assert list(images) == []

    def test_a_folder_is_listed_while_it_is_read(self, folder, monkeypatch):
        listed = []
        scandir = os.scandir
        monkeypatch.setattr(os, "scandir", lambda path: listed.append(path) or scandir(path))
        assert next(iter_images(folder))[0].name == "a.png"
        assert listed == [folder]

    def test_a_pipe_is_refused_by_name(self, tmp_path):
        os.mkfifo(tmp_path / "pipe.png")
        for source in (tmp_path / "pipe.png", [tmp_path / "pipe.png"]):
            with pytest.raises(ImageReadError, match=r"pipe\.png: it is a named pipe, not a file"):
                list(iter_images(source))


class TestImageSuffixes:
    def test_what_is_always_there(self):
        assert {".jpg", ".jpeg", ".jfif", ".png", ".bmp", ".tif", ".tiff", ".pgm", ".webp"} <= (
            image_suffixes()
        )

    def test_what_is_never_there(self):
        others = {".mpg", ".mp4", ".pdf", ".svg", ".eps", ".csv", ".json", ".txt", ".h5", ".zip"}
        assert not others & image_suffixes()
        assert all(suffix == suffix.lower() for suffix in image_suffixes())

    def test_a_format_that_pillow_was_built_without(self, monkeypatch):
        monkeypatch.setattr("PIL.features.check", lambda name: False)
        monkeypatch.setattr("cv2.haveImageWriter", lambda name: name.endswith(".jp2"))
        image_suffixes.cache_clear()
        try:
            assert ".jp2" in image_suffixes()
            assert not {".webp", ".avif", ".j2k"} & image_suffixes()
        finally:
            image_suffixes.cache_clear()

    @pytest.mark.parametrize("there", [True, False])
    def test_heic_needs_a_package(self, there, monkeypatch):
        monkeypatch.setattr("fer_classic.utils._listing.find_spec", lambda name: there or None)
        image_suffixes.cache_clear()
        try:
            assert ({".heic", ".heif"} <= image_suffixes()) == there
        finally:
            image_suffixes.cache_clear()

    def test_what_pillow_writes_under_a_suffix_is_read(self, tmp_path):
        """Every format that can be written here, under each of its names."""
        Image.init()
        read = []
        for suffix, kind in Image.registered_extensions().items():
            # An icon holds its picture in several sizes.
            if suffix not in image_suffixes() or kind not in Image.SAVE or kind == "ICNS":
                continue
            path = tmp_path / f"picture{suffix}"
            for mode in ("RGB", "L", "RGBA", "1"):
                picture = Image.fromarray(RGB).convert(mode).resize((32, 32))
                try:
                    # Some formats are about to leave Pillow, and are off the list then.
                    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
                        picture.save(path)
                    break
                except (OSError, KeyError, ValueError):
                    path.unlink(missing_ok=True)
            if path.exists():
                assert read_image(path).shape[:2] == (32, 32), suffix
                read.append(path)
        assert len(read) > 30
        assert find_images(tmp_path) == sorted(read)
