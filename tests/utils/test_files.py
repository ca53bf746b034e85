import errno
import io
import os
import stat

import pytest

from fer_classic.exceptions import OutputExistsError, SinkError
from fer_classic.utils._files import (
    append_whole,
    atomic_path,
    check_outputs,
    describe_error,
    naming,
)


def test_the_file_appears_when_the_block_ends(tmp_path):
    target = tmp_path / "new" / "folder" / "scores.json"
    with atomic_path(target) as temporary:
        temporary.write_text("whole")
        assert temporary.parent == target.parent
        assert temporary.suffix == ".json"
        assert not target.exists()
    assert target.read_text() == "whole"
    assert os.listdir(target.parent) == ["scores.json"]


@pytest.mark.parametrize("name", ["x" * 250 + ".json", "ö" * 125 + ".json", "🙂" * 62 + ".json"])
def test_a_name_may_have_255_bytes(name, tmp_path):
    with atomic_path(tmp_path / name) as temporary:
        temporary.write_text("whole")
    assert os.listdir(tmp_path) == [name]


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


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_new_file_is_welcome_and_a_folder_is_not(overwrite, tmp_path):
    check_outputs(tmp_path / "none" / "new.csv", overwrite=overwrite)
    with pytest.raises(SinkError, match="is a folder"):
        check_outputs(tmp_path, overwrite=overwrite)


def test_what_exists_is_lost_only_when_asked_for(tmp_path):
    path = tmp_path / "old.csv"
    path.write_text("old")
    with pytest.raises(OutputExistsError, match=r"old\.csv exists and was not changed"):
        check_outputs(path, overwrite=False)
    check_outputs(path, overwrite=True)
    assert path.read_text() == "old"


@pytest.mark.parametrize("resumable", [False, True])
def test_only_what_can_be_done_is_offered(resumable, tmp_path):
    path = tmp_path / "old.csv"
    path.touch()
    with pytest.raises(OutputExistsError, match="--overwrite") as caught:
        check_outputs(path, overwrite=False, resumable=resumable)
    assert ("--resume" in str(caught.value)) == resumable


def test_two_outputs_of_one_name(tmp_path):
    with pytest.raises(OutputExistsError, match="is named for two outputs"):
        check_outputs(tmp_path / "a.csv", tmp_path / "b" / ".." / "a.csv", overwrite=True)


def test_an_output_that_cannot_be_created_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError) as caught:
        check_outputs(tmp_path / "file" / "a.csv", overwrite=False)
    assert caught.value.filename == str(tmp_path / "file" / "a.csv")


@pytest.mark.skipif(os.name != "posix", reason="the umask is one of POSIX")
def test_the_umask_of_the_process_is_never_changed(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "umask", None)
    with atomic_path(tmp_path / "a.txt") as temporary:
        temporary.write_text("a")
    assert (tmp_path / "a.txt").read_text() == "a"


def test_one_of_several_is_named(tmp_path):
    new, old = tmp_path / "new.csv", tmp_path / "old.csv"
    old.touch()
    with pytest.raises(OutputExistsError, match=r"old\.csv exists"):
        check_outputs(new, str(old), overwrite=False)
    check_outputs(new, str(old), overwrite=True)


FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_an_error_of_writing_names_the_file(tmp_path):
    with pytest.raises(OSError, match="No space left") as caught, naming(tmp_path / "a.csv"):
        raise FULL
    assert caught.value.filename == str(tmp_path / "a.csv")


def test_an_error_while_a_file_is_made_names_the_finished_one(tmp_path):
    def write():
        with atomic_path(tmp_path / "a.csv"):
            raise FULL

    with pytest.raises(OSError, match="No space left") as caught:
        write()
    assert caught.value.filename == str(tmp_path / "a.csv")


@pytest.mark.parametrize(
    "error", [FileNotFoundError(errno.ENOENT, "is not there", "other.csv"), OSError("of a library")]
)
def test_other_errors_stay(error):
    with pytest.raises(OSError, match=r"other|library") as caught, naming("a.csv"):
        raise error
    assert caught.value is error


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device", "a.csv"),
            "a.csv: No space left on device; free some space, or write to another folder.",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "a.csv"),
            "a.csv: Permission denied; change its permissions, or name another one.",
        ),
        (OSError(errno.EIO, "Input/output error"), "Input/output error."),
        (OSError("of a library"), "of a library"),
        (ValueError("wrong"), "wrong"),
    ],
)
def test_a_description_is_a_sentence(error, sentence):
    assert describe_error(error) == sentence


def test_what_has_no_room_is_not_begun(tmp_path):
    class Full(io.FileIO):
        """A file on a disk that has room for 7 bytes."""

        def write(self, content):
            room = 7 - self.seek(0, os.SEEK_END)
            if room <= 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return super().write(content[:room])

    path = tmp_path / "lines"
    with Full(path, "ab") as file:
        append_whole(file, b"one\n", sync=True)
        with pytest.raises(OSError, match="No space left"):
            append_whole(file, b"two\nthree\n")
        assert path.read_bytes() == b"one\n"
        append_whole(file, b"4\n")
    assert path.read_bytes() == b"one\n4\n"
