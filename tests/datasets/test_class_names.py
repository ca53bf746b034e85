import json

import pytest

from fer_classic.datasets._class_names import make_namer, target_names_of
from fer_classic.exceptions import DataFormatError, DataNotFoundError, UnknownNameError
from fer_classic.expressions import EXPRESSIONS

RAF_DB = ["surprise", "fear", "disgust", "happy", "sad", "angry", "neutral"]
AFFECTNET = ["neutral", "happy", "sad", "surprise", "fear", "disgust", "angry", "contempt"]


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("0_neutral", "neutral"),
        ("3-Happiness", "happy"),
        ("07. anger", "angry"),
        ("7", None),
        ("happy_2", None),
        ("4fear", None),
        ("bored", None),
        ("", None),
        ("\n", None),
        ("1\n", None),
    ],
)
def test_a_number_may_stand_before_the_word(folder, name):
    assert make_namer(None)(folder) == name


@pytest.mark.parametrize(
    ("scheme", "first", "names"), [("raf-db", 1, RAF_DB), ("affectnet", 0, AFFECTNET)]
)
def test_numbers(scheme, first, names):
    name = make_namer(scheme)
    assert [name(str(number)) for number in range(first, first + len(names))] == names
    assert name(f"0{first}") == name(f"{first}_{names[0]}") == name(f"{first}_images") == names[0]
    assert name("Happiness") == "happy"
    assert name("bored") is name("8") is name("10") is None
    with pytest.raises(DataFormatError, match=rf"{first}_anger means angry, but {first}"):
        name(f"{first}_anger")


def test_raf_db_has_no_zero():
    assert make_namer("raf-db")("0") is None


def test_keep():
    name = make_namer("keep")
    assert [name(folder) for folder in ("bored", "Très engagé", "7")] == [
        "bored",
        "Très engagé",
        "7",
    ]


@pytest.mark.parametrize("kind", [dict, "names.json", "names.JSON"])
def test_table(tmp_path, kind):
    table = {"1": "bored", "2": "happy", "two": "happy"}
    if kind is not dict:
        (tmp_path / kind).write_text(json.dumps(table), "utf-8-sig")
        table = tmp_path / kind
    name = make_namer(table)
    assert [name(folder) for folder in ("1", "2", "two", "3")] == ["bored", "happy", "happy", None]


def test_numbers_in_a_table():
    assert make_namer({1: "bored"})("1") == "bored"


@pytest.mark.parametrize("name", ["", "two\nlines", " blank", 3, None])
def test_names_that_are_no_line_of_text(name):
    with pytest.raises(DataFormatError, match="must be one line of text"):
        make_namer({"1": name})


@pytest.mark.parametrize("name", ["uncertain", "no face", "kind"])
def test_names_that_stand_for_something_else(name):
    with pytest.raises(DataFormatError, match=f"cannot be named '{name}'"):
        make_namer("keep")(name)


@pytest.mark.parametrize("class_names", ["rafdb", "names.txt", ["bored"]])
def test_what_is_not_known(class_names):
    with pytest.raises(UnknownNameError, match=r"Known: raf-db, affectnet, keep, FILE\.json"):
        make_namer(class_names)


@pytest.mark.parametrize("text", ["[1]", "{", '"keep"'])
def test_a_file_that_is_no_table(tmp_path, text):
    path = tmp_path / "names.json"
    with pytest.raises(DataNotFoundError, match=r"names\.json"):
        make_namer(str(path))
    path.write_text(text)
    with pytest.raises(DataFormatError, match=r"names\.json is not a table of class names"):
        make_namer(path)


@pytest.mark.parametrize("kind", ["file", "mapping"])
def test_a_folder_with_two_classes(tmp_path, kind):
    table = {"1": "happy", 1: "sad", "2": "fear"}
    if kind == "file":
        table = tmp_path / "names.json"
        table.write_text('{"1": "happy", "2": "fear", "1": "sad"}')
    with pytest.raises(DataFormatError, match=r"more than one class for the folder 1; keep one\."):
        make_namer(table)


def test_target_names():
    assert target_names_of(["sad", "happy", "sad"]) == EXPRESSIONS
    assert target_names_of(["sad", "bored", "Engaged", "sad"]) == ("Engaged", "bored", "sad")
