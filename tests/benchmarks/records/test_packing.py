import json

import pytest

from benchmarks.records.folds import append_record, read_records
from benchmarks.records.packing import PACKED_ITEMS, pack, unpack
from fer_classic.exceptions import DataFormatError

MANY = PACKED_ITEMS + 1


def labels(*names):
    return [names[item % len(names)] for item in range(MANY)]


def test_one_character_for_each_label():
    record = {"fold": 0, "y_true": labels("sad", "happy"), "y_pred": labels("sad", None)}
    packed = pack(record)
    assert packed["y_true"]["names"] == ["happy", "sad"]
    assert packed["y_true"]["codes"].startswith("1010")
    assert packed["y_pred"]["codes"].startswith("0-0-")
    assert unpack(packed) == record
    assert unpack(record) == record


@pytest.mark.parametrize(
    "record",
    [
        {"y_true": ["sad"] * PACKED_ITEMS, "y_pred": ["sad"] * PACKED_ITEMS},
        {"y_true": labels(*map(str, range(100))), "y_pred": labels("0")},
        {"status": "error", "y_true": [], "y_pred": []},
        {"fold": 0},
    ],
    ids=["few items", "many names", "an error", "no labels"],
)
def test_other_records_stay_as_they_are(record):
    assert pack(record) is record


def test_a_code_without_a_name():
    with pytest.raises(DataFormatError, match="unknown code '7'"):
        unpack({"y_true": {"names": ["sad"], "codes": "007"}})


def test_files_hold_short_lines(tmp_path):
    path = tmp_path / "recipe.jsonl"
    record = {"fold": 0, "y_true": labels("happy", "surprise"), "y_pred": labels("surprise")}
    append_record(path, record)
    assert path.stat().st_size < 2.1 * MANY
    assert read_records(path, ["fold"]) == [record]


@pytest.mark.parametrize("field", [{"names": ["sad"], "codes": "9"}, {"codes": "0"}])
def test_damaged_labels_are_no_record(tmp_path, field):
    path = tmp_path / "recipe.jsonl"
    path.write_text(json.dumps({"fold": 0, "y_true": field, "y_pred": field}) + "\n")
    with pytest.raises(DataFormatError, match="line 1 is not a record"):
        read_records(path, ["fold"])
