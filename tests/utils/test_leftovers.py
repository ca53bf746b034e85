"""What killed processes have left is removed, and nothing else."""

import os
import subprocess
import sys
import tempfile

import pytest

from fer_classic.utils._files import atomic_path
from fer_classic.utils._leftovers import claimed, claimed_prefix, remove_leftovers

pytest.importorskip("fcntl")


@pytest.fixture(scope="module")
def ended():
    """Number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_files_of_ended_processes_are_removed(tmp_path, ended):
    (tmp_path / f".scores-{ended}-abcdefgh.json").touch()
    with atomic_path(tmp_path / "scores.json") as temporary:
        temporary.write_text("{}")
    assert os.listdir(tmp_path) == ["scores.json"]


def test_folders_of_ended_processes_are_removed(tmp_path, ended):
    folder = tmp_path / f"fer_classic-{ended}-abcdefgh"
    folder.mkdir()
    (folder / "features").write_bytes(b"1234")
    remove_leftovers(tmp_path, "fer_classic-")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "name",
    [
        ".scores-1-{ended}-abcdefgh.json",  # of the file scores-1.json
        ".scores-{ended}-abcdefgh.csv",
        ".scores-{ended}-abc.json",
        ".scores-abcdefgh.json",
        "scores-{ended}-abcdefgh.json",
    ],
)
def test_other_files_stay(name, tmp_path, ended):
    (tmp_path / name.format(ended=ended)).touch()
    remove_leftovers(tmp_path, ".scores-", ".json")
    assert os.listdir(tmp_path) == [name.format(ended=ended)]


def test_files_of_a_running_process_stay(tmp_path):
    descriptor, _ = tempfile.mkstemp(".json", claimed_prefix(".scores-"), tmp_path)
    os.close(descriptor)
    remove_leftovers(tmp_path, ".scores-", ".json")
    assert len(os.listdir(tmp_path)) == 1


def test_what_another_computer_holds_stays(tmp_path, ended):
    """Its number is that of no process here, but it holds the lock."""
    path = tmp_path / f".scores-{ended}-abcdefgh.json"
    path.touch()
    with claimed(path):
        remove_leftovers(tmp_path, ".scores-", ".json")
        assert path.exists()
    remove_leftovers(tmp_path, ".scores-", ".json")
    assert not path.exists()


def test_a_folder_that_is_not_there_is_no_error(tmp_path):
    remove_leftovers(tmp_path / "none", ".scores-")
