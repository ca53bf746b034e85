import json

import numpy as np
import pytest

from benchmarks.records.folds import (
    append_record,
    latest,
    load_units,
    read_records,
    record_key,
    store_arrays,
)
from fer_classic.exceptions import DataFormatError


def record_of(fold=0, status="ok", **fields):
    base = {
        "digest": "d",
        "train_digest": None,
        "recipe": "means",
        "parameters": {"b": 1, "a": [1, 2]},
        "protocol": "kfold",
        "n_folds": 5,
        "fold": fold,
        "seed": 0,
        "status": status,
    }
    return base | fields


@pytest.fixture
def path(tmp_path):
    return tmp_path / "drawn" / "means.jsonl"


def test_what_is_appended_is_read(path):
    for fold in range(3):
        append_record(path, record_of(fold))
    assert read_records(path) == [record_of(fold) for fold in range(3)]
    assert read_records(path.with_name("none.jsonl")) == []


def test_each_record_is_a_line(path):
    append_record(path, record_of(note="zwei\nZeilen, ß"))
    assert path.read_text("utf-8").count("\n") == 1
    assert json.loads(path.read_text("utf-8"))["note"] == "zwei\nZeilen, ß"


@pytest.mark.parametrize("keep", [1, 40, -1])
def test_a_torn_last_line_is_ignored_and_then_replaced(path, keep):
    append_record(path, record_of(0))
    whole = path.read_bytes()
    append_record(path, record_of(1))
    torn = path.read_bytes()[len(whole) : -1][:keep]
    path.write_bytes(whole + torn)
    assert read_records(path) == [record_of(0)]
    append_record(path, record_of(2))
    assert read_records(path) == [record_of(0), record_of(2)]


def test_a_whole_last_line_without_its_end_is_kept(path):
    append_record(path, record_of(0))
    path.write_bytes(path.read_bytes()[:-1])
    assert read_records(path) == [record_of(0)]
    append_record(path, record_of(1))
    assert read_records(path) == [record_of(0), record_of(1)]


@pytest.mark.parametrize("line", [b"<<<<<<< HEAD", b"[1]", b'{"recipe": "means"}', b""])
def test_a_damaged_line_in_the_middle_is_named(path, line):
    append_record(path, record_of(0))
    path.write_bytes(path.read_bytes() + line + b"\n" + path.read_bytes())
    with pytest.raises(DataFormatError, match=r"means\.jsonl, line 2 is not a record"):
        read_records(path)


def test_the_last_line_of_a_key_wins():
    records = [record_of(0, "error"), record_of(1), record_of(0, "ok", note="again")]
    assert [record["status"] for record in latest(records).values()] == ["ok", "ok"]


def test_the_key_knows_every_circumstance():
    changes = [
        {"digest": "e"},
        {"train_digest": "e"},
        {"recipe": "dummy"},
        {"parameters": {"b": 2, "a": [1, 2]}},
        {"protocol": "loso"},
        {"n_folds": 10},
        {"fold": 1},
        {"seed": 1},
    ]
    keys = {record_key(record_of(**change)) for change in [{}, *changes]}
    assert len(keys) == len(changes) + 1
    same = record_of(parameters={"a": [1, 2], "b": 1}, status="error", size=3)
    assert record_key(same) == record_key(record_of())


def test_the_key_of_a_named_fold_does_not_count_the_others():
    two, four = (record_of("PublicTest", n_folds=n) for n in (2, 4))
    assert record_key(two) == record_key(four) != record_key(record_of("PublicTest:no-twins"))


def test_numbers_that_are_not_finite_are_not_written(path):
    append_record(path, record_of(0))
    with pytest.raises(ValueError, match="JSON"):
        append_record(path, record_of(1, score=float("nan")))
    assert read_records(path) == [record_of(0)]


def test_few_items_stay_in_the_record(tmp_path):
    record = record_of(test_index=[2, 0])
    store_arrays(
        record,
        class_scores=np.array([[0.123456, 0.876544], [1, 0]]),
        units=np.array([7, 5]),
        all_units=np.array([5, 6, 7]),
        folder=tmp_path,
    )
    assert record["class_scores"] == [[0.1235, 0.8765], [1.0, 0.0]]
    assert record["units"] == [7, 5]
    assert load_units(record, tmp_path).tolist() == [7, 5]
    assert list(tmp_path.iterdir()) == []


def test_many_items_go_to_side_files(tmp_path):
    all_units = np.arange(3000) // 2
    index = np.arange(2500)[::-1]
    scores = np.random.default_rng(0).random((2500, 3))
    record = record_of(test_index=index.tolist())
    store_arrays(
        record, class_scores=scores, units=all_units[index], all_units=all_units, folder=tmp_path
    )
    assert record["units"] == "units-d.json"
    assert load_units(record, tmp_path).tolist() == all_units[index].tolist()
    with np.load(tmp_path / record["class_scores"]) as side:
        assert side["class_scores"] == pytest.approx(scores, abs=0.5e-4 + 1e-7)
    assert record["class_scores"].startswith("scores/")


def test_a_missing_side_file_is_named(tmp_path):
    with pytest.raises(DataFormatError, match=r"units-d\.json.*--force"):
        load_units(record_of(units="units-d.json", test_index=[0]), tmp_path)
