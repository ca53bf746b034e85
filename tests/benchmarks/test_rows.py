import pytest

from benchmarks._rows import by_fields, place_in, read_rows, write_rows
from fer_classic.exceptions import DataFormatError


def test_rows_come_back(tmp_path):
    path = tmp_path / "results" / "rows.jsonl"
    assert read_rows(path, ["a"], of="numbers") == []
    write_rows(path, [{"a": 1, "b": 2}, {"a": None}])
    assert path.read_text("utf-8").count("\n") == 2
    assert read_rows(path, ["a"], of="numbers") == [{"a": 1}, {"a": None}]
    write_rows(path, [])
    assert read_rows(path, ["a"], of="numbers") == []


@pytest.mark.parametrize("line", ["{", "3", "[]", "{}", '{"b": 1}', "\xff"])
def test_a_line_that_is_no_row_is_named(line, tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"a": 1}\n' + line, "latin-1")
    with pytest.raises(DataFormatError, match="line 2: not a row of numbers"):
        read_rows(path, ["a"], of="numbers")


def test_rows_are_grouped_in_the_order_in_which_they_come():
    rows = [{"a": 2, "b": 0}, {"a": 1, "b": 1}, {"a": 2, "b": 2}]
    groups = by_fields(rows, "a")
    assert list(groups.items()) == [(2, [rows[0], rows[2]]), (1, [rows[1]])]
    assert list(by_fields(rows, "a", "b")) == [(2, 0), (1, 1), (2, 2)]
    assert by_fields([], "a") == {}


def test_what_is_on_no_list_is_last():
    names = ["gone", "b", "a", None]
    places = {"a": 1, "b": 2}
    assert sorted(names, key=lambda name: place_in(places, name)) == ["a", "b", "gone", None]
