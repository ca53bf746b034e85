import json

import numpy as np
import pytest

from benchmarks import adapt as program
from fer_classic.datasets import load_drawn_faces
from fer_classic.exceptions import DataFormatError


@pytest.fixture(scope="module")
def faces():
    return load_drawn_faces(n_subjects=2, n_per_class=2)


@pytest.fixture
def run(faces, tmp_path, monkeypatch):
    monkeypatch.setattr(program, "load_dataset", lambda name, data_home=None: faces)

    def run(*arguments):
        places = ["--output", str(tmp_path), "--models", "cnn", "--draws", "1"]
        return program.main([*places, *arguments])

    return run


def test_rows_and_a_page(run, tmp_path, capsys):
    assert run("--pictures", "1") == 0
    (line,) = (tmp_path / "adapt.jsonl").read_text("utf-8").splitlines()
    row = json.loads(line)
    assert (row["model"], row["pictures"], row["subjects"], row["draws"]) == ("cnn", 1, 2, 1)
    assert row["after"] > row["before"]
    assert row["weight"] == 0.7
    assert {"versions", "machine"} < row.keys()
    assert "| cnn | 1 | " in (tmp_path / "adapt.md").read_text("utf-8")
    assert capsys.readouterr().out.startswith("model  pictures")


def test_a_row_takes_the_place_of_an_earlier_one(run, tmp_path):
    assert run("--pictures", "1") == 0
    assert run("--pictures", "1", "--seed", "3") == 0
    (line,) = (tmp_path / "adapt.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["seed"] == 3


def test_more_pictures_than_anybody_has(run, tmp_path, capsys):
    assert run("--pictures", "2") == 1
    assert "nobody in drawn has more than 2 pictures" in capsys.readouterr().err
    assert not (tmp_path / "adapt.jsonl").exists()


def test_rows_that_are_none(run, tmp_path, capsys):
    (tmp_path / "adapt.jsonl").write_text("[]\n")
    assert run() == 1
    assert "adapt.jsonl, line 1: not a row" in capsys.readouterr().err


def test_subjects_must_be_known(faces):
    unknown = type(faces)(**faces)
    unknown.subjects = None
    with pytest.raises(DataFormatError, match="does not say who"):
        program.measure("cnn", unknown, 1, draws=1, seed=0)


def test_what_is_given_is_not_tested():
    names = np.repeat(["fear", "happy", "sad"], [4, 2, 5])
    those = np.ones(11, dtype=bool)
    given, rest = program._draw(those, names, 2, np.random.default_rng(0))
    assert sorted(names[given]) == ["fear"] * 2 + ["sad"] * 2
    assert sorted([*given, *rest]) == [0, 1, 2, 3, 6, 7, 8, 9, 10]
