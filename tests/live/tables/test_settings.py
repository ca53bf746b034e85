"""The settings beside a table: written before its first row, and compared when it is resumed."""

import json

import pytest

from fer_classic.exceptions import SinkError
from fer_classic.live.tables import _lines
from fer_classic.live.tables._settings import (
    is_complete,
    keep_settings,
    mark_complete,
    name_changes,
    read_settings,
    settings_path,
)
from tests.live.tables.test_lines import COLUMNS, TABLES, rows_of

SETTINGS = {"model": "a", "classes": ("happy", "sad"), "window": 10}


@pytest.fixture(params=TABLES)
def kind(request):
    return request.param


@pytest.fixture
def path(tmp_path):
    return tmp_path / "new folder" / "table"


def write(kind, path, frames, settings=SETTINGS, **options):
    with TABLES[kind](path, COLUMNS, settings=settings, **options) as table:
        for index in frames:
            table.append(rows_of(index, 1, run=table.run))


@pytest.mark.parametrize(
    ("settings", "found", "names"),
    [
        (SETTINGS, json.loads(json.dumps(SETTINGS)), ""),
        (SETTINGS, {}, "model, classes, window"),
        ({"a": 1, "b": None}, {"a": 2, "b": 0}, "a, b"),
        # Of another version of this library.
        ({"a": 1}, {"a": 1, "b": 2}, "b"),
        ({"a": None}, {}, ""),
    ],
)
def test_what_differs_is_named(settings, found, names):
    assert name_changes(settings, found) == names


def test_the_same_settings_go_on(kind, path):
    write(kind, path, range(3))
    file = settings_path(path)
    assert file.name == "table.settings.json"
    before = file.read_bytes()
    assert json.loads(before) == {**SETTINGS, "classes": ["happy", "sad"]}
    write(kind, path, range(2, 5), resume=True)
    assert file.read_bytes() == before
    assert sorted(path.parent.iterdir()) == [path, file]


def test_other_settings_are_refused_and_nothing_changes(kind, path):
    write(kind, path, range(3))
    before = path.read_bytes(), settings_path(path).read_bytes()
    other = SETTINGS | {"model": "b", "window": 5}
    with pytest.raises(SinkError, match=r"These differ: model, window \(see table.settings.json"):
        TABLES[kind](path, COLUMNS, resume=True, settings=other)
    assert (path.read_bytes(), settings_path(path).read_bytes()) == before


@pytest.mark.parametrize(
    ("content", "problem"),
    [(None, "is missing"), (b"", "is damaged"), (b"[1]", "is damaged"), (b"\xff", "is damaged")],
)
def test_unknown_settings_are_refused(content, problem, kind, path):
    write(kind, path, range(3))
    file, before = settings_path(path), path.read_bytes()
    file.unlink() if content is None else file.write_bytes(content)
    with pytest.raises(SinkError, match=rf"{file.name}, which says how .* {problem}\. Write to"):
        TABLES[kind](path, COLUMNS, resume=True, settings=SETTINGS)
    assert path.read_bytes() == before


def test_a_table_of_one_frame_has_settings_too(kind, path):
    write(kind, path, [0])
    with pytest.raises(SinkError, match="These differ: window"):
        TABLES[kind](path, COLUMNS, resume=True, settings=SETTINGS | {"window": 1})


@pytest.mark.parametrize("kept", [0, 9])
def test_what_is_torn_in_its_first_line_is_begun_with_any_settings(kept, kind, path):
    write(kind, path, [0])
    path.write_bytes(path.read_bytes()[:kept])
    other = SETTINGS | {"window": 1}
    write(kind, path, [0], resume=True, settings=other)
    assert read_settings(settings_path(path))["window"] == 1


def test_they_are_there_before_any_row(kind, path, monkeypatch):
    sizes = []

    def keep(table, settings):
        sizes.append(table.stat().st_size)
        keep_settings(table, settings)

    monkeypatch.setattr(_lines, "keep_settings", keep)
    write(kind, path, range(3))
    # Also of a table that is replaced: none of its rows is left then.
    write(kind, path, range(3), settings=SETTINGS | {"window": 1})
    assert sizes == [0, 0]
    write(kind, path, range(2, 4), settings=SETTINGS | {"window": 1}, resume=True)
    assert sizes == [0, 0]


def test_a_run_that_fails_before_its_first_frame_leaves_them(kind, path):
    write(kind, path, range(3))
    before = settings_path(path).read_bytes()
    with pytest.raises(KeyboardInterrupt), TABLES[kind](path, COLUMNS, settings={"window": 1}):
        raise KeyboardInterrupt
    assert settings_path(path).read_bytes() == before


def test_a_table_without_settings_does_not_keep_those_of_another(kind, path):
    write(kind, path, range(3))
    write(kind, path, range(3), settings=None)
    assert list(path.parent.iterdir()) == [path]


def test_a_finished_table_is_known_by_its_size(kind, path):
    write(kind, path, range(3))
    assert not is_complete(path)
    mark_complete(path)
    assert is_complete(path)
    # It is not compared.
    write(kind, path, range(2, 4), resume=True)
    assert not is_complete(path)


def test_a_table_without_settings_is_not_known_to_be_finished(kind, path):
    write(kind, path, range(3), settings=None)
    mark_complete(path)
    assert not is_complete(path)
    assert list(path.parent.iterdir()) == [path]
