import io
import os
import zipfile

import numpy as np
import pytest
from PIL import Image

from fer_classic.datasets import load_jaffe
from fer_classic.exceptions import DataFormatError, DataNotFoundError, DataWarning

NAMES = {
    "KA.AN1.39.tiff": "angry",
    "KA.DI1.42.tiff": "disgust",
    "KA.FE1.45.tiff": "fear",
    "KL.HA2.159.tiff": "happy",
    "KL.NE3.157.tiff": "neutral",
    "YM.SA1.55.tiff": "sad",
    "YM.SU3.60.tiff": "surprise",
}


def palette_tiff(gray):
    """Encode an image as JAFFE's files are: indices into a palette of greys."""
    picture = Image.frombytes("P", gray.shape[::-1], (255 - gray).tobytes())
    picture.putpalette([value for value in range(255, -1, -1) for _ in range(3)])
    stream = io.BytesIO()
    picture.save(stream, "TIFF")
    return stream.getvalue()


@pytest.fixture
def faces(noise):
    return {name: noise(seed, 256, 256) for seed, name in enumerate(NAMES)}


@pytest.fixture
def draw(faces):
    """A function that draws JAFFE, with the usual junk, into a folder."""

    def draw_into(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, image in faces.items():
            (folder / name).write_bytes(palette_tiff(image))
        for junk in (".DS_Store", "Thumbs.db", "._KA.AN1.39.tiff", "README_FIRST.txt"):
            (folder / junk).write_bytes(b"junk")
        return folder

    return draw_into


@pytest.fixture
def draw_zip(faces):
    def draw_into(path):
        with zipfile.ZipFile(path, "w") as archive:
            for name, image in faces.items():
                archive.writestr(f"jaffe/{name}", palette_tiff(image))
            archive.writestr("__MACOSX/jaffe/._KA.AN1.39.tiff", b"junk")
            archive.writestr("jaffe/README_FIRST.txt", b"text")
        return path

    return draw_into


def test_fields(draw, tmp_path, faces):
    bunch = load_jaffe(draw(tmp_path))
    assert bunch.images.shape == (7, 256, 256)
    assert bunch.filenames.tolist() == list(NAMES)
    assert [bunch.target_names[code] for code in bunch.target] == list(NAMES.values())
    assert bunch.subjects.tolist() == ["KA", "KA", "KA", "KL", "KL", "YM", "YM"]
    assert bunch.sequences is None
    assert bunch.split is None
    np.testing.assert_array_equal(bunch.images, np.stack(list(faces.values())))
    assert bunch.name == "jaffe"
    assert "213" in bunch.DESCR


@pytest.mark.parametrize("place", ["", "jaffe", "images/jaffedbase"])
def test_the_folder_one_level_down_or_the_folder_above(draw, tmp_path, place):
    draw(tmp_path / place)
    assert len(load_jaffe(tmp_path).images) == 7


def test_zip_as_downloaded(draw_zip, draw, tmp_path):
    zipped = load_jaffe(draw_zip(tmp_path / "jaffe.zip"))
    found = load_jaffe(tmp_path)
    unpacked = load_jaffe(draw(tmp_path / "folder"))
    for bunch in (zipped, found):
        np.testing.assert_array_equal(bunch.images, unpacked.images)
        assert bunch.filenames.tolist() == list(NAMES)


def test_names_that_cannot_be_parsed_are_named(draw, tmp_path):
    draw(tmp_path)
    for stray in ("KA.XX1.39.tiff", "KAAN1.tiff"):
        (tmp_path / stray).write_bytes((tmp_path / "KA.AN1.39.tiff").read_bytes())
    with pytest.warns(DataWarning, match=r"2 image files .* KA\.XX1\.39\.tiff, KAAN1\.tiff"):
        bunch = load_jaffe(tmp_path)
    assert len(bunch.images) == 7


def test_other_endings_and_cases(tmp_path, write):
    write(tmp_path / "ka.an1.39.TIF")
    bunch = load_jaffe(tmp_path)
    assert bunch.subjects.tolist() == ["KA"]
    assert bunch.target.tolist() == [0]


def test_damaged_images_are_all_named(draw, tmp_path):
    draw(tmp_path)
    (tmp_path / "KA.AN1.39.tiff").write_bytes(b"")
    (tmp_path / "YM.SU3.60.tiff").write_bytes(b"II*\0 no image")
    with pytest.raises(DataFormatError, match=r"2 of 7 .* KA\.AN1\.39\.tiff, YM\.SU3\.60\.tiff"):
        load_jaffe(tmp_path)


def test_damaged_zip(draw_zip, tmp_path):
    path = draw_zip(tmp_path / "jaffe.zip")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(DataFormatError, match=r"jaffe\.zip cannot be unpacked"):
        load_jaffe(tmp_path)
    torn = bytearray(content)
    torn[5000] ^= 255
    path.write_bytes(torn)
    with pytest.raises(DataFormatError, match=r"jaffe\.zip cannot be unpacked"):
        load_jaffe(path)


def test_a_zip_that_expands_beyond_reason(tmp_path):
    path = tmp_path / "jaffe.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("KA.AN1.39.tiff", bytes(2**24 + 1))
    with pytest.raises(DataFormatError, match=r"more than 16,777,216 bytes .* KA\.AN1\.39\.tiff"):
        load_jaffe(path)


def test_a_pipe_is_no_zip(tmp_path):
    os.mkfifo(tmp_path / "jaffe.zip")
    with pytest.raises(DataNotFoundError, match="zenodo"):
        load_jaffe(tmp_path)


def test_missing(tmp_path, write):
    write(tmp_path / "holiday.png")
    (tmp_path / "notes.zip").write_bytes(b"no zip")
    with pytest.raises(DataNotFoundError, match="zenodo") as caught:
        load_jaffe(tmp_path)
    assert "KA.AN1.39.tiff" in str(caught.value)
    assert "must not be redistributed" in str(caught.value)


def test_images_and_names(draw, tmp_path):
    images, names = load_jaffe(draw(tmp_path), return_X_y=True)
    assert images.shape == (7, 256, 256)
    assert names.tolist() == list(NAMES.values())


def test_files_that_are_no_images_are_counted(draw, tmp_path):
    folder = draw(tmp_path / "jaffe")
    for name in ("jaffe.zip", "ratings.csv"):
        (folder / name).touch()
    with pytest.warns(DataWarning, match="JAFFE: skipped 1 file .* as images: ratings.csv"):
        assert len(load_jaffe(folder).images) == len(NAMES)


def test_copies_of_an_image_are_one(draw, tmp_path, write, faces):
    folder = draw(tmp_path / "jaffe")
    for name in ("KA.AN1.39.bmp", "ka.an1.39.png"):
        write(folder / name, 1)
    with pytest.warns(
        DataWarning,
        match=r"JAFFE: skipped 2 image files because of another one of the same name: "
        r"KA\.AN1\.39\.bmp, ka\.an1\.39\.png\.",
    ):
        bunch = load_jaffe(folder)
    assert bunch.filenames.tolist() == list(NAMES)
    np.testing.assert_array_equal(bunch.images[0], faces["KA.AN1.39.tiff"])


def test_a_zip_that_holds_the_images_twice(draw_zip, tmp_path):
    path = draw_zip(tmp_path / "jaffe.zip")
    with zipfile.ZipFile(path, "a") as archive:
        for name in archive.namelist()[:2]:
            archive.writestr(name.replace("jaffe/", "later/"), b"no image")
    with pytest.warns(
        DataWarning, match=r"2 image files .*: later/KA\.AN1\.39\.tiff, later/KA\.DI1\.42\.tiff\."
    ):
        bunch = load_jaffe(path)
    assert bunch.filenames.tolist() == list(NAMES)


def test_all_folders_of_women_are_read(draw, tmp_path, faces):
    folder = draw(tmp_path / "jaffe")
    for name in NAMES:
        (folder / name[:2]).mkdir(exist_ok=True)
        (folder / name).rename(folder / name[:2] / name)
    (folder / "notes").mkdir()
    bunch = load_jaffe(folder)
    assert bunch.filenames.tolist() == list(NAMES)
    np.testing.assert_array_equal(bunch.images, np.stack(list(faces.values())))
    # Copies in a further folder do not add to the images.
    (folder / "copy").mkdir()
    (folder / "copy" / "YM.SU3.60.tiff").write_bytes(b"no image")
    with pytest.warns(DataWarning, match=r"same name: copy/YM\.SU3\.60\.tiff\."):
        bunch = load_jaffe(folder)
    assert bunch.filenames.tolist() == list(NAMES)


def test_one_of_several_zips_is_read(draw_zip, tmp_path):
    for name in ("jaffe.zip", "jaffe_2.ZIP"):
        draw_zip(tmp_path / name)
    with pytest.warns(DataWarning, match=r"read jaffe\.zip and skipped jaffe_2\.ZIP in the same"):
        assert len(load_jaffe(tmp_path).images) == 7
    assert len(load_jaffe(tmp_path / "jaffe_2.ZIP").images) == 7
