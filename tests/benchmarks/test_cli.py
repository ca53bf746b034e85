from argparse import ArgumentTypeError

import pytest

from benchmarks._cli import check_writable, seed, setting, whole_number
from fer_classic.exceptions import FerClassicError


@pytest.mark.parametrize(("read", "text", "value"), [(whole_number(2), "2", 2), (seed, "0", 0)])
def test_whole_numbers(read, text, value):
    assert read(text) == value


@pytest.mark.parametrize("text", ["1", "-3", "2.0", "two", ""])
def test_numbers_that_are_too_small_or_none(text):
    with pytest.raises(ArgumentTypeError, match=f"2 or more, got '{text}'"):
        whole_number(2)(text)


def test_a_seed_has_32_bits():
    assert seed("4294967295") == 2**32 - 1
    for text in ("4294967296", "-1", "x"):
        with pytest.raises(ArgumentTypeError, match=f"got '{text}'"):
            seed(text)


def test_a_setting_that_is_none():
    assert setting("svm__alpha=2") == ("svm__alpha", 2)
    with pytest.raises(ArgumentTypeError, match="expected step__param=value"):
        setting("svm__alpha")


def test_a_folder_is_made_or_named(tmp_path):
    check_writable(tmp_path / "a" / "b")
    assert list((tmp_path / "a" / "b").iterdir()) == []
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(FerClassicError, match=r"cannot write to .*file.*--output"):
        check_writable(tmp_path / "file" / "b")
