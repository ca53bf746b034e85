import os

import numpy as np
import pytest

from fer_classic.exceptions import MissingDependencyError
from fer_classic.live import NO_FACE, Face, FrameResult, Quality
from fer_classic.live.tables._schema import (
    SCHEMA_VERSION,
    frame_rows,
    photo_rows,
    rows_to_dataframe,
    table_columns,
)

CLASSES = ("happy", "sad")
IMAGE = np.zeros((60, 80, 3), np.uint8)
TRACKED = Face(
    (1, 2, 30, 40),
    "happy",
    {"happy": 2 / 3, "sad": 1 / 3},
    "probability",
    4.5,
    track_id=7,
    quality=Quality(30, 0.125, 0.75),
    smoothing="mean of 0.5 s",
)
BARE = Face((5, 6, 20, 22), "sad", None, None, None)

FACE = ["face", "track", "x", "y", "width", "height", "detector_score", "expression"]
FACE += [
    "reason",
    "score_kind",
    "score_happy",
    "score_sad",
    "smoothing",
    "size",
    "sharpness",
    "symmetry",
]
COLUMNS = ["schema", "run", "frame", "time", *FACE]
PHOTO_COLUMNS = ["schema", "run", "photo", *FACE, "error"]
_ = None
NOBODY = [_, _, _, _, _, _, _, "no face", _, _, _, _, _, _, _, _]
HAPPY = [7, 1, 2, 30, 40, 4.5, "happy", _, "probability", 2 / 3, 1 / 3, "mean of 0.5 s", 30, 0.125]
HAPPY += [0.75]
SAD = [_, 5, 6, 20, 22, _, "sad", _, _, _, _, "none", _, _, _]


@pytest.mark.parametrize(
    ("faces", "table"),
    [
        ([], [[2, 0, 3, 0.12, *NOBODY]]),
        ([TRACKED], [[2, 0, 3, 0.12, 0, *HAPPY]]),
        ([TRACKED, BARE], [[2, 0, 3, 0.12, 0, *HAPPY], [2, 0, 3, 0.12, 1, *SAD]]),
    ],
    ids=["no face", "one face", "two faces"],
)
def test_the_rows_of_a_frame(faces, table):
    rows = frame_rows(FrameResult(3, 0.12, IMAGE, faces), CLASSES)
    assert [list(row) for row in rows] == [COLUMNS] * len(table)
    assert [list(row.values()) for row in rows] == table


@pytest.mark.parametrize(
    ("faces", "error", "table"),
    [
        ([], None, [[2, 0, "a.png", *NOBODY, None]]),
        ([BARE, TRACKED], None, [[2, 0, "a.png", 0, *SAD, _], [2, 0, "a.png", 1, *HAPPY, _]]),
        ([], "no image", [[2, 0, "a.png", *([None] * 16), "no image"]]),
    ],
    ids=["no face", "two faces", "unreadable"],
)
def test_the_rows_of_a_photo(faces, error, table):
    rows = photo_rows("a.png", faces, CLASSES, error=error)
    assert [list(row) for row in rows] == [PHOTO_COLUMNS] * len(table)
    assert [list(row.values()) for row in rows] == table


def test_the_columns_are_frozen():
    """If this test has to change, increment the version of the schema."""
    assert SCHEMA_VERSION == 2
    assert list(table_columns(CLASSES)) == COLUMNS
    assert list(table_columns(CLASSES, photos=True)) == PHOTO_COLUMNS
    whole = ["schema", "run", "frame", "face", "track", "x", "y", "width", "height", "size"]
    texts = ["expression", "reason", "score_kind", "smoothing"]
    kinds = dict.fromkeys(COLUMNS, float) | dict.fromkeys(whole, int) | dict.fromkeys(texts, str)
    assert table_columns(CLASSES) == kinds


def test_the_run_is_described():
    assert frame_rows(FrameResult(0, 0.0, IMAGE), CLASSES, run=2)[0]["run"] == 2


def test_cells_are_plain_python():
    face = Face(
        tuple(np.array([1, 2, 3, 4])),
        np.str_("happy"),
        {"happy": np.float32(0.1), "sad": np.float64(0.9)},
        "probability",
        np.float32(2.5),
        track_id=np.int64(3),
    )
    (row,) = frame_rows(FrameResult(np.int64(3), np.float64(0.12), IMAGE, [face]), CLASSES)
    kinds = table_columns(CLASSES)
    assert all(type(cell) is kinds[name] for name, cell in row.items() if cell is not None)
    assert (row["score_happy"], row["score_sad"]) == (float(np.float32(0.1)), 0.9)


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_finite_is_empty(odd):
    face = Face((1, 2, 3, 4), "happy", {"happy": odd, "sad": 0.5}, "decision", odd)
    (row,) = frame_rows(FrameResult(0, odd, IMAGE, [face]), CLASSES)
    assert [row[name] for name in ("time", "detector_score", "score_happy")] == [None] * 3
    assert row["score_sad"] == 0.5


@pytest.mark.parametrize("scores", [{"happy": 1.0}, {"happy": 0.5, "sad": 0.3, "fear": 0.2}])
def test_scores_of_other_classes_are_not_dropped_in_silence(scores):
    face = Face((1, 2, 3, 4), "happy", scores, "probability", None)
    with pytest.raises(ValueError, match=r"table is one of \['happy', 'sad'\]"):
        frame_rows(FrameResult(0, 0.0, IMAGE, [face]), CLASSES)


@pytest.mark.parametrize("classes", [["happy", "kind"], ["sad", "sad"], ["two\nlines"], [""]])
def test_classes_that_cannot_be_columns(classes):
    with pytest.raises(ValueError, match="cannot be columns"):
        table_columns(classes)


def test_a_path_that_is_no_text_can_be_written():
    (row,) = photo_rows(os.fsdecode(b"caf\xe9.png"), [], CLASSES)
    assert row["photo"].encode("utf-8") == rb"caf\udce9.png"


def test_a_data_frame_knows_its_types():
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    frames = [FrameResult(0, 0.0, IMAGE), FrameResult(1, 0.04, IMAGE, [TRACKED, BARE])]
    rows = (row for result in frames for row in frame_rows(result, CLASSES))
    frame = rows_to_dataframe(rows, CLASSES)
    assert list(frame.columns) == COLUMNS
    assert frame["frame"].tolist() == [0, 1, 1]
    assert frame["expression"].tolist() == [NO_FACE, "happy", "sad"]
    assert frame["score_happy"].isna().tolist() == [True, False, True]
    assert frame.loc[1, "score_happy"] == 2 / 3
    assert frame["track"].isna().tolist() == [True, False, True]
    assert frame.loc[1, "track"] == 7
    empty = rows_to_dataframe([], CLASSES)
    assert (empty.dtypes == frame.dtypes).all()
    assert len(empty) == 0
    types = {"frame": "Int64", "track": "Int64", "time": "float64", "expression": "string"}
    assert all(frame.dtypes[name] == pandas.api.types.pandas_dtype(t) for name, t in types.items())


def test_a_data_frame_needs_pandas(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(MissingDependencyError, match=r"fer-classic\[table\]"):
        rows_to_dataframe([], CLASSES)


def test_the_reason_is_in_the_table():
    face = Face((1, 2, 3, 4), "uncertain", None, None, None, reason="small")
    (row,) = photo_rows("a.png", [face], CLASSES)
    assert (row["expression"], row["reason"]) == ("uncertain", "small")
