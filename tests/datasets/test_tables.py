import bz2
import gzip
import lzma
import zipfile

import pytest

from fer_classic.datasets._tables import columns_of, open_rows
from fer_classic.exceptions import DataFormatError

TEXT = "a,b\n1,2\n" * 2000
PACK = {".csv": bytes, ".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}


def write_zip(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def read(path):
    with open_rows(path) as rows:
        return list(rows)


def write_table(folder, suffix):
    path = folder / f"table{suffix}"
    path.write_bytes(PACK[suffix](TEXT.encode()))
    return path


@pytest.mark.parametrize("suffix", PACK)
def test_plain_and_compressed(tmp_path, suffix):
    assert read(write_table(tmp_path, suffix)) == [["a", "b"], ["1", "2"]] * 2000


def test_zip_with_junk(tmp_path):
    members = {"folder/table.csv": "a\n", "__MACOSX/._table.csv": "junk", "readme.txt": "text"}
    assert read(write_zip(tmp_path / "table.zip", **members)) == [["a"]]


def test_byte_order_mark_and_windows_line_ends(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(b"\xef\xbb\xbfa,b\r\n1,2\r\n")
    assert read(path) == [["a", "b"], ["1", "2"]]


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz"])
def test_truncated_archives_are_damaged(tmp_path, suffix):
    table = write_table(tmp_path, suffix)
    table.write_bytes(table.read_bytes()[:-9])
    with pytest.raises(DataFormatError, match=rf"{table.name} .*damaged or incomplete"):
        read(table)


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz", ".zip", ".csv"])
def test_content_of_another_kind_is_damaged(tmp_path, suffix):
    path = tmp_path / f"table{suffix}"
    path.write_bytes(bytes(range(256)))
    with pytest.raises(DataFormatError, match="damaged or incomplete"):
        read(path)


@pytest.mark.parametrize("members", [{}, {"a.csv": "a", "b.csv": "b"}])
def test_zip_must_hold_one_table(tmp_path, members):
    path = write_zip(tmp_path / "table.zip", **members)
    with pytest.raises(DataFormatError, match=f"exactly one .csv file, found {len(members)}"):
        read(path)


def test_errors_of_the_reader_pass_through(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("a\n")
    with pytest.raises(DataFormatError, match="mine"), open_rows(path):
        raise DataFormatError("mine")


@pytest.mark.parametrize(
    ("header", "columns"),
    [(["one", "two"], [0, 1]), ([" Two", "x", "ONE "], [2, 0])],
)
def test_columns(tmp_path, header, columns):
    assert columns_of(header, ("one", "Two"), tmp_path) == columns


@pytest.mark.parametrize(("header", "message"), [(None, "is empty"), (["one"], "no column Two")])
def test_missing_columns(tmp_path, header, message):
    with pytest.raises(DataFormatError, match=message):
        columns_of(header, ("one", "Two"), tmp_path)
