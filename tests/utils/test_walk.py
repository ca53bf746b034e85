import inspect
import os
import sys

import pytest

from fer_classic.exceptions import DataWarning
from fer_classic.utils._walk import UNREADABLE, Skipped, walk_files


@pytest.fixture
def folder(tmp_path):
    for name in ("b/2", "b/10", "a", "b.x/1", ".hidden/x", "__MACOSX/x", "c/.y", "z"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "link").symlink_to("a")
    return tmp_path


def names(folder, skipped, **options):
    return [str(path.relative_to(folder)) for path in walk_files(folder, skipped, **options)]


def test_order_is_that_of_paths(folder):
    skipped = Skipped()
    found = names(folder, skipped)
    assert found == ["a", "b/10", "b/2", "b.x/1", "link", "z"]
    assert [folder / name for name in found] == sorted(folder / name for name in found)
    skipped.warn(title="T")


def test_what_is_no_file_is_counted_by_kind(folder):
    os.mkfifo(folder / "pipe")
    for name, target in (("gone", "nowhere"), ("circle", "circle"), ("up", ".."), ("to", "pipe")):
        (folder / "c" / name).symlink_to(target if name != "to" else folder / target)
    skipped = Skipped()
    assert names(folder, skipped) == ["a", "b/10", "b/2", "b.x/1", "link", "z"]
    message = (
        r"^T: skipped 2 links to nothing: circle, gone; 2 pipes, sockets or devices: to, pipe; "
        r"1 link to a folder, not followed: up\.$"
    )
    with pytest.warns(DataWarning, match=message):
        skipped.warn(title="T")


def test_subfolders_that_are_not_searched(folder):
    skipped, flat = Skipped(), Skipped(folders=False)
    assert names(folder, skipped, deep=False) == ["a", "link", "z"]
    with pytest.warns(DataWarning, match=r"3 folders inside, not searched: b, b\.x, c\.$"):
        skipped.warn(title="T")
    assert names(folder, flat, deep=False) == ["a", "link", "z"]
    flat.warn(title="T")


def test_folders_that_cannot_be_read(folder, monkeypatch):
    scandir = os.scandir

    def refuse(path):
        if os.path.basename(path) == "b":
            raise PermissionError
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    skipped = Skipped()
    assert names(folder, skipped) == ["a", "b.x/1", "link", "z"]
    with pytest.warns(DataWarning, match=r"skipped 1 folder that cannot be read: b\.$"):
        skipped.warn(title="T")


def test_folders_nested_beyond_the_limit_of_recursion(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    limit, depth = sys.getrecursionlimit(), 200
    for _ in range(depth):
        os.mkdir("d")
        os.chdir("d")
    try:
        skipped = Skipped()
        sys.setrecursionlimit(len(inspect.stack()) + 100)
        assert list(walk_files(tmp_path, skipped)) == []
    finally:
        sys.setrecursionlimit(limit)
    skipped.warn(title="T")


def test_no_file_is_asked_for_its_kind(folder, monkeypatch):
    (folder / "link").unlink()
    monkeypatch.setattr(os, "stat", None)
    assert len(names(folder, Skipped())) == 5


def test_only_a_few_names_are_kept():
    skipped = Skipped(ignored=(".zip",))
    for number in range(100_000):
        skipped.add(UNREADABLE, f"{number}\n")
    skipped.add(UNREADABLE, "a.ZIP")
    message = r"skipped 100,000 folders .*: 0\\n, 1\\n, 2\\n, 3\\n, 4\\n and 99,995 more\.$"
    with pytest.warns(DataWarning, match=message):
        skipped.warn(title="T")
