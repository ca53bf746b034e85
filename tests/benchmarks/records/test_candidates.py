import pytest

from benchmarks.records.candidates import (
    append_search,
    candidate_lines,
    parts_of,
    plain_line,
    read_search,
    read_searches,
    search_path,
)
from fer_classic.exceptions import DataFormatError


def line_of(alpha, wrong=(), **fields):
    base = {"digest": "d", "n_items": 4, "n_folds": 2, "seed": 0, "recipe": "means"}
    scores = {"accuracy": 1 - len(wrong) / 4, "wrong": list(wrong), "seconds": 1.0}
    return base | {"parameters": {"": "Pipeline", "alpha": alpha}} | scores | fields


@pytest.fixture
def path(tmp_path):
    return search_path(tmp_path, "drawn", "means")


def test_the_last_line_of_a_candidate_counts(path):
    lines = [line_of(1), line_of(2), line_of(1, units=[0, 1, 2, 3])]
    for line in lines:
        append_search(path, line)
    assert list(read_search(path).values()) == lines[1:]
    assert read_searches(path.parent.parent) == {"means": lines[1:]}


def test_a_file_with_a_torn_line_alone_holds_nothing(path):
    append_search(path, line_of(1))
    path.write_bytes(path.read_bytes()[:60])
    assert read_searches(path.parent.parent) == {}
    append_search(path, line_of(2))
    assert list(read_search(path).values()) == [line_of(2)]


def test_a_damaged_line_is_named(path):
    append_search(path, {"recipe": "means"})
    append_search(path, line_of(1))
    with pytest.raises(DataFormatError, match=r"means\.jsonl, line 1 is not a record"):
        read_search(path)


@pytest.mark.parametrize("other", [{"digest": "e"}, {"n_items": 5}, {"n_folds": 3}, {"seed": 1}])
def test_a_part_is_known_by_all_that_makes_it(other):
    lines = [line_of(1), line_of(1, **other), line_of(2)]
    assert parts_of(lines) == [[lines[0], lines[2]], [lines[1]]]


def test_the_line_of_the_recipe_as_it_is():
    older, newer = line_of(1, units=[0] * 4), line_of(2, units=[0] * 4)
    assert plain_line([older, newer, line_of(3)]) is newer
    with pytest.raises(DataFormatError, match=r"means.*run the same benchmarks\.search again"):
        plain_line([line_of(3)])


def test_candidates_are_compared_item_by_item():
    plain = line_of(1, wrong=[0, 2], units=[0, 0, 1, 1])
    lines = candidate_lines([plain, line_of(2, wrong=[0]), line_of(3, wrong=[1, 3])], plain)
    assert lines == [
        ["as it is", "50.0", "–", "1"],
        ["alpha=2", "75.0", "25.0 [0.0, 50.0]", "1"],
        # As many are right in each unit: no resample makes a difference.
        ["alpha=3", "50.0", "0.0 [0.0, 0.0]", "1"],
    ]
