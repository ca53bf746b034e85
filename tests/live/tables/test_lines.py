import csv
import io
import json
import tracemalloc

import numpy as np
import pytest

from fer_classic.exceptions import SinkError
from fer_classic.live import Face, FrameResult
from fer_classic.live.tables._lines import CsvTable, JsonLinesTable
from fer_classic.live.tables._schema import frame_rows, table_columns

CLASSES = ("happy", "sad, or so")
COLUMNS = table_columns(CLASSES)
TABLES = {"csv": CsvTable, "jsonl": JsonLinesTable}
FACE = Face((1, 2, 3, 4), "happy", dict(zip(CLASSES, (1 / 3, 2 / 3), strict=True)), "decision", 4.5)


def rows_of(index, n_faces, run=0):
    return frame_rows(FrameResult(index, index / 25, None, [FACE] * n_faces), CLASSES, run=run)


@pytest.fixture(params=TABLES)
def kind(request):
    return request.param


def whole(kind, path, counts):
    """Write frames with so many faces each."""
    with TABLES[kind](path, COLUMNS) as table:
        for index, n_faces in enumerate(counts):
            table.append(rows_of(index, n_faces))
    return path.read_bytes()


def read(kind, path):
    """Pairs of run, frame and face number, as a reader sees them."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file)) if kind == "csv" else list(map(json.loads, file))
    assert all(list(row) == list(COLUMNS) for row in rows)
    return [
        (
            int(row["run"]),
            int(row["frame"]),
            None if row["face"] in ("", None) else int(row["face"]),
        )
        for row in rows
    ]


def test_the_text_of_csv():
    stream = io.StringIO()
    with CsvTable(stream, COLUMNS) as table:
        table.append(rows_of(0, 0))
        table.append(rows_of(1, 1))
    assert stream.getvalue() == (
        "schema,run,frame,time,face,track,x,y,width,height,detector_score,expression,reason,"
        'score_kind,score_happy,"score_sad, or so",smoothing,size,sharpness,symmetry\n'
        "2,0,0,0.0,,,,,,,,no face,,,,,,,,\n"
        "2,0,1,0.04,0,,1,2,3,4,4.5,happy,,decision,0.3333333333333333,0.6666666666666666,none,,,\n"
    )


def test_the_text_of_json_lines():
    stream = io.StringIO()
    with JsonLinesTable(stream, COLUMNS) as table:
        table.append(rows_of(0, 0))
        table.append(rows_of(1, 2))
    first, second, third = stream.getvalue().splitlines()
    assert first.startswith('{"schema": 2, "run": 0, "frame": 0, "time": 0.0, "face": null, "tr')
    assert json.loads(second) == rows_of(1, 2)[0]
    assert json.loads(third) == rows_of(1, 2)[1]
    assert not stream.closed


def test_json_that_nobody_can_read_is_not_written():
    stream = io.StringIO()
    with JsonLinesTable(stream, COLUMNS) as table, pytest.raises(ValueError, match="JSON"):
        table.append([rows_of(0, 0)[0] | {"time": float("nan")}])
    assert stream.getvalue() == ""


def test_each_frame_is_on_the_disk_when_it_was_written(kind, tmp_path):
    path = tmp_path / "new folder" / "table"
    with TABLES[kind](path, COLUMNS) as table:
        table.append(rows_of(0, 2))
        assert read(kind, path) == [(0, 0, 0), (0, 0, 1)]
        table.append(rows_of(1, 0))
        assert read(kind, path) == [(0, 0, 0), (0, 0, 1), (0, 1, None)]


def test_a_run_killed_anywhere_is_resumed(kind, tmp_path):
    path = tmp_path / "table"
    counts = [2, 0, 3]
    written = whole(kind, path, counts)
    complete = read(kind, path)
    ends = [end for end, byte in enumerate(written) if byte == ord("\n")]
    for size in {0, *ends, *(end + 1 for end in ends), *range(1, len(written), 17)}:
        path.write_bytes(written[:size])
        table = TABLES[kind](path, COLUMNS, resume=True)
        assert path.read_bytes() == written[:size], "nothing changes before the run begins"
        begun, run = table.next_frame, table.run
        with table:
            for index in range(begun, len(counts)):
                table.append(rows_of(index, counts[index], run=run))
        again = read(kind, path)
        assert [row[1:] for row in again] == [row[1:] for row in complete]
        assert [row[0] for row in again] == [run * (frame >= begun) for _, frame, _ in again]
        # What is kept are the frames that another one followed.
        rows = max(0, written[:size].count(b"\n") - (kind == "csv"))
        assert begun == [0, 0, 0, 1, 2, 2, 2][rows]
        assert run == (rows > 0)


def test_every_resumption_counts(kind, tmp_path):
    path = tmp_path / "table"
    whole(kind, path, [1, 1])
    for expected in (1, 2, 3):
        with TABLES[kind](path, COLUMNS, resume=True) as table:
            assert (table.run, table.next_frame) == (expected, expected)
            table.append(rows_of(expected, 1, run=expected))
            table.append(rows_of(expected + 1, 1, run=expected))
    assert read(kind, path) == [(0, 0, 0), (1, 1, 0), (2, 2, 0), (3, 3, 0), (3, 4, 0)]


def test_a_frame_of_the_same_number_in_another_run_is_another_frame(kind, tmp_path):
    path = tmp_path / "table"
    with TABLES[kind](path, COLUMNS) as table:
        table.append(rows_of(0, 1, run=0))
        table.append(rows_of(0, 2, run=1))
    with TABLES[kind](path, COLUMNS, resume=True) as table:
        assert (table.run, table.next_frame) == (2, 0)
        table.append(rows_of(0, 0, run=2))
    assert read(kind, path) == [(0, 0, 0), (2, 0, None)]


def fail(table):
    with pytest.raises(KeyboardInterrupt), table:
        raise KeyboardInterrupt


@pytest.mark.parametrize("resume", [False, True])
def test_a_run_that_fails_before_its_first_frame_leaves_what_was_there(kind, resume, tmp_path):
    path = tmp_path / "new folder" / "table"
    fail(TABLES[kind](path, COLUMNS, resume=resume))
    assert not path.parent.exists()
    before = whole(kind, path, [1, 2])
    fail(TABLES[kind](path, COLUMNS, resume=resume))
    assert path.read_bytes() == before


def test_rows_that_cannot_be_written_cost_no_table(tmp_path):
    path = tmp_path / "table"
    before = whole("jsonl", path, [1])
    with pytest.raises(ValueError, match="JSON"), JsonLinesTable(path, COLUMNS) as table:
        table.append([rows_of(0, 0)[0] | {"time": float("nan")}])
    assert path.read_bytes() == before


def test_a_run_without_frames_is_an_empty_table(kind, tmp_path):
    path = tmp_path / "table"
    header = whole(kind, path, [])
    assert read(kind, path) == []
    assert header.count(b"\n") == (kind == "csv")
    written = whole(kind, path, [1])
    for content, left in [(b"", header), (written[:9], header), (written, written)]:
        path.write_bytes(content)
        with TABLES[kind](path, COLUMNS, resume=True):
            pass
        assert path.read_bytes() == left


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([], [(0, 0, None)]),
        ([2], [(1, 0, None)]),
        ([1, 2], [(0, 0, 0), (1, 1, None)]),
    ],
)
def test_a_table_that_a_spreadsheet_saved_is_resumed(counts, expected, tmp_path):
    path, mark = tmp_path / "table", b"\xef\xbb\xbf"
    path.write_bytes(mark + whole("csv", path, counts).replace(b"\n", b"\r\n"))
    with CsvTable(path, COLUMNS, resume=True) as table:
        table.append(rows_of(table.next_frame, 0, run=table.run))
    assert path.read_bytes().startswith(mark)
    path.write_bytes(path.read_bytes().removeprefix(mark))
    assert read("csv", path) == expected


@pytest.mark.parametrize("content", [None, b""])
def test_what_is_not_there_is_begun(kind, content, tmp_path):
    path = tmp_path / "table"
    if content is not None:
        path.write_bytes(content)
    with TABLES[kind](path, COLUMNS, resume=True) as table:
        assert (table.run, table.next_frame) == (0, 0)
        table.append(rows_of(0, 1))
    assert read(kind, path) == [(0, 0, 0)]


def test_a_table_that_is_not_resumed_begins_anew(kind, tmp_path):
    path = tmp_path / "table"
    whole(kind, path, [3, 3])
    whole(kind, path, [1])
    assert read(kind, path) == [(0, 0, 0)]


@pytest.mark.parametrize(
    ("classes", "said"),
    [
        (("happy", "fear"), "not in the file: score_fear; only in the file: score_sad, or so"),
        (("happy",), "not in the file: none; only in the file: score_sad, or so"),
        (CLASSES[::-1], "its columns are not those of this model"),
    ],
)
def test_a_table_of_other_classes_is_left_alone(kind, classes, said, tmp_path):
    path = tmp_path / "table"
    written = whole(kind, path, [1, 1])
    with pytest.raises(SinkError, match=said):
        TABLES[kind](path, table_columns(classes), resume=True)
    assert path.read_bytes() == written


def test_a_table_of_another_version_is_left_alone(kind, tmp_path):
    path = tmp_path / "table"
    written = whole(kind, path, [1, 1]).replace(b"\n2,", b"\n1,").replace(b'ma": 2', b'ma": 1')
    path.write_bytes(written)
    with pytest.raises(SinkError, match="are of version 1, and this release writes version 2"):
        TABLES[kind](path, COLUMNS, resume=True)
    assert path.read_bytes() == written


@pytest.mark.parametrize("content", [b"something else\n", b"\xff\xfe\x00\x01", b"\xff\n", b"{}\n"])
def test_a_file_that_is_no_table_is_left_alone(kind, content, tmp_path):
    path = tmp_path / "table"
    path.write_bytes(content)
    with pytest.raises(SinkError, match=r"table cannot be resumed: its (first line|columns)"):
        TABLES[kind](path, COLUMNS, resume=True)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    "row", [b"1,0,2\n", b"{}\n", b"[1]\n", b"\n", b"1,0,x" + b"," * 16 + b"\n"]
)
def test_a_damaged_row_is_reported_and_kept(kind, row, tmp_path):
    path = tmp_path / "table"
    written = whole(kind, path, [1, 1]) + row
    path.write_bytes(written)
    with pytest.raises(SinkError, match="one of its last rows is damaged"):
        TABLES[kind](path, COLUMNS, resume=True)
    assert path.read_bytes() == written


def test_a_long_table_needs_no_more_memory_than_a_short_one(kind, tmp_path):
    path = tmp_path / "table"
    rows = rows_of(0, 1)
    tracemalloc.start()
    try:
        with TABLES[kind](path, COLUMNS) as table:
            for index in range(10_000):
                rows[0]["frame"] = index
                table.append(rows)
                if index == 1_000:
                    tracemalloc.reset_peak()
                    before, _ = tracemalloc.get_traced_memory()
        table = TABLES[kind](path, COLUMNS, resume=True)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert table.next_frame == 9_999
    assert path.stat().st_size > 600_000
    assert peak - before < 200_000


def test_numbers_come_back_as_they_were(kind, tmp_path):
    path = tmp_path / "table"
    numbers = np.random.default_rng(0).normal(size=(50, 2)) * 10.0 ** np.arange(-25, 25)[:, None]
    with TABLES[kind](path, COLUMNS) as table:
        for index, scores in enumerate(numbers):
            face = Face((1, 2, 3, 4), "happy", dict(zip(CLASSES, scores, strict=True)), None, None)
            table.append(frame_rows(FrameResult(index, 0.0, None, [face]), CLASSES))
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file)) if kind == "csv" else list(map(json.loads, file))
    found = [[float(row[f"score_{name}"]) for name in CLASSES] for row in rows]
    np.testing.assert_array_equal(found, numbers)
