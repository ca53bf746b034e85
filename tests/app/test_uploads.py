"""Items of a run: where they lie, whose they are, and when they are deleted."""

import os
import subprocess
import sys

import pytest

from fer_classic.app._uploads import MAX_SECONDS, Uploads


class Clock:
    seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def uploads(tmp_path, clock):
    with Uploads(parent=tmp_path, clock=clock) as uploads:
        yield uploads


def keep(uploads, content, session=""):
    item = uploads.add(session)
    item.content = content
    (item.folder / "face.jpg").write_bytes(b"1234")
    return item


def test_an_item_has_a_folder_of_its_own_and_is_found_by_its_name(uploads, tmp_path):
    first, second = keep(uploads, "first"), keep(uploads, "second")
    assert first.folder.parent == second.folder.parent == uploads.folder
    assert uploads.folder.parent == tmp_path
    assert uploads.folder.stat().st_mode & 0o077 == 0
    assert uploads.find(first.id, str) == "first"
    assert uploads.contents(str) == ["first", "second"]
    assert len(first.id) > 20


def test_what_is_not_there_or_of_another_kind_is_not_found(uploads):
    item = keep(uploads, "a text")
    assert uploads.find(item.id, int) is None
    assert uploads.find("../" + item.id, str) is None


def test_deleting_calls_back_and_removes_the_folder(uploads):
    item, other = keep(uploads, "first"), keep(uploads, "second")
    there = []
    item.closing.callback(lambda: there.append(item.folder.exists()))
    uploads.remove(item.id)
    uploads.remove(item.id)
    assert there == [True]
    assert os.listdir(uploads.folder) == [other.folder.name]
    assert uploads.find(item.id, str) is None


def test_a_page_takes_its_items_along(uploads):
    keep(uploads, "mine", "page")
    keep(uploads, "mine too", "page")
    keep(uploads, "another's", "other page")
    keep(uploads, "nobody's")
    uploads.leave("page")
    uploads.leave("")
    assert uploads.contents(str) == ["another's", "nobody's"]
    assert len(os.listdir(uploads.folder)) == 2


def test_after_an_hour_an_item_is_gone(uploads, clock):
    item = keep(uploads, "old")
    clock.seconds = MAX_SECONDS / 2
    young = keep(uploads, "young")
    uploads.expire()
    assert uploads.find(item.id, str) == "old"
    clock.seconds = MAX_SECONDS
    assert uploads.find(item.id, str) is None
    uploads.expire()
    assert os.listdir(uploads.folder) == [young.folder.name]


def test_at_the_end_of_the_run_all_is_gone(tmp_path):
    closed = []
    with Uploads(parent=tmp_path) as uploads:
        keep(uploads, "mine").closing.callback(closed.append, True)
    assert closed == [True]
    assert os.listdir(tmp_path) == []


def test_what_a_killed_run_has_left_is_gone_with_the_next_one(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    left = tmp_path / f"fer-classic-app-{process.pid}-abcdefgh"
    left.mkdir()
    with Uploads(parent=tmp_path) as uploads:
        assert not left.exists()
        with Uploads(parent=tmp_path):  # a second run at the same time
            assert uploads.folder.exists()
        assert uploads.folder.exists()


def test_closing_a_page(make_client):
    with make_client(page=True) as client:
        uploads = client.app.state.uploads
        keep(uploads, "mine", "page")
        assert client.post("/v1/close?session=page").status_code == 204
        assert uploads.contents(str) == []
        folder = uploads.folder
    assert not folder.exists()
