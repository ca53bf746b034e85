import json

import pytest

from benchmarks.records.folds import (
    append_record,
    latest,
    read_records,
    record_key,
    record_path,
    subset_record,
)
from fer_classic.exceptions import DataFormatError


def record_of(fold=0, status="ok", **fields):
    base = {
        "digest": "d",
        "train_digest": None,
        "recipe": "means",
        "parameters": {"b": 1, "a": [1, 2]},
        "protocol": "kfold",
        "n_items": None,
        "n_folds": 5,
        "fold": fold,
        "seed": 0,
        "status": status,
        "subsets": {},
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
        {"n_items": 800},
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
    assert record_key(two) == record_key(four) != record_key(record_of("PrivateTest"))


def test_numbers_that_are_not_finite_are_not_written(path):
    append_record(path, record_of(0))
    with pytest.raises(ValueError, match="JSON"):
        append_record(path, record_of(1, score=float("nan")))
    assert read_records(path) == [record_of(0)]


def test_what_is_tried_lies_in_a_folder_of_its_own(tmp_path):
    base = {"dataset": "drawn", "recipe": "means", "protocol": "kfold"}
    assert record_path(tmp_path, base) == tmp_path / "drawn" / "means.jsonl"
    base["protocol"] = "development"
    assert record_path(tmp_path, base) == tmp_path / "drawn" / "search" / "means.jsonl"


def test_records_of_an_older_version_are_refused(path):
    append_record(path, record_of(0))
    old = {k: v for k, v in record_of("PublicTest:no-twins").items() if k != "subsets"}
    path.write_text(path.read_text("utf-8") + json.dumps(old) + "\n", "utf-8")
    with pytest.raises(DataFormatError, match=r"line 2 is a record of an older version.*--output"):
        read_records(path)


class TestSubsets:
    @pytest.fixture
    def record(self):
        subset = {"note": "one left out", "left_out": [1], "metrics": {"n_items": 2}, "leaks": {}}
        return record_of(
            "PublicTest",
            test_index=[4, 6, 8],
            y_true=["happy", "sad", "fear"],
            y_pred=["happy", "happy", "sad"],
            units=[0, 0, 1],
            classes=["happy", "sad"],
            class_scores=[[1, 0]] * 3,
            predict_seconds=3.0,
            metrics={"n_items": 3},
            leaks={"duplicate": 1},
            unseen=["fear"],
            note="",
            subsets={"no-twins": subset},
        )

    def test_the_record_of_a_subset_is_as_if_it_had_been_tested_alone(self, record):
        alone = subset_record(record, "no-twins")
        own = {
            "test_index": [4, 8],
            "y_true": ["happy", "fear"],
            "y_pred": ["happy", "sad"],
            "units": [0, 1],
            "class_scores": None,
            "predict_seconds": pytest.approx(2.0),
            "metrics": {"n_items": 2},
            "leaks": {},
            "note": "one left out",
            "subsets": {},
        }
        assert alone == record | own

    def test_classes_that_were_left_out_are_not_missing(self, record):
        record["subsets"]["no-twins"]["left_out"] = [2]
        assert subset_record(record, "no-twins")["unseen"] == []

    def test_units_in_a_file_stay_there(self, record):
        record["units"] = "units-d.json"
        assert subset_record(record, "no-twins")["units"] == "units-d.json"
