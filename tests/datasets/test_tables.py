import bz2
import contextlib
import gzip
import io
import lzma
import tarfile
import zipfile

import pytest

from fer_classic.datasets._table_search import find_table
from fer_classic.datasets._tables import has_columns, open_table
from fer_classic.exceptions import DataFormatError
from tests.hostile_files import pack_table

TEXT = "a,b\n1,2\n" * 2000
PACK = {".csv": bytes, ".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}


def write_zip(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def read(path, wanted=("a",), optional=()):
    with open_table(path, wanted, optional) as table:
        return [table.header, *table.rows]


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


@pytest.mark.parametrize(
    ("wanted", "optional", "name"),
    [
        (("a",), (), "one.csv"),
        (("B",), (), "two.csv"),
        (("a",), ("b",), "two.csv"),
        (("a",), ("c",), "one.csv"),
    ],
)
@pytest.mark.parametrize("suffix", [".zip", ".tar", ".tar.gz", ".tar.xz"])
def test_of_several_tables_the_first_with_most_columns(tmp_path, wanted, optional, name, suffix):
    path = tmp_path / f"tables{suffix}"
    members = {"latin.csv": b"\xe4,a\n", "in/one.csv": b"a\n1\n", "in/two.csv": b"A, b\n2,3\n"}
    if suffix == ".zip":
        write_zip(path, **members)
    else:
        with tarfile.open(path, f"w:{suffix.rpartition('.')[2].removeprefix('tar')}") as archive:
            for member, text in members.items():
                info = tarfile.TarInfo(member)
                info.size = len(text)
                archive.addfile(info, io.BytesIO(text))
    with open_table(path, wanted, optional) as table:
        assert table.name == name
        assert list(table.rows) == {"one.csv": [["1"]], "two.csv": [["2", "3"]]}[name]


def test_an_archive_without_such_a_table_says_what_it_holds(tmp_path):
    path = write_zip(tmp_path / "table.zip", **{"a.csv": "x,y\n", "b.txt": "a\n"})
    with pytest.raises(DataFormatError, match=r"columns a; found a.csv \(x, y\), b.txt\."):
        read(path)
    with pytest.raises(DataFormatError, match="found nothing"):
        read(write_zip(tmp_path / "empty.zip"))


def test_errors_of_the_reader_pass_through(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("a\n")
    with pytest.raises(DataFormatError, match="mine"), open_table(path, ("a",)):
        raise DataFormatError("mine")


@pytest.mark.parametrize(
    ("header", "columns"),
    [("one,two", [0, 1, None]), (" Two,x,ONE , Three", [2, 0, 3])],
)
def test_columns(tmp_path, header, columns):
    path = tmp_path / "table.csv"
    path.write_text(f"{header}\n")
    with open_table(path, ("one", "Two"), ("three",)) as table:
        assert table.columns == columns


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "is empty"), ("one\n", "no column Two; expected .* one, Two in any order, found one")],
)
def test_missing_columns(tmp_path, text, message):
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(DataFormatError, match=message):
        read(path, ("one", "Two"))
    assert not has_columns(path, ("one", "Two"))


@pytest.mark.parametrize("name", ["Two", "Three"])
@pytest.mark.parametrize("suffix", [".csv", ".zip"])
def test_a_column_that_occurs_twice(tmp_path, name, suffix):
    path, text = tmp_path / f"table{suffix}", f"one, {name.upper()},Two,three,x,x\n1,2,3,4,5,6\n"
    if suffix == ".zip":
        write_zip(path, **{"a.csv": text})
    else:
        path.write_text(text)
    with pytest.raises(
        DataFormatError,
        match=rf"line 1: more than one column {name}, found one, .*: remove or rename the other",
    ):
        read(path, ("one", "Two"), ("Three",))
    # It is the right table, so the error must be seen.
    assert has_columns(path, ("one", "Two"))
    # Others do not matter.
    assert len(read(path, ("one",))) == 2


@pytest.mark.usefixtures("both_cases")
def test_tables_of_one_name(tmp_path):
    for name in ("Table.csv", "table.csv", "table.csv.gz"):
        (tmp_path / name).write_text("a,b\n")
    with pytest.raises(
        DataFormatError, match=r"2 tables of one name: Table\.csv, table\.csv\. Pass the path"
    ):
        find_table(tmp_path, "table")
    assert find_table(tmp_path, "table", (".csv.gz",)).name == "table.csv.gz"
    (tmp_path / "Table.csv").write_text("a,c\n")
    assert find_table(tmp_path, "table", columns=("b",)).name == "table.csv"
    assert find_table(tmp_path, "table", columns=("d",)) is None


def test_tables_are_found_in_any_case_the_plain_one_first(tmp_path):
    assert find_table(tmp_path / "nowhere", "table") is None
    (tmp_path / "table.csv").mkdir()
    for name in ("TABLE.ZIP", "table.CSV.gz", "table.txt", "other.csv"):
        (tmp_path / name).touch()
    assert find_table(tmp_path, "table").name == "table.CSV.gz"
    assert find_table(tmp_path, "table", (".zip",)).name == "TABLE.ZIP"
    assert find_table(tmp_path, "tables") is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"1,2\n" * 3 + b'3,"' + b"x" * 200_000, r"near line 5 \(field larger than"),
        (b"1,2\n" * 3 + bytes(2**21), r"near line 4 \(the next line has more than 1,048,576"),
        (b"1,2\n" * 3 + b"\n" * 20_000, r"near line 10,00. \(more than 10,000 lines are empty"),
        (b"1,2\n" * 9_000 + b"\xff\n", r"near line \d,\d+ \('utf-8' codec can't decode"),
    ],
)
def test_damage_is_located(tmp_path, content, message):
    path = tmp_path / "table.csv"
    path.write_bytes(b"one,Two\n" + content)
    with pytest.raises(DataFormatError, match=message):
        read(path, ("one", "Two"))


@pytest.mark.parametrize("suffix", [".csv.gz", ".csv.bz2", ".csv.xz", ".zip", ".tar.gz"])
def test_tables_that_expand_beyond_reason(tmp_path, monkeypatch, suffix):
    monkeypatch.setattr("fer_classic.datasets._tables._ALWAYS_READ", 0)
    text = b"one,Two\n" + b"1,2\n" * 100_000
    path = tmp_path / f"table{suffix}"
    path.write_bytes(pack_table(text, suffix.removeprefix(".csv")))
    with pytest.raises(DataFormatError, match="expands to more than 200 times its size"):
        read(path, ("one", "Two"))
    # On the way to a table, too.
    if suffix == ".tar.gz":
        path.write_bytes(pack_table(text, suffix, name="first.txt"))
        with pytest.raises(DataFormatError, match="expands to more than 200 times its size"):
            read(path, ("one", "Two"))


@pytest.mark.parametrize("suffix", [".zip", ".tar.gz"])
@pytest.mark.parametrize("name", ["../../evil.csv", "/evil.csv", "a/../../evil.csv"])
def test_nothing_is_unpacked(tmp_path, name, suffix):
    place = tmp_path / "one" / "two"
    place.mkdir(parents=True)
    path = place / f"table{suffix}"
    path.write_bytes(pack_table(b"a\n1\n", suffix, name=name))
    with contextlib.suppress(DataFormatError):
        assert read(path) == [["a"], ["1"]]
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [path]
