"""The files of the page agree with each other and with the package, without a browser."""

import json
import re
from pathlib import Path

import pytest

import fer_classic
from fer_classic.live import SCHEMA_VERSION, load_labels
from fer_classic.utils._palette import EXPRESSION_COLORS

STATIC = Path(fer_classic.__file__).parent / "app" / "static"
FILES = {path.name: path.read_text("utf-8") for path in STATIC.iterdir()}
PAGE = FILES["index.html"]
SCRIPTS = {name: text for name, text in FILES.items() if name.endswith(".js")}
TEXTS = {
    code: json.loads(FILES[f"{code}.js"].partition("export default ")[2].rstrip().rstrip(";"))
    for code in ("en", "zh")
}
PLURALS = {"faces", "frames", "people", "photos", "pictures", "gallery.failed"}


def placeholders(text):
    return sorted(re.findall(r"\{\w+\}", text))


def test_both_languages_have_the_same_texts():
    assert TEXTS["en"].keys() == TEXTS["zh"].keys()
    assert [
        k for k, v in TEXTS["en"].items() if placeholders(v) != placeholders(TEXTS["zh"][k])
    ] == []
    assert all(text.strip() for texts in TEXTS.values() for text in texts.values())


@pytest.mark.parametrize("code", TEXTS)
def test_expressions_are_called_as_in_pictures(code):
    prefix = "expression."
    names = {k.removeprefix(prefix): v for k, v in TEXTS[code].items() if k.startswith(prefix)}
    assert names == load_labels(code)


def test_every_text_that_is_asked_for_is_there_and_no_other():
    scripts = "".join(text for name, text in SCRIPTS.items() if name not in ("en.js", "zh.js"))
    quoted = set(re.findall(r'"([a-z_]+(?:\.[a-z_]+)*)"', scripts))
    marked = set(re.findall(r'data-(?:text|label)="([^"]+)"', PAGE))
    plurals = {f"{key}.{form}" for key in PLURALS for form in ("one", "other")}
    known = {key for key in TEXTS["en"] if not key.startswith("expression.")}
    assert marked <= known
    assert set(re.findall(r'\bt\("([^"]+)"', scripts)) <= known
    assert known - quoted - marked - plurals == set()


def test_colors_and_columns_are_those_of_the_package():
    colors = re.findall(r"(\w+): \"rgb\((\d+), (\d+), (\d+)\)\"", FILES["expressions.js"])
    assert {name: tuple(map(int, rgb)) for name, *rgb in colors} == EXPRESSION_COLORS
    assert f"SCHEMA = {SCHEMA_VERSION};" in FILES["downloads.js"]


def test_nothing_is_loaded_from_elsewhere_and_nothing_stands_inline():
    addresses = re.findall(r"https?://[^\s\"'<>)]+", "".join(FILES.values()))
    assert {url for url in addresses if "localhost" not in url} <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", PAGE)
    loaded = re.findall(r'(?:src|href)="/static/([\w.]+)', PAGE)
    loaded += re.findall(r'from "\./([\w.]+)"', "".join(SCRIPTS.values()))
    assert set(loaded) == FILES.keys() - {"index.html"}


def test_every_icon_that_is_used_is_drawn():
    used = set(re.findall(r'href="#icon-(\w+)"', PAGE))
    used |= set(re.findall(r'(?:icon\(|symbol: )"(\w+)"', "".join(SCRIPTS.values())))
    used |= {"sun", "moon"}
    assert used == set(re.findall(r'<symbol id="icon-(\w+)"', PAGE))
