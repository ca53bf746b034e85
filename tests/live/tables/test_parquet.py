import tracemalloc

import pytest

from fer_classic.exceptions import MissingDependencyError, SinkError
from fer_classic.live import Face, FrameResult, Quality
from fer_classic.live.tables._parquet import ParquetTable
from fer_classic.live.tables._schema import frame_rows, table_columns

CLASSES = ("happy", "sad")
COLUMNS = table_columns(CLASSES)
SCORES = {"happy": 1 / 3, "sad": 2 / 3}
FACE = Face((1, 2, 3, 4), "sad", SCORES, "probability", 4.5, 7, Quality(3, 0.25, 0.5), "none")


@pytest.fixture
def parquet():
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    return pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")


def rows_of(index, n_faces):
    return frame_rows(FrameResult(index, index / 25, None, [FACE] * n_faces), CLASSES)


def test_rows_come_back_with_their_types(parquet, tmp_path):
    path = tmp_path / "new folder" / "table.parquet"
    rows = [*rows_of(0, 0), *rows_of(1, 2)]
    with ParquetTable(path, COLUMNS) as table:
        table.append(rows[:1])
        table.append(rows[1:])
        assert not path.exists()
    found = parquet.read_table(path)
    names = {int: "int64", float: "double", str: "string"}
    assert {field.name: str(field.type) for field in found.schema} == {
        name: names[kind] for name, kind in COLUMNS.items()
    }
    assert found.column_names == list(COLUMNS)
    assert found.to_pylist() == rows
    assert [entry.name for entry in path.parent.iterdir()] == ["table.parquet"]


def test_a_run_without_frames_is_an_empty_table(parquet, tmp_path):
    with ParquetTable(tmp_path / "table.parquet", COLUMNS):
        pass
    found = parquet.read_table(tmp_path / "table.parquet")
    assert (found.num_rows, found.column_names) == (0, list(COLUMNS))


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_the_frames_until_an_interruption_are_kept(parquet, error, tmp_path):
    path = tmp_path / "table.parquet"

    def interrupted():
        with ParquetTable(path, COLUMNS) as table:
            table.append(rows_of(0, 2))
            raise error

    with pytest.raises(error):
        interrupted()
    assert parquet.read_table(path).to_pylist() == rows_of(0, 2)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_run_that_fails_before_its_first_frame_leaves_what_was_there(parquet, error, tmp_path):
    path = tmp_path / "table.parquet"
    path.write_text("the table of yesterday")
    with pytest.raises(error), ParquetTable(path, COLUMNS):
        raise error
    assert path.read_text() == "the table of yesterday"
    assert list(tmp_path.iterdir()) == [path]


def test_a_table_that_cannot_be_finished_does_not_appear(parquet, tmp_path):
    path = tmp_path / "table.parquet"
    with pytest.raises(ValueError, match="many"), ParquetTable(path, COLUMNS) as table:
        table.append([rows_of(0, 1)[0] | {"frame": "many"}])
    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_grow_with_the_table(parquet, tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    path = tmp_path / "table.parquet"
    rows, peaks, native = rows_of(0, 1), [], []
    tracemalloc.start()
    try:
        with ParquetTable(path, COLUMNS) as table:
            for index in range(20_480):
                table.append([rows[0] | {"frame": index}])
                if index % 10_240 == 10_239:
                    peaks.append(tracemalloc.get_traced_memory()[1])
                    native.append(pyarrow.total_allocated_bytes())
                    tracemalloc.reset_peak()
    finally:
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]
    assert native[1] - native[0] < 1_000_000
    assert parquet.read_metadata(path).num_row_groups == 5
    assert parquet.read_table(path)["frame"].to_pylist() == list(range(20_480))


@pytest.mark.usefixtures("parquet")
def test_parquet_cannot_be_resumed(tmp_path):
    with pytest.raises(SinkError, match="CSV or JSON Lines"):
        ParquetTable(tmp_path / "table.parquet", COLUMNS, resume=True)


def test_parquet_needs_pyarrow(monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(MissingDependencyError, match=r"fer-classic\[table\]"):
        ParquetTable(tmp_path / "table.parquet", COLUMNS)
