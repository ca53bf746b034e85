import csv
import io
import json
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from fer_classic.exceptions import SinkError, SourceError, UnknownNameError
from fer_classic.live import ArraySource, Face, FrameResult, VideoSource, run_live
from fer_classic.live.sinks._table import PhotoTable, TableSink
from fer_classic.live.tables._schema import frame_rows, photo_rows

CLASSES = ("happy", "sad")
FACE = Face((1, 2, 30, 40), "happy", {"happy": 1 / 3, "sad": 2 / 3}, "probability", 4.5)
FRAME = np.zeros((60, 80, 3), np.uint8)


class CountingFaces:
    """Finds as many faces as a frame is bright."""

    def recognize(self, frame):
        return [FACE] * int(frame[0, 0])


def frames(counts):
    return ArraySource([np.full((8, 8), count, np.uint8) for count in counts])


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_run_becomes_a_table(tmp_path):
    path = tmp_path / "talk.CSV"
    run_live(frames([1, 0, 2]), CountingFaces(), TableSink(path, CLASSES))
    rows = read_csv(path)
    assert [(row["frame"], row["face"]) for row in rows] == [
        ("0", "0"),
        ("1", ""),
        ("2", "0"),
        ("2", "1"),
    ]
    assert [row["time"] for row in rows] == ["0.0", "0.04", "0.08", "0.08"]


def test_the_default_table_of_a_stream_is_json_lines():
    stream = io.StringIO()
    run_live(frames([2, 0]), CountingFaces(), TableSink(stream, CLASSES))
    expected = [
        row
        for result in (FrameResult(0, 0.0, None, [FACE] * 2), FrameResult(1, 0.04, None))
        for row in frame_rows(result, CLASSES)
    ]
    assert [json.loads(line) for line in stream.getvalue().splitlines()] == expected
    with TableSink(io.StringIO(), CLASSES, format="csv") as sink:
        assert sink.write(FrameResult(0, 0.0, None))


def test_the_format_can_be_said_in_place_of_a_suffix(tmp_path):
    with TableSink(tmp_path / "table.txt", CLASSES, format="jsonl") as sink:
        sink.write(FrameResult(0, 0.0, None))
    assert json.loads((tmp_path / "table.txt").read_text())["expression"] == "no face"


def test_a_resumed_run_goes_on_and_says_so(tmp_path):
    path = tmp_path / "table.csv"
    counts = [1, 2, 0, 1, 1]
    run_live(frames(counts[:3]), CountingFaces(), TableSink(path, CLASSES))
    sink = TableSink(path, CLASSES, resume=True)
    assert (sink.run, sink.next_frame) == (1, 2)
    with sink:
        for index in range(sink.next_frame, len(counts)):
            sink.write(FrameResult(index, index / 25, None, [FACE] * counts[index]))
    found = [(row["run"], row["frame"]) for row in read_csv(path)]
    assert found == [("0", "0"), ("0", "1"), ("0", "1"), ("1", "2"), ("1", "3"), ("1", "4")]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_an_existing_table_is_lost_only_when_asked_for(suffix, tmp_path):
    if suffix == ".parquet":
        pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    path = tmp_path / f"table{suffix}"
    path.write_text("old")
    for kind in (TableSink, PhotoTable):
        with pytest.raises(SinkError, match="exists and was not changed"):
            kind(path, CLASSES)
    sink = TableSink(path, CLASSES, overwrite=True)
    assert path.read_text() == "old"
    with sink:
        sink.write(FrameResult(0, 0.0, None))
    assert not path.read_bytes().startswith(b"old")


@pytest.mark.parametrize(
    ("kind", "name", "resumable"),
    [
        (TableSink, "table.csv", True),
        (TableSink, "table.jsonl", True),
        (TableSink, "table.parquet", False),
        (PhotoTable, "table.csv", False),
    ],
)
def test_only_what_can_be_resumed_is_offered_so(kind, name, resumable, tmp_path):
    (tmp_path / name).touch()
    with pytest.raises(SinkError, match="exists and was not changed") as caught:
        kind(tmp_path / name, CLASSES)
    assert ("--resume" in str(caught.value)) == resumable


@pytest.mark.parametrize("options", [{"overwrite": True}, {"resume": True}])
@pytest.mark.parametrize("name", ["table.csv", "table.jsonl"])
def test_a_source_that_is_not_there_costs_no_table(name, options, tmp_path):
    path = tmp_path / name
    run_live(frames([1, 2]), CountingFaces(), TableSink(path, CLASSES))
    before = path.read_bytes()
    sink = TableSink(path, CLASSES, **options)
    with pytest.raises(SourceError, match="no such video file"):
        run_live(VideoSource(tmp_path / "none.mp4"), CountingFaces(), sink)
    assert path.read_bytes() == before


@pytest.mark.parametrize("kind", [TableSink, PhotoTable])
def test_a_format_that_is_not_known(kind, tmp_path):
    with pytest.raises(UnknownNameError, match=r"format 'json'\. Did you mean 'jsonl'"):
        kind(tmp_path / "table.json", CLASSES)
    with pytest.raises(UnknownNameError, match="Known: csv, jsonl, parquet"):
        kind(io.StringIO(), CLASSES, format="xlsx")


@pytest.mark.parametrize("options", [{"resume": True}, {"format": "parquet"}])
def test_what_a_stream_cannot_be(options):
    with pytest.raises(SinkError, match="only a file"):
        TableSink(io.StringIO(), CLASSES, **options)


def test_classes_that_cannot_be_columns_are_refused_before_the_run(tmp_path):
    with pytest.raises(ValueError, match="cannot be columns"):
        TableSink(tmp_path / "table.csv", ["happy", "kind"])
    assert list(tmp_path.iterdir()) == []


def test_photos_become_a_table_and_none_is_passed_over(tmp_path):
    path = tmp_path / "photos.jsonl"
    with PhotoTable(path, CLASSES) as table:
        table.write("a.png", [FACE, FACE])
        table.write("b.png")
        table.write("c.png", error="c.png is not an image")
    assert [json.loads(line) for line in path.read_text().splitlines()] == [
        *photo_rows("a.png", [FACE, FACE], CLASSES),
        *photo_rows("b.png", [], CLASSES),
        *photo_rows("c.png", [], CLASSES, error="c.png is not an image"),
    ]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_process_that_is_killed_leaves_a_readable_table(tmp_path):
    path = tmp_path / "table.csv"
    program = textwrap.dedent("""
        import sys, itertools
        from fer_classic.live import Face, FrameResult
        from fer_classic.live.sinks._table import TableSink

        face = Face((1, 2, 30, 40), "happy", {"happy": 1.0, "sad": 0.0}, "probability", 4.5)
        with TableSink(sys.argv[1], ["happy", "sad"]) as sink:
            for index in itertools.count():
                sink.write(FrameResult(index, index / 25, None, [face, face]))
                if index == 50:
                    print("killed soon", flush=True)
    """)
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout.readline() == "killed soon\n"
        process.kill()
    sink = TableSink(path, CLASSES, resume=True)
    assert sink.next_frame >= 50
    with sink:
        sink.write(FrameResult(sink.next_frame, 0.0, None, [FACE, FACE]))
    found = [(int(row["frame"]), int(row["face"])) for row in read_csv(path)]
    assert found == [(index, face) for index in range(sink.next_frame + 1) for face in (0, 1)]
