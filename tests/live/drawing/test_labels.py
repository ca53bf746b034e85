import json

import pytest

from fer_classic.exceptions import DataFormatError, DataNotFoundError, UnknownNameError
from fer_classic.expressions import EXPRESSIONS
from fer_classic.live import NO_FACE, UNCERTAIN
from fer_classic.live.drawing._labels import LANGUAGES, load_labels

REASONS = ["small", "blurred", "turned"]
NAMES = [*EXPRESSIONS, UNCERTAIN, NO_FACE, *REASONS]


@pytest.fixture
def written(tmp_path):
    def write(name, text, encoding="utf-8"):
        path = tmp_path / name
        path.write_text(text, encoding=encoding)
        return path

    return write


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_a_label_of_its_own_for_every_name(language):
    labels = load_labels(language)
    assert list(labels) == NAMES
    assert all(label == label.strip() != "" for label in labels.values())
    assert len(set(labels.values())) == len(NAMES)


def test_english_labels_are_the_names():
    assert load_labels("en") == dict(zip(NAMES, NAMES, strict=True))


@pytest.mark.parametrize(
    ("language", "name", "label"),
    [
        ("de", "surprise", "Überraschung"),
        ("es", "happy", "alegría"),
        ("fr", "disgust", "dégoût"),
        ("ja", "sad", "悲しみ"),
        ("zh", "happy", "高兴"),
        ("zh", UNCERTAIN, "不确定"),
        ("de", NO_FACE, "kein Gesicht"),
        ("de", "blurred", "unscharf"),
    ],
)
def test_labels_of_a_language(language, name, label):
    assert load_labels(language)[name] == label


def test_the_tables_are_not_handed_out():
    load_labels("de")["happy"] = "x"
    assert load_labels("de")["happy"] == "Freude"


FILES = [
    ("l.json", '{"happy": "χαρά", " no face ": " κανείς "}'),
    ("l.JSON", '{"happy": "\\u03c7\\u03b1\\u03c1\\u03ac", "no face": "κανείς"}'),
    ("l.csv", "happy,χαρά\nno face,κανείς\n"),
    ("l.csv", "expression,label\r\nno face, κανείς\r\n\r\nhappy,χαρά\r\n"),
]


@pytest.mark.parametrize(("name", "text"), FILES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("kind", [str, lambda path: path], ids=["str", "path"])
def test_files_of_labels(written, name, text, encoding, kind):
    labels = load_labels(kind(written(name, text, encoding)))
    assert list(labels) == NAMES
    assert labels == load_labels("en") | {"happy": "χαρά", NO_FACE: "κανείς"}


def test_a_label_with_a_comma(written):
    assert load_labels(written("l.csv", 'happy,"joy, or so"'))["happy"] == "joy, or so"


@pytest.mark.parametrize("name", ["l.json", "l.csv"])
def test_classes_of_a_model_get_labels(written, name):
    text = '{"joy": "Freude", "sad": "traurig"}' if name.endswith("json") else "joy,Freude\nsad,x"
    labels = load_labels(written(name, text), names=["joy", "grief"])
    # A file may speak of the usual expressions, whether the model knows them or not.
    others = {name: name for name in (UNCERTAIN, NO_FACE, *REASONS)}
    assert labels == {"joy": "Freude", "grief": "grief"} | others
    assert list(labels) == ["joy", "grief", UNCERTAIN, NO_FACE, *REASONS]
    with pytest.raises(
        UnknownNameError, match=r"names 'joy', which is no expression .*Known: grief, "
    ):
        load_labels(written(name, text), names=["grief"])


def test_languages_leave_classes_of_their_own_as_they_are():
    labels = load_labels("fr", names=iter(["joy", "sad"]))
    assert list(labels.items()) == [
        *(("joy", "joy"), ("sad", "tristesse")),
        *((UNCERTAIN, "incertain"), (NO_FACE, "aucun visage")),
        *zip(REASONS, ("petit", "flou", "tourné"), strict=True),
    ]


@pytest.mark.parametrize("name", ["l.json", "l.csv"])
def test_unknown_expressions_are_named_with_the_known_ones(written, name):
    text = json.dumps({"hapy": "x"}) if name.endswith("json") else "hapy,x"
    with pytest.raises(
        UnknownNameError, match=rf"{name} names 'hapy'.*Did you mean 'happy'.*no face"
    ):
        load_labels(written(name, text))


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("l.json", "", "not a table of labels"),
        ("l.json", "[" * 100_000, "not a table of labels"),
        ("l.csv", "a," + "b" * 200_000, "not a table of labels"),
        ("l.json", '["happy"]', "an object"),
        ("l.json", '{"happy": 3}', "a string"),
        ("l.csv", "happy", "'happy' has not two columns"),
        ("l.csv", "happy,a,b", "'happy,a,b' has not two columns"),
        ("l.json", '{"happy": " "}', "label of 'happy' .* one line"),
        ("l.json", '{"happy": "a\\nb"}', "label of 'happy' .* one line"),
        ("l.csv", "happy,", "label of 'happy' .* one line"),
    ],
)
def test_files_that_are_no_tables(written, name, text, reason):
    with pytest.raises(DataFormatError, match=reason):
        load_labels(written(name, text))


def test_a_file_in_another_encoding(written):
    with pytest.raises(DataFormatError, match=r"l\.csv is not a table of labels"):
        load_labels(written("l.csv", "happy,fröhlich", "latin-1"))


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(DataNotFoundError, match=r"none\.json"):
        load_labels(tmp_path / "none.json")


@pytest.mark.parametrize("source", ["dee", "DE", "labels.txt"])
def test_an_unknown_language(source):
    with pytest.raises(UnknownNameError, match=rf"{source}.*de, en, .*zh, FILE\.json, FILE\.csv"):
        load_labels(source)
