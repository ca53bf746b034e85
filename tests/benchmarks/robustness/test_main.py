import json
import shutil

import pytest

from benchmarks.robustness import __main__ as program
from fer_classic.exceptions import MissingDependencyError


@pytest.fixture
def no_picture(monkeypatch):
    """Save the time of drawing."""
    monkeypatch.setattr(program, "draw", lambda records, path: None)


@pytest.fixture
def run(model_file, tmp_path):
    def run(*arguments, models=(model_file,), datasets=("drawn",), kinds=("blur", "darkness")):
        places = ["--models", *map(str, models), "--output", str(tmp_path / "results")]
        chosen = ["--datasets", *datasets, "--kinds", *kinds, "--n", "16"]
        return program.main([*places, *chosen, *arguments])

    return run


@pytest.fixture
def rows(tmp_path):
    def rows():
        text = (tmp_path / "results" / "robustness.jsonl").read_text("utf-8")
        return [json.loads(line) for line in text.splitlines()]

    return rows


@pytest.fixture
def page(tmp_path):
    return lambda: (tmp_path / "results" / "robustness.md").read_text("utf-8")


def test_rows_and_a_page(run, rows, page, no_picture, capsys):
    assert run() == 0
    records = rows()
    # In the order of the library's list, whatever the order of the arguments.
    assert [record["kind"] for record in records] == [None, *["darkness"] * 5, *["blur"] * 5]
    assert [record["strength"] for record in records[:6]] == [0, 0.2, 0.4, 0.6, 0.8, 1]
    first = records[0]
    assert (first["model"], first["dataset"], first["part"]) == ("mine", "drawn", None)
    assert first["n"] == 16
    assert first["accuracy"]["value"] == 1 / 8
    assert {"model_digest", "digest", "calibration_error", "commit", "versions"} < first.keys()
    assert "| blur | 12.5 | 12.5 | 12.5 | 12.5 | 12.5 |" in page()
    assert "| mine | 16 | 12.5 " in page()
    assert "12.5 (blur 0.2)" in capsys.readouterr().out


def test_the_picture(run, page, tmp_path):
    pytest.importorskip("matplotlib.figure", reason="matplotlib is not installed")
    assert run() == 0
    assert (tmp_path / "results" / "robustness.png").read_bytes().startswith(b"\x89PNG")
    assert "![](robustness.png)" in page()


def test_without_matplotlib(run, page, monkeypatch, capsys):
    def draw(records, path):
        raise MissingDependencyError("there is no matplotlib.")

    monkeypatch.setattr(program, "draw", draw)
    assert run() == 0
    assert "without the picture: there is no matplotlib." in capsys.readouterr().err
    assert "robustness.png" not in page()


def test_rows_are_replaced_and_others_stay(run, rows, page, no_picture):
    assert run() == 0
    before = rows()
    assert run(kinds=("blur",)) == 0
    assert rows() == before
    assert run("--n", "8", kinds=("blur",)) == 0
    assert len(rows()) == len(before) + 6
    assert page().count("## drawn") == 2


def test_rows_of_another_model_of_the_same_name_go(run, rows, no_picture, tmp_path):
    assert run() == 0
    path = tmp_path / "results" / "robustness.jsonl"
    records = [record | {"model_digest": "0" * 16} for record in rows()]
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    assert run(kinds=("blur",)) == 0
    assert len(rows()) == 6
    assert {record["model_digest"] for record in rows()} != {"0" * 16}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"models": ["svm_fats"]}, "Did you mean 'svm_fast'"),
        ({"models": ["nowhere.joblib"]}, "no such model file: nowhere.joblib"),
    ],
)
def test_models_that_cannot_be_read(arguments, message, run, tmp_path, capsys):
    assert run(**arguments) == 1
    assert message in capsys.readouterr().err
    assert not list((tmp_path / "results").iterdir())


def test_two_models_of_one_name(run, model_file, tmp_path, capsys):
    shutil.copy(model_file, tmp_path / "mine.joblib")
    assert run(models=[model_file, tmp_path / "mine.joblib"]) == 1
    assert "two of the models are called mine" in capsys.readouterr().err


def test_missing_data(run, tmp_path, capsys):
    assert run("--data-dir", str(tmp_path), datasets=("drawn", "fer2013")) == 1
    assert "FER2013 was not found" in capsys.readouterr().err
    assert not list((tmp_path / "results").iterdir())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--n", "0"], "must be a whole number of 1 or more, got '0'"),
        (["--datasets", "jaffe"], "invalid choice: 'jaffe'"),
        (["--kinds", "fog"], "invalid choice: 'fog'"),
        (["--models"], "expected at least one argument"),
    ],
)
def test_wrong_usage(arguments, message, run, capsys):
    with pytest.raises(SystemExit) as end:
        run(*arguments)
    assert end.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("line", ["{", "[]", "{}", '{"model": "cnn"}'])
def test_older_rows_that_cannot_be_read(line, run, tmp_path, capsys):
    (tmp_path / "results").mkdir()
    path = tmp_path / "results" / "robustness.jsonl"
    path.write_text(line + "\n")
    assert run() == 1
    assert "line 1: not a row of robustness" in capsys.readouterr().err
    assert path.read_text() == line + "\n"


def test_a_folder_that_cannot_be_written_to(run, tmp_path, capsys):
    (tmp_path / "results").write_text("a file")
    assert run() == 1
    assert "cannot write to" in capsys.readouterr().err
