from pathlib import Path

import pytest

from fer_classic.datasets._location import Origin, locate
from fer_classic.exceptions import DataNotFoundError

ORIGIN = Origin(
    title="The test set",
    folder="test",
    layouts=("marker files",),
    obtain="https://example.org",
    licence="free.",
)


def find(place):
    return place if (place / "marker").is_file() else None


def mark(folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "marker").touch()
    return folder


def test_own_folder_or_the_folder_above(tmp_path):
    own = mark(tmp_path / "some-folder")
    assert locate(own, find, ORIGIN) == own
    assert locate(str(tmp_path), find, ORIGIN) == own


def test_the_folder_itself_then_folders_of_the_name_then_by_name(tmp_path):
    for name in ("b", "a", "z-TEST", "y-test", ".test"):
        mark(tmp_path / name)
    assert locate(tmp_path, find, ORIGIN) == tmp_path / "y-test"
    mark(tmp_path)
    assert locate(tmp_path, find, ORIGIN) == tmp_path


def test_argument_then_environment_then_data_folder(tmp_path, monkeypatch):
    here = mark(Path("data") / "test")
    assert locate(None, find, ORIGIN) == here
    named = mark(tmp_path / "named")
    monkeypatch.setenv("FER_CLASSIC_DATA", str(named))
    assert locate(None, find, ORIGIN) == named
    argument = mark(tmp_path / "argument")
    assert locate(argument, find, ORIGIN) == argument


def test_the_environment_may_hold_other_sets_only(tmp_path, monkeypatch):
    here = mark(Path("data") / "test")
    monkeypatch.setenv("FER_CLASSIC_DATA", str(tmp_path))
    assert locate(None, find, ORIGIN) == here


def test_a_named_place_is_the_only_one(tmp_path):
    mark(Path("data") / "test")
    with pytest.raises(DataNotFoundError):
        locate(tmp_path, find, ORIGIN)


def test_message_says_where_what_and_whom_to_ask(tmp_path):
    with pytest.raises(DataNotFoundError) as caught:
        locate(tmp_path / "nowhere", find, ORIGIN)
    message = str(caught.value)
    for part in (
        "The test set was not found",
        f"{tmp_path / 'nowhere'} (does not exist or cannot be read)",
        "marker files",
        "https://example.org",
        "free.",
        "FER_CLASSIC_DATA",
    ):
        assert part in message


def test_message_says_what_is_there(tmp_path):
    for name in ("b.csv", ".hidden"):
        (tmp_path / name).touch()
    (tmp_path / "a").mkdir()
    with pytest.raises(DataNotFoundError, match=rf"Content of {tmp_path}: a, b\.csv\."):
        locate(tmp_path, find, ORIGIN)


def test_a_locked_folder_is_passed_over(tmp_path):
    def find_unlocked(place):
        if place.name == "a":
            raise PermissionError
        return find(place)

    (tmp_path / "a").mkdir()
    open_folder = mark(tmp_path / "b")
    assert locate(tmp_path, find_unlocked, ORIGIN) == open_folder
