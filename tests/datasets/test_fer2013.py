import bz2
import gzip
import io
import lzma
import os
import tarfile
import time
import zipfile

import numpy as np
import pytest

from fer_classic.datasets import _fer2013 as fer2013
from fer_classic.datasets import audit, load_fer2013
from fer_classic.exceptions import (
    DataFormatError,
    DataNotFoundError,
    DataWarning,
    UnknownNameError,
)

SPLITS = ["Training", "Training", "PublicTest", "PrivateTest"]
CODES = [0, 3, 6, 1]
NAMES = ["angry", "happy", "neutral", "disgust"]
PACK = {"": bytes, ".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}


@pytest.fixture
def faces(noise):
    return np.stack([noise(0), noise(1), noise(0), noise(2)])


@pytest.fixture
def content(faces):
    rows = [
        f"{code},{' '.join(map(str, image.ravel()))},{split}"
        for code, image, split in zip(CODES, faces, SPLITS, strict=True)
    ]
    return "\n".join(["emotion,pixels,Usage", *rows, ""]).encode()


@pytest.fixture
def home(tmp_path, content):
    (tmp_path / "fer2013.csv").write_bytes(content)
    return tmp_path


def test_fields(home, faces):
    bunch = load_fer2013(home)
    np.testing.assert_array_equal(bunch.images, faces)
    assert bunch.split.tolist() == SPLITS
    assert [bunch.target_names[code] for code in bunch.target] == NAMES
    assert bunch.subjects is None
    assert bunch.sequences is None
    assert bunch.duplicates.tolist() == [0, 1, 0, 2]
    assert bunch.name == "fer2013"
    assert "28,709" in bunch.DESCR


def test_images_can_be_written_to(home):
    load_fer2013(home).images[0] = 0
    assert load_fer2013(home).images[0].any()


def test_images_and_names(home, faces):
    images, names = load_fer2013(home, return_X_y=True)
    np.testing.assert_array_equal(images, faces)
    assert names.tolist() == NAMES


@pytest.mark.parametrize("suffix", [*PACK, ".zip"])
@pytest.mark.parametrize("stem", ["fer2013", "icml_face_data"])
def test_names_and_compressions(tmp_path, content, stem, suffix):
    folder = tmp_path / "anywhere"
    folder.mkdir()
    path = folder / f"{stem}.csv{suffix}"
    if suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{stem}.csv", content)
    else:
        path.write_bytes(PACK[suffix](content))
    for data_home in (tmp_path, folder, str(path)):
        assert len(load_fer2013(data_home).images) == 4


def pack_tar(**members):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, text in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text))
    return packed.getvalue()


def without(content, column):
    rows = [line.split(b",") for line in content.splitlines()]
    place = rows[0].index(column)
    return b"\n".join(b",".join(row[:place] + row[place + 1 :]) for row in rows)


@pytest.mark.parametrize("name", ["fer2013.tar.gz", "fer2013.tgz", "FER2013.TAR.GZ"])
def test_archive_of_the_challenge(tmp_path, content, faces, name):
    members = {"fer2013/README": b"text", "fer2013/fer2013.csv": content, "fer2013/fer.bib": b"@"}
    (tmp_path / name).write_bytes(pack_tar(**members))
    np.testing.assert_array_equal(load_fer2013(tmp_path).images, faces)


@pytest.mark.parametrize("name", [f"{fer2013._CHALLENGE}.zip", "fer2013.zip", "named.zip"])
def test_of_several_tables_the_one_with_the_columns_is_read(tmp_path, content, name):
    path = tmp_path / name
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("example_submission.csv", "id,emotion\n1,0\n")
        archive.writestr("fer2013.tar.gz", b"packed")
        archive.writestr("test.csv", without(without(content, b"emotion"), b"Usage"))
        archive.writestr("train.csv", without(content, b"Usage"))
        archive.writestr("icml_face_data.csv", content.replace(b"emotion,pix", b"emotion, pix", 1))
    bunch = load_fer2013(path if name == "named.zip" else tmp_path)
    assert bunch.split.tolist() == SPLITS


def test_an_archive_without_the_table_says_what_it_holds(tmp_path):
    with zipfile.ZipFile(tmp_path / "fer2013.zip", "w") as archive:
        archive.writestr("images/train/happy/1.jpg", b"")
        archive.writestr("list.csv", "file,label\n")
    with pytest.raises(DataFormatError, match=r"found list.csv \(file, label\), images/t"):
        load_fer2013(tmp_path)


def test_the_table_of_the_training_part(tmp_path, content, faces):
    (tmp_path / "train.csv").write_bytes(without(content, b"Usage"))
    bunch = load_fer2013(tmp_path)
    np.testing.assert_array_equal(bunch.images, faces)
    assert bunch.split.tolist() == ["Training"] * 4
    (tmp_path / "test.csv").write_bytes(without(without(content, b"Usage"), b"emotion"))
    with pytest.warns(DataWarning, match=r"skipped test.csv, which has no labels;") as caught:
        assert len(load_fer2013(tmp_path).images) == 4
    assert caught[0].filename == __file__
    (tmp_path / "icml_face_data.csv").write_bytes(content)
    assert load_fer2013(tmp_path).split.tolist() == SPLITS


