import json

import pytest

from benchmarks.small import __main__ as program
from benchmarks.small.sets import draw_set
from benchmarks.small.variants import BASE
from fer_classic.recipes import make_recipe


@pytest.fixture
def run(tmp_path, monkeypatch):
    """The program, with two fast recipes in place of the variants."""

    def hog(**settings):
        quick = {"components__n_components": 8, "svm__kernel": "linear", "svm__alpha": 1.0}
        return make_recipe("svm_hog", **quick | settings)

    made = {BASE: hog, "fewer": lambda: hog(hog__orientations=2)}
    drawn = draw_set("drawn, 4 people", 0)
    monkeypatch.setattr(program, "VARIANTS", made)
    monkeypatch.setattr(program, "draw_set", lambda name, draw, data_dir: drawn)

    def run(*arguments):
        names = ["--sets", "drawn, 4 people", "--output", str(tmp_path), "--draws", "2"]
        return program.main([*names, *arguments])

    return run


def test_rows_and_a_page(run, tmp_path, capsys):
    assert run() == 0
    base, fewer = map(json.loads, (tmp_path / "small.jsonl").read_text("utf-8").splitlines())
    assert (base["variant"], fewer["variant"]) == (BASE, "fewer")
    assert (base["draws"], base["n_tests"], base["n_units"], base["n_fitted"]) == (2, 192, 4, 72)
    assert base["difference"] is None
    difference = fewer["accuracy"]["value"] - base["accuracy"]["value"]
    assert fewer["difference"]["value"] == pytest.approx(difference)
    assert fewer["difference"]["low"] <= difference <= fewer["difference"]["high"]
    assert {"versions", "machine"} < base.keys()
    page = (tmp_path / "small.md").read_text("utf-8")
    assert "## drawn, 4 people\n\nDrawn from `" in page
    assert "number of draws: 2; fitted on 72 images, 192 tests of 4 units." in page
    assert capsys.readouterr().out.startswith("drawn, 4 people\nvariant")


def test_rows_take_the_place_of_earlier_ones(run, tmp_path):
    assert run() == run("--variants", BASE, "--draws", "1") == 0
    rows = list(map(json.loads, (tmp_path / "small.jsonl").read_text("utf-8").splitlines()))
    assert [(row["variant"], row["draws"]) for row in rows] == [(BASE, 1), ("fewer", 2)]


def test_rows_of_sets_and_variants_that_are_gone_stay(run, tmp_path):
    assert run("--variants", BASE, "--draws", "1") == 0
    path = tmp_path / "small.jsonl"
    row = json.loads(path.read_text("utf-8"))
    changed = [{"dataset": "a set of old"}, {"variant": "gone"}, {"dataset": "a set of old"}]
    path.write_text("".join(json.dumps(row | names) + "\n" for names in changed), "utf-8")
    assert run("--variants", BASE, "--draws", "1") == 0
    rows = list(map(json.loads, path.read_text("utf-8").splitlines()))
    assert [(one["dataset"], one["variant"]) for one in rows] == [
        ("drawn, 4 people", BASE),
        ("drawn, 4 people", "gone"),
        ("a set of old", BASE),
        ("a set of old", BASE),
    ]
    assert "## a set of old" in path.with_suffix(".md").read_text("utf-8")


def test_rows_that_are_none(run, tmp_path, capsys):
    (tmp_path / "small.jsonl").write_text("[]\n")
    assert run() == 1
    assert "small.jsonl, line 1: not a row of small sets" in capsys.readouterr().err


def test_without_the_data(tmp_path, capsys):
    place = tmp_path / "nowhere"
    arguments = ["--sets", "fer2013, 200 images", "--data-dir", str(place)]
    assert program.main([*arguments, "--output", str(tmp_path)]) == 1
    assert "benchmarks.small: " in capsys.readouterr().err
    assert not (tmp_path / "small.jsonl").exists()
