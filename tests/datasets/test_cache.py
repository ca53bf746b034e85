import logging
import os
from pathlib import Path

import numpy as np
import pytest

from fer_classic.datasets._cache import cached_arrays, source_digest
from fer_classic.exceptions import DataFormatError
from fer_classic.utils import cache_folder

ARRAYS = {"images": np.arange(6000, dtype=np.uint8).reshape(10, 20, 30), "split": np.array(["a"])}


class Builder:
    def __init__(self):
        self.calls = 0

    def __call__(self):
        self.calls += 1
        return dict(ARRAYS)


def load(builder, digest="d1"):
    arrays = cached_arrays("test", digest, builder)
    assert arrays.keys() == ARRAYS.keys()
    for key, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[key], array)


def the_copy():
    (path,) = cache_folder().glob("test-*.npz")
    return path


def test_second_load_reads_the_copy():
    builder = Builder()
    load(builder)
    load(builder)
    assert builder.calls == 1
    assert [path.name for path in cache_folder().iterdir()] == ["test-d1.npz"]


def truncate(path):
    path.write_bytes(path.read_bytes()[:-100])


def flip_a_pixel(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def other_content(path):
    np.savez(path, images=np.zeros(3))


@pytest.mark.parametrize(
    "damage",
    [truncate, flip_a_pixel, other_content, Path.touch, lambda path: path.write_text("no archive")],
)
def test_a_damaged_copy_is_rebuilt(damage):
    builder = Builder()
    load(builder)
    damage(the_copy())
    load(builder)
    load(builder)
    assert builder.calls == 2 - (damage is Path.touch)


def test_another_digest_builds_again():
    builder = Builder()
    load(builder, "d1")
    load(builder, "d2")
    assert builder.calls == 2


def test_a_copy_under_a_wrong_name_is_stale():
    builder = Builder()
    load(builder, "d1")
    the_copy().rename(cache_folder() / "test-d2.npz")
    load(builder, "d2")
    assert builder.calls == 2


def test_a_cache_that_cannot_be_written_is_a_warning(tmp_path, monkeypatch, caplog):
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setenv("FER_CLASSIC_CACHE", str(blocked / "cache"))
    builder = Builder()
    with caplog.at_level(logging.WARNING):
        load(builder)
    assert "FER_CLASSIC_CACHE" in caplog.text
    load(builder)
    assert builder.calls == 2


def test_digest_notices_size_time_samples_and_version(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(bytes(100_000))
    os.utime(path, ns=(0, 0))
    reference = source_digest([path], version=1)
    assert source_digest([path], version=1) == reference
    assert source_digest([path], version=2) != reference

    os.utime(path, ns=(0, 1))
    assert source_digest([path], version=1) != reference
    for position in (0, 50_000, 99_999):
        content = bytearray(100_000)
        content[position] = 1
        path.write_bytes(content)
        os.utime(path, ns=(0, 0))
        assert source_digest([path], version=1) != reference, position
    path.write_bytes(bytes(100_001))
    os.utime(path, ns=(0, 0))
    assert source_digest([path], version=1) != reference


def test_digest_does_not_depend_on_the_folder(tmp_path):
    digests = set()
    for folder in ("a", "b"):
        path = tmp_path / folder / "table.csv"
        path.parent.mkdir()
        path.write_text("text")
        os.utime(path, ns=(0, 0))
        digests.add(source_digest([path], version=1))
    assert len(digests) == 1


def test_a_source_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(DataFormatError, match=r"gone\.csv cannot be read: No such file"):
        source_digest([tmp_path / "gone.csv"], version=1)


def test_digest_of_many_files(tmp_path):
    paths = [tmp_path / name for name in "ab"]
    for path in paths:
        path.write_text("text")
    reference = source_digest(paths, version=1)
    assert source_digest(paths[:1], version=1) != reference
    paths[1].write_text("longer text")
    assert source_digest(paths, version=1) != reference