@pytest.mark.parametrize("name", ["fer2013.csv", "train.csv"])
def test_a_column_that_occurs_twice(tmp_path, content, name):
    (tmp_path / name).write_bytes(content.replace(b"pixels", b"emotion,pixels", 1))
    with pytest.raises(DataFormatError, match="line 1: more than one column emotion, found"):
        load_fer2013(tmp_path)


@pytest.mark.usefixtures("both_cases")
def test_tables_of_one_name(tmp_path, content):
    for name in ("FER2013.csv", "fer2013.csv"):
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DataFormatError, match=r"2 tables of one name: FER2013\.csv, fer2013\.csv"):
        load_fer2013(tmp_path)
    assert len(load_fer2013(tmp_path / "fer2013.csv").images) == 4


@pytest.mark.usefixtures("both_cases")
def test_all_test_tables_that_are_skipped_are_named(tmp_path, content):
    for name in ("Test.csv", "test.csv", "train.csv"):
        (tmp_path / name).write_bytes(content)
    (tmp_path / "Train.csv").write_text("passenger,survived\n1,0\n")
    with pytest.warns(DataWarning, match=r"skipped Test\.csv, test\.csv; the other parts"):
        assert load_fer2013(tmp_path).images.shape == (4, 48, 48)


def test_the_table_train_of_something_else(tmp_path):
    (tmp_path / "train.csv").write_text("passenger,survived\n1,0\n")
    with pytest.raises(DataNotFoundError, match=r"Content of .*: train\.csv\."):
        load_fer2013(tmp_path)


def test_preference_among_several(tmp_path, content):
    lines = content.splitlines(keepends=True)
    (tmp_path / "icml_face_data.csv").write_bytes(b"".join(lines[:2]))
    assert len(load_fer2013(tmp_path).images) == 1
    (tmp_path / "fer2013.csv.gz").write_bytes(gzip.compress(b"".join(lines[:3])))
    assert len(load_fer2013(tmp_path).images) == 2
    (tmp_path / "fer2013.csv").write_bytes(b"".join(lines[:4]))
    assert len(load_fer2013(tmp_path).images) == 3


@pytest.mark.parametrize(
    ("split", "rows"),
    [
        ("Training", [0, 1]),
        ("PrivateTest", [3]),
        (["PublicTest", "Training"], [0, 1, 2]),
        (("PublicTest",), [2]),
    ],
)
def test_choice_of_splits(home, faces, split, rows):
    bunch = load_fer2013(home, split=split)
    np.testing.assert_array_equal(bunch.images, faces[rows])
    assert bunch.split.tolist() == [SPLITS[row] for row in rows]


def test_split_that_is_unknown_or_absent(home, content):
    with pytest.raises(UnknownNameError, match="Did you mean 'Training'"):
        load_fer2013(home, split="training")
    (home / "fer2013.csv").write_bytes(b"".join(content.splitlines(keepends=True)[:4]))
    with pytest.raises(DataNotFoundError, match="no PrivateTest; it contains PublicTest, Training"):
        load_fer2013(home, split=["Training", "PrivateTest"])


def test_unknown_labels(home):
    with pytest.raises(UnknownNameError, match="Did you mean 'ferplus'"):
        load_fer2013(home, labels="fer+plus")


def test_missing(tmp_path):
    with pytest.raises(DataNotFoundError, match=r"icml_face_data.csv") as caught:
        load_fer2013(tmp_path)
    assert "kaggle.com" in str(caught.value)
    with pytest.raises(DataNotFoundError, match="does not exist"):
        load_fer2013(tmp_path / "fer2013.csv")


def test_an_edited_table_is_parsed_again(home, content, faces):
    load_fer2013(home)
    before = (home / "fer2013.csv").stat()
    edited = content.replace(b"\n0,", b"\n5,", 1)
    (home / "fer2013.csv").write_bytes(edited)
    os.utime(home / "fer2013.csv", ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert load_fer2013(home).target[0] == 7


def test_nothing_is_kept_of_a_damaged_table(home, content):
    path = home / "fer2013.csv"
    path.write_bytes(content[:-3000])
    with pytest.raises(DataFormatError, match="line 5"):
        load_fer2013(home)
    path.write_bytes(content)
    assert len(load_fer2013(home).images) == 4


@pytest.mark.slow
def test_facts_of_the_real_data(real_data):
    bunch = load_fer2013(real_data)
    start = time.perf_counter()
    again = load_fer2013(real_data)
    assert time.perf_counter() - start < 1.0
    np.testing.assert_array_equal(bunch.images, again.images)

    bunch = load_fer2013(real_data, split=["Training", "PublicTest"])
    report = audit(bunch, near=())
    order = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]
    counts = {split: [row[name] for name in order] for split, row in report.counts.items()}
    assert counts == {
        "Training": [3995, 436, 4097, 7215, 4830, 3171, 4965],
        "PublicTest": [467, 56, 496, 895, 653, 415, 607],
    }
    identical = report.identical
    assert (identical.n_groups, identical.n_images) == (1273, 2805)
    assert identical.across_splits == 270
    assert identical.twins_in_training == {"PublicTest": 280}
    assert identical.conflicting == 47
    assert len(report.blank) == 12

    training = audit(load_fer2013(real_data, split="Training"), near=())
    assert (training.identical.n_groups, training.identical.n_images) == (1035, 2271)
    assert training.identical.conflicting == 39
    assert len(training.blank) == 11
