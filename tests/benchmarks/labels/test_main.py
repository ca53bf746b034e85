import json

import pytest

from benchmarks.labels import __main__ as program
from tests.benchmarks.conftest import make_faces, make_model


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setattr(program, "load_dataset", lambda name, data_home=None: make_faces(name))
    monkeypatch.setattr(program, "make_recipe", lambda name, **settings: make_model("means"))

    def run(*arguments):
        return program.main([*arguments, "--output", str(tmp_path), "--recipes", "svm_hog"])

    return run


def rows(tmp_path, experiment):
    lines = (tmp_path / f"labels_{experiment}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_planted(run, tmp_path, capsys):
    assert run("planted", "--shares", "0", "0.1", "--draws", "2") == 0
    found = rows(tmp_path, "planted")
    assert [row["n_planted"] for row in found] == [0, 8, 8, 8, 8]
    assert {"versions", "machine", "digest"} < found[0].keys()
    page = (tmp_path / "labels.md").read_text("utf-8")
    assert "| svm_hog | 10.0 (8) | similar | 2 |" in page
    assert "0.0 (0)" in capsys.readouterr().out
    # A trial that is repeated takes the place of the earlier one.
    assert run("planted", "--shares", "0.1", "--draws", "1") == 0
    assert len(rows(tmp_path, "planted")) == 5


def test_cleaned_on_the_training_part(run, tmp_path):
    arguments = ["cleaned", "--dataset", "fer2013", "--n", "40", "--folds", "2"]
    assert run(*arguments) == 0
    found = rows(tmp_path, "cleaned")
    assert len(found) == len(program.TREATMENTS)
    assert all(40 <= row["n_items"] <= 48 for row in found)
    assert "as many left out at random" in (tmp_path / "labels.md").read_text("utf-8")


@pytest.mark.parametrize(
    "arguments",
    [["planted", "--dataset", "fer2013"], ["planted", "--shares", "1.5"], ["both"]],
)
def test_wrong_arguments(run, arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        run(*arguments)
    assert stop.value.code == 2


def test_rows_that_are_none(run, tmp_path, capsys):
    (tmp_path / "labels_cleaned.jsonl").write_text("[]\n")
    assert run("planted") == 1
    assert "labels_cleaned.jsonl, line 1: not a row of wrong labels" in capsys.readouterr().err
