"""Damaged tables are named by file and line; ``tests.hostile_tables`` tries large ones."""

from pathlib import Path

import pytest

from tests.hostile_tables import KINDS, judge, load, try_kind, write_table


@pytest.mark.parametrize("name", KINDS)
def test_the_error_names_file_and_line(name, tmp_path):
    path, line = write_table(tmp_path, KINDS[name], 60)
    assert judge(load(path), KINDS[name], path, line) is None


def test_memory_is_that_of_the_pixels(tmp_path):
    problem, _, memory = try_kind("a missing column", tmp_path, 4)
    assert problem is None
    assert memory < 40
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        (None, "the table was loaded"),
        ("line 9: only 2 columns", "file and line are not named"),
        ("/t.csv: only 2 columns", "file and line are not named"),
        ("/t.csv, line 9: strange", "another error"),
        ("/t.csv, line 8: only 2 columns", "line 8 in place of 9"),
    ],
)
def test_what_is_wrong_is_noticed(message, problem):
    assert judge(message, KINDS["a missing column"], Path("/t.csv"), 9).startswith(problem)
