"""What commands leave on a full disk; ``tests.full_disk`` tries them all."""

import errno

import numpy as np
import pytest

from benchmarks.records.folds import append_record
from benchmarks.records.lock import exclusive
from fer_classic.datasets._cache import cached_arrays
from tests.full_disk import COMMANDS, CannotMountError, filled, problems_of, small_disk

NO_SPACE = "No space left on device"
REMEDY = f"{NO_SPACE}; free some space."


@pytest.fixture
def disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        with small_disk(folder, megabytes=1):
            yield folder
    except CannotMountError as error:
        pytest.skip(f"cannot mount a file system in memory: {error}")


def test_a_record_is_there_or_not(disk):
    path = disk / "folds.jsonl"
    append_record(path, {"fold": 0})
    before = path.read_bytes()
    with filled(disk, 4), pytest.raises(OSError, match=NO_SPACE) as caught:
        append_record(path, {"scores": [0.25] * 10_000})
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(path))
    assert path.read_bytes() == before


def test_a_lock_that_cannot_be_written_is_named(disk):
    lock = exclusive(disk / "folds.jsonl")
    with filled(disk, 0), pytest.raises(OSError, match=NO_SPACE) as caught:
        lock.__enter__()
    assert caught.value.filename == str(disk / ".folds.lock")
    assert not list(disk.iterdir())


def test_a_data_set_that_cannot_be_cached_is_loaded(disk, monkeypatch, caplog):
    monkeypatch.setenv("FER_CLASSIC_CACHE", str(disk))
    arrays = {"images": np.ones((100, 100))}
    with filled(disk, 4):
        assert cached_arrays("faces", "0", lambda: arrays) is arrays
    assert f"could not be cached in {disk} ({NO_SPACE})" in caplog.text
    assert not list(disk.iterdir())


@pytest.mark.parametrize(
    ("code", "errors", "left", "problem"),
    [
        (1, "error: {disk}/model: " + REMEDY, {"model": b"before"}, None),
        (0, "", {"model": b"another"}, None),
        (1, "Traceback ...", {"model": b"before"}, "exit code 1"),
        (-9, "", {"model": b"before"}, "exit code -9"),
        (1, "error: " + REMEDY, {"model": b"before"}, "the error names no file"),
        (1, "error: {disk}/model: " + REMEDY, {}, "model is not whole"),
        (1, "error: {disk}/model: " + REMEDY, {"model": b"be"}, "model is not whole"),
        (0, "", {"model": b"x", ".model-1": b""}, "left over: .model-1"),
        (0, "", {"model": b"x", "faces.csv": b"a,b\n1,"}, "faces.csv ends in the middle"),
    ],
)
def test_what_is_wrong_is_noticed(code, errors, left, problem, tmp_path):
    for name, content in left.items():
        (tmp_path / name).write_bytes(content)
    errors = errors.format(disk=tmp_path)
    found = [*problems_of(COMMANDS["train"], tmp_path, {"model": b"before"}, code, errors)]
    assert [one.startswith(problem) for one in found] == ([True] if problem else [])
