import os
import stat

import pytest

from fer_classic.utils import atomic_path


def test_the_file_appears_when_the_block_ends(tmp_path):
    target = tmp_path / "new" / "folder" / "scores.json"
    with atomic_path(target) as temporary:
        temporary.write_text("whole")
        assert temporary.parent == target.parent
        assert temporary.suffix == ".json"
        assert not target.exists()
    assert target.read_text() == "whole"
    assert os.listdir(target.parent) == ["scores.json"]


def test_an_old_file_is_replaced_only_at_the_end(tmp_path):
    target = tmp_path / "scores.json"
    target.write_text("old")
    with atomic_path(str(target)) as temporary:
        temporary.write_text("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_after_an_error_everything_is_as_before(error, tmp_path):
    target = tmp_path / "scores.json"
    target.write_text("old")

    def write():
        with atomic_path(target) as temporary:
            temporary.write_text("half")
            raise error

    with pytest.raises(error):
        write()
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["scores.json"]


def test_a_folder_in_the_way(tmp_path):
    target = tmp_path / "scores.json"
    target.mkdir()

    def write():
        with atomic_path(target) as temporary:
            temporary.write_text("new")

    with pytest.raises(OSError, match="directory"):
        write()
    assert os.listdir(tmp_path) == ["scores.json"]


def test_a_file_where_a_folder_must_be(tmp_path):
    (tmp_path / "results").write_text("a file")
    with pytest.raises(OSError, match="results"), atomic_path(tmp_path / "results" / "a.json"):
        pass


@pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX")
@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o027, 0o640)])
def test_permissions_are_those_of_any_new_file(mask, mode, tmp_path):
    before = os.umask(mask)
    try:
        with atomic_path(tmp_path / "a.txt") as temporary:
            temporary.write_text("")
        assert os.umask(mask) == mask
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == mode
